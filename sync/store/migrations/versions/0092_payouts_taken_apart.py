"""Lines of the providers' balances, and payouts taken apart into them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0092"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    yes, no = sa.text("true"), sa.text("false")
    for column in (
        sa.Column("total", sa.BigInteger),
        sa.Column("is_provable", sa.Boolean, nullable=False, server_default=yes),
        sa.Column("is_complete", sa.Boolean, nullable=False, server_default=no),
        sa.Column("parts", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        sa.Column("arrives_at", sa.DateTime(timezone=True)),
        sa.Column("read_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("payouts", column)
    op.create_table(
        "provider_moves",
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("payout", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("payment", sa.Text),
        sa.Column("is_marked", sa.Boolean, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("fee", sa.BigInteger, nullable=False),
        sa.Column("net", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name="ck_provider_moves_provider"),
        sa.CheckConstraint("net = amount - fee", name="ck_provider_moves_net"),
        sa.PrimaryKeyConstraint("provider", "reference", name="pk_provider_moves"),
    )
    op.create_index("ix_provider_moves_payout", "provider_moves", ["payout"])
    op.create_index("ix_provider_moves_payment", "provider_moves", ["payment"])
    op.create_table(
        "provider_reads",
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name="ck_provider_reads_provider"),
        sa.PrimaryKeyConstraint("provider", name="pk_provider_reads"),
    )
