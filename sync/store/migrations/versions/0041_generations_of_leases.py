"""Which grants a lease is of: a reclaim ends a generation, and the next begins."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_leases", sa.Column("generation", sa.Integer, server_default="0", nullable=False))
