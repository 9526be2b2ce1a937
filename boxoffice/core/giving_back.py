"""How all that was paid of an order goes back that comes to nothing: the facts of it, whoever ends the order."""

from collections.abc import Callable, Iterator

from boxoffice.core.books import Books
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rows import PaymentRow
from boxoffice.core.sales import changed
from boxoffice.core.tenders import Back, tender_of


def given_up(
    books: Books,
    order_id: OrderId,
    why: str,
    *,
    new_id: Callable[[], str],
    drawer_of: Callable[[PaymentRow], str | None],
    by: str = "",
) -> list[Payload]:
    """Returns the end of an order that waits for money: what was paid is asked for, and the order has failed.

    Cash is out of its drawer with these facts, and what was no money has fallen. Only what is not back already goes
    back. `by` is the organizer who does it, if one does.
    """
    return [
        *_refunds(books, order_id, why, new_id, drawer_of, by),
        changed(order_id, books.orders[order_id].status, OrderState.FAILED, why),
    ]


def left_of(books: Books, payment: PaymentRow) -> int:
    """Returns what of a payment has not gone back, and was not taken by a bank, in minor units."""
    return payment.amount - books.refunded(payment.id) - books.withdrawn(payment.id)


def _refunds(
    books: Books,
    order_id: OrderId,
    why: str,
    new_id: Callable[[], str],
    drawer_of: Callable[[PaymentRow], str | None],
    by: str,
) -> Iterator[Payload]:
    captured = (each for each in books.payments.values() if each.status is PaymentStatus.CAPTURED)
    mine = [each for each in captured if each.order_id == order_id]
    for payment in sorted(mine, key=lambda payment: payment.id):
        amount, row = left_of(books, payment), tender_of(payment.tender)
        if amount <= 0:
            continue
        requested = RefundRequested(
            order_id=order_id,
            tender_id=payment.id,
            tender=payment.tender.value,
            amount=amount,
            currency=payment.currency,
            provider_reference=payment.provider_reference,
            refund_id=new_id(),
            why=why,
            by=by,
        )
        yield requested
        if row.back is not Back.PROVIDER:
            yield RefundSucceeded(
                order_id=order_id,
                tender_id=payment.id,
                tender=payment.tender.value,
                amount=amount,
                currency=payment.currency,
                refund_id=requested.refund_id,
                drawer=drawer_of(payment) if row.is_cash else None,
                unearned=amount,
                rounding=books.cash_paid(payment.id).rounding_of_refund(amount) if row.is_cash else 0,
                card_id=payment.card_id,
            )
