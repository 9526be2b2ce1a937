"""Tells a scanner's burst from a person's typing, by the presses' own times: free of Qt and of any clock.

A scanner types faster than anybody: so what may yet become a burst is kept back for a moment, and then goes on as what
it was, whole and in order. When the events are worked on plays no part, so a machine that stalls changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from boxoffice.till.ui.keys import Scan

T = TypeVar("T")

GAP_MS: Final = 40
"""Scanners leave 1 to 30 ms between two characters. Nobody types six in a row so fast (300 words a minute)."""

LEAST: Final = 6
"""Fewer characters are no code."""

SLOW_GAP_MS: Final = 60
"""Slow scanners, as over Bluetooth or with a delay set between keys, leave up to 45 ms, and some more by jitter."""

SLOW_LEAST: Final = 10
"""So many characters at that pace are a scanner's too: 200 words a minute without one slower key."""

PATIENCE_MS: Final = 1500
"""How long a scanner that ends with a key may hold its breath within a code, as over a bad radio link.

One is taken to, as most do, until a code of its own has ended in silence.
"""

_DOUBLE_END_MS: Final = 60
"""Within this a second end key belongs to the first, as of scanners that end with a carriage return and a line feed."""


@dataclass(frozen=True, slots=True)
class Press(Generic[T]):
    """A key press: `char` is what it types, `by_place` what its place types on the keyboard that scanners speak.

    `item` is handed on as it is, where the press was no scanner's. Shift and its like have neither character.
    """

    stamp_ms: int
    item: T
    char: str = ""
    by_place: str = ""
    is_end: bool = False
    is_silent: bool = False

    @property
    def is_char(self) -> bool:
        return bool(self.char or self.by_place)


class Bursts(Generic[T]):
    """Takes presses one by one; returns what is known by then, in order."""

    def __init__(self) -> None:
        self._run: list[Press[T]] = []
        self._has_end_key = True
        self._ended_at: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self._run

    @property
    def wait_ms(self) -> int:
        """How long silence must last until what is kept back is what it is."""
        return PATIENCE_MS if self._has_end_key and self._begins_with_burst() else SLOW_GAP_MS

    def take(self, press: Press[T]) -> list[T | Scan]:
        """Takes the next press."""
        if not self._run:
            return self._begin(press)
        if press.is_silent:
            self._run.append(press)
            return []
        gap = press.stamp_ms - _last_stamp(self._run)
        if self._goes_on(gap):
            if press.is_end and self._begins_with_burst():
                out = self.settle()
                self._has_end_key, self._ended_at = True, press.stamp_ms
                return out
            if press.is_char or self._begins_with_burst():
                self._run.append(press)
                return []
        return [*self.settle(), *self._begin(press)]

    def settle(self) -> list[T | Scan]:
        """Returns all that was kept back as what it is now."""
        out: list[T | Scan] = []
        parts, self._run = _parts(self._run), []
        if parts and _is_burst(parts[0]):
            self._has_end_key = False
            code = [press for part in parts if part is parts[0] or _is_fast(part) for press in part]
            out.append(Scan("".join(p.char for p in code), "".join(p.by_place for p in code)))
            parts = [part for part in parts[1:] if not _is_fast(part)]
        return out + [press.item for part in parts for press in part]

    def _begin(self, press: Press[T]) -> list[T | Scan]:
        if press.is_end and self._ended_at is not None and press.stamp_ms - self._ended_at <= _DOUBLE_END_MS:
            self._ended_at = None
            return []
        self._ended_at = None
        if press.is_char:
            self._run = [press]
            return []
        return [press.item]

    def _goes_on(self, gap_ms: int) -> bool:
        return gap_ms <= self.wait_ms

    def _begins_with_burst(self) -> bool:
        parts = _parts(self._run)
        return bool(parts) and _is_burst(parts[0])


def _parts(run: Sequence[Press[T]]) -> list[list[Press[T]]]:
    """Returns the run cut where it was not fast; what is long is all of it fast at a slow scanner's pace."""
    return [
        part
        for slow in _cut(run, SLOW_GAP_MS)
        for part in ([slow] if sum(press.is_char for press in slow) >= SLOW_LEAST else _cut(slow, GAP_MS))
    ]


def _cut(run: Sequence[Press[T]], gap_ms: int) -> list[list[Press[T]]]:
    """Returns the run cut at longer gaps; releases and Shift stay with what they came after."""
    parts: list[list[Press[T]]] = []
    for press in run:
        if parts and (press.is_silent or press.stamp_ms - _last_stamp(parts[-1]) <= gap_ms):
            parts[-1].append(press)
        else:
            parts.append([press])
    return parts


def _last_stamp(run: Sequence[Press[T]]) -> int:
    """Returns when the last key that types was pressed: releases lie between two presses, and say nothing."""
    return next(press.stamp_ms for press in reversed(run) if not press.is_silent)


def _is_burst(part: Sequence[Press[T]]) -> bool:
    return sum(press.is_char for press in part) >= LEAST


def _is_fast(part: Sequence[Press[T]]) -> bool:
    return sum(press.is_char for press in part) > 1
