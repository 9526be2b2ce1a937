"""What is kept of a person, in one place: found, exported, erased on request, and erased when it was kept long enough.

Facts and sums say nothing of people, and stay. What goes is who an order is for, wherever that stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, text

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import later
from boxoffice.core.payloads.contacts import ContactsErased
from boxoffice.core.payloads.office import Subject
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.store.erasing import scrub_events
from sync.store.office_settings import set_setting, setting
from sync.store.order_search import find_orders
from sync.store.rows import value_of

KEPT: Final = "personal data days"
FOREVER: Final = "forever"
KEPT_DAYS: Final = (30, 90, 180, 365, 730, 1095, 2555)
MOST: Final = 500
"""So many orders one page shows, and one fact erases."""
_DUE: Final = "due"
_IDS: Final = bindparam("ids", type_=ARRAY(Text))
_BY_ADDRESS: Final = text("""
    SELECT o.id FROM orders o WHERE lower(o.customer_email) = :email
    UNION SELECT m.order_id FROM mails m WHERE lower(m.email) = :email
    UNION SELECT g.order_id FROM gifts g WHERE lower(g.email) = :email
    LIMIT :most
""")
_KEPT_OF: Final = text("""
    SELECT o.id, o.order_number AS number, e.name AS event, o.created_at AS at, o.status, o.customer_email AS email,
           o.customer_name AS name, o.customer_phone AS phone, o.customer_note AS note,
           (SELECT count(*) FROM mails m WHERE m.order_id = o.id AND m.email <> '') AS mails,
           (SELECT count(*) FROM notice_mails m JOIN notices n ON n.id = m.notice_id
            WHERE n.event_id = o.event_id AND m.email = lower(o.customer_email)) AS notices,
           (SELECT count(*) FROM tickets t WHERE t.order_id = o.id AND t.status = 'valid') AS tickets,
           EXISTS (SELECT FROM erased_contacts x WHERE x.order_id = o.id) AS is_erased,
           EXISTS (SELECT FROM guests g WHERE g.order_id = o.id) AS is_guest
    FROM orders o JOIN events e ON e.id = o.event_id WHERE o.id = ANY(:ids) ORDER BY o.created_at DESC, o.id
""").bindparams(_IDS)
_PARTS: Final = {
    "orders": """
        SELECT o.order_number, e.name AS event, o.channel, o.status, o.created_at, o.total_amount, o.currency,
               o.customer_email, o.customer_name, o.customer_phone, o.customer_note
        FROM orders o JOIN events e ON e.id = o.event_id WHERE o.id = ANY(:ids) ORDER BY o.created_at, o.id
    """,
    "lines": """
        SELECT o.order_number, i.item_name, i.quantity, i.unit_price, i.subtotal
        FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.id = ANY(:ids) ORDER BY o.id, i.line
    """,
    "payments": """
        SELECT o.order_number, p.tender, p.amount, p.currency, p.status
        FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.id = ANY(:ids) ORDER BY o.id, p.id
    """,
    "tickets": """
        SELECT o.order_number, t.product_id, t.status, (
            SELECT json_agg(json_build_object('gate', s.gate, 'at', s.scanned_at) ORDER BY s.scanned_at) FROM scans s
            WHERE s.ticket_id = t.id AND s.outcome = 'admitted' AND NOT s.is_undone) AS entries
        FROM tickets t JOIN orders o ON o.id = t.order_id WHERE o.id = ANY(:ids) ORDER BY o.id, t.id
    """,
    "mails": """
        SELECT o.order_number, m.kind, m.email, m.status, m.created_at, m.sent_at
        FROM mails m JOIN orders o ON o.id = m.order_id WHERE o.id = ANY(:ids) ORDER BY m.created_at, m.id
    """,
    "notices": """
        SELECT DISTINCT n.subject, m.email, m.language, m.status, m.sent_at
        FROM notice_mails m JOIN notices n ON n.id = m.notice_id
        JOIN orders o ON o.event_id = n.event_id AND lower(o.customer_email) = m.email WHERE o.id = ANY(:ids)
    """,
    "guest_list": """
        SELECT o.order_number, g.held_for, g.delivery, g.tickets, g.added_at
        FROM guests g JOIN orders o ON o.id = g.order_id WHERE o.id = ANY(:ids) ORDER BY g.added_at
    """,
    "gifts": """
        SELECT o.order_number, g.email, g.name, g.sender, g.words, g.send_at
        FROM gifts g JOIN orders o ON o.id = g.order_id WHERE o.id = ANY(:ids) ORDER BY g.created_at
    """,
    "shop": """
        SELECT o.order_number, h.language, h.analytics_client, h.created_at
        FROM holds h JOIN orders o ON o.id = h.order_id WHERE o.id = ANY(:ids) ORDER BY h.created_at
    """,
    "told_by_providers": """
        SELECT o.order_number, p.provider, p.event_type, p.received_at, p.payload
        FROM payment_events p JOIN orders o ON o.id = p.order_id WHERE o.id = ANY(:ids) ORDER BY p.id
    """,
}
"""What is exported of a person, part by part."""
# Where something is open, or a bank may still ask, who it is for is needed.
_TO_ERASE: Final = text("""
    SELECT o.id FROM orders o JOIN events e ON e.id = o.event_id
    WHERE (o.customer_email IS NOT NULL OR o.customer_name IS NOT NULL OR o.customer_phone IS NOT NULL
           OR o.customer_note IS NOT NULL)
      AND (SELECT max((d ->> 'date')::date) FROM jsonb_array_elements(e.file -> 'event' -> 'days') d)
          < (now() AT TIME ZONE e.timezone)::date - CAST(:days AS int)
      AND o.created_at < now() - make_interval(days => CAST(:days AS int))
      AND NOT EXISTS (SELECT FROM exceptions x WHERE x.order_id = o.id AND x.status = 'open')
    ORDER BY o.id LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class KeptOfOrder:
    """What is kept of whom one order is for."""

    id: str
    number: str
    event: str
    at: datetime
    status: str
    email: str | None
    name: str | None
    phone: str | None
    note: str | None
    mails: int
    notices: int
    tickets: int
    is_erased: bool
    is_guest: bool


def kept_of(connection: Connection, words: str) -> Sequence[KeptOfOrder]:
    """Returns what is kept of a person, by an address, a name, a telephone number or an order's number."""
    asked = words.strip()
    if not asked:
        return ()
    if "@" in asked:
        ids = list(connection.scalars(_BY_ADDRESS, {"email": asked.lower(), "most": MOST}))
    else:
        ids = [each.id for each in find_orders(connection, asked).orders]
    return of_orders(connection, ids)


def of_orders(connection: Connection, ids: Sequence[str]) -> Sequence[KeptOfOrder]:
    """Returns what is kept of whom these orders are for; those that there are not are left out."""
    return [value_of(KeptOfOrder, row) for row in connection.execute(_KEPT_OF, {"ids": list(ids)})]


def export(hub: Hub, connection: Connection, ids: Sequence[str], by: str) -> dict[str, list[dict[str, Any]]]:
    """Returns all that is kept of whom these orders are for, and writes down that it was given out."""
    note_change(hub, connection, Subject.CONTACT, "", "exported", by, after=str(len(ids)))
    return {
        part: [dict(row) for row in connection.execute(text(query).bindparams(_IDS), {"ids": list(ids)}).mappings()]
        for part, query in _PARTS.items()
    }


def erase(hub: Hub, connection: Connection, ids: Sequence[str], by: str, why: str = "") -> int:
    """Forgets whom these orders are for, here and at every till; returns how many orders that are.

    Raises:
        BadInput: if there are too many for one fact.
    """
    known = [each.id for each in of_orders(connection, ids)]
    if len(ids) > MOST:
        raise BadInput([FieldError("orders", later("are too many at once"))])
    if known:
        hub.write(connection, [ContactsErased(order_ids=tuple(sorted(known)), by=by, why=why)], None)
    return len(known)


def kept_days(connection: Connection) -> int | None:
    """Returns how long after an event people are known; None for ever."""
    said = setting(connection, KEPT, FOREVER)
    return None if said == FOREVER else int(said)


def set_kept_days(hub: Hub, connection: Connection, days: int | None, by: str) -> None:
    """Sets how long after an event people are known.

    Raises:
        BadInput: for a time that is none of those that can be chosen.
    """
    if days is not None and days not in KEPT_DAYS:
        raise BadInput([FieldError("days", later("must be one of those in the list"))])
    was, now = setting(connection, KEPT, FOREVER), FOREVER if days is None else str(days)
    if was != now:
        set_setting(connection, KEPT, now)
        note_change(hub, connection, Subject.SETTING, KEPT, "set", by, before=was, after=now)


def count_due(connection: Connection, days: int) -> int:
    """Returns of how many orders people would be forgotten tonight, up to `MOST`."""
    return len(list(connection.scalars(_TO_ERASE, {"days": days, "most": MOST})))


def erase_due(hub: Hub) -> int:
    """Forgets whoever was known long enough; returns of how many orders that is."""
    count = 0
    while True:

        def some(connection: Connection) -> int:
            days = kept_days(connection)
            ids = [] if days is None else list(connection.scalars(_TO_ERASE, {"days": days, "most": MOST}))
            return erase(hub, connection, ids, "", _DUE)

        done = hub.database.run(some)
        count += done
        if done < MOST:
            break
    hub.database.run(scrub_events)
    return count
