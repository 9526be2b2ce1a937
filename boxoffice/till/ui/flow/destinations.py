"""Where the till can go: each page by a frozen value with what it needs, and the table of who answers there.

Nothing here is imported to be shown: a page and its screen are first loaded when somebody goes there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from boxoffice.core.catalogue import Product
from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Money
from boxoffice.core.staff import Person
from boxoffice.till.ui.actions import Destination, Do
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import TenderPaid, TenderRefused, UnknownPayment
from boxoffice.till.usecases.gateway.shifts import ReportView, ShiftNow
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


# Its payment


@dataclass(frozen=True, slots=True)
class Cash(Destination):
    """Cash for the bill at hand."""


@dataclass(frozen=True, slots=True)
class Given(Destination):
    """The bill at hand, or its next part, by a tender that a word is enough for."""


@dataclass(frozen=True, slots=True)
class Split(Destination):
    """What is paid of the bill at hand, and how much the next tender takes."""


@dataclass(frozen=True, slots=True)
class ReaderChoice(Destination):
    """Which reader, before the first card payment."""


@dataclass(frozen=True, slots=True)
class ReaderPayment(Destination):
    """Begins a card payment on the reader, and waits for it."""

    order: Order


@dataclass(frozen=True, slots=True)
class PhonePayment(Destination):
    """Begins a payment on the customer's phone, or waits `again` for one that was left to itself."""

    order: Order
    again: UnknownPayment | None = None


@dataclass(frozen=True, slots=True)
class PhonePaid(Destination):
    paid: TenderPaid
    amount: Money
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused(Destination):
    """Nothing was charged; `retry` is the way that was tried."""

    outcome: TenderRefused
    retry: Do


@dataclass(frozen=True, slots=True)
class PaymentUnknown(Destination):
    payment: UnknownPayment


@dataclass(frozen=True, slots=True)
class GiveBack(Destination):
    """The rest of the bill at hand can't be paid."""


@dataclass(frozen=True, slots=True)
class GivenBack(Destination):
    order: Order


@dataclass(frozen=True, slots=True)
class SaleComplete(Destination):
    order: Order


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
class Shift(Destination):
    """The shift that is open, or the way to one."""


@dataclass(frozen=True, slots=True)
class OpenShift(Destination):
    now: ShiftNow


@dataclass(frozen=True, slots=True)
class CountDrawer(Destination):
    """Count first: to close the shift, or to hand it over `to` somebody."""

    now: ShiftNow
    to: Person | None = None
    is_hand_over: bool = False


@dataclass(frozen=True, slots=True)
class CloseShift(Destination):
    """What was counted beside what should be there, and the end of the shift, or of one's own part of it."""

    now: ShiftNow
    to: Person | None = None
    is_hand_over: bool = False


@dataclass(frozen=True, slots=True)
class MoveCash(Destination):
    now: ShiftNow


@dataclass(frozen=True, slots=True)
class HandOverDrawer(Destination):
    now: ShiftNow


@dataclass(frozen=True, slots=True)
class DrawerReason(Destination):
    """Why the drawer is opened for no sale."""

    now: ShiftNow


@dataclass(frozen=True, slots=True)
class ShiftReport(Destination):
    """An X or a Z report."""

    report: ReportView
    is_just_closed: bool = False
    """Whether it is to be printed at once."""


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


@dataclass(frozen=True, slots=True)
class Place:
    """Who answers at a destination: a page of `ui.flow`, and the screen of `ui.screens` that draws its view."""

    page: str
    screen: str


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
    Cash: Place("cash.CashPage", "cash.CashScreen"),
    Given: Place("given.GivenPage", "given.GivenScreen"),
    Split: Place("split.SplitPage", "split.SplitScreen"),
    ReaderChoice: Place("readers.PickReaderPage", "reader.PickReaderScreen"),
    ReaderPayment: Place("reader.ReaderPage", "reader.ReaderScreen"),
    PhonePayment: Place("phone.PhonePage", "phone.PhoneScreen"),
    PhonePaid: Place("phone_paid.PhonePaidPage", "phone.PhonePaidScreen"),
    Refused: Place("answer.RefusedPage", "answer.AnswerScreen"),
    PaymentUnknown: Place("unknown.UnknownPage", "answer.AnswerScreen"),
    GiveBack: Place("give_back.GiveBackPage", "give_back.GiveBackScreen"),
    GivenBack: Place("give_back.GivenBackPage", "answer.AnswerScreen"),
    SaleComplete: Place("complete.CompletePage", "complete.CompleteScreen"),
    Note: Place("note.NotePage", "note.NoteScreen"),
    SignIn: Place("sign_in.SignInPage", "sign_in.SignInScreen"),
    Approve: Place("approve.ApprovePage", "approve.ApproveScreen"),
    Refund: Place("refund.RefundPage", "refund.RefundScreen"),
    Transfer: Place("transfer.TransferPage", "note.NoteScreen"),
    Swap: Place("swap.SwapPage", "swap.SwapScreen"),
    Orders: Place("orders.OrdersPage", "orders.OrdersScreen"),
    CheckIn: Place("check_in.CheckInPage", "check_in.CheckInScreen"),
    Problems: Place("problems.ProblemsPage", "problems.ProblemsScreen"),
    Shift: Place("shift.ShiftPage", "form.FormScreen"),
    OpenShift: Place("shift_open.OpenPage", "form.FormScreen"),
    CountDrawer: Place("shift_count.CountPage", "form.FormScreen"),
    CloseShift: Place("shift_close.ClosePage", "form.FormScreen"),
    MoveCash: Place("cash_move.MovePage", "form.FormScreen"),
    HandOverDrawer: Place("shift_hand_over.HandOverDrawerPage", "form.FormScreen"),
    DrawerReason: Place("shift_drawer.DrawerPage", "form.FormScreen"),
    ShiftReport: Place("shift_report.ReportPage", "form.FormScreen"),
    BeginKiosk: Place("kiosk_begin.BeginPage", "kiosk.KioskScreen"),
    ThisTill: Place("settings.TillPage", "till.TillScreen"),
    BeforeDoors: Place("preflight.PreflightPage", "preflight.PreflightScreen"),
    PrinterSettings: Place("printer.PrinterPage", "printer.PrinterScreen"),
    Drills: Place("drills.DrillsPage", "drills.DrillsScreen"),
}
"""A new screen is a value and a row here, a page with its view, and a screen."""
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
