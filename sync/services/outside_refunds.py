"""Refunds that someone made at the provider itself: they are in the books like any other, and before a person."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState, can_move
from boxoffice.core.payloads import Payload, RefundRequested, RefundSucceeded
from boxoffice.core.sales import changed
from sync.services.analytics import Happening, note
from sync.services.hub import Hub
from sync.services.refund_mails import tell_of_refund
from sync.store import feed
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders


def take_refund(hub: Hub, connection: Connection, charge: Mapping[str, Any]) -> str | None:
    """Writes what a charge's `amount_refunded` has grown by; returns the order, or None if it is not ours."""
    p = t.payments.c
    found = select(p.id, p.order_id).where(p.provider_reference == charge.get("payment_intent"), p.status == "captured")
    row = connection.execute(found).first()
    if row is None:
        return None
    lock_orders(connection, [row.order_id])
    books = load_books(connection, [row.order_id])
    order, payment = books.orders[row.order_id], books.payments[row.id]
    refunds = [refund for refund in books.refunds.values() if refund.status != "failed"]
    known = sum(refund.amount for refund in refunds if refund.payment_id == row.id)
    amount = int(charge["amount_refunded"]) - known
    if amount <= 0:
        return str(row.order_id)
    place = "PayPal" if payment.tender == "paypal" else "Stripe"
    about: dict[str, Any] = {
        "order_id": row.order_id,
        "tender_id": row.id,
        "tender": payment.tender,
        "amount": amount,
        "currency": payment.currency,
        "provider_reference": charge["id"],
        "refund_id": new_id(),
    }
    payloads: list[Payload] = [RefundRequested(**about, why=f"made at {place}"), RefundSucceeded(**about)]
    refunded = amount + sum(refund.amount for refund in refunds)
    to = OrderState.REFUNDED if refunded >= order.total_amount else OrderState.PARTIALLY_REFUNDED
    if can_move(OrderState(order.status), to):
        payloads.append(changed(OrderId(order.id), OrderState(order.status), to, f"refunded at {place}"))
    placed_by = connection.execute(select(t.orders.c.placed_by).where(t.orders.c.id == order.id)).scalar_one()
    for fact in hub.write(connection, payloads, order.event_id):
        feed.add(connection, "fact", order.event_id, placed_by, fact.id)
    note(hub, connection, Happening.REFUND, order.id, about["refund_id"], amount=amount)
    tell_of_refund(connection, order.id, about["refund_id"])
    hub.raise_exception(
        connection,
        "refunded_outside",
        f"Order {order.order_number} was refunded at {place}; its tickets are still valid.",
        event_id=order.event_id,
        order_id=order.id,
        remedies=("void_tickets", "leave_them_valid"),
    )
    return str(row.order_id)
