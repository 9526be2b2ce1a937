"""Says what a scanned code is: a ticket of this event, an order of this till, or nothing that is known here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.tickets import BadToken, TicketClaims, decode_token
from boxoffice.till.store.orders import order_of_ticket
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.orders import Scanned
from boxoffice.till.usecases.orders import Orders

MOST_AROUND: Final = 8
"""How many characters a scanner may be set to put before a code, and after it."""


@dataclass(frozen=True, slots=True)
class Scans:
    """Looks scanned codes up."""

    context: TillContext
    orders: Orders

    def look_up(self, readings: Sequence[str]) -> Scanned:
        """Returns what the code is, by the first of its readings that means something.

        Args:
            readings: what it may say, by the keyboard's layout, by the places of the keys, without Caps Lock.
        """
        for reading in readings:
            claims = self._ticket(reading)
            if claims is not None:
                return self._of_ticket(claims)
        order_id = self.orders.own_numbered(readings)
        return Scanned(self.orders.order(order_id) if order_id is not None else None)

    def _of_ticket(self, claims: TicketClaims) -> Scanned:
        product = self.context.event.catalogue.products_by_id.get(claims.product_id)
        with self.context.store.reading() as connection:
            order_id = order_of_ticket(connection, claims.ticket_id)
        order = self.orders.order(order_id) if order_id is not None else None
        return Scanned(order, product.name if product is not None else str(claims.product_id))

    def _ticket(self, reading: str) -> TicketClaims | None:
        event = self.context.event
        key = Ed25519PublicKey.from_public_bytes(event.public_key)
        for token in without_ends(reading):
            try:
                return decode_token(token, event.catalogue.id, key)
            except BadToken:
                continue
        return None


def without_ends(text: str) -> Iterator[str]:
    """Yields the text, then without what a scanner may have put round it. A blank may be a code's own first letter."""
    for around in range(2 * MOST_AROUND + 1):
        for before in range(max(0, around - MOST_AROUND), min(around, MOST_AROUND) + 1):
            after = around - before
            if before + after < len(text):
                yield text[before : len(text) - after]
