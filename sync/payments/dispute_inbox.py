"""What organizers are told of a dispute: what is taken, what to answer, and what was refunded besides."""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.money import Currency, Money
from sync.exception_kinds import ExceptionKind
from sync.ledger.hub import Hub
from sync.payments.ours import OurPayment
from sync.provider_states import DISPUTES, PROVIDER_NAMES, DisputeState, Provider
from sync.store import tables as t

_QUIET: Final = frozenset({DisputeState.WON, DisputeState.INQUIRY})


@dataclass(frozen=True, slots=True)
class Dispute:
    """How a dispute of one payment stands, in minor units of what was paid in. `id` is its row's in the books.

    `withdrawn` is what is taken of the payment now, None where that is not told with it.
    """

    id: str
    state: DisputeState
    amount: int
    withdrawn: int | None
    fee: int = 0
    reason: str = ""


def put_before(
    hub: Hub, connection: Connection, provider: Provider, payment: OurPayment, told: Dispute, books: Books
) -> None:
    """Puts before organizers what has changed, and takes away what is over by that.

    One that is decided when it is first heard of was opened all the same: its history says so.
    """
    is_new = told.id not in books.disputes
    if is_new and told.state in (DisputeState.WON, DisputeState.LOST):
        _raise(hub, connection, provider, payment, replace(told, state=DisputeState.OPEN), books)
    follows = DISPUTES[told.state]
    hub.settle_exceptions(connection, follows.ends, told.id, payment.event_id)
    if follows.inbox is not None and not _stands(connection, told.id, follows.inbox):
        _raise(hub, connection, provider, payment, told, books)


def _raise(
    hub: Hub, connection: Connection, provider: Provider, payment: OurPayment, told: Dispute, books: Books
) -> None:
    kind = DISPUTES[told.state].inbox
    if kind is None:
        return
    currency = Currency(payment.currency)
    back = [each for each in books.refunds.values() if each.payment_id == payment.id and each.is_alive]
    refunded = sum(each.amount for each in back if each.status == "succeeded")
    waits = sum(each.amount for each in back) - refunded
    words = f"{Money(told.amount, currency)} of order {payment.order_number} {_words(provider, told)}."
    if refunded:
        words += f" {_twice(told.state, Money(refunded, currency), provider)}"
    if waits:
        words += f" {_on_its_way(told.state, Money(waits, currency), provider)}"
    hub.raise_exception(
        connection,
        kind,
        words,
        event_id=payment.event_id,
        order_id=payment.order_id,
        subject_id=told.id,
        remedies=("seen",) if told.state in _QUIET else ("void_tickets", "leave_them_valid"),
    )


def _stands(connection: Connection, subject: str, kind: ExceptionKind) -> bool:
    x = t.exceptions.c
    mine = (x.kind == kind, x.subject_id == subject, x.status == "open")
    return connection.execute(select(x.id).where(*mine)).first() is not None


def _words(provider: Provider, told: Dispute) -> str:
    place, why = PROVIDER_NAMES[provider], reason_of(told)
    return {
        DisputeState.INQUIRY: f"is asked about ({why}); answer it at {place}, so that it becomes no dispute",
        DisputeState.OPEN: f"is disputed ({why}); answer it at {place} in time",
        DisputeState.WON: "is yours again: the dispute was won",
        DisputeState.LOST: "is lost: the dispute went to the customer",
    }[told.state]


def _twice(state: DisputeState, refunded: Money, provider: Provider) -> str:
    if state is DisputeState.LOST:
        return f"{refunded} of it had been refunded as well: that money is gone twice."
    if state is DisputeState.WON:
        return f"{refunded} of it was refunded, and stays so."
    return f"{refunded} was refunded already: say so to {_judge(provider)}, with the day and the number of the refund."


def _on_its_way(state: DisputeState, waits: Money, provider: Provider) -> str:
    """Returns what to know of a refund that has not ended, and may still come to nothing."""
    if state is DisputeState.LOST:
        return f"A refund of {waits} is on its way as well: should it arrive, that money is gone twice."
    if state is DisputeState.WON:
        return f"A refund of {waits} is on its way, and goes on."
    return f"A refund of {waits} is on its way, and has not arrived yet: say so to {_judge(provider)}."


def _judge(provider: Provider) -> str:
    return "PayPal" if provider == "paypal" else "the bank"


def reason_of(told: Dispute) -> str:
    return (told.reason or "no reason given").replace("_", " ").lower()
