"""Refunds that someone made at the provider itself: they are in the books like any other, and before a person."""

from typing import Any

from sqlalchemy import Connection

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState, can_move
from boxoffice.core.payloads import Payload, RefundRequested, RefundSucceeded
from boxoffice.core.sales import changed
from sync.services.analytics import Happening, note
from sync.services.handing import write_for_order
from sync.services.hub import Hub
from sync.services.ours import OurPayment, Reference
from sync.services.refund_mails import tell_of_refund
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders


def take_refund(
    hub: Hub, connection: Connection, payment: OurPayment, refunded: int, reference: Reference, place: str
) -> None:
    """Writes by how much more of a payment was refunded, in minor units, than the books know of."""
    lock_orders(connection, [payment.order_id])
    books = load_books(connection, [payment.order_id])
    order = books.orders[payment.order_id]
    amount = min(refunded, payment.amount) - books.refunded(payment.id)
    if amount <= 0:
        return
    about: dict[str, Any] = {
        "order_id": payment.order_id,
        "tender_id": payment.id,
        "tender": payment.tender,
        "amount": amount,
        "currency": payment.currency,
        "provider_reference": reference,
        "refund_id": new_id(),
    }
    payloads: list[Payload] = [RefundRequested(**about, why=f"made at {place}"), RefundSucceeded(**about)]
    gone = amount + sum(books.refunded(each.id) for each in books.payments.values() if each.order_id == order.id)
    to = OrderState.REFUNDED if gone >= order.total_amount else OrderState.PARTIALLY_REFUNDED
    if can_move(OrderState(order.status), to):
        payloads.append(changed(OrderId(order.id), OrderState(order.status), to, f"refunded at {place}"))
    write_for_order(hub, connection, order.event_id, order.id, payloads)
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
