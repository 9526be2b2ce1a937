"""What is given back of an order at the door: which of its payments it goes back to, and what a till itself may do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.giving_back import left_of
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.refunds import Part, still_there, tickets_to_void
from boxoffice.core.rows import PaymentRow
from boxoffice.core.stored_value import owed_on_cards
from boxoffice.core.tenders import BACK_AT_TILL, Back, tender_of

_BACK: Final = frozenset({Back.DRAWER, Back.CARD, Back.PROVIDER})
"""How money goes back to who paid it. What a swap brought goes by the order that had been paid for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to give back of an order: these things and what was paid for them, or another `amount` in minor units."""

    parts: tuple[PartKey, ...] = ()
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What goes back to one payment, in minor units."""

    payment: PaymentRow
    amount: int

    @property
    def is_cash(self) -> bool:
        return tender_of(self.payment.tender).is_cash

    @property
    def needs_hub(self) -> bool:
        return tender_of(self.payment.tender).back not in BACK_AT_TILL


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wish comes to: the things that go back, and what of it goes to which payment."""

    parts: tuple[Part, ...]
    shares: tuple[Share, ...]

    @property
    def total(self) -> int:
        return sum(share.amount for share in self.shares)

    @property
    def needs_hub(self) -> bool:
        """Returns whether anything of it goes back otherwise than out of a drawer, or onto a gift card."""
        return any(share.needs_hub for share in self.shares)


def refundable_payments(books: Books, order_id: str) -> tuple[Share, ...]:
    """Returns the payments of an order of which something can go back, cash first, with how much that is."""
    mine = [
        Share(each, left_of(books, each))
        for each in books.payments.values()
        if each.order_id == order_id and each.status is PaymentStatus.CAPTURED and tender_of(each.tender).back in _BACK
    ]
    return tuple(
        sorted((each for each in mine if each.amount > 0), key=lambda each: (not each.is_cash, each.payment.id))
    )


def plan(books: Books, order_id: str, everything: Sequence[Part], wish: Wish) -> Plan:
    """Returns what a wish comes to as things are now; it is never more than what was paid and is not back.

    Args:
        books: those of the order.
        order_id: a finished order.
        everything: all its things (`refunds.parts_of`).
        wish: what to give back.

    Raises:
        BadInput: if one of the things is gone, or nothing is left to go back, or less than the amount.
    """
    wanted = set(wish.parts)
    parts = tuple(part for part in still_there(books, order_id, everything) if part.key in wanted)
    if len(parts) != len(wanted):
        raise BadInput([FieldError("parts", "something of it was given back before, or is void")])
    payments = refundable_payments(books, order_id)
    left = min(sum(share.amount for share in payments), books.refundable(order_id))
    left = max(0, left - owed_on_cards(books, order_id))
    asked = min(sum(part.worth for part in parts), left) if wish.amount is None else wish.amount
    if not 0 < asked <= left:
        currency = Currency(books.orders[order_id].currency)
        raise BadInput([FieldError("amount", f"at most {Money(left, currency)} can go back")])
    return Plan(parts, tuple(over(payments, asked)))


def over(payments: Sequence[Share], amount: int) -> Iterator[Share]:
    """Yields an amount over payments of which so much is left, in their order."""
    for share in payments:
        mine = min(share.amount, amount)
        if mine > 0:
            yield Share(share.payment, mine)
        amount -= mine


def cash_back(
    books: Books, order_id: str, planned: Plan, why: str, *, drawer: str, new_id: Callable[[], str]
) -> list[Payload]:
    """Returns what a till writes as it gives cash back: the things are named with its first share, tickets end.

    Raises:
        ValueError: if any of it is no cash: the hub gives that back.
    """
    if planned.needs_hub:
        raise ValueError("a till gives back only cash, and what goes onto a gift card")
    written: list[Payload] = []
    for i, share in enumerate(planned.shares):
        asked = asked_for(share, new_id(), why, planned.parts if i == 0 else ())
        if share.is_cash:
            rounding = books.cash_paid(share.payment.id).rounding_of_refund(share.amount)
            written += [asked, out_of(asked, drawer, rounding)]
        else:
            written += [asked, out_of(asked, None, card_id=share.payment.card_id)]
    return [*written, *voided(books, order_id, planned.parts, "refunded")]


def asked_for(
    share: Share, refund_id: str, why: str, parts: Sequence[Part] = (), into: str | None = None
) -> RefundRequested:
    """Returns that a share goes back, with these things; cash by nobody's reference."""
    return RefundRequested(
        order_id=share.payment.order_id,
        tender_id=share.payment.id,
        tender=share.payment.tender.value,
        amount=share.amount,
        currency=share.payment.currency,
        provider_reference=None if share.is_cash or into is not None else share.payment.provider_reference,
        refund_id=refund_id,
        why=why,
        parts=tuple(part.key for part in parts),
        into=into,
    )


def out_of(
    asked: RefundRequested, drawer: str | None, rounding: int = 0, card_id: str | None = None
) -> RefundSucceeded:
    """Returns that what was asked for is back: out of a drawer, on a gift card, or (a swap) in another order."""
    return RefundSucceeded(
        order_id=asked.order_id,
        tender_id=asked.tender_id,
        tender=asked.tender,
        amount=asked.amount,
        currency=asked.currency,
        refund_id=asked.refund_id,
        drawer=drawer,
        rounding=rounding,
        into=asked.into,
        card_id=card_id,
        approved_by=asked.approved_by,
    )


def voided(books: Books, order_id: str, parts: Sequence[Part], why: str) -> list[TicketVoided]:
    """Returns the end of the tickets among these things, as a till writes it."""
    return [TicketVoided(ticket_id=each, order_id=order_id, why=why) for each in tickets_to_void(books, parts)]
