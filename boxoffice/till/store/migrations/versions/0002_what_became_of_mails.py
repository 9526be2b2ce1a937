"""What became of the mails that the hub was asked to send."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE outbox_mails ADD COLUMN status TEXT NOT NULL DEFAULT 'waiting'")
    op.execute("ALTER TABLE outbox_mails ADD COLUMN looks INTEGER NOT NULL DEFAULT 0")
