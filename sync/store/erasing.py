"""Forgets who orders are for, in every table that knows it; and which tables those are.

What happened stays: facts, sums, tickets. An order that was erased stays so, whoever brings its contact back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.folding import order_is_found_by
from sync.store import tables as t

_o: Final = t.orders.c
_p: Final = t.payment_events.c
_IDS: Final = bindparam("ids", type_=ARRAY(Text))
ERASED: Final[Mapping[str, str]] = {
    # Before the orders: they lead to the addresses.
    "notice_mails": """
        UPDATE notice_mails m SET email = 'erased ' || m.id, last_error = NULL,
            status = CASE m.status WHEN 'queued' THEN 'failed' ELSE m.status END
        FROM notices n, orders o
        WHERE n.id = m.notice_id AND o.id = ANY(:ids) AND o.event_id = n.event_id
          AND m.email = lower(o.customer_email) AND NOT EXISTS (
              SELECT FROM orders x WHERE x.event_id = o.event_id AND lower(x.customer_email) = m.email
                AND x.id <> ALL(:ids))
    """,
    "mails": """
        UPDATE mails SET email = '', last_error = NULL,
            status = CASE status WHEN 'queued' THEN 'failed' ELSE status END
        WHERE order_id = ANY(:ids)
    """,
    "guests": "UPDATE guests SET key = order_id, held_for = '', cancelled_why = NULL WHERE order_id = ANY(:ids)",
    "holds": "UPDATE holds SET buyer = '', analytics_client = NULL WHERE order_id = ANY(:ids)",
    "analytics_events": """
        UPDATE analytics_events SET details = '{}',
            status = CASE status WHEN 'queued' THEN 'dropped' ELSE status END
        WHERE order_id = ANY(:ids)
    """,
    "gifts": "UPDATE gifts SET email = NULL, name = '', sender = '', words = '' WHERE order_id = ANY(:ids)",
    "dispute_cases": """
        UPDATE dispute_cases c SET words = NULL, staged = NULL
        FROM disputes d JOIN payments p ON p.id = d.payment_id
        WHERE d.id = c.dispute_id AND p.order_id = ANY(:ids)
    """,
    "idempotency_keys": "DELETE FROM idempotency_keys WHERE order_id = ANY(:ids)",
}
"""What is done to each table but those of orders and of providers' events."""
_MARK: Final = "erased"
_PERSONAL: Final = frozenset(
    {"email", "receipt_email", "customer_email", "email_address", "payer_email", "phone", "phone_number", "shipping"}
    | {"address", "billing_details", "customer_details", "payer", "payer_info", "customer_name", "cardholder_name"}
    | {"customer_email_address", "customer_purchase_ip", "shipping_address", "billing_address", "full_name"}
)
"""Names that providers give to what is of a person, in what they tell of payments."""


def forget(connection: Connection, orders: Sequence[str]) -> None:
    """Forgets who these orders are for, for good."""
    if not orders:
        return
    ids = sorted(set(orders))
    rows = [{"order_id": each} for each in ids]
    connection.execute(insert(t.erased_contacts).values(rows).on_conflict_do_nothing())
    known = connection.execute(select(_o.id, _o.order_number).where(_o.id.in_(ids)).order_by(_o.id).with_for_update())
    numbers = {row.id: row.order_number for row in known}
    for statement in ERASED.values():
        connection.execute(text(statement).bindparams(_IDS), {"ids": ids})
    for order_id, number in numbers.items():
        bare = dict.fromkeys(("customer_email", "customer_name", "customer_phone", "customer_note"))
        found_by = order_is_found_by(number, None, None, None)
        connection.execute(update(t.orders).where(_o.id == order_id).values(**bare, found_by=found_by))
    scrub_events(connection, ids)


def scrub_events(connection: Connection, orders: Sequence[str] | None = None, most: int = 1_000) -> int:
    """Takes people out of what providers have told of erased orders, once it was worked on; returns how much it was."""
    e = t.erased_contacts.c
    mine = _p.order_id.in_(select(e.order_id) if orders is None else orders)
    open_ = (mine, _p.status != "received", ~_p.payload.has_key(_MARK))
    rows = connection.execute(select(_p.id, _p.payload).where(*open_).limit(most)).all()
    for row in rows:
        connection.execute(update(t.payment_events).where(_p.id == row.id).values(payload=scrubbed(row.payload)))
    return len(rows)


def scrubbed(payload: Any) -> dict[str, Any]:
    """Returns what a provider told, with nobody in it, and marked so."""
    bare = _without(payload)
    return {**(bare if isinstance(bare, dict) else {"of": bare}), _MARK: True}


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: None if name in _PERSONAL else _without(each) for name, each in value.items()}
    return [_without(each) for each in value] if isinstance(value, list) else value
