"""All tables of the hub, by their names: with them all, the `metadata` is whole."""

from sqlalchemy import Index

from boxoffice.core.rows import KEPT
from sync.store.schema.cancelling import cancellations, cancelled_items, cancelled_orders
from sync.store.schema.devices import attempts, devices, leaked_keys, pairing_codes, till_keys
from sync.store.schema.drafts import event_drafts, event_takings
from sync.store.schema.gifts import gifts
from sync.store.schema.guests import guests
from sync.store.schema.help_calls import help_calls
from sync.store.schema.inventory import device_leases, events, lease_recalls, lease_requests, pool_claims, pools
from sync.store.schema.kept import table_of
from sync.store.schema.ledger import (
    chains,
    exceptions,
    facts,
    feed,
    hub_lives,
    ledger_postings,
    quarantined_facts,
    waiting_facts,
)
from sync.store.schema.mails import link_renewals, mails, notice_mails, notices, report_mails
from sync.store.schema.metadata import metadata
from sync.store.schema.offers import offers
from sync.store.schema.orders import disputes, erased_contacts, order_items, orders, payments, refunds, tickets
from sync.store.schema.organizers import (
    event_roles,
    invitations,
    office_settings,
    organizers,
    passkeys,
    pin_links,
    processes,
    recovery_codes,
    sessions,
    sign_in_links,
    sign_in_steps,
    staff_credentials,
)
from sync.store.schema.parked import parked_carts
from sync.store.schema.providers import (
    checkouts,
    declines,
    dispute_cases,
    our_readers,
    payment_events,
    payouts,
    provider_fees,
    provider_moves,
    provider_reads,
    refund_calls,
    strays,
    switches,
)
from sync.store.schema.sales import report_views, sales_entries, sales_read, view_mails
from sync.store.schema.shop import analytics_events, holds, idempotency_keys, lines, promo_uses, status_updates
from sync.store.schema.stored_value import stored_values, value_leases
from sync.store.schema.taxes import filed_returns, tax_collectors

__all__ = [
    "analytics_events",
    "attempts",
    "cancellations",
    "cancelled_items",
    "cancelled_orders",
    "chains",
    "checkouts",
    "declines",
    "device_leases",
    "devices",
    "dispute_cases",
    "disputes",
    "erased_contacts",
    "event_drafts",
    "event_roles",
    "event_takings",
    "events",
    "exceptions",
    "facts",
    "feed",
    "filed_returns",
    "gifts",
    "guests",
    "help_calls",
    "holds",
    "hub_lives",
    "idempotency_keys",
    "invitations",
    "leaked_keys",
    "lease_recalls",
    "lease_requests",
    "ledger_postings",
    "lines",
    "link_renewals",
    "mails",
    "metadata",
    "notice_mails",
    "notices",
    "offers",
    "office_settings",
    "order_items",
    "orders",
    "organizers",
    "our_readers",
    "pairing_codes",
    "parked_carts",
    "passkeys",
    "payment_events",
    "payments",
    "payouts",
    "pin_links",
    "pool_claims",
    "pools",
    "processes",
    "promo_uses",
    "provider_fees",
    "provider_moves",
    "provider_reads",
    "quarantined_facts",
    "recovery_codes",
    "refund_calls",
    "refunds",
    "report_mails",
    "report_views",
    "sales_entries",
    "sales_read",
    "scans",
    "sessions",
    "sign_in_links",
    "sign_in_steps",
    "staff_credentials",
    "status_updates",
    "stored_values",
    "strays",
    "switches",
    "tax_collectors",
    "tickets",
    "till_keys",
    "value_leases",
    "view_mails",
    "waiting_facts",
]

for _each in KEPT:  # rows of the core that no more is to be said of here
    if _each.table not in metadata.tables:
        table_of(_each)
scans = metadata.tables["scans"]
Index("ix_scans_day", scans.c.event_id, scans.c.day)
