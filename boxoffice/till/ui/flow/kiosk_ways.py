"""How a kiosk can be paid just now."""

from boxoffice.till.ui.flow.pay_buttons import why_no_phone
from boxoffice.till.usecases.gateway.devices import ReaderState
from boxoffice.till.usecases.gateway.standing import TillStatus


def can_take_card(status: TillStatus | None) -> bool:
    """Returns whether a card can be taken here now: a reader is chosen, and answers."""
    return status is not None and status.reader in (ReaderState.READY, ReaderState.IN_USE)


def can_take_phone(status: TillStatus | None) -> bool:
    return not why_no_phone(status)
