"""Gift cards: what each holds, what of it tills have on lease, and which one paid."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("card_id", sa.Text()))
    op.create_table(
        "stored_values",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("order_id", sa.Text, sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("code_hash", sa.Text, nullable=False),
        sa.Column("last4", sa.Text, nullable=False),
        sa.Column("issued", sa.BigInteger, nullable=False),
        *(
            sa.Column(name, sa.BigInteger, server_default="0", nullable=False)
            for name in ("spent", "leased", "taken_back", "over")
        ),
        sa.CheckConstraint(
            "issued > 0 AND spent >= 0 AND leased >= 0 AND taken_back >= 0 AND over >= 0",
            name=op.f("ck_stored_values_parts"),
        ),
        sa.CheckConstraint("issued >= spent + leased", name=op.f("ck_stored_values_free")),
        sa.CheckConstraint("taken_back <= spent", name=op.f("ck_stored_values_taken_back")),
        sa.CheckConstraint("status IN ('active', 'blocked')", name=op.f("ck_stored_values_status")),
        sa.UniqueConstraint("code_hash"),
    )
    for column in ("order_id", "event_id", "last4"):
        op.create_index(None, "stored_values", [column])
    op.create_table(
        "value_leases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("card_id", sa.Text, nullable=False),
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("code_hash", sa.Text, nullable=False),
        sa.Column("last4", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.BigInteger, server_default="0", nullable=False) for name in ("spent", "returned")),
        sa.Column("is_recalled", sa.Boolean, server_default="false", nullable=False),
        sa.CheckConstraint("spent >= 0 AND returned >= 0", name=op.f("ck_value_leases_parts")),
        sa.CheckConstraint("amount >= spent + returned", name=op.f("ck_value_leases_left")),
    )
    for column in ("card_id", "device_id"):
        op.create_index(None, "value_leases", [column])
