"""Carts that wait for their customer, as the screens see them."""

from dataclasses import dataclass
from datetime import datetime

from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart
from boxoffice.till.usecases.gateway.orders import Order


@dataclass(frozen=True, slots=True)
class ParkedSale:
    """A cart that waits; nothing of it is paid, and no place is held for it.

    `till` is where it waits, empty for this one; it can be had only online.
    """

    id: str
    name: str
    lines: tuple[str, ...]
    total: Money
    parked_at: datetime
    by: str
    till: str = ""


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A cart that waits no more, with the promo `code` that was typed, and the order that it adds to, if it is known.

    One that is not `sure` was taken up with no network: another till may have been given it meanwhile.
    """

    cart: Cart
    code: str = ""
    adds_to: Order | None = None
    is_sure: bool = True
