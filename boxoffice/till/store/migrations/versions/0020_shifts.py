"""Shifts, and how cash was rounded: what was paid before was not."""

from alembic import op

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("payments", "rounding"), ("payments", "rounded_to"), ("refunds", "rounding")):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    op.execute("""
        CREATE TABLE shifts (
            id TEXT NOT NULL CONSTRAINT pk_shifts PRIMARY KEY,
            device_id TEXT NOT NULL,
            event_id TEXT NOT NULL,
            drawer TEXT NOT NULL,
            opened_by TEXT,
            held_by TEXT,
            closed_by TEXT,
            approved_by TEXT,
            status TEXT NOT NULL,
            opened_at TEXT NOT NULL,
            closed_at TEXT,
            z_number INTEGER,
            currency TEXT NOT NULL,
            float_amount INTEGER NOT NULL,
            expected_amount INTEGER,
            counted_amount INTEGER,
            to_safe INTEGER NOT NULL,
            why TEXT NOT NULL,
            first_epoch INTEGER NOT NULL,
            first_seq INTEGER NOT NULL,
            last_epoch INTEGER,
            last_seq INTEGER
        )
    """)
