"""The remedies of what did not go back by itself: the same once more, or by another way that somebody says."""

from typing import Final

from sqlalchemy import Connection

from boxoffice.core.errors import OperationFailed
from boxoffice.core.giving_back import left_of
from boxoffice.core.languages import later
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payments import RefundStatus
from boxoffice.core.refunds import still_there
from sync.exception_kinds import ExceptionKind
from sync.ledger.hub import Hub
from sync.payments.giving_back import NewOrderRefund, parts_in, refundable
from sync.payments.refund_mails import tell_of_refund
from sync.payments.refunds import Refunds
from sync.store import cancelling as store
from sync.store.cancelling import Item, ItemState
from sync.store.chain import new_id
from sync.store.ledger import load_books
from sync.store.queue import defer

_ODD: Final[tuple[ExceptionKind, ...]] = ("refund_failed", "refund_not_sent")


class NotNow(OperationFailed):
    """It can't be done as things are; nothing was changed."""

    def __init__(self, why: str) -> None:
        super().__init__(why, later("Nothing was changed."), "")


def try_again(refunds: Refunds, connection: Connection, item: Item, by: str) -> None:
    """Asks the provider again: for the same refund if no try has sent it, for a new one if it has failed.

    The caller has locked the order, and read the item after that.
    """
    books = load_books(connection, [item.order_id])
    before = books.refunds.get(item.refund_id or "")
    if before is None or before.status in (RefundStatus.SUCCEEDED, RefundStatus.PENDING):
        return  # somebody was faster
    if before.status is RefundStatus.REQUESTED:
        if item.state is ItemState.FAILED:
            defer(connection, "send_refund", {"refund_id": before.id})
            refunds.hub.settle_exceptions(connection, _ODD, before.id, books.orders[item.order_id].event_id)
        return
    payment = books.payments[before.payment_id]
    amount = min(before.amount, refundable(books, payment))
    if amount <= 0:
        raise NotNow(later("Nothing of this payment is left to go back: it went back otherwise meanwhile."))
    asked = [each for each in books.asked.get(item.order_id, ()) if each.refund_id == before.id]
    there = still_there(books, item.order_id, parts_in(connection, books, item.order_id))
    parts = [part.key for part in there if any(part.key in each.parts for each in asked)]
    new = NewOrderRefund(new_id(), item.order_id, payment.id, amount, parts, why="cancelled", by=by)
    store.refund_instead(connection, item.id, new.id)  # first: what is not of the list is sent at once
    refunds.request_in(connection, new)
    refunds.hub.settle_exceptions(connection, _ODD, before.id, books.orders[item.order_id].event_id)


def pay_outside(hub: Hub, connection: Connection, item: Item, how: str, by: str) -> None:
    """Writes down that it was given back by hand: what had paid stays where it is, and nothing goes back again.

    The caller has locked the order, and read the item after that.
    """
    if item.state in (ItemState.DONE, ItemState.SENDING, ItemState.WAITS):
        raise NotNow(later("This is on its way, or back already."))
    books = load_books(connection, [item.order_id])
    payment = books.payments[item.payment_id or ""]
    before = books.refunds.get(item.refund_id or "")
    if before is not None and before.status is not RefundStatus.FAILED:
        raise NotNow(later("The provider may still make this refund. Call it off under Problems first."))
    amount = min(item.amount, left_of(books, payment))
    if amount <= 0:
        raise NotNow(later("Nothing of this payment is left to go back: it went back otherwise meanwhile."))
    asked = RefundRequested(
        order_id=item.order_id,
        tender_id=payment.id,
        tender=payment.tender.value,
        amount=amount,
        currency=payment.currency,
        refund_id=new_id(),
        why=how,
        by=by,
        is_made=True,
    )
    done = RefundSucceeded(
        order_id=item.order_id,
        tender_id=payment.id,
        tender=payment.tender.value,
        amount=amount,
        currency=payment.currency,
        refund_id=asked.refund_id,
        outside=how,
    )
    store.refund_instead(connection, item.id, asked.refund_id)
    event_id = books.orders[item.order_id].event_id
    hub.write(connection, [asked, done], event_id)
    tell_of_refund(connection, item.order_id, asked.refund_id)
    if before is not None:
        hub.settle_exceptions(connection, _ODD, before.id, event_id)
