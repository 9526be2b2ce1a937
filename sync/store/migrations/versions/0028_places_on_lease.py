"""What tells whether a till needs the units that it has on lease, and what it was asked to give back."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_leases", sa.Column("reclaimed", sa.Integer, server_default="0", nullable=False))
    op.add_column("device_leases", sa.Column("last_sold_at", sa.DateTime(timezone=True)))
    op.add_column("device_leases", sa.Column("counted_sold", sa.Integer, server_default="0", nullable=False))
    op.add_column("device_leases", sa.Column("counted_at", sa.DateTime(timezone=True)))
    # Until a till sells the next one: as if it had just sold, so that nobody's units are asked back for an upgrade.
    op.execute("UPDATE device_leases SET last_sold_at = now(), counted_sold = sold, counted_at = now()")
    op.create_table(
        "lease_recalls",
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("pool_id", sa.Text, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("asked_by", sa.Text, server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_lease_recalls_device_id"),
        sa.ForeignKeyConstraint(
            ["event_id", "pool_id"], ["pools.event_id", "pools.id"], name="fk_lease_recalls_event_id_pool_id"
        ),
        sa.PrimaryKeyConstraint("device_id", "event_id", "pool_id", name="pk_lease_recalls"),
    )
    op.create_index("ix_holds_expires_at", "holds", ["expires_at"])
