"""The reader and the printer as the screens show them."""

from dataclasses import dataclass
from enum import Enum


class ReaderState(Enum):
    NONE = "none"
    CHECKING = "checking"
    """Chosen, and not heard of yet since the till was started."""
    READY = "ready"
    IN_USE = "in use"
    OFFLINE = "offline"
    NEEDS_INTERNET = "needs internet"


class PrinterState(Enum):
    NONE = "none"
    READY = "ready"
    UNKNOWN = "unknown"
    """It takes what is sent, and does not say how it is."""
    PAPER_LOW = "paper low"
    PAPER_OUT = "paper out"
    COVER_OPEN = "cover open"
    OFFLINE = "offline"
    FAULT = "fault"
    """Its knife or its head stopped."""


class CustomerDisplay(Enum):
    """Where the customer sees the sale."""

    OFF = "off"
    SCREEN = "screen"
    """On the second screen, all of it."""
    WINDOW = "window"
    """In a window of its own, to try it out."""


@dataclass(frozen=True, slots=True)
class Reader:
    id: str
    label: str
    state: ReaderState
    is_chosen: bool = False
