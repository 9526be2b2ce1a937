"""What of each pool is elsewhere, and what of it is being paid for, as the hub said last."""

from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE pools_seen ADD COLUMN elsewhere INTEGER")
    op.execute("ALTER TABLE pools_seen ADD COLUMN held INTEGER NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE pools_seen ADD COLUMN retry_at TEXT")
