"""Orders that others have sold, in a file of their own: found and looked at with no network, changed by nobody here.

It holds nothing that the hub does not have: a file that is damaged, of another till or of other tables is dropped and
filled again. So it is neither backed up nor watched by the witness, and filling it makes no sale wait. It has people's
names in it, so it is encrypted with the key of the till's file, and goes when the till is revoked.
"""

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlcipher3

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.errors import OperationFailed
from boxoffice.core.order_words import Wanted
from boxoffice.core.wire.orders_elsewhere import (
    OrderElsewhere,
    OrdersAnswer,
)
from boxoffice.till.store.elsewhere_tables import ORDER, OTHER_TABLES, first_place, make_tables, read_order, take_page
from boxoffice.till.store.finding import MOST_COUNTED, expression

T = TypeVar("T")

NAME: Final = "elsewhere.db"
LEAST_DISK_BYTES: Final = 400 * 1024 * 1024
"""With less left on the disk, nothing more is taken: this till's own sales need it."""
_MATCHING: Final = f"""
    {ORDER} WHERE place IN (SELECT rowid FROM found WHERE found MATCH ? AND rowid >= ? ORDER BY rowid DESC LIMIT ?)
    ORDER BY place DESC
"""  # noqa: S608  # of constants
_COMPS: Final = (
    "SELECT coalesce(sum(comps), 0), coalesce(sum(comps) FILTER (WHERE comps_by = ?), 0) FROM orders WHERE comps > 0"
)
_COUNTED: Final = "SELECT count(*) FROM (SELECT 1 FROM found WHERE found MATCH ? AND rowid >= ? LIMIT ?)"
_NEWEST: Final = f"{ORDER} WHERE place >= ? ORDER BY place DESC LIMIT ?"
_SINCE: Final = "SELECT count(*) FROM (SELECT 1 FROM orders WHERE place >= ? LIMIT ?)"
_BY_TICKET: Final = f"{ORDER} WHERE id = (SELECT order_id FROM tickets WHERE id = ?)"  # noqa: S608  # of constants
_BY_NUMBER: Final = f"{ORDER} WHERE number_key IN (SELECT value FROM json_each(?)) ORDER BY place DESC"  # noqa: S608  # of constants
_DAMAGED: Final = ("file is not a database", "malformed", "corrupt", OTHER_TABLES)


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
                    take_page(connection, answer, {"device_id": self._of[0], "event_id": self._of[1]}, tag)
            except sqlcipher3.DatabaseError as error:
                self._drop_if_damaged(error)

    def order(self, order_id: str) -> OrderElsewhere | None:
        """Returns one order; None if nobody else has sold it, as far as this till knows."""
        return self._one(f"{ORDER} WHERE id = ?", (order_id,))

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
        asked, first = expression(query), 0 if since is None else first_place(since)
        if not asked and since is None:
            return self._all(_NEWEST, (0, most)), self.kept().count

        def look(connection: sqlcipher3.Connection) -> tuple[Sequence[OrderElsewhere], int]:
            matching, counted, values = (_MATCHING, _COUNTED, (asked, first)) if asked else (_NEWEST, _SINCE, (first,))
            found = [read_order(connection, row) for row in connection.execute(matching, (*values, most))]
            if len(found) < most:
                return found, len(found)
            return found, int(connection.execute(counted, (*values, MOST_COUNTED)).fetchone()[0])

        return self.read(look)

    def comps(self, staff_id: str | None) -> CompsGiven:
        """Returns how many tickets others have given away: all, and at one person's hands."""
        total, mine = self.read(lambda connection: connection.execute(_COMPS, (staff_id,)).fetchone())
        return CompsGiven(int(total), int(mine))

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
        return self.read(lambda connection: [read_order(connection, row) for row in connection.execute(query, values)])

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
            make_tables(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self) -> sqlcipher3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return sqlcipher3.connect(str(self.path), isolation_level=None, check_same_thread=False)
