"""The drawings of a sales report, in the units of their view box. Each stands beside a table with the same numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from boxoffice.documents.languages import Language
from sync.http.web.views import hour_labels
from sync.reporting.sales_report import Point, SalesReport
from sync.store.sales_figures import ArrivalFigures, TimeFigures

_WIDE: Final = 720
_HIGH: Final = 280
_LEFT: Final = 52
_RIGHT: Final = 150
_TOP: Final = 24
_BASE: Final = 236
_STEPS: Final = (1, 2, 2.5, 5, 10)
_MOST_BARS: Final = 12
_ROOM: Final = 54
_MOST_GATES: Final = 3
_WEEKS: Final = 7


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar: `parts` from the base up, as (class, y, height)."""

    label: str
    value: str
    parts: tuple[tuple[int, float, float], ...]
    x: float
    wide: float
    top: float

    @property
    def middle(self) -> float:
        return self.x + self.wide / 2


def curve(report: SalesReport, speaks: Language) -> dict[str, Any] | None:
    """Returns the lines of the tickets sold up to each day before the doors; None where there is nothing to draw."""
    last = max(0, len(report.event.days) - 1)
    mine, theirs = ([each for each in points if each.days <= last] for points in (report.curve, report.others_curve))
    if len(mine) < 2 and len(theirs) < 2:  # a line has two ends
        return None
    start = min(each.days for each in (*mine, *theirs))
    most, step = _scale(max(each.tickets for each in (*mine, *theirs)))
    span = max(1, last - start + 1)

    def x(days: float) -> float:
        return round(_LEFT + (_WIDE - _LEFT - _RIGHT) * (days - start) / span, 1)

    def y(tickets: int) -> float:
        return round(_BASE - (_BASE - _TOP) * tickets / most, 1)

    def line(points: Sequence[Point]) -> str:
        ends = [(x(points[0].days), float(_BASE)), *((x(each.days + 1), y(each.tickets)) for each in points)]
        return " ".join(f"{a},{b}" for a, b in ends)

    weeks = list(range(-_WEEKS, start - 1, -_WEEKS))
    every = max(1, -(-len(weeks) // 5))
    marks = [(x(days), str(-days // _WEEKS)) for days in weeks[every - 1 :: every]]
    doors = [(x(i + 0.5), speaks.short_day(day)) for i, day in enumerate(report.event.days)]
    return {
        "width": _WIDE,
        "height": _HIGH,
        "base": _BASE,
        "left": _LEFT,
        "right": _WIDE - _RIGHT,
        "rules": [(y(value), f"{value:,}") for value in range(0, most + 1, step)],
        "weeks": marks,
        "doors": doors if x(last + 1) - x(0) > 40 * len(doors) else [(x((last + 1) / 2), speaks.say("Doors"))],
        "open": (x(0), x(last + 1) - x(0), _TOP),
        "mine": line(mine) if mine else "",
        "theirs": line(theirs) if theirs else "",
        "end": (x(mine[-1].days + 1), y(mine[-1].tickets), f"{mine[-1].tickets:,}") if mine else None,
        "their_end": (x(theirs[-1].days + 1), y(theirs[-1].tickets), f"{theirs[-1].tickets:,}") if theirs else None,
    }


def sales_bars(found: Sequence[TimeFigures], report: SalesReport, speaks: Language, *, is_days: bool) -> dict[str, Any]:
    """Returns what the last hours, or days, brought; what went back in more than came draws nothing."""
    shown = found[-_MOST_BARS:]
    if is_days:
        labels = [speaks.short_day(each.at.astimezone(report.zone).date()) for each in shown]
    else:
        labels = hour_labels([each.at for each in shown], report.event.timezone, speaks)
    unit = 10**report.event.currency.exponent
    values = [each.paid // unit for each in shown]
    symbol = report.event.currency.symbol
    words = [f"{'−' if value < 0 else ''}{symbol}{abs(value):,}" for value in values]
    return _bars(labels, words, [(max(0, value),) for value in values], len(found) - len(shown))


def arrival_bars(found: Sequence[ArrivalFigures], day: str, report: SalesReport, speaks: Language) -> dict[str, Any]:
    """Returns who came on a day, by hour and gate; gates beyond the third are one."""
    here = [each for each in found if each.day == day]
    by_gate: dict[str, int] = {}
    for each in here:
        by_gate[each.gate] = by_gate.get(each.gate, 0) + each.people
    gates = sorted(by_gate, key=lambda gate: -by_gate[gate])
    named = gates if len(gates) <= _MOST_GATES else gates[: _MOST_GATES - 1]
    hours: dict[datetime, list[int]] = {}
    for each in here:
        place = named.index(each.gate) if each.gate in named else len(named)
        counts = hours.setdefault(each.at, [0] * (len(named) + (len(named) < len(gates))))
        counts[place] += each.people
    labels = [speaks.time(at.astimezone(report.zone)) for at in sorted(hours)]
    stacks = [tuple(hours[at]) for at in sorted(hours)]
    drawn = _bars(labels[-_MOST_BARS:], [f"{sum(each):,}" for each in stacks][-_MOST_BARS:], stacks[-_MOST_BARS:], 0)
    words = [(gate or speaks.say("No gate"), f"{by_gate[gate]:,}") for gate in named]
    if len(named) < len(gates):
        words.append((speaks.say("Other gates"), f"{sum(by_gate[gate] for gate in gates[len(named) :]):,}"))
    return drawn | {"gates": list(enumerate(words)), "table": list(zip(labels, stacks, strict=True))}


def _bars(
    labels: Sequence[str], words: Sequence[str], stacks: Sequence[tuple[int, ...]], hidden: int
) -> dict[str, Any]:
    most = max((sum(each) for each in stacks), default=0) or 1
    bars = []
    for i, (label, value, stack) in enumerate(zip(labels, words, stacks, strict=True)):
        parts, y = [], float(_BASE)
        for place, part in enumerate(stack):
            high = round((_BASE - _TOP - 8) * part / most, 1)
            y = round(y - high, 1)
            parts.append((place, y, high))
        bars.append(Stack(label, value, tuple(parts), i * _ROOM + 10, 34, y))
    return {"width": max(480, len(bars) * _ROOM), "height": _HIGH, "base": _BASE, "bars": bars, "hidden": hidden}


def _scale(most: int) -> tuple[int, int]:
    """Returns a round number not below `most`, and the step that leads there in at most five."""
    step = 1
    while True:
        for each in _STEPS:
            size = int(each * step)
            if size and size == each * step and size * 4 >= most:
                return max(size, -(-most // size) * size), size
        step *= 10
