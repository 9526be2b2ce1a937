"""After a crash: orders that were never paid let their units go, and one that is partly paid comes back."""

from boxoffice.core.ids import OrderId
from boxoffice.core.payments import PaymentStatus
from boxoffice.services.gateway import Order
from boxoffice.services.orders import Orders
from boxoffice.services.selling import Selling

_ENDED = (PaymentStatus.CAPTURED, PaymentStatus.FAILED)


class Recovery:
    """Knows which orders somebody at this till has seen: those are never given up behind a seller's back."""

    def __init__(self, orders: Orders, selling: Selling) -> None:
        self._orders = orders
        self._selling = selling
        self._at_hand: set[OrderId] = set()

    def note_at_hand(self, order_id: OrderId) -> None:
        self._at_hand.add(order_id)

    def give_up_orphans(self) -> None:
        """Lets go of orders that a crash left before anything of them was paid."""
        for order_id in self._orders.open_ids():
            order = self._orders.order(order_id)
            is_unpaid = all(tender.status is PaymentStatus.FAILED for tender in order.tenders)
            if is_unpaid and order_id not in self._at_hand:
                self._selling.abandon(order_id, "the till was closed before anything was paid")

    def part_paid(self) -> Order | None:
        """Returns the newest order that a crash left partly paid, unless a payment of it is unknown."""
        for order_id in self._orders.open_ids():
            order = self._orders.order(order_id)
            if order_id not in self._at_hand and all(tender.status in _ENDED for tender in order.tenders):
                self._at_hand.add(order_id)
                return order
        return None
