"""The index that orders are found by: own ones and those sold elsewhere, among 100,000 within a few milliseconds.

Triggers note which orders are new or have changed, whoever writes them; they are put into the index before the next
look (`catch_up`), so that a sale waits for none of it. Keys grow with the time at which an order was placed: the newest
are read first, and no query sorts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection

from boxoffice.core.ids import OrderId
from boxoffice.core.order_words import OrderText, Wanted, kept_words

MOST_COUNTED: Final = 100
"""So many matches are counted; beyond it there are “more than”."""
AT_ONCE: Final = 2_000
"""So many orders are put into the index in one transaction."""
_SAME_BITS: Final = 10
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LAST_KEY: Final = "SELECT max(key) FROM order_index WHERE key BETWEEN ? AND ?"
_UNINDEXED: Final = """
    SELECT u.order_id, o.event_id, o.created_at, o.order_number, o.customer_name, o.customer_email, o.customer_phone,
           (SELECT group_concat(last4, ' ') FROM (
                SELECT payload ->> '$.card.last4' AS last4 FROM facts
                WHERE order_id = o.id AND kind = 'payment_captured'
                UNION SELECT payload ->> '$.card.last4' FROM hub_facts
                WHERE order_id = o.id AND kind = 'payment_captured')),
           (SELECT note FROM order_notes WHERE order_id = o.id),
           (SELECT group_concat(item_name, ' ') FROM order_items WHERE order_id = o.id),
           o.channel
    FROM order_unindexed u LEFT JOIN orders o ON o.id = u.order_id ORDER BY u.rowid LIMIT ?
"""

_SOME: Final = """
    FROM order_words w CROSS JOIN order_index i ON i.key = w.rowid
    WHERE order_words MATCH :wanted AND i.event_id = :event
"""
_ALL: Final = "FROM order_index i WHERE i.event_id = :event "


class Only(Enum):
    """Which of this till's orders are looked at alone."""

    ALL = "all"
    SINCE = "since"
    MINE = "mine"
    REFUNDED = "refunded"
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which orders are looked at: since a time, of somebody's, or of facts that the hub has not acknowledged."""

    only: Only = Only.ALL
    since: datetime = _EPOCH
    staff_id: str | None = None
    acked: int = 0


EVERYTHING: Final = Sieve()
_ONLY: Final[Mapping[Only, str]] = {
    Only.ALL: "",
    Only.SINCE: "AND i.key >= :since",
    Only.MINE: """AND EXISTS (SELECT 1 FROM facts f WHERE f.order_id = i.order_id AND f.kind = 'order_placed'
                              AND f.staff_id IS :staff)""",
    Only.REFUNDED: """AND i.order_id IN (SELECT p.order_id FROM refunds r JOIN payments p ON p.id = r.payment_id
                                         WHERE r.status <> 'failed')""",
    Only.UNSENT: "AND i.order_id IN (SELECT order_id FROM facts WHERE position > :acked)",
}


@dataclass(frozen=True, slots=True)
class Matches:
    """The newest orders that match, and how many there are, up to `MOST_COUNTED`."""

    orders: Sequence[OrderId]
    total: int


def matching(connection: Connection, event_id: str, query: Wanted, most: int, sieve: Sieve = EVERYTHING) -> Matches:
    """Returns the orders of an event that match, newest first; all of them for a query that asks for nothing."""
    asked = expression(query)
    values = {"event": event_id, "wanted": asked, "most": most, "counted": MOST_COUNTED}
    values |= {"since": _first_key(sieve.since), "staff": sieve.staff_id, "acked": sieve.acked}
    source, order = (_SOME, "w.rowid") if asked else (_ALL, "i.key")
    source += _ONLY[sieve.only]
    found = f"SELECT i.order_id {source} ORDER BY {order} DESC LIMIT :most"
    counted = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT :counted)"  # noqa: S608  # of constants
    orders = [OrderId(each) for each in connection.exec_driver_sql(found, values).scalars()]
    total = len(orders) if len(orders) < most else int(connection.exec_driver_sql(counted, values).scalar_one())
    return Matches(orders, total)


def count_all(connection: Connection, event_id: str) -> int:
    """Returns how many orders of an event are in the index."""
    return int(connection.exec_driver_sql(f"SELECT count(*) {_ALL}", {"event": event_id}).scalar_one())


def catch_up(connection: Connection, most: int = AT_ONCE) -> int:
    """Puts what is new or has changed into the index; returns how many orders that were, up to `most`."""
    rows = connection.exec_driver_sql(_UNINDEXED, (most,)).all()
    if not rows:
        return 0
    entries = []
    for order_id, event_id, created_at, number, name, email, phone, cards, note, items, about in rows:
        if event_id is not None:
            text = OrderText(number, name, email, phone, cards, note, items, about)
            entries.append((_key(connection, order_id, event_id, created_at), kept_words(text)))
    _run(connection, "INSERT OR REPLACE INTO order_words (rowid, words) VALUES (?, ?)", entries)
    _run(connection, "DELETE FROM order_unindexed WHERE order_id = ?", [(row[0],) for row in rows])
    return len(rows)


def _run(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(statement, list(rows))


def _key(connection: Connection, order_id: str, event_id: str, created_at: str) -> int:
    """Returns the order's key: microseconds, and of orders of the same one, the next that is free."""
    known = connection.exec_driver_sql("SELECT key FROM order_index WHERE order_id = ?", (order_id,)).scalar()
    if known is not None:
        return int(known)
    first = _first_key(datetime.fromisoformat(created_at))
    last = connection.exec_driver_sql(_LAST_KEY, (first, first + (1 << _SAME_BITS) - 1)).scalar()
    key = first if last is None else int(last) + 1
    connection.exec_driver_sql(
        "INSERT INTO order_index (key, order_id, event_id) VALUES (?, ?, ?)", (key, order_id, event_id)
    )
    return key


def _first_key(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND << _SAME_BITS


def expression(query: Wanted) -> str:
    """Returns the query in the words of FTS5; nothing if it asks for nothing."""
    chunks = " AND ".join(f"({' OR '.join(f'({_all(way)})' for way in ways)})" for ways in query.chunks)
    ways = [each for each in (chunks, *(_prefix(word) for word in query.whole)) if each]
    parts = [f"({' OR '.join(f'({way})' for way in ways)})" if ways else "", *map(_whole, query.about)]
    return " AND ".join(part for part in parts if part)


def _all(words: Sequence[str]) -> str:
    return " AND ".join(map(_prefix, words))


def _prefix(word: str) -> str:
    return f"{_whole(word)}*"


def _whole(word: str) -> str:
    quoted = word.replace('"', '""')
    return f'"{quoted}"'
