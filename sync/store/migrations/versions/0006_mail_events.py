"""Mails are known to be delivered, or to have bounced."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("ck_mails_status", "mails")
    # In two steps: checking the old rows at once would lock out a version that runs.
    op.execute(
        "ALTER TABLE mails ADD CONSTRAINT ck_mails_status"
        " CHECK (status IN ('queued', 'sent', 'failed', 'delivered', 'bounced')) NOT VALID"
    )
    op.execute("ALTER TABLE mails VALIDATE CONSTRAINT ck_mails_status")
