"""What each kind of fact changes in orders, payments, tickets, leases and ledger: one rule a kind, in one table."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from boxoffice.core.books import Inconsistent
from boxoffice.core.facts import Fact, FactKind, instant_text
from boxoffice.core.ids import OrderId
from boxoffice.core.ledger import postings
from boxoffice.core.orders import IllegalMove, OrderState, can_move, can_move_back
from boxoffice.core.payloads import (
    LeaseGranted,
    LeaseReclaimed,
    LeaseReturned,
    OrderPlaced,
    OrderStateChanged,
    PaymentCaptured,
    PaymentFailed,
    PaymentStarted,
    PaymentUnknown,
    RefundFailed,
    RefundPending,
    RefundRequested,
    RefundSucceeded,
    TicketsIssued,
    TicketVoided,
    read_payload,
)
from boxoffice.store import leases

_POST: Final = "INSERT INTO ledger_postings (fact_id, line, account, amount, currency) VALUES (?, ?, ?, ?, ?)"
_ORDER: Final = """
    INSERT INTO orders (id, order_number, event_id, channel, status, total_amount, currency, created_at)
    VALUES (?, ?, ?, ?, 'pending', ?, ?, ?)
"""
_ITEM: Final = """
    INSERT INTO order_items (id, order_id, line, item_type, product_id, item_name, quantity, unit_price, subtotal)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_MOVE: Final = "UPDATE orders SET status = ? WHERE id = ? AND status = ?"
_PAYMENT: Final = """
    INSERT INTO payments (id, order_id, tender, provider_reference, amount, currency, status)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        status = excluded.status, amount = excluded.amount,
        provider_reference = coalesce(excluded.provider_reference, provider_reference)
        WHERE status NOT IN ('captured', 'failed')
"""
_TICKET: Final = "INSERT INTO tickets (id, order_id, product_id, status) VALUES (?, ?, ?, 'valid')"
_VOID: Final = "UPDATE tickets SET status = 'voided' WHERE id = ?"
_REFUND: Final = """
    INSERT INTO refunds (id, payment_id, amount, status) VALUES (?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, amount = excluded.amount
"""
_PENDING: Final = "UPDATE refunds SET status = 'pending' WHERE id = ? AND status = 'requested'"
_RETURN: Final = "UPDATE leases SET returned = returned + ? WHERE event_id = ? AND pool_id = ?"


def apply(connection: Connection, fact: Fact) -> None:
    """Makes the fact's changes; the fact itself must be in the file already.

    Raises:
        NotEnoughLeft: if it takes more units than the leases have.
        IllegalMove: if its order has no such move.
        Inconsistent: if it contradicts what is there. The transaction must then be given up.
    """
    post(connection, fact)
    rule = _RULES.get(fact.kind)
    if rule is not None:
        rule(connection, fact, read_payload(fact))


def post(connection: Connection, fact: Fact) -> None:
    """Adds what the fact posts to the ledger."""
    lines = [
        (fact.id, i, posting.account, posting.amount.minor, posting.amount.currency.code)
        for i, posting in enumerate(postings(fact))
    ]
    if lines:
        connection.exec_driver_sql(_POST, lines)


def units_of(connection: Connection, order_id: str) -> tuple[str, Mapping[str, int]]:
    """Returns the event of an order, and the units that it takes of this till's leases."""
    row = connection.exec_driver_sql(
        "SELECT event_id, payload FROM facts WHERE order_id = ? AND kind = 'order_placed'", (order_id,)
    ).first()
    if row is None:
        raise Inconsistent(f"there is no order {order_id}")
    placed = json.loads(row[1])
    return row[0], placed["units"] if placed["source"] == "lease" else {}


def _placed(connection: Connection, fact: Fact, p: OrderPlaced) -> None:
    row = (p.order_id, p.order_number, fact.event_id, p.channel, p.total, p.currency, instant_text(fact.occurred_at))
    connection.exec_driver_sql(_ORDER, row)
    items = [
        (
            f"{p.order_id}:{i}",
            p.order_id,
            i,
            line.kind,
            line.product_id,
            line.name,
            line.quantity,
            line.unit_price,
            line.subtotal,
        )
        for i, line in enumerate(p.lines)
    ]
    connection.exec_driver_sql(_ITEM, items)
    if p.source == "lease":
        leases.hold(connection, fact.event_id or "", p.units)


def _state_changed(connection: Connection, _fact: Fact, p: OrderStateChanged) -> None:
    start, to = OrderState(p.start), OrderState(p.to)
    moved = connection.exec_driver_sql(_MOVE, (p.to, p.order_id, p.start)).rowcount
    if not moved or not (can_move(start, to) or can_move_back(start, to)):
        raise IllegalMove(OrderId(p.order_id), start, to)
    if to is OrderState.FAILED:
        leases.release(connection, *units_of(connection, p.order_id))
    elif start is OrderState.FAILED:
        leases.hold(connection, *units_of(connection, p.order_id))


def _payment(status: str) -> Callable[[Connection, Fact, Any], None]:
    def rule(
        connection: Connection,
        _fact: Fact,
        p: PaymentStarted | PaymentCaptured | PaymentFailed | PaymentUnknown,
    ) -> None:
        row = (p.tender_id, p.order_id, p.tender, p.provider_reference, p.amount, p.currency, status)
        if not connection.exec_driver_sql(_PAYMENT, row).rowcount:
            raise Inconsistent(f"tender {p.tender_id} has ended before")

    return rule


def _issued(connection: Connection, _fact: Fact, p: TicketsIssued) -> None:
    if p.tickets:
        rows = [(ticket.ticket_id, p.order_id, ticket.product_id) for ticket in p.tickets]
        connection.exec_driver_sql(_TICKET, rows)
    leases.sell(connection, *units_of(connection, p.order_id))


def _voided(connection: Connection, _fact: Fact, p: TicketVoided) -> None:
    connection.exec_driver_sql(_VOID, (p.ticket_id,))


def _pending(connection: Connection, _fact: Fact, p: RefundPending) -> None:
    connection.exec_driver_sql(_PENDING, (p.refund_id,))


def _refund(status: str) -> Callable[[Connection, Fact, Any], None]:
    def rule(connection: Connection, _fact: Fact, p: RefundRequested | RefundSucceeded | RefundFailed) -> None:
        connection.exec_driver_sql(_REFUND, (p.refund_id, p.tender_id, p.amount, status))

    return rule


def _granted(connection: Connection, fact: Fact, p: LeaseGranted) -> None:
    leases.grant(connection, fact.event_id or "", p.pool_id, p.units)


def _returned(connection: Connection, fact: Fact, p: LeaseReturned) -> None:
    connection.exec_driver_sql(_RETURN, (p.units, fact.event_id, p.pool_id))


def _reclaimed(connection: Connection, fact: Fact, p: LeaseReclaimed) -> None:
    leases.reclaim(connection, fact.event_id or "", p.pool_id, p.units)


_RULES: Final[Mapping[FactKind, Callable[[Connection, Fact, Any], None]]] = {
    FactKind.ORDER_PLACED: _placed,
    FactKind.ORDER_STATE_CHANGED: _state_changed,
    FactKind.PAYMENT_STARTED: _payment("started"),
    FactKind.PAYMENT_CAPTURED: _payment("captured"),
    FactKind.PAYMENT_FAILED: _payment("failed"),
    FactKind.PAYMENT_UNKNOWN: _payment("unknown"),
    FactKind.TICKETS_ISSUED: _issued,
    FactKind.TICKET_VOIDED: _voided,
    FactKind.REFUND_REQUESTED: _refund("requested"),
    FactKind.REFUND_PENDING: _pending,
    FactKind.REFUND_SUCCEEDED: _refund("succeeded"),
    FactKind.REFUND_FAILED: _refund("failed"),
    FactKind.LEASE_GRANTED: _granted,
    FactKind.LEASE_RETURNED: _returned,
    FactKind.LEASE_RECLAIMED: _reclaimed,
}
