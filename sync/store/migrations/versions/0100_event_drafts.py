"""Events that organizers change in the browser, and which revision each till has taken."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0100"
down_revision = "0102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_drafts",
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("file", JSONB, nullable=False),
        sa.Column("base", sa.Integer, nullable=False, server_default="0"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("copied_from", sa.Text),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("event_id", name="pk_event_drafts"),
    )
    op.create_table(
        "event_takings",
        sa.Column("device_id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name="fk_event_takings_device_id_devices"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_event_takings_event_id_events"),
        sa.PrimaryKeyConstraint("device_id", "event_id", name="pk_event_takings"),
    )
    op.create_index(
        "ix_facts_revisions",
        "facts",
        ["event_id", "position"],
        postgresql_where=sa.text("kind = 'catalogue_revised'"),
    )
