"""Projections in Postgres: loads the books of some orders, lets the core add facts to them, writes the difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import ARRAY, Connection, Select, Table, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import Insert, insert

from boxoffice.core.books import Books
from boxoffice.core.columns import fields_of, ids_named, row_of, words_of
from boxoffice.core.effects import Effects
from boxoffice.core.errors import BadInput
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Draft, Fact, text_in
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.rows import KEPT, Asked, EventRow, ExceptionRow, Keeping, Kept, OrderRow, TicketStatus
from sync.store import tables as t
from sync.store.rows import value_of

V = TypeVar("V")
_NEVER: Final = datetime.fromtimestamp(0, UTC)
MISFIT: Final = (ValueError, BadInput)
"""What the core raises about a fact that can't be applied."""

_CHANGING: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": ("status",),
    "exceptions": ("status", "remedy", "resolved_at", "resolved_by"),
    **{kept.table: tuple(each.name for each in fields_of(kept.row) if each.name != "id") for kept in KEPT},
}
"""What a later fact may change of a row. An order keeps its time and its device."""
_BY_ORDER: Final = tuple(
    kept for kept in KEPT if kept.named is None or any(each.name == "order_id" for each in fields_of(kept.row))
)
_ORDERS: Final = bindparam("orders", type_=ARRAY(Text))


_KEEP: Final = text("""
    SELECT pg_advisory_xact_lock(hashtextextended(:table || ' ' || id, 0)) FROM unnest(CAST(:ids AS text[])) AS id
""")


def _all_of(query: Select[Any], name: str) -> Any:
    """Returns the rows of a query as one column: a list of what they hold."""
    rows = query.subquery()
    what = next(iter(rows.c)) if len(rows.c) == 1 else rows.table_valued()
    return select(func.coalesce(func.json_agg(what), text("'[]'::json"))).scalar_subquery().label(name)


def _columns(table: Table, row: type) -> Select[Any]:
    return select(*(table.c[name] for name in row.__slots__))  # type: ignore[attr-defined]  # all rows are slotted


def _of_orders(kept: Keeping) -> Select[Any]:
    """Returns the rows of the orders in question: by their own order, or by that of their payment."""
    table = t.metadata.tables[kept.table]
    rows = _columns(table, kept.row)
    if "order_id" in table.c:
        return rows.where(table.c.order_id == func.any(_ORDERS))
    return rows.join(t.payments, t.payments.c.id == table.c.payment_id).where(
        t.payments.c.order_id == func.any(_ORDERS)
    )


def _payloads(kind: FactKind) -> Any:
    order_id = t.facts.c.payload["order_id"].astext
    return (order_id == func.any(_ORDERS), t.facts.c.is_applied, t.facts.c.kind == kind.value)


# One statement for all of it: the books are read for every step of every order.
_BOOKS: Final = select(
    _all_of(select(t.facts.c.payload).where(*_payloads(FactKind.ORDER_PLACED)), "placed"),
    _all_of(
        select(t.facts.c.payload["order_id"].astext.label("id")).where(*_payloads(FactKind.TICKETS_ISSUED)), "issued"
    ),
    _all_of(
        select(t.facts.c.payload, t.facts.c.device_id)
        .where(*_payloads(FactKind.REFUND_REQUESTED))
        .order_by(t.facts.c.position),
        "asked",
    ),
    _all_of(_columns(t.orders, OrderRow).where(t.orders.c.id == func.any(_ORDERS)), "orders"),
    *(_all_of(_of_orders(kept), kept.table) for kept in _BY_ORDER),
)


_f: Final = t.facts.c
_ENDS: Final = (FactKind.TICKET_VOIDED.value, FactKind.TICKET_REISSUED.value)
_VOIDED: Final = (
    select(t.tickets.c.id, func.min(_f.occurred_at))
    .join(t.facts, _f.payload["order_id"].astext == t.tickets.c.order_id)
    .where(t.tickets.c.id == func.any(bindparam("tickets", type_=ARRAY(Text))))
    .where(_f.payload["ticket_id"].astext == t.tickets.c.id, _f.kind.in_(_ENDS), _f.is_applied)
    .group_by(t.tickets.c.id)
)
"""When tickets were voided, by the facts of their orders."""


def order_ids_of(facts: Iterable[Fact | Draft]) -> list[str]:
    """Returns the orders that the facts speak of, sorted."""
    ids = (text_in(fact.payload, "order_id") for fact in facts)
    return sorted({order for order in ids if order is not None})


def orders_behind(connection: Connection, facts: Iterable[Fact]) -> list[str]:
    """Returns the orders that the facts speak of, sorted, and those of tickets that they name by themselves."""
    alone = {text_in(fact.payload, "ticket_id") for fact in facts if text_in(fact.payload, "order_id") is None}
    named = sorted(each for each in alone if each is not None)
    found = select(t.tickets.c.order_id).where(t.tickets.c.id == func.any(bindparam("named", type_=ARRAY(Text))))
    behind = connection.scalars(found, {"named": named}).all() if named else ()
    return sorted({*order_ids_of(facts), *behind})


def lock_orders(connection: Connection, order_ids: Sequence[str]) -> None:
    """Keeps the orders from being changed by others, in one fixed order so that nobody deadlocks."""
    if order_ids:
        query = select(t.orders.c.id).where(t.orders.c.id.in_(order_ids)).order_by(t.orders.c.id)
        connection.execute(query.with_for_update(key_share=True))


def load_books(connection: Connection, order_ids: Sequence[str]) -> Books:
    """Returns the books of these orders (without order items and postings, which only grow)."""
    if not order_ids:
        return Books()
    row = connection.execute(_BOOKS, {"orders": list(order_ids)}).one()
    books = Books(
        placed={payload["order_id"]: OrderPlaced.model_validate(payload) for payload in row.placed},
        orders={each["id"]: row_of(OrderRow, each) for each in row.orders},
        issued=set(row.issued),
    )
    for each in row.asked:
        books.put(Asked(RefundRequested.model_validate(each["payload"]), each["device_id"]))
    for kept in _BY_ORDER:
        for each in getattr(row, kept.table):
            books.put(row_of(kept.row, each))
    return books


def with_named(connection: Connection, books: Books, facts: Sequence[Fact | Draft]) -> Books:
    """Returns the books with what facts rest on that is of no order: rows that they name, which nobody else changes
    until the transaction ends, exceptions that end, and events that are revised.
    """
    named = [each for kept in KEPT for each in _named(connection, kept, ids_named(kept, facts))]
    if named:
        books = books.copy()
        for each in named:
            books.put(each)
    scanned = {fact.payload.get("ticket_id") for fact in facts if fact.kind is FactKind.TICKET_SCANNED}
    ends = [each.id for each in books.tickets.values() if each.id in scanned and each.status is TicketStatus.VOIDED]
    if ends:
        books = replace(books, voided=dict(connection.execute(_VOIDED, {"tickets": ends}).all()))
    ended = [fact.payload["exception_id"] for fact in facts if fact.kind is FactKind.EXCEPTION_RESOLVED]
    revised = [fact.payload["event"]["event"]["id"] for fact in facts if fact.kind is FactKind.CATALOGUE_REVISED]
    if ended:
        rows = connection.execute(_columns(t.exceptions, ExceptionRow).where(t.exceptions.c.id.in_(ended)))
        books = replace(books, exceptions={row.id: value_of(ExceptionRow, row) for row in rows})
    if revised:
        rows = connection.execute(_columns(t.events, EventRow).where(t.events.c.id.in_(revised)))
        books = replace(books, events={row.id: value_of(EventRow, row) for row in rows})
    return books


def keep(connection: Connection, table: str, ids: Sequence[str]) -> None:
    """Keeps rows that facts name from being changed by others until the transaction ends."""
    connection.execute(_KEEP, {"table": table, "ids": ids})


def _named(connection: Connection, kept: Keeping, ids: Sequence[str]) -> Iterable[Kept]:
    if not ids:
        return ()
    keep(connection, kept.table, ids)  # there may be no row yet that could be locked
    table = t.metadata.tables[kept.table]
    rows = connection.execute(select(table).where(table.c[kept.by].in_(ids))).mappings()
    return [row_of(kept.row, each) for each in rows]


def take_all(before: Books, facts: Sequence[Fact]) -> tuple[Books, list[Effects], dict[str, str]]:
    """Returns the books after all facts that fit them, what follows from each, and why others do not, by fact id."""
    after, effects, misfits = before.copy(), list[Effects](), dict[str, str]()
    for fact in facts:
        try:
            effects.append(after.take(fact))
        except MISFIT as error:
            misfits[fact.id] = str(error)
    return after, effects, misfits


def write_books(connection: Connection, before: Books, after: Books, facts: Sequence[Fact]) -> None:
    """Writes what changed between the two."""
    placed = {fact.payload["order_id"]: fact.occurred_at for fact in facts if fact.kind is FactKind.ORDER_PLACED}
    _write(connection, t.orders, [_order(row, placed) for row in changed(before.orders, after.orders)])
    items = changed(before.order_items, after.order_items)
    _write(connection, t.order_items, [{"id": f"{row.order_id}:{row.line}", **words_of(row)} for row in items])
    for kept in KEPT:
        rows = changed(getattr(before, kept.table), getattr(after, kept.table))
        _write(connection, t.metadata.tables[kept.table], [words_of(row) for row in rows])
    ended = {
        fact.payload["exception_id"]: fact.occurred_at for fact in facts if fact.kind is FactKind.EXCEPTION_RESOLVED
    }
    told = changed(before.exceptions, after.exceptions)
    _write(connection, t.exceptions, [{**words_of(row), "resolved_at": ended.get(row.id)} for row in told])


def _order(row: OrderRow, placed: Mapping[str, datetime]) -> dict[str, object]:
    return {**words_of(row), "created_at": placed.get(row.id, _NEVER)}


def changed(before: Mapping[Any, V], after: Mapping[Any, V]) -> list[V]:
    """Returns the rows that are new, or other than before."""
    return [row for key, row in after.items() if before.get(key) != row]


def _write(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    connection.execute(_upsert(table), list(rows))


@cache
def _upsert(table: Table) -> Insert:
    statement = insert(table)
    changing = _CHANGING.get(table.name)
    if not changing:
        return statement
    values = {name: statement.excluded[name] for name in changing}
    return statement.on_conflict_do_update(index_elements=["id"], set_=values)
