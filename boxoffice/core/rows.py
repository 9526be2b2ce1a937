"""Projections: the rows that facts add up to, and what can be read of them about an order and its money."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, Final, Self, assert_never

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads import OrderPlaced, PartKey, RefundRequested, TicketsIssued
from boxoffice.core.payments import LIVE, DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.tenders import TenderKind


class TicketStatus(Enum):
    VALID = "valid"
    VOIDED = "voided"


class ExceptionStatus(Enum):
    OPEN = "open"
    RESOLVED = "resolved"


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
    """`id` is the tender's."""

    id: str
    order_id: str
    tender: TenderKind
    provider_reference: str | None
    amount: int
    currency: str
    status: PaymentStatus

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

    @property
    def is_alive(self) -> bool:
        """Returns whether the money is on its way, or back."""
        return self.status is not RefundStatus.FAILED


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


Kept = OrderRow | OrderItemRow | PaymentRow | RefundRow | DisputeRow | TicketRow | ExceptionRow | EventRow
"""What tables hold."""
Row = Kept | OrderPlaced | TicketsIssued | RefundRequested
"""What is kept of a fact; an order, its end and a refund are kept as they were told, besides."""


_BY_ID: Final[Mapping[type, str]] = {
    OrderRow: "orders",
    PaymentRow: "payments",
    RefundRow: "refunds",
    DisputeRow: "disputes",
    TicketRow: "tickets",
    ExceptionRow: "exceptions",
    EventRow: "events",
}


def words_of(kept: Kept) -> dict[str, Any]:
    """Returns the fields of a row as tables hold them: of what an enum says, its word."""
    found = ((name, getattr(kept, name)) for name in kept.__slots__)
    return {name: each.value if isinstance(each, Enum) else each for name, each in found}


@dataclass(slots=True)
class Projections:
    """Rows by id. `placed`, `issued` and `asked` keep what orders, their ends and their refunds said, by order.

    `issued` are the orders that are finished, so that what they earned is never booked twice; `asked` are the refunds
    of an order as they were asked for.
    """

    placed: dict[str, OrderPlaced] = field(default_factory=dict)
    orders: dict[str, OrderRow] = field(default_factory=dict)
    order_items: dict[tuple[str, int], OrderItemRow] = field(default_factory=dict)
    payments: dict[str, PaymentRow] = field(default_factory=dict)
    refunds: dict[str, RefundRow] = field(default_factory=dict)
    disputes: dict[str, DisputeRow] = field(default_factory=dict)
    tickets: dict[str, TicketRow] = field(default_factory=dict)
    exceptions: dict[str, ExceptionRow] = field(default_factory=dict)
    events: dict[str, EventRow] = field(default_factory=dict)
    issued: set[str] = field(default_factory=set)
    asked: dict[str, tuple[RefundRequested, ...]] = field(default_factory=dict)

    def copy(self) -> Self:
        """Returns the same rows, for others to be put beside them."""
        return replace(self, **{each.name: getattr(self, each.name).copy() for each in fields(self)})

    def put(self, row: Row) -> None:
        """Adds a row, or puts it in the place of the one before."""
        match row:
            case OrderPlaced():
                self.placed[row.order_id] = row
            case TicketsIssued():
                self.issued.add(row.order_id)
            case RefundRequested():
                self.asked[row.order_id] = (*self.asked.get(row.order_id, ()), row)
            case OrderItemRow():
                self.order_items[row.order_id, row.line] = row
            case OrderRow() | PaymentRow() | RefundRow() | DisputeRow() | TicketRow() | ExceptionRow() | EventRow():
                getattr(self, _BY_ID[type(row)])[row.id] = row
            case _:
                assert_never(row)

    def due(self, order_id: str) -> int:
        """Returns what is still to be paid of an order, in minor units."""
        paid = sum(
            p.amount for p in self.payments.values() if p.order_id == order_id and p.status is PaymentStatus.CAPTURED
        )
        return self.orders[order_id].total_amount - paid

    def refunded(self, payment_id: str) -> int:
        """Returns what of a payment was refunded, or is on its way back, in minor units."""
        return sum(each.amount for each in self.refunds.values() if each.payment_id == payment_id and each.is_alive)

    def withdrawn(self, payment_id: str) -> int:
        """Returns what of a payment banks have taken by disputes and not given back, in minor units."""
        return sum(each.withdrawn for each in self.disputes.values() if each.payment_id == payment_id)

    def given_back(self, order_id: str) -> set[PartKey]:
        """Returns the things of an order whose money is on its way back, or is back."""
        asked = self.asked.get(order_id, ())
        return {key for each in asked if self.refunds[each.refund_id].is_alive for key in each.parts}
