"""Disputes: money that a card's holder took back through the bank is in the books, and before a person."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads import FeeRecorded, Payload, RefundFailed, RefundRequested, RefundSucceeded
from sync.services.hub import Hub
from sync.services.problems import ProblemKind
from sync.services.refunds import refundable
from sync.store import tables as t
from sync.store.ledger import load_books, lock_orders

OPENED: Final = "charge.dispute.created"
CLOSED: Final = "charge.dispute.closed"
WITHDRAWN: Final = "charge.dispute.funds_withdrawn"
REINSTATED: Final = "charge.dispute.funds_reinstated"
HANDLED: Final = frozenset({OPENED, CLOSED, WITHDRAWN, REINSTATED})
_PLACES: Final = {"paypal": "PayPal"}
"""Where a dispute is answered, by tender; everything else is Stripe's."""


def take_dispute(hub: Hub, kind: str, dispute: Mapping[str, Any]) -> str | None:
    """Writes what a dispute's event tells and returns its order, or None if it is not ours."""
    return hub.database.run(lambda connection: _take(hub, connection, kind, dispute))


def _take(hub: Hub, connection: Connection, kind: str, dispute: Mapping[str, Any]) -> str | None:
    p, o = t.payments.c, t.orders.c
    query = (
        select(p.id, p.order_id, p.tender, p.currency, o.order_number, o.event_id)
        .join(t.orders, o.id == p.order_id)
        .where(p.provider_reference == dispute.get("payment_intent"), p.status == "captured")
    )
    row: Row[Any] | None = connection.execute(query).first()  # type: ignore[assignment]  # a row of six
    if row is None:
        return None
    lock_orders(connection, [row.order_id])
    if kind == WITHDRAWN:
        _withdrawn(hub, connection, row, dispute)
    elif kind == REINSTATED:
        _reinstated(hub, connection, row, dispute)
    else:
        _tell(hub, connection, row, kind, dispute)
    return str(row.order_id)


def _withdrawn(hub: Hub, connection: Connection, row: Row[Any], dispute: Mapping[str, Any]) -> None:
    books = load_books(connection, [row.order_id])
    if dispute["id"] in books.refunds:
        return
    # What was refunded before can't be taken twice: the books never give back more than was paid.
    amount = min(int(dispute["amount"]), refundable(books, books.payments[row.id]))
    payloads: list[Payload] = []
    if amount > 0:
        about = _about(row, dispute, amount)
        payloads += [RefundRequested(**about, why="dispute"), RefundSucceeded(**about)]
    fee = sum(int(each.get("fee", 0)) for each in dispute.get("balance_transactions") or ())
    if fee > 0:
        payloads.append(
            FeeRecorded(provider="stripe", amount=fee, currency=row.currency, provider_reference=dispute["id"])
        )
    hub.write(connection, payloads, row.event_id, books)


def _reinstated(hub: Hub, connection: Connection, row: Row[Any], dispute: Mapping[str, Any]) -> None:
    books = load_books(connection, [row.order_id])
    before = books.refunds.get(dispute["id"])
    if before is None or before.status != "succeeded":
        return
    about = _about(row, dispute, before.amount)
    back = RefundFailed(**about, code="dispute_won", message="the bank gave the money back", is_reversal=True)
    hub.write(connection, [back], row.event_id, books)


def _tell(hub: Hub, connection: Connection, row: Row[Any], kind: str, dispute: Mapping[str, Any]) -> None:
    x = t.exceptions.c
    status = str(dispute.get("status", ""))
    name: ProblemKind = "dispute_opened" if kind == OPENED else "dispute_won" if status == "won" else "dispute_lost"
    known = select(x.id).where(x.kind == name, x.subject_id == dispute["id"])
    if connection.execute(known).first() is not None:
        return
    amount = Money(int(dispute["amount"]), Currency(row.currency))
    words = {
        "dispute_opened": f"is disputed ({_reason(dispute)}); answer it at {_PLACES.get(row.tender, 'Stripe')} in time",
        "dispute_won": "is yours again: the dispute was won",
        "dispute_lost": "is lost: the dispute went to the customer",
    }[name]
    hub.raise_exception(
        connection,
        name,
        f"{amount} of order {row.order_number} {words}.",
        event_id=row.event_id,
        order_id=row.order_id,
        subject_id=dispute["id"],
        remedies=("seen",) if name == "dispute_won" else ("void_tickets", "leave_them_valid"),
    )


def _reason(dispute: Mapping[str, Any]) -> str:
    return str(dispute.get("reason") or "no reason given").replace("_", " ").lower()


def _about(row: Row[Any], dispute: Mapping[str, Any], amount: int) -> dict[str, Any]:
    return {
        "order_id": row.order_id,
        "tender_id": row.id,
        "tender": row.tender,
        "amount": amount,
        "currency": row.currency,
        "provider_reference": dispute["id"],
        "refund_id": dispute["id"],
    }
