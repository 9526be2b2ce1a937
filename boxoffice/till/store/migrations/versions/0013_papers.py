"""Which papers were handed out, so that another one of the same says that it is a copy."""

from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLE = """
    CREATE TABLE papers (
        id TEXT NOT NULL,
        order_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        way TEXT NOT NULL,
        copy INTEGER NOT NULL,
        begun_at TEXT NOT NULL,
        outcome TEXT NOT NULL,
        CONSTRAINT pk_papers PRIMARY KEY (id),
        CONSTRAINT ck_papers_copy CHECK (copy >= 0),
        CONSTRAINT ck_papers_outcome CHECK (outcome IN ('begun', 'done', 'failed'))
    ) STRICT
"""


def upgrade() -> None:
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_papers_order_id ON papers (order_id)")
