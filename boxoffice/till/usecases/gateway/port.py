"""The port between the screens and the till: all that a screen can ask for, and all that it is told.

Every method but `now` may block on disk or network, so the screens only call them on a background thread.
Times are aware and in the event's own time zone. An operation that fails raises `core.errors.OperationFailed` with what
happened, what is safe and what to do; words in it go to the screen as they are.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.ids import EventId, OrderId, StaffId, TenderId
from boxoffice.core.limits import Extent
from boxoffice.core.money import Money
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.pricing import Cart, PricedOrder
from boxoffice.core.reductions import Reduction
from boxoffice.core.rights import Right
from boxoffice.core.staff import Person
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.after_sale import RefundChoice, RefundStep, RefundWish, Seen
from boxoffice.till.usecases.gateway.devices import CustomerDisplay, Reader
from boxoffice.till.usecases.gateway.gate import GatePort
from boxoffice.till.usecases.gateway.gift_cards import CardAtHand, CashedOut
from boxoffice.till.usecases.gateway.kiosk import KioskPort
from boxoffice.till.usecases.gateway.orders import Found, Order, Paperwork, Scanned, Which
from boxoffice.till.usecases.gateway.parked import ParkedSale, TakenUp
from boxoffice.till.usecases.gateway.paying import OnProgress, TenderOutcome, UnknownPayment
from boxoffice.till.usecases.gateway.preflight import PreflightPort
from boxoffice.till.usecases.gateway.printing import PrinterPort
from boxoffice.till.usecases.gateway.problems import HubProblems
from boxoffice.till.usecases.gateway.shifts import ShiftPort
from boxoffice.till.usecases.gateway.standing import EventChoice, HandOver, Ready, TillEvent, TillState
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.gateway.team import Approval, Team

T = TypeVar("T")


class TillGateway(Protocol):
    """The till behind the screens."""

    def now(self) -> datetime:
        """Returns the time, at once, in the event's time zone (before there is one, in the machine's)."""

    def elapsed_s(self) -> float:
        """Returns seconds by a clock that only goes forward: what is waited for is measured by it, and by no other."""

    def open(self) -> TillState:
        """Returns where the till stands at start."""

    def subscribe(self, listener: Callable[[TillEvent], None]) -> None:
        """Tells the listener from now on, on any thread."""

    def pair(self, hub_url: str, code: str) -> TillState:
        """Pairs with a hub. A wrong or old code is an `OperationFailed` in plain words."""

    def events(self) -> tuple[EventChoice, ...]:
        """Returns the events that this till may sell for, nearest first."""

    def choose_event(self, event_id: EventId) -> Ready:
        """Takes the event's catalogue and a share of its places."""

    # One order: placed once, at the prices that the customer was told, then any number of tenders until nothing is due.

    def sell_for_cash(self, quote: PricedOrder, tendered: Money, /) -> Order:
        """Places the order and takes all of it in cash, in one transaction. Raises `NotEnoughHere`."""

    def place(self, quote: PricedOrder, /) -> Order:
        """Places an order and holds its units, for the other ways to pay. Raises `NotEnoughHere`."""

    def allow(self, reduction: Reduction, extent: Extent, tickets: int = 0) -> Reduction:
        """Returns a discount with who has approved it; `extent` is how far it goes with all that nobody has.

        A comp is held to the event's budget, with all `tickets` that the sale gives away then. Raises `NotAllowed`, or
        `NeedsApproval`.
        """

    def comps_given(self) -> CompsGiven:
        """Returns how many tickets are given away at the event, as far as this till knows."""

    def take_cash(self, order_id: OrderId, amount: Money, tendered: Money) -> Order:
        """Takes `amount` of what is due in cash; the customer gave `tendered`."""

    def take(self, order_id: OrderId, kind: TenderKind, amount: Money, reason: str) -> Order:
        """Takes `amount` of what is due by a tender that a word is enough for (see `tenders.is_given`)."""

    def look_at_card(self, code: str) -> CardAtHand:
        """Returns how a gift card stands, by its code: what of it can be spent here, and what is elsewhere."""

    def pay_by_card(self, order_id: OrderId, code: str, amount: Money) -> Order:
        """Takes `amount` of what is due off a gift card, of what of it is kept for this till."""

    def cash_out_card(self, code: str, why: str) -> CashedOut:
        """Pays what is left of a gift card out of the drawer; all but a small rest needs the right to refund."""

    def pay_by_reader(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        """Blocks until the reader's payment has ended or is unknown."""

    def pay_by_phone(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        """Blocks until the code was paid, has ended, or its outcome is unknown; with no network, it is an offer."""

    def take_paid_code(self, order_id: OrderId, readings: Sequence[str]) -> bool:
        """Takes the code by which a customer's phone shows that an offer was paid; returns whether it is such a code.

        Raises:
            OperationFailed: if it is forged, of another order, or was taken before.
        """

    def take_typed_code(self, order_id: OrderId, typed: str) -> None:
        """Takes the letters that stand under such a code, where it can't be scanned.

        Raises:
            OperationFailed: if they are wrong, or too many were.
        """

    def cancel_payment(self, order_id: OrderId) -> None:
        """Asks for the order's running payment to end. Its own call returns what came of it, paid or not."""

    def extend_payment(self, order_id: OrderId) -> float:
        """Gives a phone payment five more minutes; returns how many seconds it has now."""

    def abandon(self, order_id: OrderId) -> None:
        """Ends an order of which nothing is paid or unknown, and lets its units go."""

    def stop_waiting(self, order_id: OrderId) -> None:
        """Lets the order's running phone payment go on by itself; its own call then returns, with `TenderUnknown`."""

    def wait_again(self, payment_id: TenderId, on_progress: OnProgress) -> TenderOutcome:
        """Blocks like `pay_by_phone`, for a phone payment that was left to itself: its code is shown again."""

    def parked(self) -> tuple[Order, ...]:
        """Returns the orders that wait for money while nobody is being served, oldest first."""

    def park(self, cart: Cart, name: str, code: str = "") -> None:
        """Lets a cart wait for its customer, with the prices that it was shown at; nothing is held for it."""

    def parked_carts(self) -> tuple[ParkedSale, ...]:
        """Returns the carts that wait, those that were parked first first: own ones, and others' while it is online."""

    def take_parked(self, cart_id: str) -> TakenUp:
        """Returns a cart that waits no more. Another till's comes by the hub, if nobody was faster."""

    def give_back(self, order_id: OrderId, why: str) -> Order:
        """Ends an order that was paid in part: cash is back, the rest is asked for; its units are let go."""

    def refund_choice(self, order_id: OrderId) -> RefundChoice:
        """Returns what can be given back of a finished order, of this till or of any other of the event."""

    def refund(self, order_id: OrderId, wish: RefundWish) -> RefundStep:
        """Gives back what was shown: own cash at once, all else through the hub; returns how far that has come."""

    def swap(self, order_id: OrderId, things: Sequence[PartKey], wanted: Cart) -> Order:
        """Places what an order's things are swapped for; it waits for the difference, or is done where none is due."""

    def collect(self, order_id: OrderId, seen: Seen) -> Order:
        """Hands over what was bought elsewhere, with what showed that it was theirs."""

    def rename(self, order_id: OrderId, name: str) -> Order:
        """Keeps the name that an order is for from now on; the hub is asked to where others have sold it."""

    def void(self, order_id: OrderId, things: Sequence[PartKey], why: str = "") -> RefundStep:
        """Ends tickets that no money paid for; returns how far that has come."""

    def transfer(self, order_id: OrderId, name: str, email: str) -> Order:
        """Gives the order to another person: its codes end, and its tickets have new ones."""

    def keep_note(self, order_id: OrderId, note: str) -> Order:
        """Keeps a note to find an order of this till by; one that has a card's number in it is refused."""

    def unknown_payments(self) -> tuple[UnknownPayment, ...]:
        """Returns the payments whose outcome is not known, oldest first."""

    def hub_problems(self) -> HubProblems:
        """Returns what is open at the hub about this till and its orders, as far as it knows: also offline."""

    def decide(self, problem_id: str, remedy: str) -> HubProblems:
        """Does a remedy that this till may do; returns what is open then. One that can't be done changes nothing."""

    def check_again(self, payment_id: TenderId) -> TenderOutcome:
        """Asks the provider about an unknown payment now."""

    def find_orders(self, query: str, most: int, where: Which = Which.ANYWHERE) -> Found:
        """Returns the orders of the event that match, newest first, the first `most` of them; all for no query."""

    def look_up(self, readings: Sequence[str]) -> Scanned:
        """Returns what a scanned code is, by what it may say."""

    def last_sale(self) -> Order | None:
        """Returns the newest order of this till that was paid."""

    def order(self, order_id: OrderId) -> Order: ...

    def print(self, order_id: OrderId, what: Paperwork) -> int:
        """Prints; returns when the printer has taken it, and which copy it is (0 for the first one)."""

    def save_pdf(self, order_id: OrderId, what: Paperwork) -> Path:
        """Writes the PDF into the person's documents folder and returns where."""

    def send_email(self, order_id: OrderId, address: str) -> bool:
        """Asks the hub to mail receipt and tickets. Returns whether the hub has it (else it waits here, safely)."""

    def readers(self) -> tuple[Reader, ...]: ...

    def choose_reader(self, reader_id: str) -> None: ...

    def choose_language(self, language: str) -> None:
        """Keeps which language this till speaks when it is opened."""

    def show_on_reader(self, quote: PricedOrder | None) -> None:
        """Shows the cart on the reader's own display, soon, or none; at once, and never told whether it came to be."""

    def show_customer(self, display: CustomerDisplay) -> None:
        """Keeps where the customer sees the sale."""

    def choose_camera(self, name: str) -> None:
        """Keeps which camera reads codes here, by its name; empty for none."""

    # A till whose file lacks records.

    def take_back(self) -> TillState:
        """Takes back what is missing from whoever has it; says where the till stands then."""

    def go_on_without(self) -> TillState:
        """Goes on without what is missing, which is not sold again: a person's decision."""

    # A till that was revoked.

    def hand_over(self) -> HandOver:
        """Sends what the hub does not have yet; says where that stands."""

    def export_unsent(self) -> HandOver:
        """Writes what the hub does not have into a file in the person's documents folder."""

    def begin_anew(self, *, is_export_safe: bool) -> TillState:
        """Puts this till's file aside, to be paired as a new till; only when nothing can be lost by it."""

    def keep_places(self, how: Keeping) -> int:
        """Takes more places for a bad network, the usual ones, or gives back what no sale needs.

        Returns how many more are here now, of all pools together. Raises `OperationFailed` without the hub.
        """

    # Who works here, where staff is kept.

    def team(self) -> Team:
        """Returns who may sign in, and who has. It is told when that changes."""

    def sign_in(self, staff_id: StaffId, pin: str) -> Person:
        """Lets somebody act from now on. Raises `WrongPin` or `ShutOut`."""

    def sign_in_by_badge(self, readings: Sequence[str]) -> Person:
        """Lets whose badge was scanned act from now on. Raises `NoBadge`."""

    def lock(self) -> None:
        """Lets nobody act until somebody signs in. What is under way goes on, with who began it."""

    def lock_after(self, seconds: int) -> None:
        """Asks again who is there after so long without a touch; 0 for never."""

    def approve(self, right: Right, pin: str, by: StaffId | None = None) -> Approval:
        """Returns the leave of whoever's PIN it is, for one act. Raises `WrongPin` or `ShutOut`.

        `by` is whose it must be, where somebody is named: another, or who acts and signs it.
        """

    def approve_by_badge(self, right: Right, readings: Sequence[str], by: StaffId | None = None) -> Approval:
        """Returns the leave of whose badge was scanned, as `approve`. Raises `NoBadge` or `NotAllowed`."""

    def approved(self, approval: Approval, act: Callable[[], T], /) -> T:
        """Does the one act that an approval is for; what it writes names both."""

    @property
    def gate(self) -> GatePort:
        """The gate that this machine stands at."""

    def sell_and_let_in(self, quote: PricedOrder, tendered: Money, /) -> tuple[Order, int]:
        """Sells for cash and lets in all that opens the gate now, in one transaction; returns how many came in."""

    @property
    def kiosk(self) -> KioskPort:
        """The kiosk that this till can be."""

    @property
    def shifts(self) -> ShiftPort:
        """The shift and the cash of this till."""

    @property
    def preflight(self) -> PreflightPort:
        """The look at this till before doors open."""

    @property
    def printing(self) -> PrinterPort:
        """The printer and the drawer of this till."""

    def in_cash(self, amount: Money) -> Money:
        """Returns, at once, what cash pays for an amount: as it is, or rounded by the event's rule."""

    def sync_now(self) -> None:
        """Tries to reach the hub at once; the outcome comes as `TillStatus`."""
