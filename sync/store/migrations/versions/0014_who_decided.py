"""Who decided an exception, and a way to an order by the last four digits of its card."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exceptions", sa.Column("resolved_by", sa.Text()))
    op.create_index("ix_exceptions_order_id", "exceptions", ["order_id"])
    op.create_index(
        "ix_facts_last4",
        "facts",
        [sa.text("((payload -> 'card') ->> 'last4')")],
        postgresql_where=sa.text("kind = 'payment_captured'"),
    )
