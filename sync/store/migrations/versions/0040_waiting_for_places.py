"""Who waits for places that tills give back, and what a till that was asked says it has left."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lease_recalls", sa.Column("left_then", sa.Integer))
    op.execute("CREATE SEQUENCE pool_claims_id")
    op.create_table(
        "pool_claims",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("pool_id", sa.Text, nullable=False),
        sa.Column("device_id", sa.Text, server_default="", nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "event_id", "pool_id", name="pk_pool_claims"),
    )
