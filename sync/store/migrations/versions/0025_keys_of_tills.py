"""Stripe keys of tills: one for each where organizers want it, one for the rest, and those to be ended at Stripe."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("stripe_key_id", sa.Text))
    op.create_table(
        "till_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("device_id", sa.Text),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("by", sa.Text, server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_till_keys"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_till_keys_device_id"),
    )
    op.create_table(
        "leaked_keys",
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("hint", sa.Text, nullable=False),
        sa.Column("is_shared", sa.Boolean, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("device_id", "key_id", name="pk_leaked_keys"),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_leaked_keys_device_id"),
    )
