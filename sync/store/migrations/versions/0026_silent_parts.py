"""What should run in a process of the hub, and is not heard of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("processes", sa.Column("silent", ARRAY(sa.Text), server_default="{}", nullable=False))
