"""How much of each pool this till should hold to sell from, and may hold if its network is bad, as the hub said last."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE pools_seen ADD COLUMN share INTEGER")
    op.execute("ALTER TABLE pools_seen ADD COLUMN stock INTEGER")
