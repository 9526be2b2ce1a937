"""Since when a provider does not know a payment any more that it held."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checkouts", sa.Column("lost_at", sa.DateTime(timezone=True)))
