"""Links to tickets that can be renewed, who had a mail sent, and mails that tell of a refund."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_renewals",
        sa.Column("id", sa.BigInteger, autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_link_renewals_order_id_orders"),
        sa.PrimaryKeyConstraint("id", name="pk_link_renewals"),
    )
    op.create_index("ix_link_renewals_order_id", "link_renewals", ["order_id"])
    op.add_column("mails", sa.Column("by", sa.Text))
    op.add_column("mails", sa.Column("refund_id", sa.Text))
    op.create_unique_constraint("uq_mails_refund_id", "mails", ["refund_id"])
