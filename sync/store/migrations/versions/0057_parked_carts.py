"""Carts that wait for their customer, for whichever till of the event takes them up."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0057"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "parked_carts",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("event_id", sa.Text(), sa.ForeignKey("events.id"), nullable=False),
        sa.Column(
            "device_id",
            sa.Text(),
            sa.ForeignKey("devices.id"),
            nullable=False,
            comment="the one till that can let go of it",
        ),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("parked_at", time, nullable=False),
        sa.Column("known_at", time, nullable=False, server_default=sa.text("now()")),
        sa.Column("wanted_by", sa.Text(), sa.ForeignKey("devices.id")),
        sa.Column("wanted_at", time),
    )
    op.create_index("ix_parked_carts_event_id", "parked_carts", ["event_id"])
