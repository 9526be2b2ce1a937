"""What kiosks sell, and customers there who ask for help."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0088"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_orders_channel", "orders")
    # In two steps: checking the old rows at once would lock out a version that runs.
    op.execute(
        "ALTER TABLE orders ADD CONSTRAINT ck_orders_channel CHECK (channel IN ('door', 'kiosk', 'web')) NOT VALID"
    )
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_channel")
    time = sa.DateTime(timezone=True)
    op.create_table(
        "help_calls",
        sa.Column("device_id", sa.Text(), sa.ForeignKey("devices.id"), primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), sa.ForeignKey("events.id"), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.Column("called_at", time, nullable=False, server_default=sa.text("now()")),
        sa.Column("answered_by", sa.Text()),
    )
    op.create_index("ix_help_calls_event_id", "help_calls", ["event_id"])
