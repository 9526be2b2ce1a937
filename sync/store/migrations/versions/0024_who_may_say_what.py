"""Facts that are kept and not booked, with the reason; and a revoked till's token, so that its last facts come in."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("facts", sa.Column("refused", sa.Text))
    op.add_column("facts", sa.Column("as_it_came", sa.Text))
    op.add_column("devices", sa.Column("former_token_hash", sa.Text))
    op.create_unique_constraint("uq_devices_former_token_hash", "devices", ["former_token_hash"])
