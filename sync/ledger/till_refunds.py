"""What tills gave up and ask to be given back: sent to the provider that took it, if it is theirs to ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boxoffice.core.books import Books
from boxoffice.core.effect_kinds import Job, Task
from boxoffice.core.findings import NOT_SENT, Finding
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested
from boxoffice.core.payments import PaymentStatus


@dataclass(frozen=True, slots=True)
class Refused:
    """A refund that a till asked for, and that nobody makes: with it, it has ended. `why` is empty for one too many."""

    asked: RefundRequested
    event_id: str
    why: str

    @property
    def end(self) -> RefundFailed:
        asked = self.asked
        return RefundFailed(
            order_id=asked.order_id,
            tender_id=asked.tender_id,
            tender=asked.tender,
            amount=asked.amount,
            currency=asked.currency,
            refund_id=asked.refund_id,
            code=NOT_SENT,
            message=self.why,
        )


def may_be_sent(jobs: Sequence[Job], books: Books) -> tuple[list[Job], list[Refused]]:
    """Returns what of a till's wishes is done, and the refunds among them that are not.

    A till may only ask for money back that has bought nothing: of an order that ended unpaid, and never more of a
    payment than it took.
    """
    asked = {each.refund_id: each for every in books.asked.values() for each in every}
    refused = {
        job: why
        for job in jobs
        if job.task is Task.SEND_REFUND and (why := _why_not(books, asked[job.subject_id])) is not None
    }
    ends = [_refused(books, asked[job.subject_id], why) for job, why in refused.items()]
    return [job for job in jobs if job not in refused], ends


def _refused(books: Books, asked: RefundRequested, why: str) -> Refused:
    return Refused(asked, books.orders[asked.order_id].event_id, why)


def unsent(refused: Sequence[Refused]) -> Iterator[Finding]:
    """Yields what a person must look at; what had gone back already is just not sent again."""
    for each in refused:
        if each.why:
            words = f"A till asks for a refund, but {each.why}"
            yield Finding("fact_does_not_fit", words, each.asked.order_id)


def _why_not(books: Books, asked: RefundRequested) -> str | None:
    order, payment = books.orders[asked.order_id], books.payments.get(asked.tender_id)
    if order.id in books.issued or order.status is not OrderState.FAILED:
        return f"order {order.order_number} is {order.status.value}."
    if payment is None or payment.order_id != order.id or payment.status is not PaymentStatus.CAPTURED:
        return f"order {order.order_number} has no such payment."
    return "" if books.refunded(payment.id) > payment.amount else None
