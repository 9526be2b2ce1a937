"""A checkout says which provider it is paid at."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("checkouts", sa.Column("provider", sa.Text(), server_default="stripe", nullable=False))
    op.create_check_constraint(
        "ck_checkouts_provider", "checkouts", "provider IN ('stripe', 'stripe_intent', 'paypal')"
    )
