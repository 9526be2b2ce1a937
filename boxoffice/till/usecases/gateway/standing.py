"""Where the till stands: at its start, and what it tells the screens from then on."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.ids import EventId, ProductId, TenderId
from boxoffice.core.money import Money
from boxoffice.till.usecases.gateway.devices import CustomerDisplay, PrinterState, ReaderState
from boxoffice.till.usecases.gateway.kiosk import CallForHelp
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import TenderPaid, TenderRefused, UnknownPayment
from boxoffice.till.usecases.gateway.stock import Keeping, OffSale, PoolStock
from boxoffice.till.usecases.gateway.team import NO_TEAM, Team


class Ended(IntEnum):
    """How a till's window was left. The first is what a program returns that went well."""

    CLOSED = 0
    FOR_TRAINING = 64
    """Somebody wants to practise: the till's file is shut first."""


@dataclass(frozen=True, slots=True)
class EventChoice:
    """An event that this till may sell for."""

    id: EventId
    name: str
    venue: str
    first_day: date
    last_day: date


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
    papers_waiting: int = 0
    """What is to be printed, and is not out."""
    drawer_at: str = ""
    """At which till the drawer for this one's cash is, if it is not here."""
    customer_display: CustomerDisplay = CustomerDisplay.OFF
    camera: str = ""
    """Which camera reads codes here; empty for none."""
    drawer_problem: str = ""
    """Why the drawer did not open the last time."""
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
    language: str = ""
    """Which language was chosen for this till; empty as long as none was."""
    backup_problem: str = ""
    """Why the last backup of this till's file could not be made."""
    clock_off_s: int = 0
    orders_taken: int = 0
    orders_to_take: int = 0
    """How many orders of others there were when this till began to take them; 0 once it has had all."""
    calls: tuple[CallForHelp, ...] = ()
    """Who needs help at a kiosk of the event."""
    silent: tuple[str, ...] = ()
    """What the till should do by itself, and has not done for two minutes."""
    can_offer: bool = False
    """Whether customers can pay by phone while the till has no network: it knows where to send them."""

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


TillEvent = TillStatus | PaymentResolved | CatalogueChanged | HandOver | Incomplete | Team


@dataclass(frozen=True, slots=True)
class NeedsPairing:
    """This till belongs to no hub yet."""

    hub_url: str = ""


@dataclass(frozen=True, slots=True)
class NeedsEvent:
    """Paired, but nobody has said yet what to sell for."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Ready to sell; `unknown` must be asked about before anything else. `parked` are sales that wait.

    `team` are those who may sign in first, where staff is kept.
    """

    catalogue: Catalogue
    status: TillStatus
    unknown: tuple[UnknownPayment, ...] = ()
    parked: tuple[Order, ...] = ()
    team: Team = NO_TEAM
    is_kiosk: bool = False
    """Whether it was a kiosk that nobody left: after a power cut it is one again."""


TillState = NeedsPairing | NeedsEvent | Ready | HandOver | Incomplete
