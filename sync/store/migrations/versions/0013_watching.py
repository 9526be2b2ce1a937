"""What is watched: the hub's processes (unlogged: told anew within seconds), payments by time, what tills have unsent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("answers", postgresql.ARRAY(sa.BigInteger), nullable=False),
        sa.Column("errors", sa.BigInteger, nullable=False),
        sa.Column("connections_in_use", sa.Integer, nullable=False),
        sa.Column("connections", sa.Integer, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
        prefixes=["UNLOGGED"],
    )
    op.create_index(
        "ix_facts_payments",
        "facts",
        ["received_at"],
        postgresql_where=sa.text("kind IN ('payment_captured', 'payment_failed')"),
    )
    op.add_column("devices", sa.Column("unsent_facts", sa.Integer))
