"""A roll printer: slips as ESC/POS, and what the printer says of them before, meanwhile and after.

Whether a paper is out is asked in its turn (GS r), behind the last byte of it: the answer comes once all before it is
printed. A printer that never answers (a device file, a cheap network board) is believed once it has taken the bytes.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final

from boxoffice.documents.rolls import Roll
from boxoffice.till.devices.pieces import escpos_of
from boxoffice.till.devices.printer_status import (
    ASK_ERROR,
    ASK_IN_TURN,
    ASK_OFFLINE,
    ASK_PAPER,
    ASK_PRINTER,
    CLEAR,
    KICK,
    answers_in,
    state_of,
)
from boxoffice.till.devices.roll_lines import Line, LineBroken, Opens
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import Cuts
from boxoffice.till.usecases.ports import NotPrinted, Piece

_QUESTIONS: Final = (ASK_PRINTER, ASK_OFFLINE, ASK_ERROR, ASK_PAPER)
_ANSWER_S: Final = 0.6
"""How long a printer has to answer in real time."""
_SILENT_S: Final = 4.0
"""One that answered before, and says nothing for so long, is off."""
_PATIENCE_S: Final = 40.0
_FIRST_PATIENCE_S: Final = 8.0
"""How long an answer in its turn is waited for: from a printer that has given one, and from one that may know none."""
_GOOD: Final = (PrinterState.READY, PrinterState.PAPER_LOW, PrinterState.UNKNOWN)


class RollPrinter:
    """One printer, one paper at a time, whoever asks."""

    def __init__(
        self,
        name: str,
        opens: Opens,
        roll: Roll,
        cuts: Cuts = Cuts.EACH,
        *,
        answers: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`answers` is false where nothing can be heard, as from a device file."""
        self.name = name
        self._opens, self._roll, self._cuts, self._clock = opens, roll, cuts, clock
        self._can_answer = answers
        self._has_answered = self._has_answered_in_turn = False
        self._is_mute = not answers
        self._one = threading.Lock()
        self._last = PrinterState.UNKNOWN

    @property
    def has_drawer(self) -> bool:
        return True

    def look(self) -> PrinterState:
        """Asks the printer how it is; while it prints, what it said last is told."""
        if not self._one.acquire(blocking=False):
            return self._last
        try:
            self._is_mute = not self._can_answer
            with self._open() as line:
                self._last = self._state(line)
        except NotPrinted as failed:
            self._last = failed.state
        except LineBroken:
            self._last = PrinterState.OFFLINE
        finally:
            self._one.release()
        return self._last

    def print(self, piece: Piece, *, is_last: bool) -> None:
        data = self._bytes(piece, is_last=is_last)
        with self._one:
            try:
                self._print(data)
            except NotPrinted as failed:
                self._last = failed.state
                raise

    def kick(self) -> None:
        with self._one, self._open() as line:
            try:
                line.send(KICK)
                line.close()
            except LineBroken as broken:
                raise NotPrinted(PrinterState.OFFLINE, self.name, may_be_out=False) from broken

    def _bytes(self, piece: Piece, *, is_last: bool) -> bytes:
        is_cut = self._cuts is Cuts.EACH or (self._cuts is Cuts.END and is_last)
        return escpos_of(piece, replace(self._roll, is_cut=is_cut))

    def _print(self, data: bytes) -> None:
        with self._open() as line:
            try:
                before = self._state(line)
            except LineBroken as broken:
                raise NotPrinted(PrinterState.OFFLINE, self.name, may_be_out=False) from broken
            if before not in _GOOD:
                raise NotPrinted(before, self.name, may_be_out=False)
            try:
                line.send(data)
                if before is not PrinterState.UNKNOWN:
                    self._await_end(line)
                line.close()
            except LineBroken as broken:
                raise NotPrinted(PrinterState.OFFLINE, self.name, may_be_out=True) from broken
        self._last = before

    @contextmanager
    def _open(self) -> Iterator[Line]:
        try:
            line = self._opens()
        except LineBroken as broken:
            raise NotPrinted(PrinterState.OFFLINE, self.name, may_be_out=False) from broken
        try:
            yield line
        finally:
            with suppress(LineBroken):
                line.close()

    def _state(self, line: Line) -> PrinterState:
        """Asks how the printer is; `UNKNOWN` where it never says."""
        if self._is_mute:
            return PrinterState.UNKNOWN
        line.send(b"".join(_QUESTIONS))
        came, ends = b"", self._clock() + (_SILENT_S if self._has_answered else _ANSWER_S)
        while (left := ends - self._clock()) > 0:
            came += line.hear(left)
            found = answers_in(came).real_time
            if len(found) >= len(_QUESTIONS):
                self._has_answered = True
                return state_of(*found[: len(_QUESTIONS)])
        if self._has_answered:
            return PrinterState.OFFLINE
        self._is_mute = True  # until somebody looks again
        return PrinterState.UNKNOWN

    def _await_end(self, line: Line) -> None:
        """Returns when all that was sent is printed.

        Raises:
            NotPrinted: if the printer stops before, or does not say.
        """
        line.send(ASK_IN_TURN)
        patience = _PATIENCE_S if self._has_answered_in_turn else _FIRST_PATIENCE_S
        ends = self._clock() + patience
        while self._clock() < ends:
            if answers_in(line.hear(_ANSWER_S)).in_turn:
                self._has_answered_in_turn = True
                return
            line.send(b"".join(_QUESTIONS))
            state, is_out = self._heard(line)
            if is_out:
                self._has_answered_in_turn = True
                return
            if state not in _GOOD:
                with suppress(LineBroken):
                    line.send(CLEAR)
                raise NotPrinted(state, self.name, may_be_out=True)
        if self._has_answered_in_turn:
            raise NotPrinted(PrinterState.UNKNOWN, self.name, may_be_out=True)

    def _heard(self, line: Line) -> tuple[PrinterState, bool]:
        """Returns how the printer is, and whether the answer in its turn came meanwhile."""
        came, ends = b"", self._clock() + _SILENT_S
        while (left := ends - self._clock()) > 0:
            came += line.hear(left)
            found = answers_in(came)
            if found.in_turn:
                return PrinterState.READY, True
            if len(found.real_time) >= len(_QUESTIONS):
                return state_of(*found.real_time[: len(_QUESTIONS)]), False
        return PrinterState.OFFLINE, False
