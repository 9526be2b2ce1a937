"""Receipt printers: one on the network, one that the computer knows by name, or none."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.documents.model import Paper, Receipt, Ticket
from boxoffice.documents.slips import Slip
from boxoffice.till.usecases.ports import Printer

_TIMEOUT_S = 10.0
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class NoPrinter:
    """Stands where no printer is set up."""

    name: str = ""

    def is_ready(self) -> bool:
        return False

    def print_receipt(self, receipt: Receipt) -> None:
        raise _not_printed("No printer is set up.", f"Save the receipt of {receipt.order_number} as PDF instead.")

    def print_tickets(self, tickets: Sequence[Ticket]) -> None:
        raise _not_printed("No printer is set up.", f"Save the {len(tickets)} tickets as PDF instead.")

    def print_slip(self, slip: Slip) -> None:
        raise _not_printed("No printer is set up.", f"Save “{slip.title}” as PDF instead.")


@dataclass(frozen=True, slots=True)
class RollPrinter:
    """An ESC/POS printer for 80 mm rolls, on the network (raw, port 9100) or as a device file."""

    name: str
    host: str = ""
    port: int = 9100
    path: str = ""

    def is_ready(self) -> bool:
        try:
            printer = self._open()
        except OperationFailed:
            return False
        printer.close()
        return True

    def print_receipt(self, receipt: Receipt) -> None:
        from boxoffice.documents.escpos import receipt_escpos  # noqa: PLC0415  # 80 ms of a till's start

        self._send(receipt_escpos(receipt))

    def print_tickets(self, tickets: Sequence[Ticket]) -> None:
        from boxoffice.documents.escpos import tickets_escpos  # noqa: PLC0415  # 80 ms of a till's start

        self._send(tickets_escpos(tickets))

    def print_slip(self, slip: Slip) -> None:
        from boxoffice.documents.escpos import slip_escpos  # noqa: PLC0415  # 80 ms of a till's start

        self._send(slip_escpos(slip))

    def _send(self, data: bytes) -> None:
        from escpos.exceptions import Error  # noqa: PLC0415  # 0.26 s of a till's start

        printer = self._open()
        try:
            try:
                printer._raw(data)  # the library's way to send bytes that are ready
            finally:
                printer.close()  # a device that did not take them may say so once more
        except (Error, OSError) as error:
            raise _not_printed(f"The printer {self.name} did not take it.", "Check its paper and cable.") from error

    def _open(self) -> Any:
        from escpos.exceptions import Error  # noqa: PLC0415  # 0.26 s of a till's start
        from escpos.printer import File, Network  # noqa: PLC0415  # 0.26 s of a till's start

        try:
            printer = File(self.path) if self.path else Network(self.host, self.port, timeout=_TIMEOUT_S)
            printer.open()
        except (Error, OSError) as error:
            raise _not_printed(f"The printer {self.name} can't be reached.", "Check its power and cable.") from error
        return printer


@dataclass(frozen=True, slots=True)
class PagePrinter:
    """A printer that the computer knows by name (CUPS)."""

    name: str
    paper: Paper = Paper.LETTER

    def is_ready(self) -> bool:
        try:
            done = subprocess.run(
                ["lpstat", "-p", self.name],
                capture_output=True,
                timeout=_TIMEOUT_S,
                check=False,
                env=os.environ | {"LC_ALL": "C"},  # its words are read below, so they must be English
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0 and b"disabled" not in done.stdout

    def print_receipt(self, receipt: Receipt) -> None:
        from boxoffice.documents.receipt import receipt_pdf  # noqa: PLC0415  # 80 ms of a till's start

        self._send(receipt_pdf(receipt, self.paper))

    def print_tickets(self, tickets: Sequence[Ticket]) -> None:
        from boxoffice.documents.tickets import tickets_pdf  # noqa: PLC0415  # 80 ms of a till's start

        self._send(tickets_pdf(tickets))

    def print_slip(self, slip: Slip) -> None:
        from boxoffice.documents.slip_pdf import slip_pdf  # noqa: PLC0415  # 80 ms of a till's start

        self._send(slip_pdf(slip, self.paper))

    def _send(self, pdf: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "print.pdf"
            path.write_bytes(pdf)
            try:
                subprocess.run(["lp", "-d", self.name, str(path)], capture_output=True, timeout=_TIMEOUT_S, check=True)
            except (OSError, subprocess.SubprocessError) as error:
                raise _not_printed(f"The printer {self.name} did not take it.", "Check it, then try again.") from error


def printer_from(setting: str, paper: Paper) -> Printer:
    """Returns the printer of a setting: empty, `tcp:HOST[:PORT]`, `file:/dev/usb/lp0` or `lp:NAME`.

    Raises:
        BadInput: for anything else.
    """
    kind, _, rest = setting.partition(":")
    if not setting:
        return NoPrinter()
    if kind == "tcp" and rest:
        host, _, port = rest.partition(":")
        port = port or "9100"
        if port.isdecimal() and 0 < int(port) <= _LAST_PORT:
            return RollPrinter(host, host=host, port=int(port))
    if kind == "file" and rest:
        return RollPrinter(Path(rest).name, path=rest)
    if kind == "lp" and rest:
        return PagePrinter(rest, paper)
    raise BadInput(
        [FieldError("BOXOFFICE_PRINTER", f"“{setting}” is not tcp:HOST:PORT, file:/dev/usb/lp0 or lp:NAME, nor empty")]
    )


def _not_printed(what_happened: str, what_to_do: str) -> OperationFailed:
    return OperationFailed(what_happened, "The sale is saved.", what_to_do)
