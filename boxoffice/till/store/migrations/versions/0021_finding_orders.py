"""Notes about orders, what the hub is asked about them, and the index that they are found by, with what is there."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_NOTES = """
    CREATE TABLE order_notes (
        order_id TEXT NOT NULL CONSTRAINT pk_order_notes PRIMARY KEY,
        note TEXT NOT NULL,
        is_sent INTEGER NOT NULL DEFAULT 0
    ) STRICT
"""
_INDEX = """
    CREATE TABLE order_index (
        key INTEGER NOT NULL CONSTRAINT pk_order_index PRIMARY KEY,
        order_id TEXT NOT NULL,
        event_id TEXT NOT NULL,
        CONSTRAINT uq_order_index_order_id UNIQUE (order_id)
    ) STRICT
"""
_ASKED = """
    CREATE TABLE hub_requests (
        id TEXT NOT NULL CONSTRAINT pk_hub_requests PRIMARY KEY,
        order_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL CONSTRAINT ck_hub_requests_state CHECK (state IN ('waiting', 'done', 'refused')),
        why TEXT NOT NULL DEFAULT '',
        asked_at TEXT NOT NULL
    ) STRICT
"""
_ASKED_OF = "CREATE INDEX ix_hub_requests_order_id ON hub_requests (order_id)"
_UNINDEXED = "CREATE TABLE order_unindexed (order_id TEXT NOT NULL CONSTRAINT pk_order_unindexed PRIMARY KEY) STRICT"
# What is kept is folded before: the tokenizer only takes it apart. It holds words alone, and no text.
_WORDS = """
    CREATE VIRTUAL TABLE order_words USING fts5(
        words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3 4'
    )
"""
_CHANGES = {
    "orders_new": ("INSERT ON orders", "", "NEW.id"),
    "orders_of_whom": ("UPDATE OF customer_email, customer_name, customer_phone ON orders", "", "NEW.id"),
    "order_notes_new": ("INSERT ON order_notes", "", "NEW.order_id"),
    "order_notes_changed": ("UPDATE ON order_notes", "", "NEW.order_id"),
    "order_notes_gone": ("DELETE ON order_notes", "", "OLD.order_id"),
    "facts_by_card": ("INSERT ON facts", "WHEN NEW.kind = 'payment_captured'", "NEW.order_id"),
    "hub_facts_by_card": ("INSERT ON hub_facts", "WHEN NEW.kind = 'payment_captured'", "NEW.order_id"),
}


def upgrade() -> None:
    for table in (_NOTES, _INDEX, _UNINDEXED, _WORDS, _ASKED, _ASKED_OF):
        op.execute(table)
    for name, (when, which, order) in _CHANGES.items():
        op.execute(f"""
            CREATE TRIGGER {name} AFTER {when} {which} BEGIN
                INSERT OR IGNORE INTO order_unindexed (order_id) SELECT {order} WHERE {order} IS NOT NULL;
            END
        """)
    op.execute("INSERT INTO order_unindexed (order_id) SELECT id FROM orders ORDER BY created_at, id")
