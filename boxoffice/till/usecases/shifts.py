"""The shift at this till: opened, handed over, counted and closed, and cash that is moved meanwhile.

Each act is one transaction, so that a power cut leaves it done or not begun; what is counted is kept as it is typed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.cash_moves import WAYS, CashMove, drawer_account
from boxoffice.core.denominations import Count, amount_problems
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.ids import StaffId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.cash import CashCounted, CashMoved, DrawerOpened, ShiftClosed, ShiftHandedOver, ShiftOpened
from boxoffice.core.reading import read_line
from boxoffice.core.rights import Right
from boxoffice.core.rows import ShiftRow
from boxoffice.core.shift_report import ShiftReport, report_of
from boxoffice.core.tenders import LONGEST_REASON
from boxoffice.till.store import settings, shifts
from boxoffice.till.store.projections import balances_of
from boxoffice.till.usecases.context import TillContext

_DRAFT: Final = "count_begun"
ALONE_UP_TO: Final = 10
"""Whole units by which a count may be off for its seller to close alone; from there on a supervisor signs too."""


class NoShift(OperationFailed):
    """There is no open shift that this could be about."""

    def __init__(self) -> None:
        super().__init__("No shift is open at this till.", "Nothing was changed.", "Open one first.")


class ShiftStillOpen(OperationFailed):
    """A shift is open already."""

    def __init__(self, shift: ShiftRow) -> None:
        super().__init__(
            f"A shift is open with drawer {shift.drawer}.",
            "Nothing was changed.",
            "Hand it over, or count and close it first.",
        )


class CountAgain(OperationFailed):
    """Cash has moved since the drawer was counted."""

    def __init__(self) -> None:
        super().__init__(
            "Cash has moved since the drawer was counted.", "The shift is still open.", "Count the drawer again."
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """What a shift would begin with: the drawer as it was `left`, by whom and when, if a shift was there before."""

    number: int
    drawer: str
    left: Money
    last: ShiftRow | None


@dataclass(frozen=True, slots=True)
class Brought:
    """What is put into a drawer as its shift is opened, from the safe or from outside."""

    amount: Money
    is_from_safe: bool = False


@dataclass(frozen=True, slots=True)
class ReportAtHand:
    """A shift with its report; `number` is that of its Z, which it has or will have."""

    shift: ShiftRow
    number: int
    report: ShiftReport


class Shifts:
    """The use cases of shifts and cash."""

    def __init__(self, context: TillContext) -> None:
        self._context = context

    def current(self) -> ShiftRow | None:
        """Returns the shift that is open at this till, also after a power cut."""
        with self._context.store.reading() as connection:
            return shifts.open_shift(connection, self._context.device.id)

    def opening(self) -> Opening:
        context = self._context
        with context.store.reading() as connection:
            last = shifts.closed_shifts(connection, context.device.id, 1)
            number = shifts.next_z(connection, context.device.id)
            left = self._in_drawer(connection, context.drawer)
        return Opening(number, context.drawer, left, last[0] if last else None)

    def open(self, count: Count | None = None, brought: Brought | None = None, why: str = "") -> ShiftRow:
        """Opens a shift with what was counted; without a count, with the drawer as it was left.

        What is there beyond what was left and brought was over (or short), and needs a reason.

        Raises:
            ShiftStillOpen: if one is open.
            BadInput: if the count makes no sense, or a reason is missing.
        """
        context = self._context
        context.operator.must(Right.OPEN_SHIFT)
        with context.store.transaction() as connection:
            now = shifts.open_shift(connection, context.device.id)
            if now is not None:
                raise ShiftStillOpen(now)
            left = self._in_drawer(connection, context.drawer)
            put_in = Money(0, left.currency) if brought is None else brought.amount
            found = left + put_in if count is None else count.total
            _check_amounts(found, put_in)
            reason = _reason(why, is_needed=found != left + put_in)
            shift_id = context.new_id()
            opened = ShiftOpened(
                shift_id=shift_id,
                drawer=context.drawer,
                currency=left.currency.code,
                float_amount=found.minor,
                left=left.minor,
                brought=put_in.minor,
                brought_from="safe" if brought is not None and brought.is_from_safe else "paid_in",
                why=reason,
                pieces=_words(count),
                other=0 if count is None else count.other,
            )
            context.write(connection, [opened])
            settings.drop(connection, _DRAFT)
            return self._row(connection, shift_id)

    def move(self, move: CashMove, amount: Money, why: str, carrier: StaffId | None = None) -> None:
        """Moves cash by hand, for a reason.

        Raises:
            NoShift: if no shift is open.
            BadInput: if the amount makes no sense, or the reason is missing.
        """
        context = self._context
        context.operator.must(Right.MOVE_CASH)
        problems = list(amount_problems("amount", amount))
        if amount.minor == 0:
            problems.append(FieldError("amount", "is missing"))
        if problems:
            raise BadInput(problems)
        reason = _reason(why, is_needed=True)
        with context.store.transaction() as connection:
            shift = self._open_shift(connection)
            moved = CashMoved(
                drawer=shift.drawer,
                amount=amount.minor,
                currency=self._in_currency(shift, amount),
                why=reason,
                move=move.value,
                carrier=carrier if WAYS[move].is_carried else None,
            )
            context.write(connection, [moved])

    def open_drawer(self, why: str) -> None:
        """Notes that the drawer is opened for no sale, and why.

        Raises:
            NoShift: if no shift is open.
            BadInput: if the reason is missing.
        """
        context = self._context
        context.operator.must(Right.OPEN_DRAWER)
        reason = _reason(why, is_needed=True)
        with context.store.transaction() as connection:
            shift = self._open_shift(connection)
            context.write(
                connection,
                [DrawerOpened(shift_id=shift.id, drawer=shift.drawer, currency=shift.currency, why=reason)],
            )

    def count(self, count: Count) -> ShiftRow:
        """Signs what is in the drawer; only then anybody sees what should be. Again is another count: all are kept.

        Raises:
            NoShift: if no shift is open.
        """
        context = self._context
        self._must_close()
        with context.store.transaction() as connection:
            shift = self._open_shift(connection)
            self._in_currency(shift, count.total)
            counted = CashCounted(
                shift_id=shift.id,
                drawer=shift.drawer,
                currency=shift.currency,
                counted=count.total.minor,
                expected=self._in_drawer(connection, shift.drawer).minor,
                pieces=_words(count),
                other=count.other,
            )
            context.write(connection, [counted])
            settings.drop(connection, _DRAFT)
            return self._row(connection, shift.id)

    def hand_over(self, to: StaffId | None, count: Count | None = None, why: str = "") -> ShiftRow:
        """Lets somebody else go on with the drawer, as it is or as it was counted just now.

        Raises:
            NoShift: if no shift is open.
            BadInput: if a count is off and no reason is given.
        """
        context = self._context
        context.operator.must(Right.OPEN_SHIFT)
        with context.store.transaction() as connection:
            shift = self._open_shift(connection)
            expected = self._in_drawer(connection, shift.drawer)
            reason = _reason(why, is_needed=count is not None and count.total != expected)
            handed = ShiftHandedOver(
                shift_id=shift.id,
                drawer=shift.drawer,
                currency=shift.currency,
                to=to,
                counted=None if count is None else count.total.minor,
                expected=expected.minor,
                why=reason,
                pieces=_words(count),
                other=0 if count is None else count.other,
            )
            context.write(connection, [handed])
            settings.drop(connection, _DRAFT)
            return self._row(connection, shift.id)

    def close(self, to_safe: Money, why: str = "") -> ShiftRow:
        """Closes the shift as it was counted last, under the next number of this till.

        Raises:
            NoShift: if no shift is open.
            CountAgain: if it was not counted, or cash has moved since.
            BadInput: if more is to go to the safe than is there, or the count was off and no reason is given.
        """
        context = self._context
        self._must_close()
        with context.store.transaction() as connection:
            shift = self._open_shift(connection)
            expected = self._in_drawer(connection, shift.drawer)
            if shift.counted_amount is None or shift.expected_amount != expected.minor:
                raise CountAgain
            off = shift.counted_amount - expected.minor
            if abs(off) >= ALONE_UP_TO * 10**expected.currency.exponent:
                context.operator.must(Right.CLOSE_ANY_SHIFT)
            if not 0 <= to_safe.minor <= shift.counted_amount:
                raise BadInput([FieldError("to_safe", "is more than was counted")])
            self._in_currency(shift, to_safe)
            closed = ShiftClosed(
                shift_id=shift.id,
                drawer=shift.drawer,
                currency=shift.currency,
                z_number=shifts.next_z(connection, context.device.id),
                counted=shift.counted_amount,
                expected=expected.minor,
                to_safe=to_safe.minor,
                why=_reason(why, is_needed=off != 0),
                heard=shifts.facts_of(connection, shift).heard,
            )
            context.write(connection, [closed])
            return self._row(connection, shift.id)

    def report(self, shift_id: str | None = None) -> ReportAtHand:
        """Returns the X report of the open shift, or the Z of one that is closed.

        Raises:
            NoShift: if there is no such shift.
        """
        context = self._context
        with context.store.reading() as connection:
            device = context.device.id
            shift = shifts.open_shift(connection, device) if shift_id is None else shifts.shift(connection, shift_id)
            if shift is None:
                raise NoShift
            number = shift.z_number or shifts.next_z(connection, device)
            parts = shifts.facts_of(connection, shift)
        report = report_of(
            parts.facts, device_id=device, currency=shift.currency, hour_of=self._hour, placed=parts.placed
        )
        return ReportAtHand(shift, number, report)

    def closed(self, most: int = 20) -> tuple[ShiftRow, ...]:
        """Returns the shifts before, the last one first."""
        with self._context.store.reading() as connection:
            return tuple(shifts.closed_shifts(connection, self._context.device.id, most))

    def keep_draft(self, pieces: Mapping[str, int]) -> None:
        """Keeps what is being counted, so that a power cut loses none of it."""
        with self._context.store.transaction() as connection:
            settings.put(connection, _DRAFT, json.dumps(dict(pieces)))

    def draft(self) -> Mapping[str, int]:
        """Returns what was being counted and was never signed."""
        with self._context.store.reading() as connection:
            found = settings.get(connection, _DRAFT)
        return {} if found is None else {str(piece): int(times) for piece, times in json.loads(found).items()}

    def _hour(self, at: datetime) -> int:
        return self._context.local(at).hour

    def _must_close(self) -> None:
        """Does nothing if who acts may count and close: their own shift, or one of somebody who has gone."""
        context, shift = self._context, self.current()
        is_own = shift is None or shift.held_by in (None, context.operator.acting.staff_id)
        context.operator.must(Right.CLOSE_SHIFT if is_own else Right.CLOSE_ANY_SHIFT)

    def _open_shift(self, connection: Connection) -> ShiftRow:
        shift = shifts.open_shift(connection, self._context.device.id)
        if shift is None:
            raise NoShift
        return shift

    def _row(self, connection: Connection, shift_id: str) -> ShiftRow:
        row = shifts.shift(connection, shift_id)
        if row is None:
            raise NoShift
        return row

    def _in_drawer(self, connection: Connection, drawer: str) -> Money:
        """Returns what the drawer should hold, by the books."""
        currency = self._context.event.catalogue.currency
        held = balances_of(connection, drawer_account(drawer))
        return next((each for each in held if each.currency == currency), Money(0, currency))

    def _in_currency(self, shift: ShiftRow, amount: Money) -> str:
        if amount.currency != Currency(shift.currency):
            raise BadInput([FieldError("amount", f"the shift is in {shift.currency}")])
        return shift.currency


def _check_amounts(*amounts: Money) -> None:
    if problems := [problem for amount in amounts for problem in amount_problems("float", amount)]:
        raise BadInput(problems)


def _reason(why: str, *, is_needed: bool) -> str:
    reason = read_line(why)
    if is_needed and not reason:
        raise BadInput([FieldError("reason", "is missing")])
    if len(reason) > LONGEST_REASON:
        raise BadInput([FieldError("reason", f"must have at most {LONGEST_REASON} letters")])
    return reason


def _words(count: Count | None) -> dict[str, int]:
    return {} if count is None else {str(piece): times for piece, times in count.pieces.items() if times}
