"""The printers of a till, by their addresses: roll printers, those that the computer knows, pictures, or none."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.documents.model import Paper
from boxoffice.documents.rolls import Roll
from boxoffice.till.devices.label_printer import LabelPictures, LabelPrinter, WithLabels
from boxoffice.till.devices.pieces import escpos_of, pdf_of
from boxoffice.till.devices.roll_lines import Opens, file_line, network_line, serial_line, usb_line
from boxoffice.till.devices.roll_printer import RollPrinter
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import PrinterSetup
from boxoffice.till.usecases.ports import NotPrinted, Piece, Printer

_TIMEOUT_S = 10.0
_LAST_PORT = 65535
_HEX_DIGITS: Final = 4
_BAUDS: Final = ("9600", "19200", "38400", "57600", "115200")


@dataclass(frozen=True, slots=True)
class NoPrinter:
    """Stands where no printer is set up."""

    name: str = ""
    has_drawer: bool = False

    def look(self) -> PrinterState:
        return PrinterState.NONE

    def print(self, piece: Piece, *, is_last: bool) -> None:  # noqa: ARG002  # the port has it
        raise NotPrinted(PrinterState.NONE, "", may_be_out=False)

    def kick(self) -> None:
        """There is no drawer."""


@dataclass(frozen=True, slots=True)
class PagePrinter:
    """A printer that the computer knows by name (CUPS): it has its own queue, and what that took is printed."""

    name: str
    paper: Paper = Paper.LETTER
    has_drawer: bool = False

    def look(self) -> PrinterState:
        try:
            done = subprocess.run(
                ["lpstat", "-p", self.name],
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
                env=os.environ | {"LC_ALL": "C"},  # its words are read below, so they must be English
            )
        except (OSError, subprocess.TimeoutExpired):
            return PrinterState.OFFLINE
        is_on = done.returncode == 0 and b"disabled" not in done.stdout
        return PrinterState.READY if is_on else PrinterState.OFFLINE

    def print(self, piece: Piece, *, is_last: bool) -> None:  # noqa: ARG002  # the port has it
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "print.pdf"
            path.write_bytes(pdf_of(piece, self.paper))
            try:
                subprocess.run(["lp", "-d", self.name, str(path)], capture_output=True, timeout=_TIMEOUT_S, check=True)
            except subprocess.TimeoutExpired as error:
                raise NotPrinted(PrinterState.UNKNOWN, self.name, may_be_out=True) from error
            except (OSError, subprocess.CalledProcessError) as error:
                raise NotPrinted(PrinterState.UNKNOWN, self.name, may_be_out=False) from error

    def kick(self) -> None:
        """No drawer hangs on it."""


@dataclass(slots=True)
class PicturePrinter:
    """Draws what a roll printer would print into a folder, one PNG a paper: to try a till out without one."""

    folder: Path
    roll: Roll
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
        from boxoffice.documents.escpos_picture import pngs_of  # noqa: PLC0415  # 60 ms that few tills need

        pictures = pngs_of(escpos_of(piece, self.roll), self.roll.width)
        try:
            with self._one:
                self.folder.mkdir(parents=True, exist_ok=True)
                for png in pictures:
                    (self.folder / f"{self._next():04d}.png").write_bytes(png)
        except OSError as error:
            raise NotPrinted(PrinterState.OFFLINE, self.name, may_be_out=False) from error

    def _next(self) -> int:
        numbers = [int(each.stem) for each in self.folder.glob("*.png") if each.stem.isdecimal()]
        return max(numbers, default=0) + 1

    def kick(self) -> None:
        """No drawer hangs on it."""


def printer_from(setup: PrinterSetup, paper: Paper, field_name: str = "printer") -> Printer:
    """Returns the printer of a set-up, which stands in a field of this name; tickets may have another beside it.

    Raises:
        BadInput: if there is no such address.
    """
    roll = _made(setup.address, field_name, lambda kind, rest: _rolls(kind, rest, setup, paper))
    if not setup.has_labels:
        return roll
    labels = _made(setup.ticket_address, "ticket_printer", lambda kind, rest: _labels(kind, rest, setup))
    return WithLabels(roll, labels, setup.stock)


def _made(address: str, field_name: str, make: Callable[[str, str], Printer | None]) -> Printer:
    if not address:
        return NoPrinter()
    kind, _, rest = address.partition(":")
    printer = make(kind, rest) if rest else None
    if printer is None:
        raise BadInput([FieldError(field_name, f"“{address}” is not {_FORMS}, nor empty")])
    return printer


def _rolls(kind: str, rest: str, setup: PrinterSetup, paper: Paper) -> Printer | None:
    if kind == "lp":
        return PagePrinter(rest, paper)
    if kind == "png":
        return PicturePrinter(Path(rest).expanduser(), Roll(setup.width, setup.letters))
    way = _way(kind, rest)
    if way is None:
        return None
    return RollPrinter(way.name, way.opens, Roll(setup.width, setup.letters), setup.cuts, answers=way.answers)


def _labels(kind: str, rest: str, setup: PrinterSetup) -> Printer | None:
    stock, density = setup.stock, setup.ticket_density
    if kind == "png":
        return LabelPictures(Path(rest).expanduser(), stock, density)
    way = _way(kind, rest)
    if way is None:
        return None
    return LabelPrinter(way.name, way.opens, stock, density, is_plain=setup.plain_tickets, answers=way.answers)


@dataclass(frozen=True, slots=True)
class _Way:
    """How bytes get to a printer; `answers` is false where nothing is heard of it."""

    name: str
    opens: Opens
    answers: bool = True


def _way(kind: str, rest: str) -> _Way | None:
    make = _WAYS.get(kind)
    return None if make is None else make(rest)


def _network(rest: str) -> _Way | None:
    host, _, port = rest.partition(":")
    port = port or "9100"
    if not host or not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
        return None
    return _Way(host, partial(network_line, host, int(port)))


def _usb(rest: str) -> _Way | None:
    vendor, _, more = rest.partition(":")
    product, _, serial = more.partition(":")
    try:
        ids = int(vendor, 16), int(product, 16)
    except ValueError:
        return None
    if len(vendor) != _HEX_DIGITS or len(product) != _HEX_DIGITS:
        return None
    return _Way(f"USB {vendor}:{product}", partial(usb_line, *ids, serial))


def _serial(rest: str) -> _Way | None:
    device, _, baud = rest.partition("@")
    baud = baud or _BAUDS[0]
    if not device or baud not in _BAUDS:
        return None
    return _Way(Path(device).name, partial(serial_line, device, int(baud)))


def _file(rest: str) -> _Way:
    return _Way(Path(rest).name, partial(file_line, rest), answers=False)


_WAYS: Final[dict[str, Callable[[str], _Way | None]]] = {
    "tcp": _network,
    "usb": _usb,
    "serial": _serial,
    "file": _file,
}
_FORMS: Final = "tcp:HOST:PORT, usb:VENDOR:PRODUCT, serial:PORT, file:/dev/usb/lp0, lp:NAME or png:FOLDER"
