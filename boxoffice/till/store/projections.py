"""Carries out in the till's file what the core says that facts do: rows, leases and ledger."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.columns import fields_of, ids_named, row_of, words_of
from boxoffice.core.effects import Effects, forgotten_of, moves_of
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, instant_text
from boxoffice.core.ledger import Posting, postings
from boxoffice.core.money import Currency, Money
from boxoffice.core.rows import KEPT, Keeping, OrderItemRow, OrderRow
from boxoffice.till.store import leases, people
from boxoffice.till.store.facts import applied_of_order

_POST: Final = "INSERT INTO ledger_postings (fact_id, line, account, amount, currency) VALUES (?, ?, ?, ?, ?)"
_BALANCES: Final = (
    "SELECT currency, sum(amount) FROM ledger_postings WHERE account = ? GROUP BY currency ORDER BY currency"
)
_ORDER: Final = """
    INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_MOVE: Final = "UPDATE orders SET status = ? WHERE id = ?"
_ITEM: Final = """
    INSERT INTO order_items (id, order_id, line, item_type, product_id, item_name, quantity, unit_price, subtotal)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _put(kept: Keeping) -> str:
    names = [each.name for each in fields_of(kept.row)]
    places, changes = ", ".join("?" for _ in names), ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return f"INSERT INTO {kept.table} ({', '.join(names)}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {changes}"  # noqa: S608  # of constants


_PUT: Final[Mapping[str, str]] = {each.table: _put(each) for each in KEPT}


def books_of(connection: Connection, order_id: str) -> Books:
    """Returns the books of one order; empty ones if it is not in the file."""
    books = Books(are_of_one_order=True)
    for fact in applied_of_order(connection, order_id):
        books.take(fact)
    return books


def books_before(connection: Connection, facts: Sequence[Fact]) -> Books:
    """Returns the books that facts rest on which are not in the file yet: of the orders and rows that they speak of."""
    placed = {fact.payload["order_id"] for fact in facts if fact.kind is FactKind.ORDER_PLACED}
    named = {fact.payload.get("order_id") for fact in facts} - placed
    books = Books(are_of_one_order=True)
    for order_id in sorted(each for each in named if isinstance(each, str)):
        for fact in applied_of_order(connection, order_id):
            books.take(fact)
    for kept in KEPT:
        for key in ids_named(kept, facts):
            _read(connection, kept, key, books)
    books.are_of_one_order = False
    return books


def _read(connection: Connection, kept: Keeping, key: str, books: Books) -> None:
    query = f"SELECT * FROM {kept.table} WHERE {kept.by} = ?"  # noqa: S608  # of constants
    for found in connection.exec_driver_sql(query, (key,)).mappings():
        books.put(row_of(kept.row, found))


def carry_out(connection: Connection, before: Books, facts: Sequence[Fact]) -> Sequence[Effects]:
    """Makes all that follows from facts, and returns it; they themselves must be in the file already.

    Raises:
        NotEnoughLeft: if they take more units than the leases have.
        Inconsistent: if one contradicts what is there. The transaction must then be given up, whichever it is.
    """
    after = before.copy()
    effects = [after.take(fact) for fact in facts]
    _post(connection, [(fact_id, lines) for each in effects for fact_id, lines in [(each.fact.id, each.postings)]])
    write_books(connection, before, after, facts)
    leases.make(connection, moves_of(effects))
    people.forget(connection, forgotten_of(effects))
    return effects


def post(connection: Connection, fact: Fact) -> None:
    """Adds what the fact posts to the ledger."""
    _post(connection, [(fact.id, postings(fact))])


def balances_of(connection: Connection, account: str) -> Sequence[Money]:
    """Returns what an account of the ledger holds, in each currency."""
    return [Money(int(amount), Currency(code)) for code, amount in connection.exec_driver_sql(_BALANCES, (account,))]


def _post(connection: Connection, posted: Iterable[tuple[str, Sequence[Posting]]]) -> None:
    lines = [
        (fact_id, i, posting.account, posting.amount.minor, posting.amount.currency.code)
        for fact_id, postings in posted
        for i, posting in enumerate(postings)
    ]
    if lines:
        connection.exec_driver_sql(_POST, lines)


def write_books(connection: Connection, before: Books, after: Books, facts: Sequence[Fact]) -> None:
    """Writes what changed between the two."""
    placed = {fact.payload["order_id"]: fact.occurred_at for fact in facts if fact.kind is FactKind.ORDER_PLACED}
    orders: list[OrderRow] = _changed(before.orders, after.orders)
    new = [
        (*[said for name, said in words_of(order).items() if name != "placed_by"], instant_text(placed[order.id]))
        for order in orders
        if order.id in placed
    ]
    _run(connection, _ORDER, new)
    _run(connection, _MOVE, [(order.status.value, order.id) for order in orders if order.id not in placed])
    items: list[OrderItemRow] = _changed(before.order_items, after.order_items)
    _run(connection, _ITEM, [(f"{item.order_id}:{item.line}", *words_of(item).values()) for item in items])
    for name, put in _PUT.items():
        rows = _changed(getattr(before, name), getattr(after, name))
        _run(connection, put, [tuple(map(_bound, words_of(row).values())) for row in rows])


def _bound(word: Any) -> Any:
    return instant_text(word) if isinstance(word, datetime) else word


def _changed(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[Any]:
    return [row for key, row in after.items() if before.get(key) != row]


def _run(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        connection.exec_driver_sql(statement, list(rows))
