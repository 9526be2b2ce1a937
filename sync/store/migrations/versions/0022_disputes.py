"""Disputes beside refunds, payments that a provider holds, mails about them, and what a refund was asked with."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "status IN ('inquiry', 'inquiry_closed', 'open', 'won', 'lost', 'prevented')", name="ck_disputes_status"
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_disputes_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
    )
    op.create_index("ix_disputes_payment_id", "disputes", ["payment_id"])
    op.create_table(
        "provider_fees",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name="ck_provider_fees_provider"),
        sa.PrimaryKeyConstraint("provider", "reference", name="pk_provider_fees"),
    )
    op.create_table(
        "payouts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name="ck_payouts_provider"),
        sa.UniqueConstraint("provider", "reference", name="uq_payouts_provider_reference"),
        sa.PrimaryKeyConstraint("id", name="pk_payouts"),
    )
    op.add_column("checkouts", sa.Column("held_reason", sa.Text()))
    op.add_column("mails", sa.Column("kind", sa.Text(), server_default="tickets", nullable=False))
    op.add_column("refund_calls", sa.Column("key_number", sa.Integer(), server_default="0", nullable=False))
    op.add_column("refund_calls", sa.Column("asked_at", sa.DateTime(timezone=True)))
    op.create_index("ix_exceptions_subject_id", "exceptions", ["subject_id"])
