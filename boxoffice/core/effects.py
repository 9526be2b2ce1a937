"""What each kind of fact does, once: till, hub and memory carry out what stands here, and nothing else moves anything.

A rule says, of a fact and of the books that it rests on, which rows it makes or changes, which units it moves, who must
hear of it, what is to be done after it, and what a person must look at because of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from boxoffice.core import entries, findings, reissues, shifts, stored_value
from boxoffice.core.announcing import all_tills, every_till, granted_to, orders_till, taken_from, tickets_till
from boxoffice.core.catalogue import code_pool, limited_codes
from boxoffice.core.effect_kinds import Announcement, Capacity, Effect, FeedKind, Job, Rule
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, read_payload
from boxoffice.core.findings import Finding, Over
from boxoffice.core.inventory import POOL_MOVES, PoolMove, UnitMove
from boxoffice.core.ledger import Posting, postings_of
from boxoffice.core.order_effects import order_moved, order_placed, ticket_voided, tickets_issued, units_freed
from boxoffice.core.orders import IllegalMove
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.exceptions import ExceptionRaised, ExceptionResolved
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed, LeaseReturned
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.payment_effects import (
    dispute_changed,
    found_in_failure,
    found_in_payment,
    offer_settled,
    payment_becomes,
    payment_captured,
    refund_asked,
    refund_ends,
    refund_pending,
)
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.rows import (
    EventRow,
    ExceptionRow,
    ExceptionStatus,
    Projections,
    StaffRow,
)


class Inconsistent(ValueError):
    """A fact that contradicts those before it, or rests on nothing: it is named."""


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


def must_know_all(effects: Iterable[Effects]) -> None:
    """Does nothing if what a device writes itself fits all that it has heard: only others may not have known of it.

    Raises:
        Inconsistent: if it gives back what it knows to be given back.
    """
    for found in findings_of(effects):
        if isinstance(found, Finding) and found.kind == findings.GIVEN_TWICE:
            raise Inconsistent(found.detail)


def announcements_of(effects: Sequence[Effects]) -> list[Announcement]:
    """Returns what is told of facts that are written together: each pool's event once, however many units moved."""
    told = [other for each in effects for other in each.others if isinstance(other, Announcement)]
    moved = {move.event_id for move in moves_of(effects) if move.move in _NEWS_OF_POOLS}
    return list(dict.fromkeys([*told, *(Announcement(FeedKind.POOLS, event) for event in sorted(moved))]))


def _nothing(_before: Projections, _fact: Fact, _payload: Any) -> Iterator[Effect]:
    yield from ()


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


_NEWS_OF_POOLS: Final = frozenset(
    move for move, way in POOL_MOVES.items() if way.pool is not None and move is not PoolMove.GRANT
)
"""What is granted stays as good as free to all others; the till itself hears of it by the fact."""


EFFECTS: Final[Mapping[FactKind, tuple[Rule, Rule, Rule]]] = {
    FactKind.ORDER_PLACED: (order_placed, _nothing, _nothing),
    FactKind.ORDER_STATE_CHANGED: (order_moved, orders_till, _nothing),
    FactKind.ORDER_COLLECTED: (_nothing, orders_till, _nothing),
    FactKind.PAYMENT_STARTED: (payment_becomes(PaymentStatus.STARTED), orders_till, _nothing),
    FactKind.PAYMENT_CAPTURED: (payment_captured, orders_till, found_in_payment),
    FactKind.PAYMENT_FAILED: (payment_becomes(PaymentStatus.FAILED), orders_till, _nothing),
    FactKind.PAYMENT_UNKNOWN: (payment_becomes(PaymentStatus.UNKNOWN), orders_till, _nothing),
    FactKind.TICKETS_ISSUED: (tickets_issued, orders_till, _nothing),
    FactKind.TICKET_VOIDED: (ticket_voided, orders_till, entries.of_void),
    FactKind.TICKET_REISSUED: (reissues.reissued, orders_till, entries.of_void),
    FactKind.UNITS_FREED: (units_freed, orders_till, _nothing),
    FactKind.TICKET_SCANNED: (entries.scanned, tickets_till, entries.of_scan),
    FactKind.REFUND_REQUESTED: (refund_asked, orders_till, findings.of_refund),
    FactKind.REFUND_PENDING: (refund_pending, orders_till, _nothing),
    FactKind.REFUND_SUCCEEDED: (refund_ends(RefundStatus.SUCCEEDED), orders_till, findings.of_success),
    FactKind.REFUND_FAILED: (refund_ends(RefundStatus.FAILED), orders_till, found_in_failure),
    FactKind.DISPUTE_CHANGED: (dispute_changed, orders_till, findings.of_dispute),
    FactKind.DISPUTE_ANSWERED: (_nothing, _nothing, _nothing),
    FactKind.SHIFT_OPENED: (shifts.opened, _nothing, _nothing),
    FactKind.CASH_MOVED: (_nothing, _nothing, _nothing),
    FactKind.CASH_COUNTED: (shifts.counted, _nothing, _nothing),
    FactKind.DRAWER_OPENED: (shifts.drawer_opened, _nothing, _nothing),
    FactKind.SHIFT_HANDED_OVER: (shifts.handed_over, _nothing, _nothing),
    FactKind.SHIFT_CLOSED: (shifts.closed, _nothing, _nothing),
    FactKind.GIFT_CARD_ISSUED: (stored_value.issued, orders_till, _nothing),
    FactKind.GIFT_CARD_TAKEN_BACK: (stored_value.taken_back, orders_till, stored_value.of_overspent),
    FactKind.GIFT_CARD_CASHED_OUT: (stored_value.cashed_out, _nothing, stored_value.of_overspent),
    FactKind.GIFT_CARD_BLOCKED: (stored_value.blocked, _nothing, _nothing),
    FactKind.GIFT_CARD_WRITTEN_OFF: (stored_value.written_off, _nothing, _nothing),
    FactKind.VALUE_LEASED: (stored_value.leased, granted_to, _nothing),
    FactKind.VALUE_RECALLED: (stored_value.recalled, taken_from, _nothing),
    FactKind.VALUE_RETURNED: (stored_value.returned, _nothing, _nothing),
    FactKind.VALUE_RECLAIMED: (stored_value.reclaimed, taken_from, _nothing),
    FactKind.LEASE_GRANTED: (_granted, granted_to, _nothing),
    FactKind.LEASE_RETURNED: (_returned, _nothing, _nothing),
    FactKind.LEASE_RECLAIMED: (_reclaimed, taken_from, _nothing),
    FactKind.CATALOGUE_REVISED: (_revised, all_tills, _nothing),
    FactKind.STAFF_CHANGED: (_staff, every_till, _nothing),
    FactKind.PREFLIGHT_DONE: (_nothing, _nothing, _nothing),
    FactKind.OFFER_PAID: (_nothing, orders_till, _nothing),
    FactKind.OFFER_SETTLED: (offer_settled, orders_till, _nothing),
    FactKind.FEE_RECORDED: (_nothing, _nothing, _nothing),
    FactKind.PAYOUT_RECORDED: (_nothing, _nothing, _nothing),
    FactKind.STRAY_DECIDED: (_nothing, _nothing, _nothing),
    FactKind.RETURN_FILED: (_nothing, _nothing, _nothing),
    FactKind.EXCEPTION_RAISED: (_raised, _nothing, _nothing),
    FactKind.EXCEPTION_RESOLVED: (_resolved, _nothing, _nothing),
}
"""What each kind does, who hears of it, and what a person must look at because of it. Every kind has a row.

What a kind posts stands in its payload.
"""
