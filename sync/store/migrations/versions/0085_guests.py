"""The guest list, what finds the orders that give something away, and parked carts that were taken up."""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "guests",
        sa.Column("order_id", sa.Text(), sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("event_id", sa.Text(), sa.ForeignKey("events.id"), nullable=False),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="who it is and what they get: the same guest is on the list once",
        ),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("held_for", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", time, nullable=False, server_default=sa.text("now()")),
        sa.Column("cancelled_by", sa.Text()),
        sa.Column("cancelled_at", time),
        sa.Column("cancelled_why", sa.Text()),
        sa.CheckConstraint("tickets > 0", name="ck_guests_tickets"),
        sa.CheckConstraint("delivery IN ('mail', 'will_call')", name="ck_guests_delivery"),
    )
    op.create_index("ix_guests_event_id", "guests", ["event_id", "added_at"])
    op.create_index(
        "uq_guests_key", "guests", ["event_id", "key"], unique=True, postgresql_where=sa.text("cancelled_at IS NULL")
    )
    free = """kind = 'order_placed' AND payload @> '{"lines": [{"reductions": [{"kind": "comp"}]}]}'::jsonb"""
    op.create_index("ix_facts_comps", "facts", ["event_id"], postgresql_where=sa.text(free))
    op.create_index(
        "ix_payments_of_the_house", "payments", ["order_id"], postgresql_where=sa.text("tender = 'complimentary'")
    )
    for name in ("handed_at", "gone_at"):
        op.add_column("parked_carts", sa.Column(name, time))
