"""Refunds: what was asked of the provider, never more than was paid; exceptions remember how they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Postgres itself holds the sum, whatever code asks for a refund. The payment's row makes two of them queue.
_GUARD = """
CREATE FUNCTION refuse_too_much() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid bigint;
BEGIN
    SELECT amount INTO paid FROM payments WHERE id = NEW.payment_id FOR UPDATE;
    IF (SELECT sum(amount) FROM refunds WHERE payment_id = NEW.payment_id AND status <> 'failed') > paid THEN
        RAISE EXCEPTION 'payment % can not be refunded beyond what was paid', NEW.payment_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER never_beyond_paid AFTER INSERT OR UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION refuse_too_much();
"""


def upgrade() -> None:
    op.create_table(
        "refund_calls",
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("provider_reference", sa.Text()),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'pending', 'done')", name="ck_refund_calls_state"),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name="fk_refund_calls_refund_id"),
        sa.PrimaryKeyConstraint("refund_id", name="pk_refund_calls"),
    )
    op.create_index("ix_refund_calls_provider_reference", "refund_calls", ["provider_reference"])
    op.add_column("exceptions", sa.Column("subject_id", sa.Text()))
    op.add_column("exceptions", sa.Column("remedy", sa.Text()))
    op.add_column("exceptions", sa.Column("resolved_at", sa.DateTime(timezone=True)))
    op.execute(_GUARD)
