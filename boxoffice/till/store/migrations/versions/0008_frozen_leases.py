"""Places that may have been sold by facts that are lost."""

from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE leases ADD COLUMN frozen INTEGER NOT NULL DEFAULT 0")
