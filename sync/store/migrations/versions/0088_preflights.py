"""What the last look at each till came to, found without reading all facts."""

from alembic import op

revision = "0088"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_facts_preflights ON facts (device_id, event_id, position) WHERE kind = 'preflight_done'"
    )
