"""How much of what orders have earned is given back, and which moves of theirs follow from that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, text_in
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import PAID_FOR, OrderState, can_move, state_by_money
from boxoffice.core.payloads.orders import OrderStateChanged
from boxoffice.core.sales import changed
from boxoffice.core.tenders import names_where

_FREE: Final = names_where(lambda row: not row.is_money)
"""What was paid so can't be given back: an order is refunded once all the rest is."""
_MOVES_MONEY: Final = frozenset({FactKind.REFUND_SUCCEEDED, FactKind.REFUND_FAILED})
"""What changes how much of an order's price is given back."""
_BY_MONEY: Final = """
    SELECT o.id, o.event_id, o.status, sum(l.amount) AS given_back, o.total_amount - (
        SELECT coalesce(sum(p.amount), 0) FROM payments p
        WHERE p.order_id = o.id AND p.status = 'captured' AND p.tender = ANY(:free)
    ) AS price
    FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id JOIN ledger_postings l ON l.fact_id = f.id
    WHERE l.account = 'refunds' AND f.is_applied
"""
_SOME: Final = text(f"{_BY_MONEY} AND o.id = ANY(:orders) GROUP BY o.id ORDER BY o.id")
_ALL: Final = text(f"{_BY_MONEY} GROUP BY o.id ORDER BY o.id")


@dataclass(frozen=True, slots=True)
class MoveDue:
    """A move that an order has still to make, so that its state is that of its money."""

    event_id: str
    move: OrderStateChanged


def moves_due(connection: Connection, facts: Iterable[Fact]) -> Sequence[MoveDue]:
    """Returns the moves of the orders whose money these facts have moved."""
    moved = [text_in(fact.payload, "order_id") for fact in facts if fact.kind in _MOVES_MONEY]
    return of_orders(connection, [order for order in moved if order is not None]) if moved else ()


def of_orders(connection: Connection, orders: Sequence[str] | None = None) -> Sequence[MoveDue]:
    """Returns the moves that these orders have still to make, or all orders."""
    free = {"free": list(_FREE)}
    chosen = {} if orders is None else {"orders": list(orders)}
    rows = connection.execute(_ALL if orders is None else _SOME, free | chosen)
    due = []
    for row in rows:
        start, to = OrderState(row.status), state_by_money(int(row.price), int(row.given_back))
        if start is not to and start in PAID_FOR:
            why = "refunded" if can_move(start, to) else "a refund came back"
            due.append(MoveDue(row.event_id, changed(OrderId(row.id), start, to, why)))
    return due
