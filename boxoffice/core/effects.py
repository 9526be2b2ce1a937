"""What each kind of fact does, once: till, hub and memory carry out what stands here, and nothing else moves anything.

A rule says, of a fact and of the books that it rests on, which rows it makes or changes, which units it moves, who must
hear of it, what is to be done after it, and what a person must look at because of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from boxoffice.core import entries, findings, reissues, shifts, stored_value
from boxoffice.core.catalogue import ProductKind, code_pool, limited_codes
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, read_payload
from boxoffice.core.findings import Finding, Over
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import POOL_MOVES, PoolMove, UnitMove
from boxoffice.core.ledger import Posting, postings_of
from boxoffice.core.orders import Channel, IllegalMove, OrderState, check_move
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.exceptions import ExceptionRaised, ExceptionResolved
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed, LeaseReturned
from boxoffice.core.payloads.orders import OrderPlaced, OrderStateChanged
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.scans import TicketScanned
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.payloads.stored_value import ValueLeased, ValueRecalled, ValueReclaimed
from boxoffice.core.payloads.tickets import TicketsIssued, TicketVoided, UnitsFreed
from boxoffice.core.payments import PAYMENT_MOVES, REFUND_MOVES, DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.rows import (
    DisputeRow,
    EventRow,
    ExceptionRow,
    ExceptionStatus,
    OrderItemRow,
    OrderRow,
    PaymentRow,
    Projections,
    RefundRow,
    Row,
    StaffRow,
    TicketRow,
    TicketStatus,
    Voided,
)
from boxoffice.core.sales import earned_of
from boxoffice.core.tenders import Back, TenderKind, tender_of


class Inconsistent(ValueError):
    """A fact that contradicts those before it, or rests on nothing: it is named."""


class FeedKind(Enum):
    """What tills hear of: a fact that one of them must take, that pools stand otherwise, or that an event does."""

    FACT = "fact"
    POOLS = "pools"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Announcement:
    """An entry of the feed; no `device_id` means that it is for all."""

    kind: FeedKind
    event_id: str | None
    device_id: str | None = None
    fact_id: str | None = None


class Task(Enum):
    """What is done after a fact, durably and not in its own transaction."""

    SEND_REFUND = "send_refund"
    MAIL_TICKETS = "mail_tickets"


@dataclass(frozen=True, slots=True)
class Job:
    """`subject_id` is the refund or the order that it is about."""

    task: Task
    subject_id: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many units a pool has from now on: a new one, or one that takes no less than what of it is taken."""

    event_id: str
    pool_id: str
    name: str
    units: int


Beside = UnitMove | Capacity | Announcement | Job | Finding | Over
"""What is done beside the rows."""
Effect = Row | Beside
Rule = Callable[[Projections, Fact, Any], Iterator[Effect]]


@dataclass(frozen=True, slots=True)
class Effects:
    """All that follows from one fact: `postings` first, which no misfit keeps from the ledger, then the others."""

    fact: Fact
    postings: tuple[Posting, ...]
    others: tuple[Effect, ...]


def follow(before: Projections, fact: Fact) -> Effects:
    """Returns all that follows from a fact, by what stands before it. Nothing is changed.

    Raises:
        Inconsistent: if it rests on nothing, or contradicts what is there.
        ValueError: if it can't be read, or does not add up.
    """
    payload = read_payload(fact)
    posted = postings_of(payload, fact.id)
    try:
        others = tuple(effect for rule in EFFECTS[fact.kind] for effect in rule(before, fact, payload))
        return Effects(fact, posted, others)
    except (KeyError, ValueError, IllegalMove) as error:
        raise Inconsistent(f"fact {fact.id} ({fact.kind.value}): {error}") from error


def moves_of(effects: Iterable[Effects]) -> list[UnitMove]:
    return [other for each in effects for other in each.others if isinstance(other, UnitMove)]


def jobs_of(effects: Iterable[Effects]) -> list[Job]:
    return [other for each in effects for other in each.others if isinstance(other, Job)]


def capacities_of(effects: Iterable[Effects]) -> list[Capacity]:
    return [other for each in effects for other in each.others if isinstance(other, Capacity)]


def findings_of(effects: Iterable[Effects]) -> list[Finding | Over]:
    return [other for each in effects for other in each.others if isinstance(other, Finding | Over)]


def announcements_of(effects: Sequence[Effects]) -> list[Announcement]:
    """Returns what is told of facts that are written together: each pool's event once, however many units moved."""
    told = [other for each in effects for other in each.others if isinstance(other, Announcement)]
    moved = {move.event_id for move in moves_of(effects) if move.move in _NEWS_OF_POOLS}
    return list(dict.fromkeys([*told, *(Announcement(FeedKind.POOLS, event) for event in sorted(moved))]))


def _nothing(_before: Projections, _fact: Fact, _payload: Any) -> Iterator[Effect]:
    yield from ()


def _placed(before: Projections, fact: Fact, p: OrderPlaced) -> Iterator[Effect]:
    if p.order_id in before.orders:
        raise ValueError(f"order {p.order_id} was placed before")
    event, channel = fact.event_id or "", Channel(p.channel)
    yield p
    yield OrderRow(p.order_id, p.order_number, event, channel, OrderState.PENDING, p.total, p.currency, fact.device_id)
    for i, line in enumerate(p.lines):
        kind = ProductKind(line.kind)
        yield OrderItemRow(
            p.order_id, i, kind, line.product_id, line.name, line.quantity, line.unit_price, line.subtotal
        )
    yield from _units(_HOLD, event, fact.device_id, p)


def _state_changed(before: Projections, _fact: Fact, p: OrderStateChanged) -> Iterator[Effect]:
    order, start, to = before.orders[p.order_id], OrderState(p.start), OrderState(p.to)
    if order.status is not start:
        raise ValueError(f"order {p.order_id} is {order.status.value}, not {p.start}")
    check_move(OrderId(p.order_id), start, to)
    yield replace(order, status=to)
    if OrderState.FAILED in (start, to):
        yield from _units(_RELEASE if to is OrderState.FAILED else _HOLD, *_where(before, order))


def _payment(status: PaymentStatus) -> Rule:
    def rule(
        before: Projections, _fact: Fact, p: PaymentStarted | PaymentCaptured | PaymentFailed | PaymentUnknown
    ) -> Iterator[Effect]:
        if p.order_id not in before.orders:
            raise ValueError(f"there is no order {p.order_id}")
        known = before.payments.get(p.tender_id)
        if known is not None and status not in PAYMENT_MOVES[known.status]:
            if status is PaymentStatus.UNKNOWN:  # a till that lost sight of it contradicts nobody who knows its end
                return
            raise ValueError(f"tender {p.tender_id} was {known.status.value} before")
        reference = p.provider_reference or (known.provider_reference if known else None)
        row = PaymentRow(p.tender_id, p.order_id, TenderKind(p.tender), reference, p.amount, p.currency, status)
        if isinstance(p, PaymentCaptured) and p.rounded_to:
            row = replace(row, rounding=p.rounding, rounded_to=p.rounded_to)
        if isinstance(p, PaymentCaptured) and p.card_id is not None:
            row = replace(row, card_id=p.card_id)
        yield row

    return rule


def _issued(before: Projections, _fact: Fact, p: TicketsIssued) -> Iterator[Effect]:
    placed = before.placed[p.order_id]
    if p.order_id in before.issued:
        raise ValueError(f"the tickets of order {p.order_id} were issued before")
    order = before.orders[p.order_id]
    if order.status is not OrderState.COMPLETED:  # it is the end of an order, whose units are held until then
        raise ValueError(f"order {p.order_id} is {order.status.value}: its tickets come when it is completed")
    if (p.total, p.earned) != (placed.total, earned_of(placed)):
        raise ValueError(f"what was earned is not what order {p.order_id} costs")
    yield p
    ids = [ticket.ticket_id for ticket in p.tickets]
    for ticket in p.tickets:
        if ticket.ticket_id in before.tickets or ids.count(ticket.ticket_id) > 1:
            raise ValueError(f"ticket {ticket.ticket_id} was issued before")
        yield TicketRow(ticket.ticket_id, p.order_id, ticket.product_id, TicketStatus.VALID)
    yield from _units(_SELL, *_where(before, order))
    if placed.channel == "web":
        yield Job(Task.MAIL_TICKETS, p.order_id)


def _voided(before: Projections, fact: Fact, p: TicketVoided) -> Iterator[Effect]:
    yield replace(before.tickets[p.ticket_id], status=TicketStatus.VOIDED)
    yield Voided(p.ticket_id, fact.occurred_at)
    yield from _back(fact, p)


def _freed(before: Projections, fact: Fact, p: UnitsFreed) -> Iterator[Effect]:
    if p.order_id not in before.issued:
        raise ValueError(f"order {p.order_id} has sold nothing")
    yield from _back(fact, p)


def _asked(before: Projections, fact: Fact, p: RefundRequested) -> Iterator[Effect]:
    if p.refund_id in before.refunds:
        raise ValueError(f"refund {p.refund_id} was asked for before")
    payment = _taken(before, p.tender_id, p.tender, p.order_id)
    if p.amount > payment.amount - before.refunded(payment.id):
        raise ValueError(f"refund {p.refund_id} is more than what is left of payment {payment.id}")
    if twice := before.given_back(p.order_id).intersection(p.parts):
        if not _may_cross(before, p, twice):
            raise ValueError(f"part {min(twice)} of order {p.order_id} was given back before")
        yield findings.of_things_given_back_twice(before, p)
    if not p.is_made and p.amount > before.refundable(p.order_id) - stored_value.owed_on_cards(before, p.order_id):
        raise ValueError(f"refund {p.refund_id} gives back what is on the gift cards of order {p.order_id}")
    if not tender_of(p.tender).is_money and p.order_id in before.issued:
        raise ValueError(f"{p.tender} is no money that could be given back")
    yield p
    yield RefundRow(p.refund_id, p.tender_id, p.amount, RefundStatus.REQUESTED)
    yield from _back(fact, p)
    if not p.is_made and p.into is None and tender_of(p.tender).back is Back.PROVIDER:
        yield Job(Task.SEND_REFUND, p.refund_id)


def _may_cross(before: Projections, p: RefundRequested, twice: Collection[PartKey]) -> bool:
    """Returns whether two could give the same things back, neither knowing of the other: a till, in cash, and the hub.

    The money has left then, whatever anybody says, and none of it is more than what its payment had brought.
    """
    others = [each for each in before.asked.get(p.order_id, ()) if not set(twice).isdisjoint(each.parts)]
    return any(tender_of(each.tender).back is Back.DRAWER for each in (p, *others))


def _taken(before: Projections, tender_id: str, tender: str, order_id: str) -> PaymentRow:
    """Returns the payment that something takes money from."""
    payment = before.payments.get(tender_id)
    if payment is None or payment.status is not PaymentStatus.CAPTURED:
        raise ValueError(f"payment {tender_id} has not brought any money")
    if (payment.tender.value, payment.order_id) != (tender, order_id):
        raise ValueError(f"payment {tender_id} is {payment.tender.value} of order {payment.order_id}")
    return payment


def _pending(before: Projections, _fact: Fact, p: RefundPending) -> Iterator[Effect]:
    known = before.refunds[p.refund_id]
    if RefundStatus.PENDING in REFUND_MOVES[known.status]:  # a till may hear of it after it has ended
        yield replace(known, status=RefundStatus.PENDING)


def _refund(status: RefundStatus) -> Rule:
    def rule(before: Projections, _fact: Fact, p: RefundSucceeded | RefundFailed) -> Iterator[Effect]:
        row = RefundRow(p.refund_id, p.tender_id, p.amount, status)
        rounding = p.rounding if isinstance(p, RefundSucceeded) else 0
        if rounding:
            _check_rounding(before, p, rounding)
        yield replace(row, rounding=rounding) if rounding else row
        if isinstance(p, RefundSucceeded) and p.tender_id in before.payments:
            yield from stored_value.refunded(before, _fact, p)

    return rule


def _captured(before: Projections, fact: Fact, p: PaymentCaptured) -> Iterator[Effect]:
    yield from _payment(PaymentStatus.CAPTURED)(before, fact, p)
    yield from stored_value.paid(before, fact, p)


def _check_rounding(before: Projections, p: RefundSucceeded | RefundFailed, rounding: int) -> None:
    """Does nothing if a refund in cash follows what its payment was rounded by."""
    paid = before.cash_paid(p.tender_id)
    asked = before.refunds.get(p.refund_id)
    others = paid.cash_left + (asked.amount + asked.rounding if asked is not None and asked.is_alive else 0)
    if not paid.step or not 0 <= p.amount + rounding <= others:
        raise ValueError(f"refund {p.refund_id} gives back more cash than payment {p.tender_id} took")


def _disputed(before: Projections, _fact: Fact, p: DisputeChanged) -> Iterator[Effect]:
    payment = _taken(before, p.tender_id, p.tender, p.order_id)
    status = DisputeState(p.status)
    known = before.disputes.get(p.dispute_id) or DisputeRow(p.dispute_id, payment.id, 0, p.currency, status, 0, 0)
    if known.payment_id != payment.id:
        raise ValueError(f"dispute {p.dispute_id} is about payment {known.payment_id}")
    withdrawn, lost = known.withdrawn + p.withdrawn, known.lost + p.lost
    yield replace(known, amount=p.amount, status=status, withdrawn=withdrawn, lost=lost)


def _granted(_before: Projections, fact: Fact, p: LeaseGranted) -> Iterator[Effect]:
    yield UnitMove(PoolMove.GRANT, fact.event_id or "", p.pool_id, p.units, p.to_device, None, p.generation)


def _returned(_before: Projections, fact: Fact, p: LeaseReturned) -> Iterator[Effect]:
    if p.units > 0:
        yield UnitMove(PoolMove.RETURN, fact.event_id or "", p.pool_id, p.units, fact.device_id, None, p.generation)


def _reclaimed(_before: Projections, fact: Fact, p: LeaseReclaimed) -> Iterator[Effect]:
    yield UnitMove(PoolMove.RECLAIM, fact.event_id or "", p.pool_id, p.units, p.from_device, None, p.generation)


def _revised(before: Projections, fact: Fact, p: CatalogueRevised) -> Iterator[Effect]:
    event = p.event["event"]
    known = before.events.get(event["id"])
    if known is not None and known.currency != event["currency"]:
        raise ValueError(f"event {known.id} sells in {known.currency} already")
    yield EventRow(event["id"], p.revision, event["name"], event["timezone"], event["currency"], p.event)
    for pool in p.event["pools"]:
        yield Capacity(event["id"], pool["id"], pool["name"], pool["capacity"])
    for code, limit in limited_codes(p.event).items():
        yield Capacity(event["id"], code_pool(code), code, limit)


def _staff(_before: Projections, _fact: Fact, p: StaffChanged) -> Iterator[Effect]:
    yield StaffRow(p.staff_id, p.role, p.status, p.language, p.discount_limit, p.badge, p.has_badge)


def _raised(before: Projections, _fact: Fact, p: ExceptionRaised) -> Iterator[Effect]:
    if p.exception_id in before.exceptions:
        raise ValueError(f"exception {p.exception_id} was raised before")
    open_ = ExceptionStatus.OPEN
    yield ExceptionRow(
        p.exception_id, p.exception_kind, open_, p.order_id, p.device_id, p.subject_id, p.detail, p.remedies
    )


def _resolved(before: Projections, fact: Fact, p: ExceptionResolved) -> Iterator[Effect]:
    known = before.exceptions[p.exception_id]
    yield replace(known, status=ExceptionStatus.RESOLVED, remedy=p.remedy, resolved_by=p.by)
    for pool, units in sorted(p.units.items()):
        yield UnitMove(PoolMove.SELL_FREE, fact.event_id or "", pool, units, None, known.order_id)


_HOLD: Final = {"pool": PoolMove.HOLD, "lease": PoolMove.HOLD_LEASED}
_RELEASE: Final = {"pool": PoolMove.RELEASE, "lease": PoolMove.RELEASE_LEASED}
_SELL: Final = {"pool": PoolMove.SELL_HELD, "lease": PoolMove.SELL_LEASED}
_NEWS_OF_POOLS: Final = frozenset(
    move for move, way in POOL_MOVES.items() if way.pool is not None and move is not PoolMove.GRANT
)
"""What is granted stays as good as free to all others; the till itself hears of it by the fact."""


def _where(before: Projections, order: OrderRow) -> tuple[str, str, OrderPlaced]:
    return order.event_id, order.placed_by, before.placed[order.id]


def _units(how: Mapping[str, PoolMove], event: str, device: str, placed: OrderPlaced) -> Iterator[Effect]:
    """Moves what an order takes: of its till's lease, or of the pool itself."""
    till = device if placed.source == "lease" else None
    for pool, units in sorted(placed.units.items()):
        if units > 0:
            yield UnitMove(how[placed.source], event, pool, units, till, placed.order_id, placed.generations.get(pool))


def _back(fact: Fact, p: TicketVoided | RefundRequested | UnitsFreed) -> Iterator[Effect]:
    for pool, units in sorted(p.units.items()):
        if units > 0:
            yield UnitMove(PoolMove.VOID, fact.event_id or "", pool, units, None, p.order_id)


def _found_in_payment(before: Projections, fact: Fact, p: PaymentCaptured) -> Iterator[Effect]:
    yield from findings.of_money(before, fact, p)
    if p.card_id is not None:
        yield from stored_value.of_overspent(before, fact, p)


def _orders_till(before: Projections, fact: Fact, p: Any) -> Iterator[Effect]:
    """The till that made an order hears of whatever others write about it."""
    order = before.orders.get(p.order_id)
    if order is not None and order.channel is Channel.DOOR and order.placed_by != fact.device_id:
        yield Announcement(FeedKind.FACT, fact.event_id, order.placed_by, fact.id)


def _tickets_till(before: Projections, fact: Fact, p: TicketScanned) -> Iterator[Effect]:
    """The till that sold a ticket hears of its scans; all others hear of them with its order."""
    ticket = before.tickets.get(p.ticket_id or "")
    order = None if ticket is None else before.orders.get(ticket.order_id)
    if order is not None and order.channel is Channel.DOOR and order.placed_by != fact.device_id:
        yield Announcement(FeedKind.FACT, fact.event_id, order.placed_by, fact.id)


def _granted_to(_before: Projections, fact: Fact, p: LeaseGranted | ValueLeased) -> Iterator[Effect]:
    yield Announcement(FeedKind.FACT, fact.event_id, p.to_device, fact.id)


def _taken_from(
    _before: Projections, fact: Fact, p: LeaseReclaimed | ValueRecalled | ValueReclaimed
) -> Iterator[Effect]:
    yield Announcement(FeedKind.FACT, fact.event_id, p.from_device, fact.id)


def _every_till(_before: Projections, fact: Fact, _payload: Any) -> Iterator[Effect]:
    yield Announcement(FeedKind.FACT, None, None, fact.id)


def _all_tills(_before: Projections, fact: Fact, _payload: Any) -> Iterator[Effect]:
    yield Announcement(FeedKind.EVENT, fact.event_id)
    yield Announcement(FeedKind.POOLS, fact.event_id)


EFFECTS: Final[Mapping[FactKind, tuple[Rule, Rule, Rule]]] = {
    FactKind.ORDER_PLACED: (_placed, _nothing, _nothing),
    FactKind.ORDER_STATE_CHANGED: (_state_changed, _orders_till, _nothing),
    FactKind.ORDER_COLLECTED: (_nothing, _orders_till, _nothing),
    FactKind.PAYMENT_STARTED: (_payment(PaymentStatus.STARTED), _orders_till, _nothing),
    FactKind.PAYMENT_CAPTURED: (_captured, _orders_till, _found_in_payment),
    FactKind.PAYMENT_FAILED: (_payment(PaymentStatus.FAILED), _orders_till, _nothing),
    FactKind.PAYMENT_UNKNOWN: (_payment(PaymentStatus.UNKNOWN), _orders_till, _nothing),
    FactKind.TICKETS_ISSUED: (_issued, _orders_till, _nothing),
    FactKind.TICKET_VOIDED: (_voided, _orders_till, entries.of_void),
    FactKind.TICKET_REISSUED: (reissues.reissued, _orders_till, entries.of_void),
    FactKind.UNITS_FREED: (_freed, _orders_till, _nothing),
    FactKind.TICKET_SCANNED: (entries.scanned, _tickets_till, entries.of_scan),
    FactKind.REFUND_REQUESTED: (_asked, _orders_till, findings.of_refund),
    FactKind.REFUND_PENDING: (_pending, _orders_till, _nothing),
    FactKind.REFUND_SUCCEEDED: (_refund(RefundStatus.SUCCEEDED), _orders_till, findings.of_success),
    FactKind.REFUND_FAILED: (_refund(RefundStatus.FAILED), _orders_till, findings.of_failure),
    FactKind.DISPUTE_CHANGED: (_disputed, _orders_till, findings.of_dispute),
    FactKind.SHIFT_OPENED: (shifts.opened, _nothing, _nothing),
    FactKind.CASH_MOVED: (_nothing, _nothing, _nothing),
    FactKind.CASH_COUNTED: (shifts.counted, _nothing, _nothing),
    FactKind.DRAWER_OPENED: (shifts.drawer_opened, _nothing, _nothing),
    FactKind.SHIFT_HANDED_OVER: (shifts.handed_over, _nothing, _nothing),
    FactKind.SHIFT_CLOSED: (shifts.closed, _nothing, _nothing),
    FactKind.GIFT_CARD_ISSUED: (stored_value.issued, _orders_till, _nothing),
    FactKind.GIFT_CARD_TAKEN_BACK: (stored_value.taken_back, _orders_till, stored_value.of_overspent),
    FactKind.GIFT_CARD_CASHED_OUT: (stored_value.cashed_out, _nothing, stored_value.of_overspent),
    FactKind.GIFT_CARD_BLOCKED: (stored_value.blocked, _nothing, _nothing),
    FactKind.VALUE_LEASED: (stored_value.leased, _granted_to, _nothing),
    FactKind.VALUE_RECALLED: (stored_value.recalled, _taken_from, _nothing),
    FactKind.VALUE_RETURNED: (stored_value.returned, _nothing, _nothing),
    FactKind.VALUE_RECLAIMED: (stored_value.reclaimed, _taken_from, _nothing),
    FactKind.LEASE_GRANTED: (_granted, _granted_to, _nothing),
    FactKind.LEASE_RETURNED: (_returned, _nothing, _nothing),
    FactKind.LEASE_RECLAIMED: (_reclaimed, _taken_from, _nothing),
    FactKind.CATALOGUE_REVISED: (_revised, _all_tills, _nothing),
    FactKind.STAFF_CHANGED: (_staff, _every_till, _nothing),
    FactKind.OFFER_PAID: (_nothing, _orders_till, _nothing),
    FactKind.OFFER_SETTLED: (_nothing, _orders_till, _nothing),
    FactKind.FEE_RECORDED: (_nothing, _nothing, _nothing),
    FactKind.PAYOUT_RECORDED: (_nothing, _nothing, _nothing),
    FactKind.EXCEPTION_RAISED: (_raised, _nothing, _nothing),
    FactKind.EXCEPTION_RESOLVED: (_resolved, _nothing, _nothing),
}
"""What each kind does, who hears of it, and what a person must look at because of it. Every kind has a row.

What a kind posts stands in its payload.
"""
