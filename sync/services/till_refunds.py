"""What tills gave up and ask to be given back: sent to the provider that took it, if it is theirs to ask for."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert

from boxoffice.core.books import Books
from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.payloads import RefundRequested
from sync.services.problems import Finding
from sync.services.provider_states import TENDERS
from sync.store import tables as t
from sync.store.queue import defer


def send_refunds(connection: Connection, facts: Sequence[Fact], books: Books) -> Iterator[Finding]:
    """Hands each refund that a till's facts ask for on as a job; yields those that a person must look at instead.

    A till may only ask for money back that has bought nothing: of an order that ended unpaid, and never more of a
    payment than it took. Cash is none of the hub's to send.
    """
    for fact in facts:
        if fact.kind is not FactKind.REFUND_REQUESTED or fact.payload["tender"] not in TENDERS:
            continue
        asked = RefundRequested.model_validate(fact.payload)
        why_not = _why_not(books, asked)
        if why_not:
            yield Finding("fact_does_not_fit", f"A till asks for a refund, but {why_not}", asked.order_id)
        else:
            connection.execute(insert(t.refund_calls).values(refund_id=asked.refund_id))
            defer(connection, "send_refund", {"refund_id": asked.refund_id})


def _why_not(books: Books, asked: RefundRequested) -> str:
    order, payment = books.orders[asked.order_id], books.payments.get(asked.tender_id)
    if order.id in books.issued or order.status != "failed":
        return f"order {order.order_number} is {order.status}."
    if payment is None or payment.order_id != order.id or payment.status != "captured":
        return f"order {order.order_number} has no such payment."
    alive = sum(r.amount for r in books.refunds.values() if r.payment_id == payment.id and r.is_alive)
    return f"it is more than what order {order.order_number} has paid." if alive > payment.amount else ""
