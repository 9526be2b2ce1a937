"""Reads what is sent to a roll printer: its commands, and the texts and pictures between them.

It knows the commands that `escpos` and the printers of the till send (Epson's command reference), and refuses others: a
byte that nobody meant must not pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Command(Enum):
    """A command by what it begins with; its number is how many bytes follow."""

    RESET = (b"\x1b@", 0)
    PAGE = (b"\x1bt", 1)
    ALIGN = (b"\x1ba", 1)
    BOLD = (b"\x1bE", 1)
    FEED = (b"\x1bd", 1)
    PULSE = (b"\x1bp", 3)
    SIZE = (b"\x1d!", 1)
    INVERSE = (b"\x1dB", 1)
    CUT = (b"\x1dV", 2)
    PAPER_IN_ORDER = (b"\x1dr", 1)
    STATUS = (b"\x10\x04", 1)
    CLEAR = (b"\x10\x14\x08", 7)

    @property
    def begins(self) -> bytes:
        return self.value[0]

    @property
    def follow(self) -> int:
        return self.value[1]


REAL_TIME: Final = (Command.STATUS, Command.CLEAR)
"""These are answered at once, whatever waits to be printed."""
PAGES: Final[Mapping[int, str]] = {0x13: "cp858", 0x10: "cp1252"}
_RASTER: Final = b"\x1dv0\x00"
_HEAD: Final = 4


@dataclass(frozen=True, slots=True)
class Did:
    """A command and what followed it."""

    command: Command
    numbers: bytes = b""


@dataclass(frozen=True, slots=True)
class Said:
    """Letters, and whether the line ends with them."""

    letters: bytes
    ends: bool


@dataclass(frozen=True, slots=True)
class Drew:
    """A picture: rows of so many bytes, the first dot in the highest bit."""

    row_bytes: int
    dots: bytes


Part = Did | Said | Drew


class NotEscpos(ValueError):
    """A byte that no command of ours begins with."""


def parts_of(sent: bytes) -> Iterator[Part]:
    """Yields what was sent, in its order; what is cut off in the middle is left out.

    Raises:
        NotEscpos: for a command that is not known here.
    """
    at = 0
    while at < len(sent):
        part, at = _next(sent, at)
        if part is None:
            return
        yield part


def _next(sent: bytes, at: int) -> tuple[Part | None, int]:
    if sent[at] in b"\x1b\x1d\x10":
        return _command(sent, at)
    end = at
    while end < len(sent) and sent[end] not in b"\x1b\x1d\x10\n":
        if sent[end] < ord(" "):
            raise NotEscpos(f"byte {sent[end]:#x} at {end}")
        end += 1
    ends = end < len(sent) and sent[end] == ord("\n")
    return Said(sent[at:end], ends), end + ends


def _command(sent: bytes, at: int) -> tuple[Part | None, int]:
    if sent.startswith(_RASTER, at):
        return _picture(sent, at)
    for command in Command:
        if sent.startswith(command.begins, at):
            end = at + len(command.begins) + command.follow
            numbers = sent[end - command.follow : end]
            return (Did(command, numbers), end) if end <= len(sent) else (None, at)
    if len(sent) - at < _HEAD:
        return None, at
    raise NotEscpos(f"bytes {sent[at : at + _HEAD].hex(' ')} at {at}")


def _picture(sent: bytes, at: int) -> tuple[Part | None, int]:
    start = at + len(_RASTER) + 4
    row_bytes = int.from_bytes(sent[start - 4 : start - 2], "little")
    high = int.from_bytes(sent[start - 2 : start], "little")
    end = start + row_bytes * high
    return (Drew(row_bytes, sent[start:end]), end) if end <= len(sent) and start <= len(sent) else (None, at)
