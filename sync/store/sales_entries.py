"""Keeps the entries of sales reports beside the facts that they are counted from.

An order is counted anew, whole, when anything of it has changed since: `orders.changed_in` says so, whoever wrote. So
entries are never wrong for longer than until the next look, and dropping all of them loses nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from time import sleep
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, text

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.sales_entries import EntryKind, SalesEntries, SalesEntry

_BATCH: Final = 1_000
_KINDS: Final = (
    FactKind.ORDER_PLACED,
    FactKind.PAYMENT_CAPTURED,
    FactKind.TICKETS_ISSUED,
    FactKind.TICKET_VOIDED,
    FactKind.TICKET_REISSUED,
    FactKind.GIFT_CARD_TAKEN_BACK,
    FactKind.REFUND_REQUESTED,
    FactKind.REFUND_SUCCEEDED,
    FactKind.REFUND_FAILED,
    FactKind.DISPUTE_CHANGED,
)
_COLUMNS: Final = (
    *(
        "order_id",
        "n",
        "event_id",
        "at",
        "side",
        "kind",
        "product_id",
        "name",
        "option",
        "is_ticket",
        "quantity",
        "orders",
    ),
    *("full_price", "discount", "tax", "paid", "tender", "tenders", "channel", "device_id", "staff_id"),
)
_ONE_AT_A_TIME: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('sales_entries:' || :event, 0))")
_TRIES, _BETWEEN_S = 10, 0.05
"""Somebody else counts for as long: whoever asks for a report then gets what is counted, and how much is not."""
_HORIZON: Final = text("""
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest,
           (SELECT until FROM sales_read WHERE event_id = :event) AS until
""")
_CHANGED: Final = text("""
    SELECT id, changed_in FROM orders WHERE event_id = :event AND (changed_in, id) > (:after, :last)
    ORDER BY changed_in, id LIMIT :limit
""")
_TOGETHER: Final = text("SELECT id FROM orders WHERE event_id = :event AND changed_in = :after AND id > :last")
_LEFT: Final = text("SELECT count(*) FROM orders WHERE event_id = :event AND changed_in > :after")
_FACTS: Final = text("""
    SELECT o.id, o.created_at, o.channel, o.placed_by, f.kind, f.payload, f.occurred_at, f.staff_id
    FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id AND f.is_applied AND f.kind = ANY(:kinds)
    WHERE o.id = ANY(:orders) ORDER BY o.id, f.position
""").bindparams(bindparam("kinds", type_=ARRAY(Text)), bindparam("orders", type_=ARRAY(Text)))
_FORGET: Final = text("DELETE FROM sales_entries WHERE order_id = ANY(:orders)").bindparams(
    bindparam("orders", type_=ARRAY(Text))
)
_KEEP: Final = text("""
    INSERT INTO sales_read (event_id, until) VALUES (:event, :until)
    ON CONFLICT (event_id) DO UPDATE SET until = excluded.until
""")
_EVENTS: Final = text("SELECT id FROM events ORDER BY id")


@dataclass(frozen=True, slots=True)
class _Order:
    """What of an order's row and first fact stands in all its entries."""

    id: str
    placed_at: datetime
    channel: str
    device_id: str
    staff_id: str


def all_events(connection: Connection) -> list[str]:
    return [row.id for row in connection.execute(_EVENTS)]


def keep_up(connection: Connection, event_id: str, most: int) -> int:
    """Counts what has changed of an event's orders; returns how many are still to be counted.

    What a transaction writes that is still running is seen at the next look, as it comes after the oldest of them.

    Args:
        connection: in a transaction that writes; only one at a time counts an event, and others wait for it a little.
        event_id: of which.
        most: how many orders at once.
    """
    is_mine = _is_alone(connection, event_id)
    horizon = connection.execute(_HORIZON, {"event": event_id}).one()
    is_known = horizon.until is not None and horizon.until <= horizon.newest
    # A cursor ahead of all transactions is of another life of this database: all is counted anew.
    after, last, done = int(horizon.until) if is_known else 0, "", 0
    if not is_mine:
        return int(connection.execute(_LEFT, {"event": event_id, "after": after - 1}).scalar_one())
    while done < most:
        found = connection.execute(
            _CHANGED, {"event": event_id, "after": after, "last": last, "limit": min(_BATCH, most - done)}
        ).all()
        if not found:
            if done:  # or whoever only looks would write
                connection.execute(_KEEP, {"event": event_id, "until": horizon.oldest})
            return 0
        _count(connection, event_id, [row.id for row in found])
        after, last, done = found[-1].changed_in, found[-1].id, done + len(found)
    # What one transaction changed is counted together, or the next look would begin with the same again.
    rest = connection.scalars(_TOGETHER, {"event": event_id, "after": after, "last": last}).all()
    _count(connection, event_id, rest)
    connection.execute(_KEEP, {"event": event_id, "until": min(after + 1, horizon.oldest)})
    return int(connection.execute(_LEFT, {"event": event_id, "after": after}).scalar_one())


def _is_alone(connection: Connection, event_id: str) -> bool:
    for _ in range(_TRIES):
        if connection.execute(_ONE_AT_A_TIME, {"event": event_id}).scalar_one():
            return True
        sleep(_BETWEEN_S)
    return False


def _count(connection: Connection, event_id: str, orders: Sequence[str]) -> None:
    connection.execute(_FORGET, {"orders": orders})
    rows = connection.execute(_FACTS, {"orders": orders, "kinds": [kind.value for kind in _KINDS]})
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("no connection to write to")
    with driver.cursor() as cursor, cursor.copy(f"COPY sales_entries ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for _, facts in groupby(rows.all(), key=lambda row: row.id):
            for row in _rows_of(event_id, list(facts)):
                copy.write_row(row)


def _rows_of(event_id: str, facts: Sequence[Any]) -> Iterator[tuple[object, ...]]:
    """Yields what is written of one order, in the order of the columns."""
    first = next((row for row in facts if row.kind == FactKind.ORDER_PLACED.value), None)
    if first is None:
        return
    placed = OrderPlaced.model_validate(first.payload)
    order = _Order(first.id, first.created_at, first.channel, first.placed_by, first.staff_id or "")
    said = [(row.occurred_at, _payload(row.kind, row.payload)) for row in facts if row is not first]
    used = sorted({payload.tender for _, payload in said if isinstance(payload, PaymentCaptured)})
    is_new, tenders = True, f" {' '.join(used)} "
    for n, entry in enumerate(SalesEntries(placed, order.placed_at).of(said)):
        about, is_sale = _about(placed, entry), entry.kind in (EntryKind.SALE, EntryKind.GIFT_CARD)
        counts, is_new = is_new and is_sale, is_new and not is_sale
        numbers = (entry.quantity, int(counts), entry.full, entry.discount, entry.tax, entry.paid)
        yield (
            *(order.id, n, event_id, entry.at, entry.side.value, entry.kind.value),
            *about,
            *numbers,
            *(entry.tender, tenders, order.channel, order.device_id, order.staff_id),
        )


def _payload(kind: str, said: Mapping[str, Any]) -> Payload:
    return PAYLOADS[FactKind(kind)].model_validate(said)


def _about(placed: OrderPlaced, entry: SalesEntry) -> tuple[str, str, str, bool]:
    if entry.line is None:
        return "", "", "", False
    line = placed.lines[entry.line]
    return line.product_id, line.name, line.option or "", line.kind == ProductKind.TICKET.value
