"""Orders that others have sold, in a file of their own: found and looked at with no network, changed by nobody here.

It holds nothing that the hub does not have: a file that is damaged, of another till or of other tables is dropped and
filled again. So it is neither backed up nor watched by the witness, and filling it makes no sale wait. It has people's
names in it, so it is encrypted with the key of the till's file, and goes when the till is revoked.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlcipher3

from boxoffice.core.errors import OperationFailed
from boxoffice.core.facts import instant
from boxoffice.core.folding import number_key
from boxoffice.core.ids import OrderId
from boxoffice.core.order_words import OrderText, Wanted, kept_words
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
from boxoffice.till.store.finding import MOST_COUNTED, expression

T = TypeVar("T")

NAME: Final = "elsewhere.db"
LEAST_DISK_BYTES: Final = 400 * 1024 * 1024
"""With less left on the disk, nothing more is taken: this till's own sales need it."""
_VERSION: Final = 4
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
        tenders TEXT NOT NULL
    ) STRICT;
    CREATE INDEX ix_orders_number_key ON orders (number_key);
    CREATE TABLE tickets (
        id TEXT PRIMARY KEY,
        order_id TEXT NOT NULL,
        product_id TEXT NOT NULL,
        status TEXT NOT NULL,
        tail TEXT NOT NULL -- of its id, as its code in letters says it
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
_PUT: Final = f"INSERT OR REPLACE INTO orders VALUES ({', '.join('?' * 18)})"  # noqa: S608  # of constants
_PUT_TICKET: Final = "INSERT OR REPLACE INTO tickets VALUES (?, ?, ?, ?, ?)"
_PUT_SCAN: Final = f"INSERT OR REPLACE INTO scans VALUES ({', '.join('?' * 10)})"  # noqa: S608  # of constants
_DROP_SCANS: Final = "DELETE FROM scans WHERE ticket_id IN (SELECT id FROM tickets WHERE order_id = ?)"
_PUT_WORDS: Final = "INSERT INTO found (rowid, words) VALUES (?, ?)"
_PUT_SETTING: Final = "INSERT OR REPLACE INTO settings VALUES (?, ?)"
_PLACES: Final = "SELECT id, place FROM orders WHERE id IN (SELECT value FROM json_each(?))"
_TAKEN: Final = "SELECT place, id FROM orders WHERE place IN (SELECT value FROM json_each(?))"
_ORDER: Final = """
    SELECT id, order_number, channel, status, total_amount, currency, created_at, sold_by, customer_email,
           customer_name, customer_phone, lines, tenders, customer_note, is_collected
    FROM orders
"""
_MATCHING: Final = f"""
    {_ORDER} WHERE place IN (SELECT rowid FROM found WHERE found MATCH ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?)
    ORDER BY place DESC
"""  # noqa: S608  # of constants
_COUNTED: Final = "SELECT count(*) FROM (SELECT 1 FROM found WHERE found MATCH ? AND rowid >= ? LIMIT ?)"
_NEWEST: Final = f"{_ORDER} WHERE place >= ? ORDER BY place DESC LIMIT ?"  # of constants
_SINCE: Final = "SELECT count(*) FROM (SELECT 1 FROM orders WHERE place >= ? LIMIT ?)"
TO_COLLECT: Final = "tocollect"
REFUNDED: Final = "refunded"
"""Words that orders are found by which are so."""
_TICKETS: Final = "SELECT id, product_id, status FROM tickets WHERE order_id = ? ORDER BY id"
_BY_TICKET: Final = f"{_ORDER} WHERE id = (SELECT order_id FROM tickets WHERE id = ?)"  # noqa: S608  # of constants
_BY_NUMBER: Final = f"{_ORDER} WHERE number_key IN (SELECT value FROM json_each(?)) ORDER BY place DESC"  # noqa: S608  # of constants
_SALT_BITS: Final = 20
_OTHER_TABLES: Final = "its tables are of another version"
_DAMAGED: Final = ("file is not a database", "malformed", "corrupt", _OTHER_TABLES)


@dataclass(frozen=True, slots=True)
class Kept:
    """How far this till has come: `count` orders of `total`, as the hub said when it began; up to `cursor`.

    `tag` is the hub's name for what it had when the till had all of it.
    """

    cursor: str = ""
    tag: str = ""
    count: int = 0
    total: int = 0

    @property
    def is_filling(self) -> bool:
        """Returns whether there is more than this till has ever had."""
        return not self.tag


class Elsewhere:
    """The orders of others, of one event at a time. It is opened when it is first asked for."""

    def __init__(self, path: Path, key_hex: str) -> None:
        if len(bytes.fromhex(key_hex)) != 32:
            raise ValueError("the key of a till's file has 64 hex digits")
        self.path = path
        self._key = key_hex
        self._writing = threading.RLock()
        self._writer: sqlcipher3.Connection | None = None
        self._reader: sqlcipher3.Connection | None = None
        self._reading = threading.RLock()
        self._aside: sqlcipher3.Connection | None = None
        self._counting = threading.RLock()
        self._of = ("", "")

    def belong_to(self, device_id: str, event_id: str) -> None:
        """Keeps orders of this event for this till from now on, and drops all others."""
        self._of = (device_id, event_id)
        with self._writing:
            if self._setting("device_id") != device_id or self._setting("event_id") != event_id:
                self.drop()

    def kept(self) -> Kept:
        """Returns how far this till has come."""

        def look(connection: sqlcipher3.Connection) -> Kept:
            known = dict(connection.execute("SELECT name, value FROM settings"))
            count = int(known.get("count", 0))
            return Kept(known.get("cursor", ""), known.get("tag", ""), count, max(count, int(known.get("total", 0))))

        return self.read(look)

    def take(self, answer: OrdersAnswer, tag: str) -> None:
        """Takes a page, with how far it leads, in one transaction. `tag` is noted with the last one.

        Raises:
            OperationFailed: if the disk is nearly full; nothing of it was taken.
        """
        if shutil.disk_usage(self.path.parent).free < LEAST_DISK_BYTES:
            raise OperationFailed(
                "The disk is nearly full: what others sell is not taken any more.",
                "Sales here go on.",
                "Free some space.",
            )
        with self._writing:
            try:
                with self._transaction() as connection:
                    _take(connection, answer, {"device_id": self._of[0], "event_id": self._of[1]}, tag)
            except sqlcipher3.DatabaseError as error:
                self._drop_if_damaged(error)

    def order(self, order_id: str) -> OrderElsewhere | None:
        """Returns one order; None if nobody else has sold it, as far as this till knows."""
        return self._one(f"{_ORDER} WHERE id = ?", (order_id,))

    def order_of_ticket(self, ticket_id: str) -> OrderElsewhere | None:
        """Returns the order of a ticket."""
        return self._one(_BY_TICKET, (ticket_id,))

    def orders_numbered(self, keys: Sequence[str]) -> Sequence[OrderElsewhere]:
        """Returns the orders that have one of these numbers (see `folding.number_key`), the newest first."""
        return self._all(_BY_NUMBER, (json.dumps(list(keys)),))

    def matching(self, query: Wanted, most: int, since: datetime | None = None) -> tuple[Sequence[OrderElsewhere], int]:
        """Returns the orders that match, the newest first, and how many there are, up to `MOST_COUNTED`.

        `since` leaves out what was placed before.
        """
        asked, first = expression(query), 0 if since is None else _first_place(since)
        if not asked and since is None:
            return self._all(_NEWEST, (0, most)), self.kept().count

        def look(connection: sqlcipher3.Connection) -> tuple[Sequence[OrderElsewhere], int]:
            matching, counted, values = (_MATCHING, _COUNTED, (asked, first)) if asked else (_NEWEST, _SINCE, (first,))
            found = [_order(connection, row) for row in connection.execute(matching, (*values, most))]
            if len(found) < most:
                return found, len(found)
            return found, int(connection.execute(counted, (*values, MOST_COUNTED)).fetchone()[0])

        return self.read(look)

    def drop(self) -> None:
        """Forgets everything: nothing of it is lost, as the hub has it."""
        with self._writing, self._reading, self._counting:
            self.close()
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def close(self) -> None:
        with self._writing, self._reading, self._counting:
            for connection in (self._reader, self._writer, self._aside):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = self._aside = None

    def _one(self, query: str, values: tuple[Any, ...]) -> OrderElsewhere | None:
        return next(iter(self._all(query, values)), None)

    def _all(self, query: str, values: tuple[Any, ...]) -> list[OrderElsewhere]:
        return self.read(lambda connection: [_order(connection, row) for row in connection.execute(query, values)])

    def _setting(self, name: str) -> str | None:
        row = self.read(lambda c: c.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone())
        return None if row is None else str(row[0])

    def read(self, look: Callable[[sqlcipher3.Connection], T]) -> T:
        """Returns what is found at one moment; a file that can't be read is dropped, and looked into once more."""
        try:
            return self._at_one_moment(look)
        except sqlcipher3.DatabaseError as error:
            self._drop_if_damaged(error)
        return self._at_one_moment(look)

    def count(self, look: Callable[[sqlcipher3.Connection], T]) -> T:
        """Returns what is found, as `read` does, without keeping anybody waiting who looks one thing up meanwhile."""
        with self._counting:
            try:
                if self._aside is None:
                    self._aside = self._open()
                self._aside.execute("BEGIN")
                try:
                    return look(self._aside)
                finally:
                    self._aside.execute("ROLLBACK")
            except sqlcipher3.DatabaseError:
                self._aside = None
        return self.read(look)

    def _drop_if_damaged(self, error: sqlcipher3.DatabaseError) -> None:
        """Raises:
        OperationFailed: if it is not damaged, but can't be used now.
        """
        if not any(words in str(error) for words in _DAMAGED):
            raise OperationFailed(
                f"What others sold can't be kept here now: {error}.", "Sales here go on.", "Look at this till's disk."
            ) from error
        self.drop()

    def _at_one_moment(self, look: Callable[[sqlcipher3.Connection], T]) -> T:
        with self._reading:
            if self._reader is None:
                self._reader = self._open()
            self._reader.execute("BEGIN")
            try:
                return look(self._reader)
            finally:
                self._reader.execute("ROLLBACK")

    @contextmanager
    def _transaction(self) -> Iterator[sqlcipher3.Connection]:
        if self._writer is None:
            self._writer = self._open()
        connection = self._writer
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _open(self) -> sqlcipher3.Connection:
        """Returns a connection to the file, with its tables."""
        connection = self._connect()
        try:
            connection.execute(f"PRAGMA key = \"x'{self._key}'\"")
            # NORMAL: a power cut may take the last pages back, with the cursor that leads to them.
            for name, value in (("busy_timeout", 10_000), ("temp_store", "MEMORY"), ("journal_mode", "WAL")):
                connection.execute(f"PRAGMA {name} = {value}")
            connection.execute("PRAGMA synchronous = NORMAL")
            _make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self) -> sqlcipher3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return sqlcipher3.connect(str(self.path), isolation_level=None, check_same_thread=False)


def _make_tables(connection: sqlcipher3.Connection) -> None:
    """Makes what is not there yet.

    Raises:
        sqlcipher3.DatabaseError: if what is there is of another version.
    """
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, _VERSION):
        raise sqlcipher3.DatabaseError(_OTHER_TABLES)
    if version == 0:
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _empty(connection: sqlcipher3.Connection) -> None:
    for table in ("orders", "tickets", "scans", "found", "settings"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  # of constants


def _take(connection: sqlcipher3.Connection, answer: OrdersAnswer, of: Mapping[str, str], tag: str) -> None:
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
        (t.id, order.id, t.product_id, t.status.value, t.id[-TAIL:]) for _, order in placed for t in order.tickets
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
    return _first_place(instant(order.placed_at)) | salt


def _first_place(at: datetime) -> int:
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
    )


def _words(order: OrderElsewhere) -> str:
    cards = " ".join(tender.last4 for tender in order.tenders if tender.last4)
    items = " ".join(line.name for line in order.lines)
    waits = order.channel is Channel.WEB and order.status in HELD and not order.is_collected
    is_back = order.status in (OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED)
    about = " ".join((order.channel.value, *((TO_COLLECT,) if waits else ()), *((REFUNDED,) if is_back else ())))
    return kept_words(OrderText(order.number, order.name, order.email, order.phone, cards, order.note, items, about))


def _order(connection: sqlcipher3.Connection, row: Sequence[Any]) -> OrderElsewhere:
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
            TicketElsewhere(id=ticket, product_id=product, status=TicketStatus(said))
            for ticket, product, said in connection.execute(_TICKETS, (id_,))
        ),
    )
