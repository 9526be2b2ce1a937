"""Carts that wait for their customer, as the screens see them."""

from dataclasses import dataclass
from datetime import datetime

from boxoffice.core.money import Money


@dataclass(frozen=True, slots=True)
class ParkedSale:
    """A cart that waits; nothing of it is paid, and no place is held for it.

    `till` is where it waits, empty for this one; it can be had if that lets go of it, and only online.
    """

    id: str
    name: str
    lines: tuple[str, ...]
    total: Money
    parked_at: datetime
    by: str
    till: str = ""
