"""Projections: the rows that facts add up to, and what can be read of them about an order and its money."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum
from typing import Any, Final, Self

from boxoffice.core.cash_rounding import CashPaid
from boxoffice.core.catalogue import ProductKind
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.payloads.tickets import TicketsIssued
from boxoffice.core.payments import LIVE, DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.scans import ScanRow
from boxoffice.core.staff import StaffRole, StaffStatus
from boxoffice.core.tenders import TenderKind
from boxoffice.core.value_rows import StoredValueRow, ValueLeaseRow


class TicketStatus(Enum):
    VALID = "valid"
    VOIDED = "voided"


class ExceptionStatus(Enum):
    OPEN = "open"
    RESOLVED = "resolved"


class ShiftStatus(Enum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """`placed_by` is the device that took it."""

    id: str
    order_number: str
    event_id: str
    channel: Channel
    status: OrderState
    total_amount: int
    currency: str
    placed_by: str


@dataclass(frozen=True, slots=True)
class OrderItemRow:
    """`line` counts from 0."""

    order_id: str
    line: int
    item_type: ProductKind
    product_id: str
    item_name: str
    quantity: int
    unit_price: int
    subtotal: int


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """`id` is the tender's. Cash may be rounded: it was received with `rounding` (see `CashPaid`). `card_id` is a gift
    card's."""

    id: str
    order_id: str
    tender: TenderKind
    provider_reference: str | None
    amount: int
    currency: str
    status: PaymentStatus
    rounding: int = 0
    rounded_to: int = 0
    card_id: str | None = None

    @property
    def is_live(self) -> bool:
        """Returns whether it may still end: the money may come, or not."""
        return self.status in LIVE


@dataclass(frozen=True, slots=True)
class RefundRow:
    id: str
    payment_id: str
    amount: int
    status: RefundStatus
    rounding: int = 0

    @property
    def is_alive(self) -> bool:
        """Returns whether the money is on its way, or back."""
        return self.status is not RefundStatus.FAILED


@dataclass(frozen=True, slots=True)
class Asked:
    """A refund as it was asked for, and the device that did."""

    request: RefundRequested
    device_id: str


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """`withdrawn` is what the bank has of the payment now, `lost` what of that is lost for good, in minor units."""

    id: str
    payment_id: str
    amount: int
    currency: str
    status: DisputeState
    withdrawn: int
    lost: int


@dataclass(frozen=True, slots=True)
class TicketRow:
    id: str
    order_id: str
    product_id: str
    status: TicketStatus


@dataclass(frozen=True, slots=True)
class Voided:
    """When a ticket was voided."""

    ticket_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One person's time at one till, or that of several who handed the drawer on; people by the ids of staff.

    Its facts are those of its till from (`first_epoch`, `first_seq`) to (`last_epoch`, `last_seq`). `expected_amount`
    and `counted_amount` are those of the last count that was signed.
    """

    id: str
    device_id: str
    event_id: str
    drawer: str
    opened_by: str | None
    held_by: str | None
    closed_by: str | None
    approved_by: str | None
    status: ShiftStatus
    opened_at: datetime
    closed_at: datetime | None
    z_number: int | None
    currency: str
    float_amount: int
    expected_amount: int | None
    counted_amount: int | None
    to_safe: int
    why: str
    first_epoch: int
    first_seq: int
    last_epoch: int | None = None
    last_seq: int | None = None


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """Something put before a person; `remedy` and `resolved_by` (an organizer, by number) say how it ended.

    `device_id` is the till that it is about. Kinds and remedies may be those of a newer hub.
    """

    id: str
    kind: str
    status: ExceptionStatus
    order_id: str | None
    device_id: str | None
    subject_id: str | None
    detail: str
    remedies: tuple[str, ...]
    remedy: str | None = None
    resolved_by: str | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as it was last revised; `file` is the whole of it."""

    id: str
    revision: int
    name: str
    timezone: str
    currency: str
    file: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works here, or has. Names and what they sign in with stand beside it.

    `badge` counts the badges that they were ever given; the last is good if they have one.
    """

    id: str
    role: StaffRole
    status: StaffStatus
    language: str
    discount_limit: int
    badge: int
    has_badge: bool


Kept = (
    OrderRow
    | OrderItemRow
    | PaymentRow
    | RefundRow
    | DisputeRow
    | TicketRow
    | StaffRow
    | ShiftRow
    | ScanRow
    | StoredValueRow
    | ValueLeaseRow
    | ExceptionRow
    | EventRow
)
"""What tables hold."""
Row = Kept | OrderPlaced | TicketsIssued | Asked | Voided
"""What is kept of a fact; an order, its end, a refund and a void are kept as they were told, besides."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where rows of one type are kept, at till and hub alike: one by its `id`, all of its fields, nothing besides but
    what no fact may say, such as a name.

    Tables, what is read of them before a fact is followed, what is written after it, and what `verify` looks at are
    made of this. A row's `order_id` and `payment_id` refer to those. Whatever facts do to a row is found by its order,
    or that of its payment; else by what their payloads call `named`, which stands in the column `by`. A gift card is
    found by both.
    """

    row: type[Kept]
    table: str
    """It is also what the projections call them."""
    word: str
    """What a person calls one."""
    named: str | None = None
    by: str = "id"
    beside: tuple[str, ...] = ()
    """Columns of text that facts don't say."""


KEPT: Final = (
    Keeping(PaymentRow, "payments", "payment"),
    Keeping(RefundRow, "refunds", "refund"),
    Keeping(DisputeRow, "disputes", "dispute"),
    Keeping(TicketRow, "tickets", "ticket"),
    Keeping(StaffRow, "staff", "person", named="staff_id", beside=("name",)),
    Keeping(ShiftRow, "shifts", "shift", named="shift_id"),
    Keeping(ScanRow, "scans", "scan", named="ticket_id", by="ticket_id"),
    Keeping(StoredValueRow, "stored_values", "gift card", named="card_id"),
    Keeping(ValueLeaseRow, "value_leases", "lease of a gift card", named="grant_id"),
)
"""In an order in which none refers to a later one. Orders, their items, exceptions and events are not among them: their
tables hold more than the row, or not on both sides."""
_BY_ID: Final[Mapping[type, str]] = {
    OrderRow: "orders",
    ExceptionRow: "exceptions",
    EventRow: "events",
    **{each.row: each.table for each in KEPT},
}


@dataclass(slots=True)
class Projections:
    """Rows by id. `placed`, `issued` and `asked` keep what orders, their ends and their refunds said, by order.

    `issued` are the orders that are finished, so that what they earned is never booked twice; `asked` are the refunds
    of an order as they were asked for, `asked_by` the devices that did, by refund; `voided` is when tickets were, for
    those that are scanned.
    """

    placed: dict[str, OrderPlaced] = field(default_factory=dict)
    orders: dict[str, OrderRow] = field(default_factory=dict)
    order_items: dict[tuple[str, int], OrderItemRow] = field(default_factory=dict)
    payments: dict[str, PaymentRow] = field(default_factory=dict)
    refunds: dict[str, RefundRow] = field(default_factory=dict)
    disputes: dict[str, DisputeRow] = field(default_factory=dict)
    tickets: dict[str, TicketRow] = field(default_factory=dict)
    staff: dict[str, StaffRow] = field(default_factory=dict)
    shifts: dict[str, ShiftRow] = field(default_factory=dict)
    scans: dict[str, ScanRow] = field(default_factory=dict)
    stored_values: dict[str, StoredValueRow] = field(default_factory=dict)
    value_leases: dict[str, ValueLeaseRow] = field(default_factory=dict)
    exceptions: dict[str, ExceptionRow] = field(default_factory=dict)
    events: dict[str, EventRow] = field(default_factory=dict)
    issued: set[str] = field(default_factory=set)
    asked: dict[str, tuple[RefundRequested, ...]] = field(default_factory=dict)
    asked_by: dict[str, str] = field(default_factory=dict)
    voided: dict[str, datetime] = field(default_factory=dict)

    are_of_one_order: bool = False
    """Whether only an order's own facts are in them: what these say of other things, such as a gift card, rests on
    facts that are not."""

    def copy(self) -> Self:
        """Returns the same rows, for others to be put beside them."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        copied: dict[str, Any] = {name: each if isinstance(each, bool) else each.copy() for name, each in kept.items()}
        return replace(self, **copied)

    def put(self, row: Row) -> None:
        """Adds a row, or puts it in the place of the one before."""
        match row:
            case OrderPlaced():
                self.placed[row.order_id] = row
            case TicketsIssued():
                self.issued.add(row.order_id)
            case Asked(request, device_id):
                self.asked[request.order_id] = (*self.asked.get(request.order_id, ()), request)
                self.asked_by[request.refund_id] = device_id
            case Voided():
                self.voided[row.ticket_id] = min(row.at, self.voided.get(row.ticket_id, row.at))
            case OrderItemRow():
                self.order_items[row.order_id, row.line] = row
            case _:
                getattr(self, _BY_ID[type(row)])[row.id] = row

    def due(self, order_id: str) -> int:
        """Returns what is still to be paid of an order, in minor units."""
        paid = sum(
            p.amount for p in self.payments.values() if p.order_id == order_id and p.status is PaymentStatus.CAPTURED
        )
        return self.orders[order_id].total_amount - paid

    def refundable(self, order_id: str) -> int:
        """Returns what was paid of an order and is not back, nor on its way, in minor units."""
        paid = {
            each.id: each.amount
            for each in self.payments.values()
            if each.order_id == order_id and each.status is PaymentStatus.CAPTURED
        }
        back = (each.amount for each in self.refunds.values() if each.payment_id in paid and each.is_alive)
        return sum(paid.values()) - sum(back)

    def refunded(self, payment_id: str) -> int:
        """Returns what of a payment was refunded, or is on its way back, in minor units."""
        return sum(each.amount for each in self.refunds.values() if each.payment_id == payment_id and each.is_alive)

    def cash_paid(self, payment_id: str) -> CashPaid:
        """Returns a payment in cash as it stands: how it was rounded, and what of it is back or on its way."""
        payment = self.payments[payment_id]
        back = [each for each in self.refunds.values() if each.payment_id == payment_id and each.is_alive]
        return CashPaid(
            payment.amount,
            payment.rounding,
            payment.rounded_to,
            sum(each.amount for each in back),
            sum(each.rounding for each in back),
        )

    def withdrawn(self, payment_id: str) -> int:
        """Returns what of a payment banks have taken by disputes and not given back, in minor units."""
        return sum(each.withdrawn for each in self.disputes.values() if each.payment_id == payment_id)

    def given_back(self, order_id: str) -> set[PartKey]:
        """Returns the things of an order whose money is on its way back, or is back."""
        asked = self.asked.get(order_id, ())
        return {key for each in asked if self.refunds[each.refund_id].is_alive for key in each.parts}
