"""A roll printer on a real socket: it prints into pictures, says how it is, and fails when a test says so."""

import socket
import threading
from enum import Enum
from typing import Any

from boxoffice.documents.escpos_picture import pictures_of
from boxoffice.documents.escpos_reading import REAL_TIME, Command, Did, Drew, Part, parts_of
from boxoffice.documents.rolls import RollWidth


class Fault(Enum):
    """What is wrong with it."""

    PAPER_OUT = "paper out"
    COVER_OPEN = "cover open"
    KNIFE = "knife"
    MUTE = "mute"
    """It prints, and never says anything."""
    NO_TURN = "no turn"
    """It says how it is, and knows no question that is answered in its turn."""


# Epson's command reference: DLE EOT 1 to 4 by fault, and with none.
_FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
_SAYS = {
    Fault.PAPER_OUT: {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E},
    Fault.COVER_OPEN: {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12},
    Fault.KNIFE: {1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12},
}
_NEWS = b"\x10\x00\x00\x0f"
"""What a printer says by itself, when nobody asked."""


class RollMachine:
    """Takes one connection after the other. `stops_after` so many parts of what is printed, `fault` begins."""

    def __init__(self, width: RollWidth = RollWidth.MM_80) -> None:
        self.width = width
        self.fault: Fault | None = None
        self.stops_after: tuple[int, Fault] | None = None
        self.hangs_up_after: int | None = None
        self.kicks = 0
        self.clears = 0
        self.order: list[str] = []
        """Papers and kicks as they came."""
        self._printed = bytearray()
        self._waits: list[tuple[Part, bytes]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"tcp:127.0.0.1:{self.port}"

    @property
    def printed(self) -> bytes:
        return bytes(self._printed)

    @property
    def papers(self) -> tuple[Any, ...]:
        """What came out, as pictures."""
        return pictures_of(self.printed, self.width)

    def mend(self) -> None:
        """Somebody puts in a roll and closes the cover: what the printer still had in it comes out now."""
        self.fault = None
        self._work(None)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(20)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        rest = b""
        if self.fault is not Fault.MUTE:
            connection.sendall(_NEWS)
        while True:
            try:
                came = connection.recv(4096)
            except OSError:
                return
            if not came:
                return
            if self.hangs_up_after is not None:
                self.hangs_up_after -= len(came)
                if self.hangs_up_after <= 0:
                    self.hangs_up_after = None
                    return
            rest = self._take(rest + came, connection)

    def _take(self, sent: bytes, connection: socket.socket) -> bytes:
        """Takes every part that is whole; returns what is not."""
        at = 0
        for part, end in _ends(sent):
            raw, at = sent[at:end], end
            if isinstance(part, Did) and part.command in REAL_TIME:
                self._at_once(part, connection)
            else:
                self._waits.append((part, raw))
                self._work(connection)
        return sent[at:]

    def _at_once(self, part: Did, connection: socket.socket) -> None:
        if part.command is Command.CLEAR:
            self.clears += 1
            self._waits = []
        elif self.fault is not Fault.MUTE:
            says = _SAYS.get(self.fault, _FINE) if self.fault is not None else _FINE
            connection.sendall(bytes([says[part.numbers[0]]]))

    def _work(self, connection: socket.socket | None) -> None:
        while self._waits and self.fault not in _SAYS:
            part, raw = self._waits.pop(0)
            match part:
                case Did(Command.PULSE):
                    self.kicks += 1
                    self.order.append("kick")
                case Did(Command.PAPER_IN_ORDER):
                    if connection is not None and self.fault is None:
                        connection.sendall(b"\x00")
                case _:
                    self._printed += raw
                    if isinstance(part, Did) and part.command is Command.CUT:
                        self.order.append("paper")
                    self._count(part)

    def _count(self, part: Part) -> None:
        if self.stops_after is not None:
            left, fault = self.stops_after
            if isinstance(part, Drew) or not isinstance(part, Did):
                left -= 1
            self.stops_after = (left, fault)
            if left <= 0:
                self.stops_after, self.fault = None, fault


def _ends(sent: bytes) -> list[tuple[Part, int]]:
    """Returns the whole parts and where each ends."""
    found: list[tuple[Part, int]] = []
    at = 0
    while at < len(sent):
        first = next(parts_of(sent[at:]), None)
        if first is None:
            break
        end = at + _long(first, sent, at)
        is_open = not isinstance(first, (Did, Drew)) and not first.ends and end == len(sent)
        if is_open:
            break
        found.append((first, end))
        at = end
    return found


def _long(part: Part, sent: bytes, at: int) -> int:
    match part:
        case Did(command, numbers):
            return len(command.begins) + len(numbers)
        case Drew(_, dots):
            return 8 + len(dots)
        case _:
            return len(part.letters) + part.ends
