"""Shifts: what facts about a drawer make of one, from its counted float to its counted close."""

from collections.abc import Iterator
from dataclasses import replace

from boxoffice.core.facts import Fact
from boxoffice.core.payloads.cash import CashCounted, DrawerOpened, ShiftClosed, ShiftHandedOver, ShiftOpened
from boxoffice.core.rows import Projections, ShiftRow, ShiftStatus


def opened(before: Projections, fact: Fact, p: ShiftOpened) -> Iterator[ShiftRow]:
    if p.shift_id in before.shifts:
        raise ValueError(f"shift {p.shift_id} was opened before")
    yield ShiftRow(
        id=p.shift_id,
        device_id=fact.device_id,
        event_id=fact.event_id or "",
        drawer=p.drawer,
        opened_by=fact.staff_id,
        held_by=fact.staff_id,
        closed_by=None,
        approved_by=None,
        status=ShiftStatus.OPEN,
        opened_at=fact.occurred_at,
        closed_at=None,
        z_number=None,
        currency=p.currency,
        float_amount=p.float_amount,
        expected_amount=None,
        counted_amount=None,
        to_safe=0,
        why="",
        first_epoch=fact.epoch,
        first_seq=fact.seq,
    )


def counted(before: Projections, fact: Fact, p: CashCounted) -> Iterator[ShiftRow]:
    yield replace(_open(before, fact, p), expected_amount=p.expected, counted_amount=p.counted)


def drawer_opened(before: Projections, fact: Fact, p: DrawerOpened) -> Iterator[ShiftRow]:
    """Changes nothing, and is of an open shift."""
    yield _open(before, fact, p)


def handed_over(before: Projections, fact: Fact, p: ShiftHandedOver) -> Iterator[ShiftRow]:
    """What was counted before is of the one who had the drawer then."""
    yield replace(_open(before, fact, p), held_by=p.to, expected_amount=None, counted_amount=None)


def closed(before: Projections, fact: Fact, p: ShiftClosed) -> Iterator[ShiftRow]:
    yield replace(
        _open(before, fact, p),
        status=ShiftStatus.CLOSED,
        closed_by=fact.staff_id,
        approved_by=p.approved_by,
        closed_at=fact.occurred_at,
        z_number=p.z_number,
        expected_amount=p.expected,
        counted_amount=p.counted,
        to_safe=p.to_safe,
        why=p.why,
        last_epoch=fact.epoch,
        last_seq=fact.seq,
    )


def _open(before: Projections, fact: Fact, p: CashCounted | DrawerOpened | ShiftHandedOver | ShiftClosed) -> ShiftRow:
    shift = before.shifts[p.shift_id]
    if (shift.device_id, shift.drawer, shift.currency) != (fact.device_id, p.drawer, p.currency):
        raise ValueError(f"shift {shift.id} is of drawer {shift.drawer}, in {shift.currency}")
    if shift.status is not ShiftStatus.OPEN:
        raise ValueError(f"shift {shift.id} is closed")
    return shift
