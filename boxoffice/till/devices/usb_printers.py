"""Printers on USB, through libusb; none where that is not installed."""

from collections.abc import Iterator
from typing import Any, Final

from boxoffice.till.usecases.gateway.printing import FoundPrinter, Plug

_PRINTERS: Final = 7
"""The class of printers (USB Device Class Definition for Printing Devices)."""
_USUAL: Final = (0x82, 0x01)
_IN: Final = 0x80


def usb_printers() -> Iterator[FoundPrinter]:
    """Yields the printers that are plugged in."""
    for device in _devices():
        serial = _text(device, "serial_number")
        name = " ".join(part for part in (_text(device, "manufacturer"), _text(device, "product")) if part)
        address = f"usb:{device.idVendor:04x}:{device.idProduct:04x}" + (f":{serial}" if serial else "")
        yield FoundPrinter(address, name or f"USB {device.idVendor:04x}:{device.idProduct:04x}", Plug.USB)


def endpoints_of(vendor: int, product: int) -> tuple[int, int]:
    """Returns where a printer is read from and written to; the usual ones, where it does not say."""
    for device in _devices():
        if (device.idVendor, device.idProduct) == (vendor, product):
            found = [each.bEndpointAddress for part in _interfaces(device) for each in part]
            into = next((each for each in found if each & _IN), _USUAL[0])
            out = next((each for each in found if not each & _IN), _USUAL[1])
            return into, out
    return _USUAL


def _devices() -> Iterator[Any]:
    try:
        import usb.core  # noqa: PLC0415  # libusb is not on every computer

        found = usb.core.find(find_all=True, custom_match=lambda device: any(True for _ in _interfaces(device)))
    except (ImportError, ValueError, OSError):  # not installed; no libusb; no right to look
        return
    yield from found


def _interfaces(device: Any) -> Iterator[Any]:
    for configuration in device:
        for interface in configuration:
            if interface.bInterfaceClass == _PRINTERS:
                yield interface


def _text(device: Any, name: str) -> str:
    try:
        return str(getattr(device, name) or "")
    except (ValueError, NotImplementedError, OSError):  # not everybody may ask it
        return ""
