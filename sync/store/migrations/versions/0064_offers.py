"""Offers: what tills with no network have signed, and attendees opened on their own."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("tender_id", sa.Text(), primary_key=True),
        sa.Column("order_id", sa.Text(), nullable=False, index=True),
        sa.Column("device_id", sa.Text(), sa.ForeignKey("devices.id"), nullable=False),
        sa.Column("event_id", sa.Text(), sa.ForeignKey("events.id"), nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default="open"),
        sa.Column("session_id", sa.Text(), unique=True),
        sa.Column("session_url", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("paid_amount", sa.BigInteger()),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("status IN ('open', 'paid', 'ended', 'settled')", name="status"),
        sa.CheckConstraint("status <> 'paid' OR (reference IS NOT NULL AND paid_amount IS NOT NULL)", name="reference"),
    )
