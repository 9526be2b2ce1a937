"""The port between the screens and the till: all that a screen can ask for, and all that it is told.

Every method but `now` may block on disk or network, so the screens only call them on a background thread.
Times are aware and in the event's own time zone. An operation that fails raises `core.errors.OperationFailed` with what
happened, what is safe and what to do; words in it go to the screen as they are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.declines import Refusal
from boxoffice.core.ids import EventId, OrderId, PoolId, ProductId, TenderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.sale_times import SaleState, SaleTimes
from boxoffice.core.tenders import TenderKind


@dataclass(frozen=True, slots=True)
class EventChoice:
    """An event that this till may sell for."""

    id: EventId
    name: str
    venue: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`count` times one product in an order; `total` is what the customer pays for all of them."""

    name: str
    detail: str
    count: int
    total: Money


@dataclass(frozen=True, slots=True)
class Tender:
    """One payment towards an order. `words` is such as `Visa ending 4242`, or why it was given."""

    id: TenderId
    kind: TenderKind
    amount: Money
    status: PaymentStatus
    words: str = ""
    tendered: Money | None = None
    """What the customer gave, for cash only."""
    given_back: Money | None = None
    """What went back of it, or is on its way back."""
    is_back: bool = False
    """Whether all that went back has arrived there."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as this till knows it. While it is processing, its units are held, without an end.

    `sums` are the rows between the lines and the total, which add up to it.

    `ticket_count` are those that it has, or will have when it is paid; voided ones don't count.

    `mail` is what became of the last mail that it was asked for: waiting, queued, sent, delivered, bounced or failed.
    """

    id: OrderId
    number: str
    state: OrderState
    channel: Channel
    placed_at: datetime
    lines: tuple[OrderLine, ...]
    sums: tuple[tuple[str, Money], ...]
    total: Money
    tenders: tuple[Tender, ...]
    ticket_count: int
    device_name: str
    email: str = ""
    mail: str = ""
    is_synced: bool = False

    @property
    def paid(self) -> Money:
        """What has been captured so far; money whose outcome is unknown is not in it."""
        minor = sum(tender.amount.minor for tender in self.tenders if tender.status is PaymentStatus.CAPTURED)
        return Money(minor, self.total.currency)

    @property
    def due(self) -> Money:
        return self.total - self.paid

    @property
    def is_paid(self) -> bool:
        return self.state is OrderState.COMPLETED


@dataclass(frozen=True, slots=True)
class UnknownPayment:
    """A payment that may have been taken or not; it is asked about until that is known."""

    id: TenderId
    order: Order
    kind: TenderKind
    amount: Money
    since: datetime
    reason: str
    checks: int = 0
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TenderPaid:
    """The money is taken and saved. The order is complete when nothing is due any more."""

    order: Order
    card: str = ""


@dataclass(frozen=True, slots=True)
class TenderRefused:
    """Nothing was charged, for sure. The order stays open and its units held."""

    order: Order
    message: str = ""
    why: Refusal = Refusal.OTHER

    @property
    def is_cancelled(self) -> bool:
        return self.why is Refusal.CANCELLED


@dataclass(frozen=True, slots=True)
class TenderUnknown:
    """Nobody knows yet."""

    payment: UnknownPayment


TenderOutcome = TenderPaid | TenderRefused | TenderUnknown


class Stage(Enum):
    """How far a reader or phone payment has come. Stages only go forward."""

    SENT = "sent"
    """The reader has the amount, or the code is on the screen."""
    OPENED = "opened"
    """Phone only: the customer has opened the payment page."""
    PRESENTED = "presented"
    """The card was read, or the customer is paying."""
    CANCELLING = "cancelling"


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a payment under way. A phone payment's has its `link`, and the `seconds_left` that the hub gives."""

    stage: Stage
    at: datetime
    link: str = ""
    seconds_left: float | None = None


OnProgress = Callable[[Progress], None]
"""Called on whatever thread the payment runs."""


class ReaderState(Enum):
    NONE = "none"
    CHECKING = "checking"
    """Chosen, and not heard of yet since the till was started."""
    READY = "ready"
    IN_USE = "in use"
    OFFLINE = "offline"
    NEEDS_INTERNET = "needs internet"


class PrinterState(Enum):
    NONE = "none"
    READY = "ready"
    PAPER_LOW = "paper low"
    PAPER_OUT = "paper out"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Reader:
    id: str
    label: str
    state: ReaderState
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class PoolStock:
    """What is left of a pool: `here` may be sold by this till with no network, `overall` by all together.

    `share` is how much this till should hold, or does hold if that is more. `held` are being paid for, on the web or at
    this till, the first of them until `retry_at`. The till asks for more by itself when no more than `asks_at` are
    here; `stock` is how many it may hold for a bad network.
    """

    pool_id: PoolId
    name: str
    capacity: int
    here: int
    share: int
    overall: int
    held: int = 0
    retry_at: datetime | None = None
    asks_at: int = 0
    stock: int = 0

    @property
    def elsewhere(self) -> int:
        """Returns what others have: the web, the other tills, and what nobody has yet."""
        return self.overall - self.here


class NotEnoughHere(NotEnoughLeft):
    """This till has too little, and more did not come; nothing was sold.

    `stock` is each pool that is short, as it stands now. `shortages` is what this till itself has of it.
    """

    def __init__(self, stock: Sequence[PoolStock], *, is_online: bool) -> None:
        self.stock, self.is_online = tuple(stock), is_online
        super().__init__({pool.pool_id: max(pool.here, 0) for pool in stock})


class Keeping(Enum):
    """How many places a till keeps to sell with no network; the hub bounds it in any case."""

    NOTHING = "nothing"
    """None that no sale under way needs, until something is sold here again."""
    USUAL = "usual"
    STOCK = "stock"
    """More than it sells in the next minutes, for a bad network."""


@dataclass(frozen=True, slots=True)
class OffSale:
    """A product that is not sold now. `is_sure` by the hub's time; else this computer's clock may be what is wrong."""

    product_id: ProductId
    state: SaleState
    times: SaleTimes
    is_sure: bool


@dataclass(frozen=True, slots=True)
class TillStatus:
    """What the status strip shows. Sent anew at every change; `synced_at` is when the hub last had everything."""

    device_name: str
    hub_url: str
    is_online: bool
    offline_since: datetime | None
    unsent: int
    synced_at: datetime | None
    reader: ReaderState
    reader_name: str
    printer: PrinterState
    printer_name: str
    stock: tuple[PoolStock, ...] = ()
    off_sale: tuple[OffSale, ...] = ()
    keeping: Keeping = Keeping.USUAL
    unknown_payments: int = 0
    hub_problems: int = 0
    """How many of the hub's open problems concern this till, as far as it knows."""
    problems_tag: str = ""
    parked: int = 0
    """Sales that wait for their customer to come back, or for their payment."""
    is_disk_low: bool = False
    backup_problem: str = ""
    """Why the last backup of this till's file could not be made."""
    clock_off_s: int = 0
    silent: tuple[str, ...] = ()
    """What the till should do by itself, and has not done for two minutes."""

    def off_sale_of(self, product: ProductId) -> OffSale | None:
        """Returns why a product is not sold now, if so."""
        return next((each for each in self.off_sale if each.product_id == product), None)


@dataclass(frozen=True, slots=True)
class PaymentResolved:
    """An unknown payment has become known, whatever screen is up. Never a `TenderUnknown`."""

    payment_id: TenderId
    outcome: TenderPaid | TenderRefused


@dataclass(frozen=True, slots=True)
class CatalogueChanged:
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class HandOver:
    """This till was revoked: it sells no more, and hands over what it holds.

    `unsent` counts what the hub does not have; `unfinished` the orders that came to no end here. `exported_to` is the
    file with all that is unsent, once there is one; `problem` is why the last sending came to nothing.
    """

    device_name: str
    hub_url: str
    unsent: int
    cash: tuple[Money, ...] = ()
    unfinished: int = 0
    exported_to: str = ""
    problem: str = ""

    @property
    def is_done(self) -> bool:
        return not self.unsent


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Records are missing in this till's file: it sells nothing until they are back, or a person goes on without.

    `missing` names them, `7K2 51 to 60`; `count` is 0 where nobody knows how many. `problem` is why the last look came
    to nothing. `printed` are the numbers of orders of which papers went out, and which are not here. Once it `is_done`,
    the till may be opened.
    """

    device_name: str
    missing: str
    count: int
    is_done: bool = False
    problem: str = ""
    printed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HubRemedy:
    """What can be done about a problem of the hub; `at_till` if this till may. `why_not` stands against it now."""

    name: str
    label: str
    effect: str
    why_not: str = ""
    at_till: bool = False


@dataclass(frozen=True, slots=True)
class HubProblem:
    """Something open at the hub that concerns this till or its orders, in the hub's words."""

    id: str
    title: str
    detail: str
    safe: str
    affects: str
    at: datetime
    order_number: str = ""
    remedies: tuple[HubRemedy, ...] = ()


@dataclass(frozen=True, slots=True)
class HubProblems:
    """What was open `as_of` then; None if the hub has never said. Another `tag` says that it has changed."""

    problems: tuple[HubProblem, ...] = ()
    as_of: datetime | None = None
    tag: str = ""
    has_more: bool = False


TillEvent = TillStatus | PaymentResolved | CatalogueChanged | HandOver | Incomplete


@dataclass(frozen=True, slots=True)
class NeedsPairing:
    """This till belongs to no hub yet."""

    hub_url: str = ""


@dataclass(frozen=True, slots=True)
class NeedsEvent:
    """Paired, but nobody has said yet what to sell for."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Ready to sell; `unknown` must be asked about before anything else. `parked` are sales that wait."""

    catalogue: Catalogue
    status: TillStatus
    unknown: tuple[UnknownPayment, ...] = ()
    parked: tuple[Order, ...] = ()


TillState = NeedsPairing | NeedsEvent | Ready | HandOver | Incomplete


@dataclass(frozen=True, slots=True)
class Found:
    """The newest orders that match, and how many match in all."""

    orders: tuple[Order, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scanned code is: of which order of this till, if of one, and of which product, if it is a ticket."""

    order: Order | None = None
    product: str = ""


class Paperwork(Enum):
    """What an order has on paper."""

    RECEIPT = "receipt"
    TICKETS = "tickets"


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

    def take_cash(self, order_id: OrderId, amount: Money, tendered: Money) -> Order:
        """Takes `amount` of what is due in cash; the customer gave `tendered`."""

    def take(self, order_id: OrderId, kind: TenderKind, amount: Money, reason: str) -> Order:
        """Takes `amount` of what is due by a tender that a word is enough for (see `tenders.is_given`)."""

    def pay_by_reader(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        """Blocks until the reader's payment has ended or is unknown."""

    def pay_by_phone(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        """Blocks until the code was paid, has ended, or its outcome is unknown."""

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

    def give_back(self, order_id: OrderId, why: str) -> Order:
        """Ends an order that was paid in part: cash is back, the rest is asked for; its units are let go."""

    def unknown_payments(self) -> tuple[UnknownPayment, ...]:
        """Returns the payments whose outcome is not known, oldest first."""

    def hub_problems(self) -> HubProblems:
        """Returns what is open at the hub about this till and its orders, as far as it knows: also offline."""

    def decide(self, problem_id: str, remedy: str) -> HubProblems:
        """Does a remedy that this till may do; returns what is open then. One that can't be done changes nothing."""

    def check_again(self, payment_id: TenderId) -> TenderOutcome:
        """Asks the provider about an unknown payment now."""

    def find_orders(self, query: str, most: int) -> Found:
        """Returns the orders of this till that match, newest first, the first `most` of them; all for no query."""

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

    def sync_now(self) -> None:
        """Tries to reach the hub at once; the outcome comes as `TillStatus`."""
