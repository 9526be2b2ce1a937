"""What banks ask back of this till's orders: kept as rows, from the facts that told of it before there were any."""

from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLE = """
    CREATE TABLE disputes (
        id TEXT NOT NULL,
        payment_id TEXT NOT NULL,
        amount INTEGER NOT NULL,
        currency TEXT NOT NULL,
        status TEXT NOT NULL,
        withdrawn INTEGER NOT NULL,
        lost INTEGER NOT NULL,
        CONSTRAINT pk_disputes PRIMARY KEY (id),
        CONSTRAINT fk_disputes_payment_id_payments FOREIGN KEY(payment_id) REFERENCES payments (id)
    ) STRICT
"""
# Of each dispute, the newest fact says how it stands (SQLite takes the other columns from the row of max).
_FILL = """
    INSERT INTO disputes (id, payment_id, amount, currency, status, withdrawn, lost)
    SELECT id, payment_id, amount, currency, status, withdrawn, lost FROM (
        SELECT payload ->> 'dispute_id' AS id, payload ->> 'tender_id' AS payment_id, payload ->> 'amount' AS amount,
               payload ->> 'currency' AS currency, payload ->> 'status' AS status,
               sum(payload ->> 'withdrawn') AS withdrawn, sum(payload ->> 'lost') AS lost, max(position)
        FROM hub_facts WHERE kind = 'dispute_changed' AND is_applied GROUP BY 1, 2
    )
"""# A customer who went on from the one page to the other had paid as facts say, and not as the row still did.
_TENDERS = """
    UPDATE payments SET tender = told.tender FROM (
        SELECT payload ->> 'tender_id' AS id, payload ->> 'tender' AS tender, max(position)
        FROM hub_facts WHERE kind LIKE 'payment_%' AND is_applied GROUP BY 1
    ) AS told WHERE told.id = payments.id AND told.tender <> payments.tender
"""


def upgrade() -> None:
    op.execute(_TABLE)
    op.execute(_FILL)
    op.execute(_TENDERS)
