"""Reads and keeps the guest list; what the guests got stands in their orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, insert, select, text, update
from sqlalchemy.types import ARRAY, Text

from boxoffice.core.deliveries import Delivery
from boxoffice.core.tenders import THE_HOUSE
from sync.store import tables as t
from sync.store.comps import COMPS_OF, HAS_FREE_LINE
from sync.store.rows import value_of

_g: Final = t.guests.c
_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('guest list ' || :event, 0))")
_LISTED: Final = text(r"""
    SELECT g.order_id, o.order_number, o.customer_name AS name, o.customer_email AS email, g.product_id, i.item_name,
           g.tickets, i.unit_price, o.currency, g.held_for, g.delivery, g.added_by, g.added_at, g.cancelled_by,
           g.cancelled_at, g.cancelled_why, o.collected_at, m.status AS mail, m.last_error AS mail_error,
           m.created_at AS mailed_at,
           (SELECT count(*) FROM tickets t WHERE t.order_id = o.id AND t.status = 'valid')::int AS valid,
           (SELECT count(DISTINCT t.id) FROM tickets t JOIN scans s ON s.ticket_id = t.id
            WHERE t.order_id = o.id AND s.outcome = 'admitted' AND NOT s.is_undone)::int AS admitted
    FROM guests g JOIN orders o ON o.id = g.order_id
    JOIN LATERAL (SELECT item_name, unit_price FROM order_items WHERE order_id = o.id ORDER BY line LIMIT 1) i ON true
    LEFT JOIN LATERAL (
        SELECT status, last_error, created_at FROM mails WHERE order_id = o.id ORDER BY created_at DESC, id LIMIT 1
    ) m ON true
    WHERE g.event_id = :event AND coalesce(o.found_by, lower(o.order_number)) LIKE ALL (:words)
      AND (:order_id = '' OR o.id = :order_id)
    ORDER BY g.cancelled_at IS NOT NULL, g.added_at DESC, o.order_number DESC LIMIT :most
""").bindparams(bindparam("words", type_=ARRAY(Text)))
_KEYS: Final = text("SELECT key, tickets FROM guests WHERE event_id = :event AND cancelled_at IS NULL")
_GIVEN: Final = text(f"""
    SELECT coalesce(sum({COMPS_OF}), 0)::int FROM orders o
    WHERE o.event_id = :event AND o.id IN (
        SELECT order_id FROM payments WHERE tender = '{THE_HOUSE.value}'
        UNION SELECT payload ->> 'order_id' FROM facts WHERE event_id = :event AND {HAS_FREE_LINE})
""")  # noqa: S608  # of constants
_TRAIL: Final = text("""
    SELECT a.at, a.by, a.what, a.why, o.id AS order_id, o.order_number, o.customer_name AS name FROM (
        SELECT order_id, added_at AS at, added_by AS by, 'added' AS what, held_for AS why
        FROM guests WHERE event_id = :event
        UNION ALL
        SELECT order_id, cancelled_at, cancelled_by, 'cancelled', cancelled_why
        FROM guests WHERE event_id = :event AND cancelled_at IS NOT NULL
        UNION ALL
        SELECT m.order_id, m.created_at, m.by, 'mailed', m.email
        FROM mails m JOIN guests g ON g.order_id = m.order_id WHERE g.event_id = :event AND m.by IS NOT NULL
        UNION ALL
        SELECT g.order_id, o.collected_at, '', 'collected', o.collected_as
        FROM guests g JOIN orders o ON o.id = g.order_id WHERE g.event_id = :event AND o.collected_at IS NOT NULL
    ) a JOIN orders o ON o.id = a.order_id ORDER BY a.at DESC, o.order_number DESC LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class NewRow:
    """A guest whose order was just placed."""

    order_id: str
    key: str
    product_id: str
    tickets: int
    held_for: str
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Listed:
    """A guest as the list shows them; `unit_price` is what one ticket would cost, in minor units.

    `valid` tickets still work, and `admitted` of them have passed a gate. `mail` is how the last mail stands.
    """

    order_id: str
    order_number: str
    name: str | None
    email: str | None
    product_id: str
    item_name: str
    tickets: int
    unit_price: int
    currency: str
    held_for: str
    delivery: Delivery
    added_by: str
    added_at: datetime
    cancelled_by: str | None
    cancelled_at: datetime | None
    cancelled_why: str | None
    collected_at: datetime | None
    mail: str | None
    mail_error: str | None
    mailed_at: datetime | None
    valid: int
    admitted: int


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done about a guest: `added`, `cancelled`, `mailed` (again), `collected`."""

    at: datetime
    by: str | None
    what: str
    why: str | None
    order_id: str
    order_number: str
    name: str | None


def keep_alone(connection: Connection, event_id: str) -> None:
    """Lets nobody else change the list of an event until the transaction ends."""
    connection.execute(_ALONE, {"event": event_id})


def on_the_list(connection: Connection, event_id: str) -> Mapping[str, int]:
    """Returns how many tickets each guest has who is on the list, by what tells them apart."""
    return {row.key: row.tickets for row in connection.execute(_KEYS, {"event": event_id})}


def add(connection: Connection, event_id: str, rows: Sequence[NewRow], by: str) -> None:
    """Puts guests on the list, whose orders are placed."""
    values = [
        {
            "order_id": row.order_id,
            "event_id": event_id,
            "key": row.key,
            "product_id": row.product_id,
            "tickets": row.tickets,
            "held_for": row.held_for,
            "delivery": row.delivery.value,
            "added_by": by,
        }
        for row in rows
    ]
    connection.execute(insert(t.guests), values)


def note_cancelled(connection: Connection, order_id: str, by: str, why: str) -> None:
    """Takes a guest off the list; the row stays, with who did it."""
    ended = {"cancelled_by": by, "cancelled_at": func.now(), "cancelled_why": why}
    connection.execute(update(t.guests).where(_g.order_id == order_id).values(ended))


def event_of(connection: Connection, order_id: str) -> str | None:
    """Returns the event that somebody is a guest of; None for an order that is no guest's."""
    return connection.execute(select(_g.event_id).where(_g.order_id == order_id)).scalar_one_or_none()


def listed(
    connection: Connection, event_id: str, words: Sequence[str] = (), *, order_id: str = "", most: int = 500
) -> Sequence[Listed]:
    """Returns the guests of an event whose names, addresses or numbers have all of the words, the newest first."""
    like = [f"%{word}%" for word in words] or ["%"]
    rows = connection.execute(_LISTED, {"event": event_id, "words": like, "order_id": order_id, "most": most})
    return [value_of(Listed, row) for row in rows]


def comps_given(connection: Connection, event_id: str) -> int:
    """Returns how many tickets are given away at an event, wherever that was done."""
    return int(connection.execute(_GIVEN, {"event": event_id}).scalar_one())


def trail(connection: Connection, event_id: str, most: int) -> Sequence[Act]:
    """Returns what was done about guests, the newest first."""
    return [value_of(Act, row) for row in connection.execute(_TRAIL, {"event": event_id, "most": most})]
