"""Notes by which sellers find customers again, and when an order was collected at the door."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("customer_note", sa.Text()))
    op.add_column("orders", sa.Column("collected_at", sa.DateTime(timezone=True)))
    op.add_column("orders", sa.Column("collected_as", sa.Text()))
