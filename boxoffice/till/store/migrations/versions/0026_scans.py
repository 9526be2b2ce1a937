"""Scans at gates: this till's own, and those that others made of its tickets."""

from alembic import op

revision = "0026"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE scans (
            id TEXT NOT NULL CONSTRAINT pk_scans PRIMARY KEY,
            event_id TEXT NOT NULL,
            ticket_id TEXT,
            device_id TEXT NOT NULL,
            gate TEXT NOT NULL,
            zone TEXT NOT NULL,
            direction TEXT NOT NULL,
            outcome TEXT NOT NULL,
            day TEXT NOT NULL,
            clock TEXT NOT NULL,
            seen TEXT,
            is_undone INTEGER NOT NULL,
            scanned_at TEXT NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_scans_ticket_id ON scans (ticket_id)")
    op.execute("CREATE INDEX ix_scans_day ON scans (event_id, day)")
