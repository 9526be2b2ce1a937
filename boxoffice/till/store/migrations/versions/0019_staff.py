"""Who works at this till: what the hub's facts say of them, their names, and what they sign in with."""

from alembic import op

revision = "0019"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE staff (
            id TEXT NOT NULL CONSTRAINT pk_staff PRIMARY KEY,
            role TEXT NOT NULL,
            status TEXT NOT NULL,
            language TEXT NOT NULL,
            discount_limit INTEGER NOT NULL,
            badge INTEGER NOT NULL,
            has_badge INTEGER NOT NULL,
            name TEXT NOT NULL DEFAULT ''
        )
    """)
    op.execute("""
        CREATE TABLE staff_credentials (
            id TEXT NOT NULL CONSTRAINT pk_staff_credentials PRIMARY KEY,
            pin TEXT NOT NULL,
            pin_digits INTEGER NOT NULL,
            badge TEXT NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_staff_credentials_badge ON staff_credentials (badge)")
    op.execute("""
        CREATE TABLE sign_in_tries (
            who TEXT NOT NULL CONSTRAINT pk_sign_in_tries PRIMARY KEY,
            wrong INTEGER NOT NULL,
            wait_s INTEGER NOT NULL
        )
    """)
