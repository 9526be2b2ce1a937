"""Orders as the screens show them, and what is found when one is looked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.money import Money
from boxoffice.core.orders import HELD, Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TenderKind


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
    rounding: Money | None = None
    """What cash was rounded by, if at all; negative for what was let go."""
    given_back: Money | None = None
    """What went back of it, or is on its way back."""
    is_back: bool = False
    """Whether all that went back has arrived there."""

    @property
    def received(self) -> Money:
        """What came into the drawer, or was charged."""
        return self.amount if self.rounding is None else self.amount + self.rounding


class Which(Enum):
    """Which orders somebody looks for: by where they were sold, how they stand, when, or by whom."""

    ANYWHERE = "anywhere"
    WEB = "web"
    DOORS = "doors"
    """At other tills."""
    HERE = "here"
    TO_COLLECT = "to_collect"
    TODAY = "today"
    """The event's day: a night belongs to the day on which it began."""
    MINE = "mine"
    """Sold here by whoever has signed in."""
    REFUNDED = "refunded"
    """In whole or in part."""
    UNSENT = "unsent"
    """Of which the hub does not have all, such as what was sold with no network."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as this till knows it. While it is processing, its units are held, without an end.

    `sums` are the rows between the lines and the total, which add up to it.

    `credit` is what things of another order will pay of it as it ends (a swap); nothing once it has.

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
    credit: Money | None = None
    name: str = ""
    phone: str = ""
    note: str = ""
    waits: tuple[str, ...] = ()
    """What was asked of the hub about it and is not done, or was refused, in words."""
    adds_to: str = ""
    """The number of the order that this one was added to, as it was sold."""
    card_count: int = 0
    """How many gift cards it has, or will have when it is paid."""
    is_collected: bool = False
    """Whether it was handed over at a door."""
    is_elsewhere: bool = False
    """Whether others have sold it: it is shown as the hub told it last, and changed through the hub alone."""

    @property
    def waits_for_collection(self) -> bool:
        """Whether somebody who bought on the web may come for it."""
        return self.channel is Channel.WEB and self.state in HELD and not self.is_collected

    @property
    def paid(self) -> Money:
        """What has been captured so far; money whose outcome is unknown is not in it."""
        minor = sum(tender.amount.minor for tender in self.tenders if tender.status is PaymentStatus.CAPTURED)
        return Money(minor, self.total.currency)

    @property
    def due(self) -> Money:
        due = self.total - self.paid
        return due if self.credit is None else due - self.credit

    @property
    def is_paid(self) -> bool:
        return self.state is OrderState.COMPLETED


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
