"""A swap: things of one order go back, and what was paid for them pays for another order, all at one moment.

The new order is placed with what it takes the place of. Until all else of it is paid nothing else has happened: the old
tickets work, and a payment that fails changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from boxoffice.core.books import Books
from boxoffice.core.door_refunds import Plan, Share, Wish, asked_for, cash_back, out_of, plan, voided
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.payloads.orders import OrderPlaced, SwapPart
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import SWAP
from boxoffice.core.refunds import Part


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be swapped: these things, and what of their worth pays for a new order that costs so much.

    `rest` goes back in cash, where the new order costs less.
    """

    swap: SwapPart
    rest: int


def offer(books: Books, order_id: str, everything: Sequence[Part], keys: Sequence[PartKey], total: int) -> Offer:
    """Returns what things of an order bring towards a new one that costs `total`, in minor units.

    Raises:
        BadInput: if one of the things is gone or nothing was paid for it, or more would go back than was paid in cash.
    """
    planned = plan(books, order_id, everything, Wish(tuple(keys)))
    credit = min(planned.total, total)
    rest = planned.total - credit
    cash = sum(share.amount for share in planned.shares if share.is_cash)
    if rest > cash:
        words = "the difference was not paid in cash: refund the ticket, and sell the other one"
        raise BadInput([FieldError("parts", words)])
    return Offer(SwapPart(order_id=order_id, parts=tuple(keys), credit=credit), rest)


def swapped(
    books: Books,
    everything: Sequence[Part],
    placed: OrderPlaced,
    swap: SwapPart,
    *,
    drawer: str,
    new_id: Callable[[], str],
) -> list[Payload]:
    """Returns what happens as a swap comes to its end, but for the new order's own end.

    Args:
        books: those of the order that gives the things back.
        everything: all its things.
        placed: the new order.
        swap: what it takes the place of.
        drawer: where cash goes back from.
        new_id: gives ids.

    Raises:
        BadInput: if things or money have gone back meanwhile.
    """
    planned = plan(books, swap.order_id, everything, Wish(swap.parts))
    if planned.total < swap.credit:
        raise BadInput([FieldError("parts", "what was paid for it has gone back meanwhile")])
    moved = moved_into(planned, placed, swap.credit, new_id)
    written = list(moved.written)
    if moved.rest:
        rest = Plan((), tuple(moved.rest))
        written += cash_back(books, swap.order_id, rest, "swapped for less", drawer=drawer, new_id=new_id)
    return [*written, *voided(books, swap.order_id, planned.parts, "swapped")]


@dataclass(frozen=True, slots=True)
class Moved:
    """What is written as money goes from one order into another, and the `rest` that did not."""

    written: Sequence[Payload]
    rest: Sequence[Share]


def moved_into(planned: Plan, placed: OrderPlaced, credit: int, new_id: Callable[[], str]) -> Moved:
    """Returns how so much of what is planned to go back pays for another order; its things go with the first of it."""
    moves, rest = _divided(planned, credit)
    written: list[Payload] = []
    for i, share in enumerate(moves):
        written += _moved(share, placed, planned.parts if i == 0 else (), new_id())
    return Moved(written, rest)


def _divided(planned: Plan, credit: int) -> tuple[list[Share], list[Share]]:
    """Returns what pays for the new order, cash last, and what goes back in cash."""
    moves, back = [], []
    for share in sorted(planned.shares, key=lambda share: share.is_cash):
        mine = min(share.amount, credit)
        if mine > 0:
            moves.append(Share(share.payment, mine))
        if share.amount > mine:
            back.append(Share(share.payment, share.amount - mine))
        credit -= mine
    return moves, back


def _moved(share: Share, placed: OrderPlaced, parts: Sequence[Part], refund_id: str) -> Iterator[Payload]:
    """Yields what of a payment goes back into the new order, and pays there."""
    asked = asked_for(share, refund_id, "swapped", parts, into=placed.order_id)
    yield asked
    yield out_of(asked, None)
    yield PaymentCaptured(
        order_id=placed.order_id,
        tender_id=refund_id,
        tender=SWAP,
        amount=share.amount,
        currency=share.payment.currency,
        refund_id=refund_id,
    )
