"""Orders as tills hear of them that have not sold them: in the order in which they were changed, each once.

An order's `changed_in` is the transaction that changed it last, or anything that belongs to it; triggers keep it. One
that is changed while a till reads goes to the end, so that it is read again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from sync.store.comps import COMPS_OF

_SETTLED: Final = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_NEWEST: Final = text("""
    SELECT changed_in FROM orders
    WHERE event_id = :event AND changed_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY changed_in DESC LIMIT 1
""")
_TOTAL: Final = text("SELECT count(*) FROM orders WHERE event_id = :event AND placed_by <> :device")
# What a line says of its option stands in the fact alone, as does the card's number.
_PAGE: Final = text(f"""
    SELECT o.changed_in, o.id, json_build_object(
        'id', o.id, 'number', o.order_number, 'channel', CASE o.channel WHEN 'web' THEN 'web' ELSE 'door' END,
        'status', o.status, 'total', o.total_amount, 'currency', o.currency,
        'sold_by', CASE d.kind WHEN 'till' THEN d.name ELSE '' END,
        'placed_at', to_char(o.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'email', o.customer_email, 'name', o.customer_name, 'phone', o.customer_phone,
        'is_collected', o.collected_at IS NOT NULL, 'note', o.customer_note,
        'comps', {COMPS_OF},
        'comps_by', (
            SELECT f.staff_id FROM facts f
            WHERE f.payload ->> 'order_id' = o.id AND f.kind = 'order_placed' AND f.is_applied LIMIT 1),
        'lines', (
            SELECT coalesce(json_agg(json_build_object(
                'product_id', l.line ->> 'product_id', 'name', l.line ->> 'name',
                'detail', concat_ws(', ', nullif(l.line ->> 'option', ''), nullif(l.line ->> 'detail', '')),
                'quantity', (l.line ->> 'quantity')::bigint, 'subtotal', (l.line ->> 'subtotal')::bigint
            ) ORDER BY l.place), '[]')
            FROM facts f, jsonb_array_elements(f.payload -> 'lines') WITH ORDINALITY AS l (line, place)
            WHERE f.payload ->> 'order_id' = o.id AND f.kind = 'order_placed' AND f.is_applied),
        'tenders', (
            SELECT coalesce(json_agg(json_build_object(
                'tender', p.tender, 'amount', p.amount, 'status', p.status,
                'last4', coalesce((
                    SELECT f.payload -> 'card' ->> 'last4' FROM facts f
                    WHERE f.payload ->> 'order_id' = o.id AND f.kind = 'payment_captured' AND f.is_applied
                      AND f.payload ->> 'tender_id' = p.id LIMIT 1), ''),
                'given_back', (
                    SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'failed')
            ) ORDER BY p.id), '[]') FROM payments p WHERE p.order_id = o.id),
        'tickets', (
            SELECT coalesce(json_agg(json_build_object(
                'id', t.id, 'product_id', t.product_id, 'status', t.status, 'price_kind', coalesce(k.kind, '')
            ) ORDER BY t.id), '[]')
            FROM tickets t LEFT JOIN (
                SELECT part ->> 'ticket_id' AS id,
                       f.payload -> 'lines' -> (part ->> 'line')::int ->> 'price_kind' AS kind
                FROM facts f JOIN facts i ON i.payload ->> 'order_id' = o.id AND i.is_applied
                  AND i.kind IN ('tickets_issued', 'ticket_reissued'),
                jsonb_array_elements(coalesce(i.payload -> 'tickets', jsonb_build_array(i.payload -> 'ticket'))) AS part
                WHERE f.payload ->> 'order_id' = o.id AND f.kind = 'order_placed' AND f.is_applied
                  AND f.payload -> 'lines' @? '$[*] ? (@.price_kind != "")'
            ) k ON k.id = t.id WHERE t.order_id = o.id),
        'scans', (
            SELECT coalesce(json_agg(json_build_object(
                'id', s.id, 'ticket_id', s.ticket_id, 'device_id', s.device_id, 'till', coalesce(m.name, ''),
                'zone', s.zone, 'gate', s.gate, 'direction', s.direction, 'day', s.day, 'seen', s.seen,
                'at', to_char(s.scanned_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
            ) ORDER BY s.id), '[]')
            FROM tickets t JOIN scans s ON s.ticket_id = t.id LEFT JOIN devices m ON m.id = s.device_id
            WHERE t.order_id = o.id AND s.outcome = 'admitted' AND NOT s.is_undone)
    )::text
    FROM (
        SELECT * FROM orders
        WHERE event_id = :event AND (changed_in, id) > (:xid, :id) AND changed_in < :settled AND placed_by <> :device
        ORDER BY changed_in, id LIMIT :limit
    ) o JOIN devices d ON d.id = o.placed_by
    ORDER BY o.changed_in, o.id
""")  # noqa: S608  # of constants


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader stands: after the order `id` of this transaction."""

    xid: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Orders, each as the JSON of an `OrderElsewhere`, and where they lead."""

    orders: Sequence[str]
    place: Place
    more: bool


def page(connection: Connection, event_id: str, device_id: str, after: Place, limit: int) -> Page:
    """Returns the next orders that others than this device have placed.

    What transactions have changed that may still be running is left for later, and so is all after it.
    """
    settled = int(connection.execute(_SETTLED).scalar_one())
    values = {"event": event_id, "device": device_id, "xid": after.xid, "id": after.id, "settled": settled}
    rows = connection.execute(_PAGE, {**values, "limit": limit + 1}).all()
    if len(rows) <= limit:
        return Page([row[2] for row in rows], max(after, Place(settled, ""), key=lambda each: each.xid), more=False)
    last = rows[limit - 1]
    return Page([row[2] for row in rows[:limit]], Place(last[0], last[1]), more=True)


def count(connection: Connection, event_id: str, device_id: str) -> int:
    """Returns how many orders others have placed."""
    return int(connection.execute(_TOTAL, {"event": event_id, "device": device_id}).scalar_one())


def newest_change(connection: Connection, event_id: str) -> int:
    """Returns the newest transaction that changed an order of the event; 0 for none."""
    return int(connection.execute(_NEWEST, {"event": event_id}).scalar() or 0)
