"""Payments that no till asked for, the readers that are ours, and tax returns that were filed."""

import sqlalchemy as sa
from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "strays",
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("card", sa.Text, nullable=False, server_default=""),
        sa.Column("read_method", sa.Text, nullable=False, server_default=""),
        sa.Column("reader", sa.Text, nullable=False, server_default=""),
        sa.Column("words", sa.Text, nullable=False, server_default=""),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("decision", sa.Text),
        sa.Column("decided_by", sa.Text, nullable=False, server_default=""),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("order_id", sa.Text),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.Text),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name="ck_strays_provider"),
        sa.CheckConstraint(
            "decision IN ('sale', 'refund', 'not_ours', 'refunded_there')", name="ck_strays_decision"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_strays_order_id_orders"),
        sa.PrimaryKeyConstraint("reference", name="pk_strays"),
    )
    op.create_table(
        "our_readers",
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("reader", name="pk_our_readers"),
    )
    op.create_table(
        "tax_collectors",
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("collected_by", sa.Text, nullable=False),
        sa.Column("pays", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("authority", name="pk_tax_collectors"),
    )
    op.create_table(
        "filed_returns",
        sa.Column("authority", sa.Text, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.Text, nullable=False, server_default=""),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("authority", "month", "currency", name="pk_filed_returns"),
    )
