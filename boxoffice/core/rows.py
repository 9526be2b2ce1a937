"""Projections: the rows that facts add up to, and what can be read of them about an order and its money."""

from dataclasses import dataclass, field, fields, replace
from typing import Self, assert_never

from boxoffice.core.payloads import OrderPlaced, PartKey, RefundRequested, TicketsIssued


@dataclass(frozen=True, slots=True)
class OrderRow:
    """`placed_by` is the device that took it."""

    id: str
    order_number: str
    event_id: str
    channel: str
    status: str
    total_amount: int
    currency: str
    placed_by: str


@dataclass(frozen=True, slots=True)
class OrderItemRow:
    """`line` counts from 0."""

    order_id: str
    line: int
    item_type: str
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
    tender: str
    provider_reference: str | None
    amount: int
    currency: str
    status: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    id: str
    payment_id: str
    amount: int
    status: str

    @property
    def is_alive(self) -> bool:
        """Returns whether the money is on its way, or back."""
        return self.status != "failed"


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """`withdrawn` is what the bank has of the payment now, `lost` what of that is lost for good, in minor units."""

    id: str
    payment_id: str
    amount: int
    currency: str
    status: str
    withdrawn: int
    lost: int


@dataclass(frozen=True, slots=True)
class TicketRow:
    id: str
    order_id: str
    product_id: str
    status: str


Row = (
    OrderRow
    | OrderItemRow
    | PaymentRow
    | RefundRow
    | DisputeRow
    | TicketRow
    | OrderPlaced
    | TicketsIssued
    | RefundRequested
)
"""What is kept of a fact; an order, its end and a refund are kept as they were told, besides."""


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
    issued: set[str] = field(default_factory=set)
    asked: dict[str, tuple[RefundRequested, ...]] = field(default_factory=dict)

    def copy(self) -> Self:
        """Returns the same rows, for others to be put beside them."""
        return replace(self, **{each.name: getattr(self, each.name).copy() for each in fields(self)})

    def put(self, row: Row) -> None:
        """Adds a row, or puts it in the place of the one before."""
        match row:
            case OrderRow():
                self.orders[row.id] = row
            case OrderItemRow():
                self.order_items[row.order_id, row.line] = row
            case PaymentRow():
                self.payments[row.id] = row
            case RefundRow():
                self.refunds[row.id] = row
            case DisputeRow():
                self.disputes[row.id] = row
            case TicketRow():
                self.tickets[row.id] = row
            case OrderPlaced():
                self.placed[row.order_id] = row
            case TicketsIssued():
                self.issued.add(row.order_id)
            case RefundRequested():
                self.asked[row.order_id] = (*self.asked.get(row.order_id, ()), row)
            case _:
                assert_never(row)

    def due(self, order_id: str) -> int:
        """Returns what is still to be paid of an order, in minor units."""
        paid = sum(p.amount for p in self.payments.values() if p.order_id == order_id and p.status == "captured")
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
