"""Every try to pay that was refused, each on its own: a customer may try forty cards for one order."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "declines",
        sa.Column("attempt", sa.Text(), nullable=False),
        sa.Column("tender_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("attempt", name="pk_declines"),
    )
    op.create_index("ix_declines_at", "declines", ["at"])
    op.create_index("ix_declines_tender_id", "declines", ["tender_id"])
