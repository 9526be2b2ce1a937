"""What tills sold beyond a pool's capacity: counted as sold as soon as there is room, and then nobody's problem."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, TextClause, text

from boxoffice.core.books import Books
from boxoffice.core.over_capacity import FITS, units_over
from boxoffice.core.payloads.exceptions import ExceptionResolved
from sync.ledger.hub import OVER, Hub
from sync.payments.giving_back import products_of
from sync.store import pools
from sync.store.ledger import load_books

_OPEN: Final = """
    SELECT x.id, x.order_id, x.subject_id AS pool_id, o.event_id
    FROM exceptions x JOIN orders o ON o.id = x.order_id
    WHERE x.kind = 'over_capacity' AND x.status = 'open' AND x.subject_id IS NOT NULL
      AND (CAST(:event AS text) IS NULL OR o.event_id = :event)
    ORDER BY x.raised_at, x.id
"""
# Who holds an order or a problem of it is about to change it, and looks here after that.
_FREE: Final = text(f"{_OPEN} FOR NO KEY UPDATE OF x, o SKIP LOCKED")
_ALL: Final = text(_OPEN)


@dataclass(frozen=True, slots=True)
class OverSold:
    """A problem with an order of which so many units are not counted in a pool."""

    exception_id: str
    order_id: str
    event_id: str
    pool_id: str
    units: int


def over_sold(connection: Connection, event_id: str | None = None) -> list[OverSold]:
    """Returns what is open of an event, or of all, the oldest first."""
    return list(_read(connection, _ALL, event_id))


def over_by_pool(connection: Connection, event_id: str) -> dict[str, int]:
    """Returns how many units were sold beyond each pool's capacity."""
    units: defaultdict[str, int] = defaultdict(int)
    for each in over_sold(connection, event_id):
        units[each.pool_id] += each.units
    return dict(units)


def count_what_fits(hub: Hub, connection: Connection, event_id: str | None = None) -> None:
    """Counts what there is room for, the oldest first, and takes it from the list; so also what is void or given back.

    It never waits for anybody: what another works on is left to it.
    """
    for over in _read(connection, _FREE, event_id):
        for resolved in _end_of(connection, over):
            hub.write(connection, [resolved], over.event_id, Books())


def _end_of(connection: Connection, over: OverSold) -> Iterator[ExceptionResolved]:
    if not over.units:
        yield ExceptionResolved(exception_id=over.exception_id, remedy=OVER)
    elif pools.lock(connection, over.event_id, [over.pool_id]).get(over.pool_id, 0) >= over.units:
        yield ExceptionResolved(exception_id=over.exception_id, remedy=FITS, units={over.pool_id: over.units})


def _read(connection: Connection, query: TextClause, event_id: str | None) -> Iterator[OverSold]:
    for row in connection.execute(query, {"event": event_id}).all():
        books, products = load_books(connection, [row.order_id]), products_of(connection, row.event_id)
        units = units_over(books, row.order_id, row.pool_id, products)
        yield OverSold(row.id, row.order_id, row.event_id, row.pool_id, units)
