"""Where the till can go: each page by a frozen value with what it needs, and the table of who answers there.

Nothing here is imported to be shown: a page and its screen are first loaded when somebody goes there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from boxoffice.core.catalogue import Product
from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.till.ui.actions import Destination
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.payment_places import PAYMENT_PLACES
from boxoffice.till.ui.flow.place import Place
from boxoffice.till.ui.flow.shift_places import SHIFT_PLACES
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.standing import HandOver, Incomplete
from boxoffice.till.usecases.gateway.team import Approval

Next = Destination | None
"""What an action leads to; None stays where it is."""


# Before the first sale


@dataclass(frozen=True, slots=True)
class Opening(Destination):
    """While the till's file is opened."""


@dataclass(frozen=True, slots=True)
class Pairing(Destination):
    hub_url: str = ""


@dataclass(frozen=True, slots=True)
class EventChoices(Destination):
    can_go_back: bool = False


@dataclass(frozen=True, slots=True)
class Stopped(Destination):
    """The till may not sell."""

    error: OperationFailed


@dataclass(frozen=True, slots=True)
class HandingOver(Destination):
    """The till was revoked."""

    state: HandOver


@dataclass(frozen=True, slots=True)
class MissingRecords(Destination):
    """The till's file lacks records."""

    state: Incomplete


# The sale


@dataclass(frozen=True, slots=True)
class Sell(Destination):
    """The tiles and the cart, with the page of tiles that is up and what is searched for."""

    page_index: int = 0
    search: str = ""


@dataclass(frozen=True, slots=True)
class DonationAmount(Destination):
    product: Product
    back: Sell


@dataclass(frozen=True, slots=True)
class GiftCardAmount(Destination):
    """What is put on a new gift card."""

    product: Product
    back: Sell


@dataclass(frozen=True, slots=True)
class GiftCard(Destination):
    """A gift card that pays for the sale at hand, or is looked at. `code` is what was scanned, if anything was."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class ProductOption(Destination):
    product: Product
    count: int
    back: Sell


@dataclass(frozen=True, slots=True)
class PriceKinds(Destination):
    """Who shows a card: so many of a line of the sale are theirs."""

    line: int
    count: int
    back: Sell


@dataclass(frozen=True, slots=True)
class Discount(Destination):
    """What is taken off so many of a line of the sale, or off all of it."""

    index: int
    count: int
    back: Sell


@dataclass(frozen=True, slots=True)
class Group(Destination):
    """How many of a line of the sale come together."""

    line: int
    back: Sell


@dataclass(frozen=True, slots=True)
class ParkSale(Destination):
    """The sale at hand is to wait: by what its customer is known."""

    back: Sell


@dataclass(frozen=True, slots=True)
class PromoCode(Destination):
    """A code that makes the sale cheaper."""

    back: Sell


@dataclass(frozen=True, slots=True)
class Parked(Destination):
    """Sales that wait."""


@dataclass(frozen=True, slots=True)
class BeginKiosk(Destination):
    """Lets customers serve themselves, once it is sure how staff ends that."""


# Over whatever page is up


@dataclass(frozen=True, slots=True)
class SignIn(Destination):
    """Nobody acts before somebody has signed in; the page below stays as it is."""


@dataclass(frozen=True, slots=True)
class Approve(Destination):
    """Somebody else approves one act, which is `then` done."""

    act: Act
    then: Callable[[Approval], None] = field(compare=False)


# After the sale


@dataclass(frozen=True, slots=True)
class Refund(Destination):
    """What goes back of an order. `is_undo` begins with all of it; `back` is where it came from."""

    order_id: OrderId
    back: Destination
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class Note(Destination):
    """What an order is found by, besides all else; or whose it is (`is_name`)."""

    order: Order
    back: Destination
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Swap(Destination):
    """One thing of an order for another."""

    order_id: OrderId
    back: Destination


@dataclass(frozen=True, slots=True)
class Transfer(Destination):
    """An order is to be another person's, whose `name` is asked for first."""

    order: Order
    back: Destination
    name: str = ""


# Beside the sale


@dataclass(frozen=True, slots=True)
class Orders(Destination):
    query: str = ""


@dataclass(frozen=True, slots=True)
class CheckIn(Destination):
    """The gate."""


@dataclass(frozen=True, slots=True)
class Problems(Destination):
    """Payments that are unknown; at the start of the till they are asked about at once."""

    is_start: bool = False


@dataclass(frozen=True, slots=True)
class ThisTill(Destination):
    """Reader, printer, hub and event of this till."""


@dataclass(frozen=True, slots=True)
class BeforeDoors(Destination):
    """All that is looked at before doors open."""


@dataclass(frozen=True, slots=True)
class PrinterSettings(Destination):
    """The printer of this till, and what waits for it."""


@dataclass(frozen=True, slots=True)
class Drills(Destination):
    """The drills of a training, and how the last one went."""


PLACES: Final[Mapping[type[Destination], Place]] = {
    Opening: Place("setup.StartPage", "setup.StartScreen"),
    Pairing: Place("setup.PairPage", "setup.PairScreen"),
    EventChoices: Place("setup.EventsPage", "setup.EventsScreen"),
    Stopped: Place("setup.StoppedPage", "setup.StoppedScreen"),
    HandingOver: Place("handing_over.HandOverPage", "handing_over.HandOverScreen"),
    MissingRecords: Place("incomplete.IncompletePage", "handing_over.HandOverScreen"),
    Sell: Place("sell.SellPage", "sell.SellScreen"),
    DonationAmount: Place("ask.DonationPage", "ask.AmountScreen"),
    GiftCardAmount: Place("gift_card.SellCardPage", "ask.AmountScreen"),
    GiftCard: Place("gift_card.GiftCardPage", "gift_card.GiftCardScreen"),
    ProductOption: Place("ask.OptionPage", "ask.OptionsScreen"),
    PriceKinds: Place("price_kind.PriceKindPage", "ask.OptionsScreen"),
    ParkSale: Place("park.ParkPage", "note.NoteScreen"),
    Group: Place("group.GroupPage", "ask.AmountScreen"),
    Discount: Place("discount.DiscountPage", "form.FormScreen"),
    PromoCode: Place("codes.CodePage", "note.NoteScreen"),
    Parked: Place("parked.ParkedPage", "parked.ParkedScreen"),
    **PAYMENT_PLACES,
    Note: Place("note.NotePage", "note.NoteScreen"),
    SignIn: Place("sign_in.SignInPage", "sign_in.SignInScreen"),
    Approve: Place("approve.ApprovePage", "approve.ApproveScreen"),
    Refund: Place("refund.RefundPage", "refund.RefundScreen"),
    Transfer: Place("transfer.TransferPage", "note.NoteScreen"),
    Swap: Place("swap.SwapPage", "swap.SwapScreen"),
    Orders: Place("orders.OrdersPage", "orders.OrdersScreen"),
    CheckIn: Place("check_in.CheckInPage", "check_in.CheckInScreen"),
    Problems: Place("problems.ProblemsPage", "problems.ProblemsScreen"),
    BeginKiosk: Place("kiosk_begin.BeginPage", "kiosk.KioskScreen"),
    **SHIFT_PLACES,
    ThisTill: Place("settings.TillPage", "till.TillScreen"),
    BeforeDoors: Place("preflight.PreflightPage", "preflight.PreflightScreen"),
    PrinterSettings: Place("printer.PrinterPage", "printer.PrinterScreen"),
    Drills: Place("drills.DrillsPage", "drills.DrillsScreen"),
}
"""A new screen is a value and a row here (or in a table of its own subject), a page with its view, and a screen."""

AT_A_GATE: Final = frozenset(
    {
        Opening,
        Pairing,
        EventChoices,
        Stopped,
        HandingOver,
        MissingRecords,
        SignIn,
        Approve,
        CheckIn,
        Problems,
        ThisTill,
        BeforeDoors,
    }
)
"""Where somebody may go who only lets people in: nothing is sold or given back there."""
