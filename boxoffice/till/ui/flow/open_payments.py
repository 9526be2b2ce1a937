"""Payments that have not ended: which of an order are so, and what they are called wherever it is listed."""

from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TENDERS, Taken
from boxoffice.till.ui.speech import later
from boxoffice.till.ui.views.parts import TagView
from boxoffice.till.ui.words import said
from boxoffice.till.usecases.gateway.orders import Order, Tender

_UNKNOWN = TagView(later("Payment unknown"), "unknown", "unknown")
_WAITS = TagView(later("Waits for phone"), "info", "phone")


def has_code(order: Order) -> bool:
    """Returns whether a customer still has a code that the order can be paid with."""
    return any(TENDERS[each.kind].taken is Taken.PAGE for each in _open(order))


def is_open(order: Order) -> bool:
    return bool(_open(order))


def open_tag(order: Order) -> TagView | None:
    """Returns how an order with open payments is marked; None if it has none."""
    found = _open(order)
    if not found:
        return None
    waits = all(TENDERS[each.kind].taken is Taken.PAGE and each.status is PaymentStatus.STARTED for each in found)
    return said(_WAITS if waits else _UNKNOWN)


def _open(order: Order) -> list[Tender]:
    return [each for each in order.tenders if each.status in (PaymentStatus.STARTED, PaymentStatus.UNKNOWN)]
