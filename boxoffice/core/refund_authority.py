"""What a till may say of refunds: cash goes back out of its own drawer, all other money through the hub."""

from collections.abc import Iterator
from typing import Any

from boxoffice.core.facts import Fact
from boxoffice.core.known import Known, KnownRefund
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.tenders import BACK_AT_TILL, Back, tender_of
from boxoffice.core.writers import Writer, names_too_long, own_drawer, own_order


def own_refund(writer: Writer, fact: Fact, p: Any, known: Known) -> Iterator[str]:
    """Cash goes back from the drawer that took it; all other money goes back through the hub, and so do things.

    The hub may be asked for it where the order came to nothing. What was no money falls with such an order.
    """
    yield from own_order(writer, fact, p, known)
    paid, order = known.tenders.get(p.tender_id), known.orders.get(p.order_id)
    if paid is None or (paid.order_id, paid.tender) != (p.order_id, p.tender):
        yield "a till gives back only what was paid for this order"
    is_given_up = order is not None and not order.is_finished
    yield from _way_back(p, is_given_up=is_given_up)
    yield from _as_asked(known.refunds.get(p.refund_id), p)
    match p:
        case RefundRequested():
            yield from _things_back(p)
        case RefundSucceeded() if p.outside is not None:
            yield "only the hub says what was paid back outside"
        case RefundSucceeded() | RefundFailed() if p.is_out:
            yield "cash leaves no provider's balance"
        case RefundSucceeded():
            yield from _out_of(writer, fact, p, known)
            yield from _split(p, is_given_up=is_given_up)
        case RefundFailed() if p.is_reversal:
            yield "cash does not come back by itself"
        case _:
            pass
    yield from names_too_long(p.refund_id)


def _way_back(p: RefundRequested | RefundSucceeded | RefundFailed, *, is_given_up: bool) -> Iterator[str]:
    tender = tender_of(p.tender)
    is_moved = not isinstance(p, RefundFailed) and p.into is not None
    is_asked = is_moved or (is_given_up and isinstance(p, RefundRequested))
    if not tender.is_money and not is_given_up:
        yield f"{p.tender} is no money that could be given back"
    elif tender.back is Back.PROVIDER and not is_asked:
        yield "only the hub gives back what is no cash"
    if tender.is_cash and p.provider_reference is not None:
        yield "cash goes back out of a drawer, not by a provider"


def _out_of(writer: Writer, fact: Fact, p: RefundSucceeded, known: Known) -> Iterator[str]:
    """Cash leaves its own drawer, but for what goes on to pay for another order: that leaves none."""
    if p.into is not None and p.drawer is not None:
        yield "what pays for another order leaves no drawer"
    elif p.drawer is not None and tender_of(p.tender).back is Back.CARD:
        yield "what goes back onto a gift card leaves no drawer"
    elif tender_of(p.tender).is_cash and p.into is None:
        yield from own_drawer(writer, fact, p, known)


def _things_back(p: RefundRequested) -> Iterator[str]:
    """Things go back with the cash, or what of a gift card, was paid for them."""
    if p.parts and p.into is None and tender_of(p.tender).back not in BACK_AT_TILL:
        yield "only the hub takes things back that no cash was paid for"
    if p.units or p.by:
        yield "only the hub says what can be sold again"


def _as_asked(asked: KnownRefund | None, p: RefundRequested | RefundSucceeded | RefundFailed) -> Iterator[str]:
    """A refund ends once, as it was asked for: or the drawer would be short of it twice."""
    if asked is not None and asked.tender_id != p.tender_id:
        yield "the refund is another payment's"
    if isinstance(p, RefundRequested):
        return
    if asked is None:
        yield "nobody asked for the refund"
    elif asked.has_ended:
        yield "the refund has ended before"
    elif asked.amount != p.amount:
        yield "the refund was asked for as another amount"


def _split(p: RefundSucceeded, *, is_given_up: bool) -> Iterator[str]:
    if not 0 <= p.unearned <= p.amount:
        yield "it gives back more than it says"
    elif is_given_up and p.unearned != p.amount:
        yield "what bought nothing was not earned"
