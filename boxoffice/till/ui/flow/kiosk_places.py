"""Where a kiosk can go, and who answers there. What has no row here leads to its start: nothing else can be reached.

The pages of a sale are those that a till goes to as well, by the same destinations; another page answers there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.destinations import (
    PLACES,
    HandingOver,
    MissingRecords,
    PaymentUnknown,
    PhonePaid,
    PhonePayment,
    Place,
    PromoCode,
    ReaderPayment,
    Refused,
    SaleComplete,
    Sell,
    Stopped,
)
from boxoffice.till.usecases.gateway.orders import Order


@dataclass(frozen=True, slots=True)
class KioskStart(Destination):
    """The language, and what somebody wants: nothing is left there of who came before."""


@dataclass(frozen=True, slots=True)
class MailTickets(Destination):
    """Where the tickets of what was just bought are mailed to."""

    order: Order


# Over whatever page is up


@dataclass(frozen=True, slots=True)
class StillThere(Destination):
    """Nobody has touched the kiosk for a while; or somebody wants to begin anew, and is asked (`is_asked`)."""

    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class HelpComes(Destination):
    """Somebody was called."""


@dataclass(frozen=True, slots=True)
class LeaveKiosk(Destination):
    """Staff ends it."""


KIOSK_PLACES: Final[Mapping[type[Destination], Place]] = {
    KioskStart: Place("kiosk_start.WelcomePage", "kiosk.KioskScreen"),
    Sell: Place("kiosk_choose.ChoosePage", "kiosk.KioskScreen"),
    PromoCode: Place("kiosk_code.CodePage", "kiosk.KioskScreen"),
    ReaderPayment: Place("kiosk_pay.CardPage", "kiosk.KioskScreen"),
    PhonePayment: Place("kiosk_pay.OwnPhonePage", "kiosk.KioskScreen"),
    Refused: Place("kiosk_answer.NotPaidPage", "kiosk.KioskScreen"),
    PaymentUnknown: Place("kiosk_answer.NotKnownPage", "kiosk.KioskScreen"),
    PhonePaid: Place("kiosk_paid.PaidPage", "kiosk.KioskScreen"),
    SaleComplete: Place("kiosk_paid.PaidPage", "kiosk.KioskScreen"),
    MailTickets: Place("kiosk_paid.MailPage", "kiosk.KioskScreen"),
    Stopped: Place("kiosk_start.ClosedPage", "kiosk.KioskScreen"),
    HandingOver: Place("kiosk_start.ClosedPage", "kiosk.KioskScreen"),
    MissingRecords: Place("kiosk_start.ClosedPage", "kiosk.KioskScreen"),
    StillThere: Place("kiosk_over.StillTherePage", "kiosk_over.OverScreen"),
    HelpComes: Place("kiosk_over.HelpPage", "kiosk_over.OverScreen"),
    LeaveKiosk: Place("kiosk_over.LeavePage", "kiosk_over.OverScreen"),
}


def place_of(to: Destination, *, is_kiosk: bool = False) -> Place:
    """Returns who answers at the destination, and what draws it."""
    return (KIOSK_PLACES if is_kiosk else PLACES)[type(to)]
