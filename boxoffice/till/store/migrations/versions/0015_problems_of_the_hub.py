"""What is open at the hub about this till and its orders, as it said last: it is read without a network, too."""

from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE hub_problems (
            place INTEGER NOT NULL CONSTRAINT pk_hub_problems PRIMARY KEY,
            body TEXT NOT NULL
        )
    """)
