"""What a till has taken and given itself: posted even where it does not fit, so that drawers are counted right."""

from typing import Final

from boxoffice.core.authority import read_exactly
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.known import Known
from boxoffice.core.payloads.cash import CashMoved, ShiftClosed, ShiftHandedOver, ShiftOpened
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundSucceeded
from boxoffice.core.payment_authority import own_tender
from boxoffice.core.tenders import Taken, tender_of
from boxoffice.core.writers import Role, Writer


def is_own_money(writer: Writer, fact: Fact, known: Known) -> bool:
    """Returns whether the fact posts only what its writer took itself: that is booked even where the rest is not.

    Cash in one's own drawer, and what one's own reader took for no order of another.
    """
    if is_own_drawer(writer, fact):
        return True
    if fact.kind is not FactKind.PAYMENT_CAPTURED:
        return False
    try:
        p = read_exactly(fact)
    except ValueError:
        return False
    order = known.orders.get(p.order_id)  # type: ignore[attr-defined]  # by the kind
    is_ours = (order is None or order.placed_by == writer.id) and p.amount >= 0  # type: ignore[attr-defined]  # by the kind
    tender = tender_of(p.tender)  # type: ignore[attr-defined]  # by the kind
    is_told = tender.taken not in (Taken.PAGE, Taken.CARD_ON_HAND)  # by others: a page, or the card's own books
    return is_ours and not tender.is_cash and is_told and not any(own_tender(p, known))


_OF_DRAWERS: Final = frozenset(
    {
        FactKind.PAYMENT_CAPTURED,
        FactKind.CASH_MOVED,
        FactKind.SHIFT_OPENED,
        FactKind.SHIFT_HANDED_OVER,
        FactKind.SHIFT_CLOSED,
    }
)


def is_own_drawer(writer: Writer, fact: Fact) -> bool:
    """Returns whether the fact says what went into its writer's own drawer, out of it by hand, or is in it."""
    if writer.role is Role.HUB or fact.kind not in _OF_DRAWERS:
        return False
    try:
        p = read_exactly(fact)
    except ValueError:
        return False
    is_cash = isinstance(p, CashMoved | ShiftOpened | ShiftHandedOver | ShiftClosed) or (
        isinstance(p, PaymentCaptured) and tender_of(p.tender).is_cash and p.amount >= 0
    )
    return is_cash and p.drawer == writer.name  # type: ignore[attr-defined]  # by the kind


def is_given_by_itself(writer: Writer, fact: Fact) -> bool:
    """Returns whether money has left its writer's own drawer, or has gone on into a swap of its own.

    Where that does not fit, and was the writer's to say, somebody else has given the same money back meanwhile.
    """
    if fact.kind is not FactKind.REFUND_SUCCEEDED:
        return False
    p = read_exactly(fact)
    return isinstance(p, RefundSucceeded) and (p.into is not None or p.drawer == writer.name)
