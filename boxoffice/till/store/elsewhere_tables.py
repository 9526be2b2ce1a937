"""The tables of the file of others' orders, and how an order is put into them and read again."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import sqlcipher3

from boxoffice.core.facts import instant
from boxoffice.core.folding import number_key
from boxoffice.core.ids import OrderId
from boxoffice.core.order_words import OrderText, kept_words
from boxoffice.core.orders import HELD, Channel, OrderState
from boxoffice.core.rows import TicketStatus
from boxoffice.core.ticket_codes import TAIL
from boxoffice.core.wire.orders_elsewhere import (
    LineElsewhere,
    OrderElsewhere,
    OrdersAnswer,
    TenderElsewhere,
    TicketElsewhere,
)

VERSION: Final = 5


_TABLES: Final = """
    CREATE TABLE orders (
        place INTEGER PRIMARY KEY, -- the newest has the highest
        id TEXT NOT NULL UNIQUE,
        order_number TEXT NOT NULL,
        number_key TEXT NOT NULL,
        event_id TEXT NOT NULL,
        channel TEXT NOT NULL,
        status TEXT NOT NULL,
        total_amount INTEGER NOT NULL,
        currency TEXT NOT NULL,
        customer_email TEXT,
        customer_name TEXT,
        customer_phone TEXT,
        created_at TEXT NOT NULL,
        sold_by TEXT NOT NULL,
        customer_note TEXT,
        is_collected INTEGER NOT NULL,
        lines TEXT NOT NULL,
        tenders TEXT NOT NULL,
        comps INTEGER NOT NULL,
        comps_by TEXT
    ) STRICT;
    CREATE INDEX ix_orders_comps ON orders (comps, comps_by) WHERE comps > 0;
    CREATE INDEX ix_orders_number_key ON orders (number_key);
    CREATE TABLE tickets (
        id TEXT PRIMARY KEY,
        order_id TEXT NOT NULL,
        product_id TEXT NOT NULL,
        status TEXT NOT NULL,
        tail TEXT NOT NULL, -- of its id, as its code in letters says it
        price_kind TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ix_tickets_order_id ON tickets (order_id);
    CREATE INDEX ix_tickets_tail ON tickets (tail);
    CREATE INDEX ix_tickets_product ON tickets (status, product_id);
    CREATE TABLE scans (
        id TEXT PRIMARY KEY,
        ticket_id TEXT NOT NULL,
        device_id TEXT NOT NULL,
        till TEXT NOT NULL,
        zone TEXT NOT NULL,
        gate TEXT NOT NULL,
        direction TEXT NOT NULL,
        day TEXT NOT NULL,
        at TEXT NOT NULL,
        seen TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ix_scans_ticket_id ON scans (ticket_id);
    CREATE INDEX ix_scans_day ON scans (day, zone, device_id, gate, direction, seen);
    CREATE INDEX ix_scans_first ON scans (day, zone, direction, ticket_id, at);
    CREATE VIRTUAL TABLE found USING fts5 (
        words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3 4'
    );
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""


_PUT: Final = f"INSERT OR REPLACE INTO orders VALUES ({', '.join('?' * 20)})"  # noqa: S608  # of constants


_PUT_TICKET: Final = "INSERT OR REPLACE INTO tickets VALUES (?, ?, ?, ?, ?, ?)"


_PUT_SCAN: Final = f"INSERT OR REPLACE INTO scans VALUES ({', '.join('?' * 10)})"  # noqa: S608  # of constants


_DROP_SCANS: Final = "DELETE FROM scans WHERE ticket_id IN (SELECT id FROM tickets WHERE order_id = ?)"


_PUT_WORDS: Final = "INSERT INTO found (rowid, words) VALUES (?, ?)"


_PUT_SETTING: Final = "INSERT OR REPLACE INTO settings VALUES (?, ?)"


_PLACES: Final = "SELECT id, place FROM orders WHERE id IN (SELECT value FROM json_each(?))"


_TAKEN: Final = "SELECT place, id FROM orders WHERE place IN (SELECT value FROM json_each(?))"


ORDER: Final = """
    SELECT id, order_number, channel, status, total_amount, currency, created_at, sold_by, customer_email,
           customer_name, customer_phone, lines, tenders, customer_note, is_collected
    FROM orders
"""


_TICKETS: Final = "SELECT id, product_id, status, price_kind FROM tickets WHERE order_id = ? ORDER BY id"


TO_COLLECT: Final = "tocollect"
REFUNDED: Final = "refunded"
"""Words that orders are found by which are so."""
_SALT_BITS: Final = 20


OTHER_TABLES: Final = "its tables are of another version"


def make_tables(connection: sqlcipher3.Connection) -> None:
    """Makes what is not there yet.

    Raises:
        sqlcipher3.DatabaseError: if what is there is of another version.
    """
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        raise sqlcipher3.DatabaseError(OTHER_TABLES)
    if version == 0:
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _empty(connection: sqlcipher3.Connection) -> None:
    for table in ("orders", "tickets", "scans", "found", "settings"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  # of constants


def take_page(connection: sqlcipher3.Connection, answer: OrdersAnswer, of: Mapping[str, str], tag: str) -> None:
    if answer.is_anew:
        _empty(connection)
    new = _put(connection, answer.orders, of["event_id"])
    before = connection.execute("SELECT value FROM settings WHERE name = 'count'").fetchone()
    count = new + (0 if before is None else int(before[0]))
    said = {**of, "cursor": answer.cursor, "count": str(count)}
    said |= {} if answer.total is None else {"total": str(answer.total)}
    said |= {} if answer.more else {"tag": tag}
    connection.executemany(_PUT_SETTING, list(said.items()))


def _put(connection: sqlcipher3.Connection, orders: Sequence[OrderElsewhere], event_id: str) -> int:
    """Puts orders in the place of what is there of them; returns how many are new."""
    by_id = {order.id: order for order in orders}
    before = dict(connection.execute(_PLACES, (json.dumps(list(by_id)),)))
    new = _new_places(connection, [each for each in by_id.values() if each.id not in before])
    placed = sorted([(place, by_id[order_id]) for order_id, place in (before | new).items()], key=lambda each: each[0])
    connection.executemany("DELETE FROM found WHERE rowid = ?", [(place,) for place in before.values()])
    connection.executemany(_DROP_SCANS, [(order_id,) for order_id in before])
    connection.executemany("DELETE FROM tickets WHERE order_id = ?", [(order_id,) for order_id in before])
    connection.executemany(_PUT, [_row(place, order, event_id) for place, order in placed])
    connection.executemany(_PUT_WORDS, [(place, _words(order)) for place, order in placed])  # upwards: much faster so
    tickets = [
        (t.id, order.id, t.product_id, t.status.value, t.id[-TAIL:], t.price_kind)
        for _, order in placed
        for t in order.tickets
    ]
    connection.executemany(_PUT_TICKET, tickets)
    scans = [tuple(scan.model_dump(mode="json").values()) for _, order in placed for scan in order.scans]
    connection.executemany(_PUT_SCAN, scans)
    return len(new)


def _new_places(connection: sqlcipher3.Connection, orders: Sequence[OrderElsewhere]) -> dict[str, int]:
    """Returns where new orders stand: by their time, and those of one moment in any order."""
    wanted = {order.id: _place(order) for order in orders}
    taken = {place for place, _ in connection.execute(_TAKEN, (json.dumps(list(wanted.values())),))}
    for order_id, place in wanted.items():
        free = place
        while free in taken:
            free += 1
            found = connection.execute("SELECT 1 FROM orders WHERE place = ?", (free,)).fetchone()
            taken |= set() if found is None else {free}
        taken.add(free)
        wanted[order_id] = free
    return wanted


def _place(order: OrderElsewhere) -> int:
    salt = int.from_bytes(sha256(order.id.encode()).digest()[:4]) >> (32 - _SALT_BITS)
    return first_place(instant(order.placed_at)) | salt


def first_place(at: datetime) -> int:
    """Returns the first place of orders that were placed then."""
    return max(0, int(at.timestamp() * 1000)) << _SALT_BITS


def _row(place: int, order: OrderElsewhere, event_id: str) -> tuple[Any, ...]:
    return (
        place,
        order.id,
        order.number,
        number_key(order.number),
        event_id,
        order.channel.value,
        order.status.value,
        order.total,
        order.currency,
        order.email,
        order.name,
        order.phone,
        order.placed_at,
        order.sold_by,
        order.note,
        int(order.is_collected),
        json.dumps([line.model_dump(mode="json", exclude_defaults=True) for line in order.lines]),
        json.dumps([tender.model_dump(mode="json", exclude_defaults=True) for tender in order.tenders]),
        order.comps,
        order.comps_by,
    )


def _words(order: OrderElsewhere) -> str:
    cards = " ".join(tender.last4 for tender in order.tenders if tender.last4)
    items = " ".join(line.name for line in order.lines)
    waits = order.channel is Channel.WEB and order.status in HELD and not order.is_collected
    is_back = order.status in (OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED)
    about = " ".join((order.channel.value, *((TO_COLLECT,) if waits else ()), *((REFUNDED,) if is_back else ())))
    return kept_words(OrderText(order.number, order.name, order.email, order.phone, cards, order.note, items, about))


def read_order(connection: sqlcipher3.Connection, row: Sequence[Any]) -> OrderElsewhere:
    id_, number, channel, status, total, currency, placed_at, sold_by, email, name, phone, lines, tenders, *rest = row
    note, is_collected = rest
    return OrderElsewhere(
        id=OrderId(id_),
        number=number,
        channel=Channel(channel),
        status=OrderState(status),
        total=total,
        currency=currency,
        placed_at=placed_at,
        sold_by=sold_by,
        email=email,
        name=name,
        phone=phone,
        note=note,
        is_collected=bool(is_collected),
        lines=tuple(LineElsewhere.model_validate(each) for each in json.loads(lines)),
        tenders=tuple(TenderElsewhere.model_validate(each) for each in json.loads(tenders)),
        tickets=tuple(
            TicketElsewhere(id=ticket, product_id=product, status=TicketStatus(said), price_kind=kind)
            for ticket, product, said, kind in connection.execute(_TICKETS, (id_,))
        ),
    )
