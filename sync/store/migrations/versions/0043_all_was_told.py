"""When a till that was revoked said that the hub has all that it held: what is still open at it is the hub's to end."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("told_all_at", sa.DateTime(timezone=True)))
    op.execute("""
        UPDATE devices SET told_all_at = last_seen_at
        WHERE kind = 'till' AND status = 'revoked' AND unsent_facts = 0 AND last_seen_at > revoked_at
    """)
