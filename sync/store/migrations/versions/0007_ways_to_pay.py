"""A payment by phone may go from one provider to another."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checkouts", sa.Column("switches", sa.Integer, nullable=False, server_default="0"))
