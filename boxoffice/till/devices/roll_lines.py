"""The ways to a roll printer: network, USB, serial, device file. Bytes go there, and what it answers comes back."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

_TIMEOUT_S: Final = 10.0
_BAUD: Final = 9600


class LineBroken(Exception):
    """The way is not there, or was cut."""


class Line(Protocol):
    """An open way to a printer; every method may raise `LineBroken`."""

    def send(self, data: bytes) -> None: ...

    def hear(self, wait_s: float) -> bytes:
        """Returns what has come, or nothing after so long."""

    def close(self) -> None: ...


Opens = Callable[[], Line]


@dataclass(frozen=True, slots=True)
class EscposLine:
    """A printer of the library, which opens, sends and closes."""

    printer: Any
    read: Callable[[Any, float], bytes]

    def send(self, data: bytes) -> None:
        self._try(lambda: self.printer._raw(data))  # the library's way to send bytes that are ready

    def hear(self, wait_s: float) -> bytes:
        return bytes(self._try(lambda: self.read(self.printer, wait_s)))

    def close(self) -> None:
        self._try(self.printer.close)  # a device that did not take them may say so once more

    def _try(self, act: Callable[[], Any]) -> Any:
        from escpos.exceptions import Error  # noqa: PLC0415  # 0.26 s of a till's start

        try:
            return act()
        except (Error, OSError, AssertionError) as error:  # those of USB and serial lines are OSErrors
            raise LineBroken(str(error)) from error


def network_line(host: str, port: int) -> Line:
    from escpos.printer import Network  # noqa: PLC0415  # 0.26 s of a till's start

    return _opened(lambda: Network(host, port, timeout=_TIMEOUT_S), _read_socket)


def usb_line(vendor: int, product: int, serial: str) -> Line:
    from escpos.printer import Usb  # noqa: PLC0415  # 0.26 s of a till's start

    from boxoffice.till.devices.usb_printers import endpoints_of  # noqa: PLC0415  # libusb is not on every computer

    arguments: dict[str, Any] = {"serial_number": serial} if serial else {}
    into, out = endpoints_of(vendor, product)
    return _opened(
        lambda: Usb(vendor, product, arguments, timeout=int(_TIMEOUT_S * 1000), in_ep=into, out_ep=out), _read_usb
    )


def serial_line(device: str, baud: int = _BAUD) -> Line:
    from escpos.printer import Serial  # noqa: PLC0415  # 0.26 s of a till's start

    return _opened(lambda: Serial(device, baudrate=baud, timeout=_TIMEOUT_S), _read_serial)


def file_line(path: str) -> Line:
    from escpos.printer import File  # noqa: PLC0415  # 0.26 s of a till's start

    return _opened(lambda: File(path), lambda _printer, _wait_s: b"")


def _opened(make: Callable[[], Any], read: Callable[[Any, float], bytes]) -> Line:
    from escpos.exceptions import Error  # noqa: PLC0415  # 0.26 s of a till's start

    try:
        printer = make()
        printer.open()
    except (
        Error,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # the library's own, and of parts that are not installed
        raise LineBroken(str(error)) from error
    return EscposLine(printer, read)


def _read_socket(printer: Any, wait_s: float) -> bytes:
    printer.device.settimeout(max(wait_s, 0.001))
    try:
        found: bytes = printer.device.recv(64)
    except TimeoutError:
        return b""
    finally:
        printer.device.settimeout(_TIMEOUT_S)
    if not found:
        raise LineBroken("the printer hung up")
    return found


def _read_usb(printer: Any, wait_s: float) -> bytes:
    import usb.core  # noqa: PLC0415  # libusb is not on every computer

    try:
        return bytes(printer.device.read(printer.in_ep, 64, max(1, int(wait_s * 1000))))
    except usb.core.USBTimeoutError:
        return b""


def _read_serial(printer: Any, wait_s: float) -> bytes:
    ends = time.monotonic() + wait_s
    while not printer.device.in_waiting and time.monotonic() < ends:
        time.sleep(0.01)
    return bytes(printer.device.read(printer.device.in_waiting))
