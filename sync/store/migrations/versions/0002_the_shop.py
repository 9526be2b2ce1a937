"""The shop: holds of web orders, uses of promo codes, and answers kept for a repeated request."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now = sa.text("now()")
    op.create_table(
        "holds",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("promo", sa.Text()),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_holds_order_id"),
        sa.PrimaryKeyConstraint("order_id", name="pk_holds"),
        sa.UniqueConstraint("attempt", name="uq_holds_attempt"),
    )
    op.create_index("ix_holds_buyer", "holds", ["buyer", "created_at"])
    op.create_table(
        "promo_uses",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("uses >= 0", name="ck_promo_uses_uses"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_promo_uses_event_id"),
        sa.PrimaryKeyConstraint("event_id", "code", name="pk_promo_uses"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("key", "path", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.execute("CREATE SEQUENCE web_orders")
