"""The first tables: facts, ledger, orders, leases."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FACT = """
    id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    event_id TEXT,
    staff_id TEXT,
    occurred_at TEXT NOT NULL,
    payload TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL
"""

TABLES = f"""
CREATE TABLE facts (
    position INTEGER NOT NULL,
    order_id TEXT,
    {FACT},
    CONSTRAINT pk_facts PRIMARY KEY (position),
    CONSTRAINT uq_facts_id UNIQUE (id),
    CONSTRAINT uq_facts_device_id_epoch_seq UNIQUE (device_id, epoch, seq)
) STRICT;
CREATE INDEX ix_facts_order_id ON facts (order_id);

CREATE TABLE hub_facts (
    position INTEGER NOT NULL,
    order_id TEXT,
    after_position INTEGER NOT NULL,
    is_applied INTEGER NOT NULL,
    {FACT},
    CONSTRAINT pk_hub_facts PRIMARY KEY (position),
    CONSTRAINT uq_hub_facts_id UNIQUE (id),
    CONSTRAINT uq_hub_facts_device_id_epoch_seq UNIQUE (device_id, epoch, seq)
) STRICT;
CREATE INDEX ix_hub_facts_order_id ON hub_facts (order_id);

CREATE TABLE ledger_postings (
    fact_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    account TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    CONSTRAINT pk_ledger_postings PRIMARY KEY (fact_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE never (
    id TEXT NOT NULL CONSTRAINT ck_never_empty CHECK (0),
    CONSTRAINT pk_never PRIMARY KEY (id)
) STRICT;

CREATE TABLE unbalanced (
    fact_id TEXT NOT NULL,
    currency TEXT NOT NULL,
    CONSTRAINT pk_unbalanced PRIMARY KEY (fact_id, currency),
    CONSTRAINT fk_unbalanced_fact_id FOREIGN KEY (fact_id) REFERENCES never (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE orders (
    id TEXT NOT NULL,
    order_number TEXT NOT NULL,
    event_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    status TEXT NOT NULL,
    total_amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    customer_email TEXT,
    customer_name TEXT,
    customer_phone TEXT,
    created_at TEXT NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT uq_orders_order_number UNIQUE (order_number),
    CONSTRAINT ck_orders_total CHECK (total_amount >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_orders_status ON orders (status);
CREATE INDEX ix_orders_created_at ON orders (created_at);

CREATE TABLE order_items (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    item_type TEXT NOT NULL,
    product_id TEXT NOT NULL,
    item_name TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price INTEGER NOT NULL,
    subtotal INTEGER NOT NULL,
    CONSTRAINT pk_order_items PRIMARY KEY (id),
    CONSTRAINT fk_order_items_order_id FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT ck_order_items_quantity CHECK (quantity > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE payments (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    tender TEXT NOT NULL,
    provider_reference TEXT,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT fk_payments_order_id FOREIGN KEY (order_id) REFERENCES orders (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_payments_order_id ON payments (order_id);
CREATE INDEX ix_payments_status ON payments (status);

CREATE TABLE refunds (
    id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_refunds PRIMARY KEY (id),
    CONSTRAINT fk_refunds_payment_id FOREIGN KEY (payment_id) REFERENCES payments (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_tickets PRIMARY KEY (id),
    CONSTRAINT fk_tickets_order_id FOREIGN KEY (order_id) REFERENCES orders (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    event_id TEXT NOT NULL,
    pool_id TEXT NOT NULL,
    granted INTEGER NOT NULL DEFAULT 0,
    sold INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT pk_leases PRIMARY KEY (event_id, pool_id),
    CONSTRAINT ck_leases_parts CHECK (sold >= 0 AND held >= 0 AND returned >= 0),
    CONSTRAINT ck_leases_left CHECK (granted >= sold + held + returned)
) STRICT, WITHOUT ROWID;

CREATE TABLE pools_seen (
    event_id TEXT NOT NULL,
    pool_id TEXT NOT NULL,
    capacity INTEGER NOT NULL,
    "left" INTEGER NOT NULL,
    CONSTRAINT pk_pools_seen PRIMARY KEY (event_id, pool_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE contacts (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    email TEXT,
    name TEXT,
    phone TEXT,
    is_sent INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT pk_contacts PRIMARY KEY (id),
    CONSTRAINT fk_contacts_order_id FOREIGN KEY (order_id) REFERENCES orders (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_mails (
    id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    email TEXT NOT NULL,
    is_sent INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT pk_outbox_mails PRIMARY KEY (id),
    CONSTRAINT fk_outbox_mails_order_id FOREIGN KEY (order_id) REFERENCES orders (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY (name)
) STRICT, WITHOUT ROWID
"""

FROZEN = ("facts", "hub_facts", "ledger_postings")

BALANCE = """
CREATE TRIGGER ledger_postings_balance AFTER INSERT ON ledger_postings BEGIN
    DELETE FROM unbalanced WHERE fact_id = NEW.fact_id AND currency = NEW.currency;
    INSERT INTO unbalanced (fact_id, currency)
        SELECT NEW.fact_id, NEW.currency FROM ledger_postings
        WHERE fact_id = NEW.fact_id AND currency = NEW.currency GROUP BY currency HAVING sum(amount) <> 0;
END
"""

OWNED = """
CREATE TRIGGER ledger_postings_fact BEFORE INSERT ON ledger_postings
WHEN NOT EXISTS (SELECT 1 FROM facts WHERE id = NEW.fact_id)
    AND NOT EXISTS (SELECT 1 FROM hub_facts WHERE id = NEW.fact_id)
BEGIN
    SELECT RAISE(ABORT, 'a posting rests on a fact');
END
"""


def upgrade() -> None:
    for statement in TABLES.split(";"):
        op.execute(statement)
    for table in FROZEN:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.execute(BALANCE)
    op.execute(OWNED)
