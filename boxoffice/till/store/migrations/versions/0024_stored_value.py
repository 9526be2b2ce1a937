"""Gift cards that this till sold, and what it may spend of any."""

from alembic import op

revision = "0024"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE payments ADD COLUMN card_id TEXT")
    op.execute("""
        CREATE TABLE stored_values (
            id TEXT NOT NULL CONSTRAINT pk_stored_values PRIMARY KEY,
            order_id TEXT NOT NULL CONSTRAINT fk_stored_values_order_id_orders REFERENCES orders (id),
            event_id TEXT NOT NULL,
            currency TEXT NOT NULL,
            status TEXT NOT NULL,
            code_hash TEXT NOT NULL,
            last4 TEXT NOT NULL,
            issued INTEGER NOT NULL,
            spent INTEGER NOT NULL DEFAULT 0,
            leased INTEGER NOT NULL DEFAULT 0,
            taken_back INTEGER NOT NULL DEFAULT 0,
            over INTEGER NOT NULL DEFAULT 0,
            CONSTRAINT uq_stored_values_code_hash UNIQUE (code_hash),
            CONSTRAINT ck_stored_values_free CHECK (issued >= spent + leased AND leased >= 0)
        )
    """)
    op.execute("CREATE INDEX ix_stored_values_order_id ON stored_values (order_id)")
    op.execute("""
        CREATE TABLE value_leases (
            id TEXT NOT NULL CONSTRAINT pk_value_leases PRIMARY KEY,
            card_id TEXT NOT NULL,
            device_id TEXT NOT NULL,
            currency TEXT NOT NULL,
            code_hash TEXT NOT NULL,
            last4 TEXT NOT NULL,
            amount INTEGER NOT NULL,
            spent INTEGER NOT NULL DEFAULT 0,
            returned INTEGER NOT NULL DEFAULT 0,
            is_recalled INTEGER NOT NULL DEFAULT 0,
            CONSTRAINT ck_value_leases_parts CHECK (spent >= 0 AND returned >= 0),
            CONSTRAINT ck_value_leases_left CHECK (amount >= spent + returned)
        )
    """)
    op.execute("CREATE INDEX ix_value_leases_code_hash ON value_leases (code_hash)")
    op.execute("CREATE TABLE grants_frozen (grant_id TEXT NOT NULL CONSTRAINT pk_grants_frozen PRIMARY KEY)")
