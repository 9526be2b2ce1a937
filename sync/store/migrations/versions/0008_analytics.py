"""What is counted in the shop, for buyers who allowed it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holds", sa.Column("analytics_client", sa.Text))
    op.create_index(
        "ix_holds_analytics_client",
        "holds",
        ["analytics_client"],
        postgresql_where=sa.text("analytics_client IS NOT NULL"),
    )
    op.create_table(
        "analytics_events",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("order_id", sa.Text, nullable=False),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("status", sa.Text, server_default="queued", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('queued', 'telling', 'told', 'unknown', 'dropped')", name="ck_analytics_events_status"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_analytics_events_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_analytics_events"),
        sa.UniqueConstraint("name", "key", name="uq_analytics_events_name_key"),
    )
    op.create_index("ix_analytics_events_order_id", "analytics_events", ["order_id"])
