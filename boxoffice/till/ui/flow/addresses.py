"""Printers' addresses as people type them: `192.168.1.40`, `/dev/usb/lp0`, `COM3`, or as the till writes them."""

import re
from typing import Final

_WHOLE: Final = ("tcp:", "usb:", "serial:", "file:", "lp:", "png:")
_PORT: Final = re.compile(r"(COM\d+|/dev/(tty|cu\.)\S+)(@\d+)?", re.IGNORECASE)


def address_of(typed: str) -> str:
    """Returns the address that was meant; whether there is such a printer is found out by who opens it."""
    text = typed.strip()
    if not text or text.startswith(_WHOLE):
        return text
    if _PORT.fullmatch(text):
        return f"serial:{text}"
    if text.startswith(("/dev/", "\\\\.\\")):
        return f"file:{text}"
    if text.startswith(("/", "~")) or text[1:3] == ":\\":
        return f"png:{text}"
    return f"tcp:{text}"


def neighbour_of(typed: str) -> tuple[str, str]:
    """Returns another till's name and its printer's address, of `Door B, 192.168.1.41`; without a comma, the name."""
    name, comma, address = typed.rpartition(",")
    return (name.strip(), address_of(address)) if comma else (address.strip(), "")


def written(name: str, address: str) -> str:
    """Returns the same as a person would type it."""
    return f"{name}, {address}" if address else name
