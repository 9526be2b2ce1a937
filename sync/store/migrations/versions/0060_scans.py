"""Scans at gates; the orders of scanned tickets count as changed, so that tills hear of them."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0055"
branch_labels = None
depends_on = None

_OUTCOMES = (
    "'admitted', 'already_in', 'look_id', 'not_a_ticket', 'void', 'wrong_day', 'wrong_event', 'wrong_zone'"
)


def upgrade() -> None:
    op.create_table(
        "scans",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("ticket_id", sa.Text),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("gate", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("clock", sa.Text, nullable=False),
        sa.Column("seen", sa.Text),
        sa.Column("is_undone", sa.Boolean, nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_scans_direction")),
        sa.CheckConstraint(f"outcome IN ({_OUTCOMES})", name=op.f("ck_scans_outcome")),
        sa.CheckConstraint("seen IN ('id', 'stamp')", name=op.f("ck_scans_seen")),
    )
    op.create_index("ix_scans_ticket_id", "scans", ["ticket_id"])
    op.create_index("ix_scans_day", "scans", ["event_id", "day"])
    op.execute("""
        CREATE FUNCTION note_change_by_scans() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE orders SET changed_in = 0 -- the trigger there says in which
            WHERE id = (SELECT order_id FROM tickets WHERE id = NEW.ticket_id)
              AND changed_in <> pg_current_xact_id()::text::bigint;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON scans
        FOR EACH ROW EXECUTE FUNCTION note_change_by_scans()
    """)
