"""Shifts, and how cash was rounded: what was paid before was not."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("payments", "rounding"), ("payments", "rounded_to"), ("refunds", "rounding")):
        op.add_column(table, sa.Column(column, sa.BigInteger, server_default="0", nullable=False))
    op.create_table(
        "shifts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("drawer", sa.Text, nullable=False),
        sa.Column("opened_by", sa.Text),
        sa.Column("held_by", sa.Text),
        sa.Column("closed_by", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("z_number", sa.BigInteger),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("float_amount", sa.BigInteger, nullable=False),
        sa.Column("expected_amount", sa.BigInteger),
        sa.Column("counted_amount", sa.BigInteger),
        sa.Column("to_safe", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("first_epoch", sa.BigInteger, nullable=False),
        sa.Column("first_seq", sa.BigInteger, nullable=False),
        sa.Column("last_epoch", sa.BigInteger),
        sa.Column("last_seq", sa.BigInteger),
        sa.CheckConstraint("status IN ('closed', 'open')", name=op.f("ck_shifts_status")),
    )
