"""What tills gave up and ask to be given back: sent to the provider that took it, if it is theirs to ask for."""

from collections.abc import Sequence

from boxoffice.core.books import Books
from boxoffice.core.effect_kinds import Job, Task
from boxoffice.core.findings import Finding
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.payments import PaymentStatus


def may_be_sent(jobs: Sequence[Job], books: Books) -> tuple[list[Job], list[Finding]]:
    """Returns what of a till's wishes is done, and the refunds among them that a person must look at instead.

    A till may only ask for money back that has bought nothing: of an order that ended unpaid, and never more of a
    payment than it took.
    """
    asked = {each.refund_id: each for every in books.asked.values() for each in every}
    refused = {
        job: why
        for job in jobs
        if job.task is Task.SEND_REFUND and (why := _why_not(books, asked[job.subject_id])) is not None
    }
    findings = [
        Finding("fact_does_not_fit", f"A till asks for a refund, but {why}", asked[job.subject_id].order_id)
        for job, why in refused.items()
    ]
    return [job for job in jobs if job not in refused], findings


def _why_not(books: Books, asked: RefundRequested) -> str | None:
    order, payment = books.orders[asked.order_id], books.payments.get(asked.tender_id)
    if order.id in books.issued or order.status is not OrderState.FAILED:
        return f"order {order.order_number} is {order.status.value}."
    if payment is None or payment.order_id != order.id or payment.status is not PaymentStatus.CAPTURED:
        return f"order {order.order_number} has no such payment."
    is_over = books.refunded(payment.id) > payment.amount
    return f"it is more than what order {order.order_number} has paid." if is_over else None
