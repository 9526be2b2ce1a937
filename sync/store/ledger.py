"""Projections in Postgres: loads the books of some orders, lets the core add facts to them, writes the difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.books import Books, OrderRow, PaymentRow, RefundRow, TicketRow
from boxoffice.core.errors import BadInput
from boxoffice.core.facts import Draft, Fact, FactKind
from boxoffice.core.payloads import OrderPlaced
from sync.store import tables as t
from sync.store.chain import read_facts

_NEVER: Final = datetime.fromtimestamp(0, UTC)
MISFIT: Final = (ValueError, BadInput)
"""What the core raises about a fact that can't be applied."""

# What a later fact may change of a row. An order keeps its time and its device.
_CHANGING: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": ("status",),
    "payments": ("tender", "provider_reference", "amount", "currency", "status"),
    "refunds": ("amount", "status"),
    "tickets": ("status",),
}


def order_ids_of(facts: Iterable[Fact | Draft]) -> list[str]:
    """Returns the orders that the facts speak of, sorted."""
    ids = (fact.payload.get("order_id") for fact in facts)
    return sorted({order for order in ids if isinstance(order, str)})


def lock_orders(connection: Connection, order_ids: Sequence[str]) -> None:
    """Keeps the orders from being changed by others, in one fixed order so that nobody deadlocks."""
    if order_ids:
        query = select(t.orders.c.id).where(t.orders.c.id.in_(order_ids)).order_by(t.orders.c.id)
        connection.execute(query.with_for_update(key_share=True))


def load_books(connection: Connection, order_ids: Sequence[str]) -> Books:
    """Returns the books of these orders (without order items and postings, which only grow)."""
    books = Books()
    if not order_ids:
        return books
    order_id = t.facts.c.payload["order_id"].astext
    mine = (order_id.in_(order_ids), t.facts.c.is_applied)
    placed = read_facts(connection, select(t.facts).where(*mine, t.facts.c.kind == FactKind.ORDER_PLACED.value))
    issued = select(order_id).where(*mine, t.facts.c.kind == FactKind.TICKETS_ISSUED.value)
    books.issued = set(connection.scalars(issued))
    books.placed = {f.payload["order_id"]: OrderPlaced.model_validate(f.payload) for f in placed}
    books.orders = {row["id"]: OrderRow(**row) for row in _rows(connection, t.orders, OrderRow, "id", order_ids)}
    payments = _rows(connection, t.payments, PaymentRow, "order_id", order_ids)
    books.payments = {row["id"]: PaymentRow(**row) for row in payments}
    tickets = _rows(connection, t.tickets, TicketRow, "order_id", order_ids)
    books.tickets = {row["id"]: TicketRow(**row) for row in tickets}
    refunds = _rows(connection, t.refunds, RefundRow, "payment_id", list(books.payments))
    books.refunds = {row["id"]: RefundRow(**row) for row in refunds}
    return books


def copy_of(books: Books) -> Books:
    """Returns books that can take facts without touching the first."""
    return replace(
        books,
        placed=dict(books.placed),
        orders=dict(books.orders),
        order_items=dict(books.order_items),
        payments=dict(books.payments),
        refunds=dict(books.refunds),
        tickets=dict(books.tickets),
        issued=set(books.issued),
        postings=dict(books.postings),
    )


def take_all(before: Books, facts: Sequence[Fact]) -> tuple[Books, dict[str, str]]:
    """Returns the books after all facts that fit them, and why each of the others does not, by fact id."""
    after, misfits = copy_of(before), dict[str, str]()
    for i, fact in enumerate(facts):
        try:
            after.take(fact)
        except MISFIT as error:
            misfits[fact.id] = str(error)
            after = copy_of(before)
            for earlier in facts[:i]:
                if earlier.id not in misfits:
                    after.take(earlier)
    return after, misfits


def write_books(connection: Connection, before: Books, after: Books, facts: Sequence[Fact]) -> None:
    """Writes what changed between the two."""
    placed = {
        fact.payload["order_id"]: (fact.occurred_at, str(fact.device_id))
        for fact in facts
        if fact.kind is FactKind.ORDER_PLACED
    }
    _write(connection, t.orders, [_order(row, placed) for row in _changed(before.orders, after.orders)])
    items = _changed(before.order_items, after.order_items)
    _write(connection, t.order_items, [{"id": f"{row.order_id}:{row.line}", **asdict(row)} for row in items])
    for table, old, new in (
        (t.payments, before.payments, after.payments),
        (t.refunds, before.refunds, after.refunds),
        (t.tickets, before.tickets, after.tickets),
    ):
        _write(connection, table, [asdict(row) for row in _changed(old, new)])


def _order(row: OrderRow, placed: Mapping[str, tuple[datetime, str]]) -> dict[str, object]:
    created_at, device = placed.get(row.id, (_NEVER, ""))
    return {**asdict(row), "created_at": created_at, "placed_by": device}


def _changed(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[Any]:
    return [row for key, row in after.items() if before.get(key) != row]


def _write(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    statement = insert(table)
    changing = _CHANGING.get(table.name)
    if changing:
        values = {name: statement.excluded[name] for name in changing}
        statement = statement.on_conflict_do_update(index_elements=["id"], set_=values)
    connection.execute(statement, list(rows))


def _rows(connection: Connection, table: Table, row: type, key: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    columns = [table.c[name] for name in row.__slots__]  # type: ignore[attr-defined]  # all rows are slotted
    if not ids:
        return []
    return [dict(found) for found in connection.execute(select(*columns).where(table.c[key].in_(ids))).mappings()]
