"""Mails that tell of a refund which came back after it had succeeded."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mails", sa.Column("returned_refund_id", sa.Text))
    op.create_unique_constraint("uq_mails_returned_refund_id", "mails", ["returned_refund_id"])
