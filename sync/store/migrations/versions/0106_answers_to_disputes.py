"""What providers say of disputes, and what is said against them."""

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispute_cases",
        sa.Column("dispute_id", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("network_reason", sa.Text, nullable=False, server_default=""),
        sa.Column("fee", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("submissions", sa.Integer, nullable=False, server_default="0"),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("words", sa.Text),
        sa.Column("words_by", sa.Text, nullable=False, server_default=""),
        sa.Column("staged", sa.Text),
        sa.Column("staged_at", sa.DateTime(timezone=True)),
        sa.Column("asked", sa.Text),
        sa.Column("asked_for", sa.Text),
        sa.Column("asked_after", sa.Integer, nullable=False, server_default="0"),
        sa.Column("asked_by", sa.Text, nullable=False, server_default=""),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.Text),
        sa.CheckConstraint("provider IN ('stripe', 'paypal')", name="ck_dispute_cases_provider"),
        sa.CheckConstraint("asked IN ('sent', 'given_up')", name="ck_dispute_cases_asked"),
        sa.CheckConstraint("answer IN ('sent', 'given_up')", name="ck_dispute_cases_answer"),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name="fk_dispute_cases_dispute_id_disputes"),
        sa.PrimaryKeyConstraint("dispute_id", name="pk_dispute_cases"),
    )
