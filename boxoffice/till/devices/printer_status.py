"""What a roll printer says of itself: the bytes of ESC/POS status, read as Epson's command reference has them.

Three kinds of answers come on the same line, and are told apart by their fixed bits: answers in real time (`0xx1xx10`),
what a printer says by itself (`0xx1xx00` and three bytes more), and answers in their turn (`0xx0xxxx`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from boxoffice.till.usecases.gateway.devices import PrinterState

ASK_PRINTER, ASK_OFFLINE, ASK_ERROR, ASK_PAPER = (b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4))
"""DLE EOT n, in real time: the printer, why it is offline, what failed, the sensors of its roll."""
ASK_IN_TURN: Final = b"\x1dr\x01"
"""GS r 1: the paper's sensors, answered once all that was sent before is printed."""
CLEAR: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: forgets what is left of a paper that stopped, so that it does not come out with the next roll."""
KICK: Final = b"\x1bp\x00\x32\xfa"
"""ESC p 0: a pulse of 100 ms on the pin that most drawers are on."""

_FIXED: Final = 0b1001_0011
_REAL_TIME: Final = 0b0001_0010
_BY_ITSELF: Final = 0b0001_0000
_IN_TURN_FIXED, _IN_TURN = 0b1001_0000, 0
_OFFLINE: Final = 0b0000_1000
_COVER: Final = 0b0000_0100
_PAPER_STOPPED: Final = 0b0010_0000
_ERROR: Final = 0b0100_0000
_BROKEN: Final = 0b0110_1000
_LOW, _OUT = 0b0000_1100, 0b0110_0000


@dataclass(frozen=True, slots=True)
class Answers:
    """What came: answers in real time, in the order in which they were asked for, and those in their turn."""

    real_time: tuple[int, ...] = ()
    in_turn: tuple[int, ...] = ()


def answers_in(came: bytes) -> Answers:
    """Returns the answers; what the printer says by itself is left out."""
    real_time, in_turn = [], []
    for byte in _without_news(came):
        if byte & _FIXED == _REAL_TIME:
            real_time.append(byte)
        elif byte & _IN_TURN_FIXED == _IN_TURN:
            in_turn.append(byte)
    return Answers(tuple(real_time), tuple(in_turn))


def _without_news(came: bytes) -> Iterator[int]:
    at = 0
    while at < len(came):
        if came[at] & _FIXED == _BY_ITSELF:
            at += 4
            continue
        yield came[at]
        at += 1


def state_of(printer: int, offline: int, error: int, paper: int) -> PrinterState:
    """Returns how a printer is, by its four answers in real time."""
    if offline & _COVER:
        return PrinterState.COVER_OPEN
    if paper & _OUT or offline & _PAPER_STOPPED:
        return PrinterState.PAPER_OUT
    if error & _BROKEN or offline & _ERROR:
        return PrinterState.FAULT
    if printer & _OFFLINE:
        return PrinterState.OFFLINE
    return PrinterState.PAPER_LOW if paper & _LOW else PrinterState.READY
