"""Mails to all customers of an event, and to whom each has gone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("subject_es", sa.Text, server_default="", nullable=False),
        sa.Column("words_es", sa.Text, server_default="", nullable=False),
        sa.Column("status", sa.Text, server_default="draft", nullable=False),
        sa.Column("by", sa.Text, server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'sending', 'stopped', 'sent')", name="ck_notices_status"),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_notices_event_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_table(
        "notice_mails",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("notice_id", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("language", sa.Text, server_default="en", nullable=False),
        sa.Column("status", sa.Text, server_default="queued", nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('queued', 'sent', 'failed', 'delivered', 'bounced')", name="ck_notice_mails_status"
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_notice_mails_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_mails"),
        sa.UniqueConstraint("notice_id", "email", name="uq_notice_mails_notice_id_email"),
    )
