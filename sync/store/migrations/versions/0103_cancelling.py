"""Cancelled events, days and products, whom they concern, and what goes back to whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0103"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cancellations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, server_default=""),
        sa.Column("products", JSONB),
        sa.Column("ended", JSONB),
        sa.Column("goods", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("donations", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("status", sa.Text, nullable=False, server_default="running"),
        sa.Column("subject_en", sa.Text, nullable=False),
        sa.Column("words_en", sa.Text, nullable=False),
        sa.Column("subject_es", sa.Text, nullable=False, server_default=""),
        sa.Column("words_es", sa.Text, nullable=False, server_default=""),
        sa.Column("refund_until", sa.Date),
        sa.Column("days", JSONB),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("paced_until", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('event', 'day', 'product', 'move')", name="ck_cancellations_kind"),
        sa.CheckConstraint("status IN ('running', 'paused')", name="ck_cancellations_status"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_cancellations_event_id_events"),
        sa.PrimaryKeyConstraint("id", name="pk_cancellations"),
    )
    op.create_index("ix_cancellations_event_id", "cancellations", ["event_id"])
    op.create_table(
        "cancelled_orders",
        sa.Column("cancellation_id", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("is_late", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("asks", sa.Text, nullable=False, server_default=""),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.Column("problem", sa.Text),
        sa.ForeignKeyConstraint(
            ["cancellation_id"], ["cancellations.id"], name="fk_cancelled_orders_cancellation_id_cancellations"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_cancelled_orders_order_id_orders"),
        sa.PrimaryKeyConstraint("cancellation_id", "order_id", name="pk_cancelled_orders"),
    )
    op.create_index("ix_cancelled_orders_order_id", "cancelled_orders", ["order_id"])
    op.create_index(
        "ix_cancelled_orders_open",
        "cancelled_orders",
        ["cancellation_id", "order_id"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "cancelled_items",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("cancellation_id", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("payment_id", sa.Text),
        sa.Column("tender", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("before", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("refund_id", sa.Text),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.Column("disputed", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("amount >= 0", name="ck_cancelled_items_amount"),
        sa.ForeignKeyConstraint(
            ["cancellation_id"], ["cancellations.id"], name="fk_cancelled_items_cancellation_id_cancellations"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_cancelled_items_order_id_orders"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_cancelled_items_payment_id_payments"),
        sa.PrimaryKeyConstraint("id", name="pk_cancelled_items"),
        sa.UniqueConstraint("refund_id", name="uq_cancelled_items_refund_id"),
    )
    op.create_index("ix_cancelled_items_cancellation_id", "cancelled_items", ["cancellation_id"])
    op.create_index("ix_cancelled_items_order_id", "cancelled_items", ["order_id"])
    op.add_column("mails", sa.Column("cancellation_id", sa.Text))
    op.create_index(
        "uq_mails_cancellation",
        "mails",
        ["cancellation_id", "order_id"],
        unique=True,
        postgresql_where=sa.text("cancellation_id IS NOT NULL"),
    )
