"""The books that facts add up to: orders, payments, tickets, refunds, postings. `verify` rebuilds them with this."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.ids import OrderId
from boxoffice.core.ledger import Posting, postings
from boxoffice.core.orders import IllegalMove, OrderState, can_move, can_move_back
from boxoffice.core.payloads import (
    DisputeChanged,
    OrderPlaced,
    OrderStateChanged,
    PartKey,
    PaymentCaptured,
    PaymentFailed,
    PaymentStarted,
    PaymentUnknown,
    RefundFailed,
    RefundPending,
    RefundRequested,
    RefundSucceeded,
    TicketsIssued,
    TicketVoided,
    read_payload,
)
from boxoffice.core.sales import earned_of


class Inconsistent(ValueError):
    """Facts that contradict each other: the first that does is named."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    id: str
    order_number: str
    event_id: str
    channel: str
    status: str
    total_amount: int
    currency: str


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


@dataclass(slots=True)
class Books:
    """Projections as mappings from id to row; `postings` by fact id in the order of their lines.

    `issued` are the orders that are finished, so that what they earned is never booked twice; `asked` are the refunds
    of an order as they were asked for, by its id.
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
    postings: dict[str, tuple[Posting, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Books":
        """Returns the books of facts that come in an order in which causes stand before effects.

        Raises:
            Inconsistent: if a fact contradicts those before it.
        """
        books = cls()
        for fact in facts:
            books.take(fact)
        return books

    def take(self, fact: Fact) -> None:
        """Adds one fact.

        Raises:
            Inconsistent: if it rests on nothing, or contradicts what was there; the books are then not to be used.
        """
        self.postings[fact.id] = postings(fact)
        rule = _RULES.get(fact.kind)
        if rule is not None:
            try:
                rule(self, fact, read_payload(fact))
            except (KeyError, ValueError, IllegalMove) as error:
                raise Inconsistent(f"fact {fact.id} ({fact.kind.value}): {error}") from error

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


def _placed(books: Books, fact: Fact, p: OrderPlaced) -> None:
    if p.order_id in books.orders:
        raise ValueError(f"order {p.order_id} was placed before")
    books.placed[p.order_id] = p
    books.orders[p.order_id] = OrderRow(
        p.order_id, p.order_number, fact.event_id or "", p.channel, "pending", p.total, p.currency
    )
    for i, line in enumerate(p.lines):
        books.order_items[p.order_id, i] = OrderItemRow(
            p.order_id, i, line.kind, line.product_id, line.name, line.quantity, line.unit_price, line.subtotal
        )


def _state_changed(books: Books, fact: Fact, p: OrderStateChanged) -> None:
    order = books.orders[p.order_id]
    if order.status != p.start:
        raise ValueError(f"order {p.order_id} is {order.status}, not {p.start}")
    start, to = OrderState(p.start), OrderState(p.to)
    if not can_move(start, to) and not can_move_back(start, to):
        raise IllegalMove(OrderId(p.order_id), start, to)
    books.orders[p.order_id] = replace(order, status=p.to)


def _payment(status: str) -> Callable[[Books, Fact, Any], None]:
    def rule(books: Books, fact: Fact, p: PaymentStarted | PaymentCaptured | PaymentFailed | PaymentUnknown) -> None:
        if p.order_id not in books.orders:
            raise ValueError(f"there is no order {p.order_id}")
        before = books.payments.get(p.tender_id)
        if before is not None and before.status in ("captured", "failed"):
            raise ValueError(f"tender {p.tender_id} was {before.status} before")
        reference = p.provider_reference or (before.provider_reference if before else None)
        books.payments[p.tender_id] = PaymentRow(
            p.tender_id, p.order_id, p.tender, reference, p.amount, p.currency, status
        )

    return rule


def _issued(books: Books, fact: Fact, p: TicketsIssued) -> None:
    placed = books.placed[p.order_id]
    if p.order_id in books.issued:
        raise ValueError(f"the tickets of order {p.order_id} were issued before")
    if (p.total, p.earned) != (placed.total, earned_of(placed)):
        raise ValueError(f"what was earned is not what order {p.order_id} costs")
    for ticket in p.tickets:
        if ticket.ticket_id in books.tickets:
            raise ValueError(f"ticket {ticket.ticket_id} was issued before")
        books.tickets[ticket.ticket_id] = TicketRow(ticket.ticket_id, p.order_id, ticket.product_id, "valid")
    books.issued.add(p.order_id)


def _voided(books: Books, fact: Fact, p: TicketVoided) -> None:
    books.tickets[p.ticket_id] = replace(books.tickets[p.ticket_id], status="voided")


def _asked(books: Books, fact: Fact, p: RefundRequested) -> None:
    if p.refund_id in books.refunds:
        raise ValueError(f"refund {p.refund_id} was asked for before")
    payment = _taken(books, p.tender_id, p.tender, p.order_id)
    if p.amount > payment.amount - books.refunded(payment.id):
        raise ValueError(f"refund {p.refund_id} is more than what is left of payment {payment.id}")
    if twice := books.given_back(p.order_id).intersection(p.parts):
        raise ValueError(f"part {min(twice)} of order {p.order_id} was given back before")
    books.asked[p.order_id] = (*books.asked.get(p.order_id, ()), p)
    books.refunds[p.refund_id] = RefundRow(p.refund_id, p.tender_id, p.amount, "requested")


def _taken(books: Books, tender_id: str, tender: str, order_id: str) -> PaymentRow:
    """Returns the payment that something takes money from."""
    payment = books.payments.get(tender_id)
    if payment is None or payment.status != "captured":
        raise ValueError(f"payment {tender_id} has not brought any money")
    if (payment.tender, payment.order_id) != (tender, order_id):
        raise ValueError(f"payment {tender_id} is {payment.tender} of order {payment.order_id}")
    return payment


def _disputed(books: Books, fact: Fact, p: DisputeChanged) -> None:
    payment = _taken(books, p.tender_id, p.tender, p.order_id)
    before = books.disputes.get(p.dispute_id) or DisputeRow(p.dispute_id, payment.id, 0, p.currency, "", 0, 0)
    if before.payment_id != payment.id:
        raise ValueError(f"dispute {p.dispute_id} is about payment {before.payment_id}")
    withdrawn, lost = before.withdrawn + p.withdrawn, before.lost + p.lost
    books.disputes[p.dispute_id] = replace(before, amount=p.amount, status=p.status, withdrawn=withdrawn, lost=lost)


def _pending(books: Books, fact: Fact, p: RefundPending) -> None:
    before = books.refunds[p.refund_id]
    if before.status == "requested":  # a till may hear of it after it has ended
        books.refunds[p.refund_id] = replace(before, status="pending")


def _refund(status: str) -> Callable[[Books, Fact, Any], None]:
    def rule(books: Books, fact: Fact, p: RefundSucceeded | RefundFailed) -> None:
        books.refunds[p.refund_id] = RefundRow(p.refund_id, p.tender_id, p.amount, status)

    return rule


_RULES: Final[Mapping[FactKind, Callable[[Books, Fact, Any], None]]] = {
    FactKind.ORDER_PLACED: _placed,
    FactKind.ORDER_STATE_CHANGED: _state_changed,
    FactKind.PAYMENT_STARTED: _payment("started"),
    FactKind.PAYMENT_CAPTURED: _payment("captured"),
    FactKind.PAYMENT_FAILED: _payment("failed"),
    FactKind.PAYMENT_UNKNOWN: _payment("unknown"),
    FactKind.TICKETS_ISSUED: _issued,
    FactKind.TICKET_VOIDED: _voided,
    FactKind.REFUND_REQUESTED: _asked,
    FactKind.REFUND_PENDING: _pending,
    FactKind.REFUND_SUCCEEDED: _refund("succeeded"),
    FactKind.REFUND_FAILED: _refund("failed"),
    FactKind.DISPUTE_CHANGED: _disputed,
}
