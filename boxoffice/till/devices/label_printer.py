"""A printer of ticket stock or wristbands: labels as ZPL, and what the printer says of them (~HS) before and after.

One that never answers, such as a device file, is believed once it has taken the bytes.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, assert_never

from boxoffice.documents.model import TICKET, Receipt, Ticket
from boxoffice.documents.slips import Slip
from boxoffice.documents.stocks import Density, Stock
from boxoffice.till.devices.roll_lines import Line, LineBroken, Opens
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.ports import NotPrinted, Piece, Printer

if TYPE_CHECKING:
    from boxoffice.documents.labels import Label

_ANSWER_S: Final = 1.5
_PATIENCE_S: Final = 20.0
_PAUSE_S: Final = 0.2
_GOOD: Final = (PrinterState.READY, PrinterState.UNKNOWN)
_STX, _ETX = b"\x02", b"\x03"
_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What ~HS says: how the printer is, and how many labels it has been sent that are not out."""

    state: PrinterState
    waiting: int


def host_status(came: bytes) -> HostStatus | None:
    """Returns what an answer says, once all of it has come; None before, and for what is no answer."""
    lines = [part.partition(_ETX)[0].decode("ascii", "replace").split(",") for part in came.split(_STX)[1:]]
    if came.count(_ETX) < _LINES or len(lines) < _LINES:
        return None
    try:
        first, second = ([int(each) for each in line] for line in lines[:2])
        paper_out, paused, formats, is_full = first[1], first[2], first[4], first[5]
        head_up, ribbon_out, left = second[2], second[3], second[8]
    except (ValueError, IndexError):
        return None
    if head_up:
        state = PrinterState.COVER_OPEN
    elif paper_out:
        state = PrinterState.PAPER_OUT
    elif ribbon_out or is_full:
        state = PrinterState.FAULT
    else:
        state = PrinterState.OFFLINE if paused else PrinterState.READY
    return HostStatus(state, formats + left)


class LabelPrinter:
    """One printer, one label at a time, whoever asks."""

    has_drawer = False

    def __init__(
        self,
        name: str,
        opens: Opens,
        stock: Stock,
        density: Density,
        *,
        is_plain: bool,
        answers: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`is_plain` is for printers that have no letters with accents; `answers` false where nothing can be heard."""
        self.name = name
        self._opens, self._stock, self._density, self._is_plain = opens, stock, density, is_plain
        self._answers, self._clock = answers, clock
        self._has_answered = False
        self._one = threading.Lock()

    def look(self) -> PrinterState:
        try:
            with self._one, self._open() as line:
                return self._status(line).state
        except (NotPrinted, LineBroken):
            return PrinterState.OFFLINE

    def print(self, piece: Piece, *, is_last: bool) -> None:  # noqa: ARG002  # the port has it
        from boxoffice.documents.zpl import label_zpl  # noqa: PLC0415  # few tills have one

        data = label_zpl(self._label(piece), is_plain=self._is_plain)
        with self._one, self._open() as line:
            try:
                before = self._status(line)
            except LineBroken as broken:
                raise self._failed(PrinterState.OFFLINE) from broken
            if before.state not in _GOOD:
                raise self._failed(before.state)
            try:
                line.send(data)
                if before.state is not PrinterState.UNKNOWN:
                    self._await_end(line)
                line.close()
            except LineBroken as broken:
                raise self._failed(PrinterState.OFFLINE, may_be_out=True) from broken

    def kick(self) -> None:
        """No drawer hangs on it."""

    def _label(self, piece: Piece) -> "Label":
        return label_of_piece(piece, self._stock, self._density)

    def _failed(self, state: PrinterState, *, may_be_out: bool = False) -> NotPrinted:
        return NotPrinted(state, self.name, may_be_out=may_be_out)

    @contextmanager
    def _open(self) -> Iterator[Line]:
        try:
            line = self._opens()
        except LineBroken as broken:
            raise self._failed(PrinterState.OFFLINE) from broken
        try:
            yield line
        finally:
            with suppress(LineBroken):
                line.close()

    def _status(self, line: Line) -> HostStatus:
        """Asks how the printer is; `UNKNOWN` where it never says, `OFFLINE` where it did before."""
        from boxoffice.documents.zpl import STATUS  # noqa: PLC0415  # few tills have one

        silent = HostStatus(PrinterState.OFFLINE if self._has_answered else PrinterState.UNKNOWN, 0)
        if not self._answers:
            return silent
        line.send(STATUS)
        came, ends = b"", self._clock() + _ANSWER_S
        while (left := ends - self._clock()) > 0:
            came += line.hear(left)
            found = host_status(came)
            if found is not None:
                self._has_answered = True
                return found
        return silent

    def _await_end(self, line: Line) -> None:
        """Returns when the printer has no label left.

        Raises:
            NotPrinted: if it stops before, or does not say.
        """
        ends = self._clock() + _PATIENCE_S
        while self._clock() < ends:
            now = self._status(line)
            if now.state not in _GOOD:
                from boxoffice.documents.zpl import CLEAR  # noqa: PLC0415  # few tills have one

                with suppress(LineBroken):
                    line.send(CLEAR)  # what waits within it must not come out beside what is printed again
                raise self._failed(now.state, may_be_out=True)
            if not now.waiting:
                return
            time.sleep(_PAUSE_S)
        raise self._failed(PrinterState.UNKNOWN, may_be_out=True)


@dataclass(slots=True)
class LabelPictures:
    """Draws what would come out on ticket stock or a wristband into a folder: to try a till out without such a one."""

    folder: Path
    stock: Stock
    density: Density
    has_drawer: bool = False
    _one: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return self.folder.name or str(self.folder)

    def look(self) -> PrinterState:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return PrinterState.OFFLINE
        return PrinterState.READY

    def print(self, piece: Piece, *, is_last: bool) -> None:  # noqa: ARG002  # the port has it
        from boxoffice.documents.label_picture import png_of  # noqa: PLC0415  # few tills have one

        png = png_of(label_of_piece(piece, self.stock, self.density))
        try:
            with self._one:
                self.folder.mkdir(parents=True, exist_ok=True)
                number = len(list(self.folder.glob("label-*.png"))) + 1
                (self.folder / f"label-{number:04d}.png").write_bytes(png)
        except OSError as error:
            raise NotPrinted(PrinterState.OFFLINE, self.name, may_be_out=False) from error

    def kick(self) -> None:
        """No drawer hangs on it."""


@dataclass(frozen=True, slots=True)
class WithLabels:
    """A roll printer for receipts, and beside it one for tickets."""

    roll: Printer
    labels: Printer
    stock: Stock = Stock.TICKET

    @property
    def name(self) -> str:
        return " + ".join(each for each in (self.roll.name, self.labels.name) if each)

    @property
    def has_drawer(self) -> bool:
        return self.roll.has_drawer

    def look(self) -> PrinterState:
        """Returns how the one is that needs a person; both must work."""
        labels = self.labels.look()
        return self.roll.look() if self.roll.name and labels in _GOOD else labels

    def print(self, piece: Piece, *, is_last: bool) -> None:
        match piece:
            case Ticket(kind=kind) if kind == TICKET or self.stock is not Stock.WRISTBAND or not self.roll.name:
                self.labels.print(piece, is_last=is_last)
            case Receipt() | Ticket() | Slip():  # nobody wears a gift card
                self.roll.print(piece, is_last=is_last)
            case _:
                assert_never(piece)

    def kick(self) -> None:
        self.roll.kick()


def label_of_piece(piece: Piece, stock: Stock, density: Density) -> "Label":
    """Returns the label of a ticket; nothing else is printed on such a stock.

    Raises:
        TypeError: for any other paper.
    """
    match piece:
        case Ticket():
            from boxoffice.documents.labels import label_of  # noqa: PLC0415  # 60 ms that few tills need

            return label_of(piece, stock, density)
        case Receipt() | Slip():
            raise TypeError("only tickets are printed on ticket stock")
        case _:
            assert_never(piece)
