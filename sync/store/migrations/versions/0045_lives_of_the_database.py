"""Which life of the database this is: one that was restored has lost what came after, and hears it from its tills."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hub_lives",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("database", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("lost_after", sa.DateTime(timezone=True)),
        sa.Column("began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("asked_providers_at", sa.DateTime(timezone=True)),
        sa.Column("healed_at", sa.DateTime(timezone=True)),
        sa.Column("healed_by", sa.Text, server_default="", nullable=False),
    )
    op.add_column("devices", sa.Column("heard_in_life", sa.Text))
    op.add_column("facts", sa.Column("is_told_again", sa.Boolean, server_default=sa.text("false"), nullable=False))
