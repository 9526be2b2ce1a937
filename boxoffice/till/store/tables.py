"""The till's tables. Names that the hub has too mean the same there; amounts are integers of minor units."""

from sqlalchemy import Index

from boxoffice.core.rows import KEPT
from boxoffice.till.store.schema.asked import hub_problems, hub_requests, outbox_mails
from boxoffice.till.store.schema.beside import contacts, order_index, order_notes, order_unindexed, parked_carts
from boxoffice.till.store.schema.chain import facts, hub_facts, ledger_postings, never, unbalanced
from boxoffice.till.store.schema.kept import table_of
from boxoffice.till.store.schema.metadata import metadata
from boxoffice.till.store.schema.orders import disputes, order_items, orders, payments, refunds, tickets
from boxoffice.till.store.schema.papers import papers, print_jobs
from boxoffice.till.store.schema.people import settings, sign_in_tries, staff_credentials
from boxoffice.till.store.schema.stock import events, grants_frozen, leases, pools_seen, stored_values, value_leases

__all__ = [
    "contacts",
    "disputes",
    "events",
    "facts",
    "grants_frozen",
    "hub_facts",
    "hub_problems",
    "hub_requests",
    "leases",
    "ledger_postings",
    "metadata",
    "never",
    "order_index",
    "order_items",
    "order_notes",
    "order_unindexed",
    "orders",
    "outbox_mails",
    "papers",
    "parked_carts",
    "payments",
    "pools_seen",
    "print_jobs",
    "refunds",
    "settings",
    "sign_in_tries",
    "staff_credentials",
    "stored_values",
    "tickets",
    "unbalanced",
    "value_leases",
]

for _each in KEPT:  # rows of the core that no more is to be said of here
    if _each.table not in metadata.tables:
        table_of(_each)
Index("ix_scans_day", metadata.tables["scans"].c.event_id, metadata.tables["scans"].c.day)
