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
    PAPER_LOW = "paper low"
    PAPER_OUT = "paper out"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Reader:
    id: str
    label: str
    state: ReaderState
    is_chosen: bool = False
