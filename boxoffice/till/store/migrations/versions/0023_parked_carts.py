"""Carts that wait for their customer at this till."""

from alembic import op

revision = "0023"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE parked_carts (
            id TEXT NOT NULL CONSTRAINT pk_parked_carts PRIMARY KEY,
            event_id TEXT NOT NULL,
            state TEXT NOT NULL,
            body TEXT NOT NULL,
            at TEXT NOT NULL
        )
    """)
