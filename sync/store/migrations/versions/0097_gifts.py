"""For whom gift cards of the web are, and the mails that bring their codes."""

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gifts",
        sa.Column("card_id", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("sender", sa.Text, nullable=False, server_default=""),
        sa.Column("words", sa.Text, nullable=False, server_default=""),
        sa.Column("send_at", sa.DateTime(timezone=True)),
        sa.Column("mail_id", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_gifts_order_id_orders"),
        sa.PrimaryKeyConstraint("card_id", name="pk_gifts"),
    )
    op.create_index("ix_gifts_order_id", "gifts", ["order_id"])
    op.add_column("mails", sa.Column("card_id", sa.Text))
