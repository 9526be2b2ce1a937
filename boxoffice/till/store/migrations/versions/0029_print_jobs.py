"""What is to be printed, and how far each paper has come."""

from alembic import op

revision = "0029"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE print_jobs (
            id TEXT NOT NULL CONSTRAINT pk_print_jobs PRIMARY KEY,
            kind TEXT NOT NULL,
            about TEXT NOT NULL,
            title TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            state TEXT NOT NULL,
            pieces INTEGER NOT NULL,
            done INTEGER NOT NULL,
            copy INTEGER NOT NULL,
            is_torn INTEGER NOT NULL,
            why TEXT NOT NULL,
            CONSTRAINT ck_print_jobs_done CHECK (done BETWEEN 0 AND pieces),
            CONSTRAINT ck_print_jobs_state
                CHECK (state IN ('waiting', 'printing', 'stopped', 'printed', 'skipped'))
        )
    """)
    op.execute("CREATE INDEX ix_print_jobs_state ON print_jobs (state)")
