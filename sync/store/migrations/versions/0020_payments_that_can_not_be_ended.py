"""A payment that can't be ended just now is tried again later, and stands before no other."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checkouts", sa.Column("close_attempts", sa.Integer, nullable=False, server_default="0"))
    op.add_column("checkouts", sa.Column("next_close_at", sa.DateTime(timezone=True)))
