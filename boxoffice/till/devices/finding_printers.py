"""The printers that this computer can see: on USB, on serial ports, as device files, and by their names."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from boxoffice.documents.model import Paper
from boxoffice.till.devices.printer import printer_from
from boxoffice.till.devices.usb_printers import usb_printers
from boxoffice.till.usecases.gateway.printing import FoundPrinter, Plug, PrinterSetup
from boxoffice.till.usecases.ports import Printer

_TIMEOUT_S: Final = 5.0
_DEVICES: Final = Path("/dev")


@dataclass(frozen=True, slots=True)
class PrintersHere:
    """Implements `ports.Printers` for this computer."""

    paper: Paper
    devices: Path = _DEVICES

    def find(self) -> tuple[FoundPrinter, ...]:
        return (*usb_printers(), *_files(self.devices), *_serial_ports(), *_known_by_name())

    def open(self, setup: PrinterSetup) -> Printer:
        return printer_from(setup, self.paper)


def _files(devices: Path) -> Iterator[FoundPrinter]:
    for path in sorted(devices.glob("usb/lp*")):
        yield FoundPrinter(f"file:{path}", path.name, Plug.FILE)


def _serial_ports() -> Iterator[FoundPrinter]:
    try:
        from serial.tools.list_ports import comports  # noqa: PLC0415  # few have one
    except ImportError:
        return
    for port in sorted(comports(), key=lambda each: str(each.device)):
        if port.vid is not None or sys.platform == "win32":  # ports of the board itself are no printers
            yield FoundPrinter(f"serial:{port.device}", str(port.description or port.device), Plug.SERIAL)


def _known_by_name() -> Iterator[FoundPrinter]:
    try:
        done = subprocess.run(["lpstat", "-e"], capture_output=True, timeout=_TIMEOUT_S, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired):
        return
    for name in done.stdout.split():
        yield FoundPrinter(f"lp:{name}", name.replace("_", " "), Plug.SYSTEM)
