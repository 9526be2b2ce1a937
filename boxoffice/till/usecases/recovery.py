"""After a crash: orders that were never paid let their units go; those that are partly paid wait, parked."""

from boxoffice.core.ids import OrderId
from boxoffice.core.payments import PaymentStatus
from boxoffice.till.usecases.orders import Orders
from boxoffice.till.usecases.selling import Selling

_ENDED = (PaymentStatus.CAPTURED, PaymentStatus.FAILED)


class Recovery:
    """Looks after the orders that stood open when the till was started, and after no others."""

    def __init__(self, orders: Orders, selling: Selling) -> None:
        self._orders = orders
        self._selling = selling
        self._left_behind: tuple[OrderId, ...] = ()

    def look_back(self) -> None:
        """Notes what stands open; called once, before anything is sold."""
        self._left_behind = self._orders.open_ids()

    def give_up_orphans(self) -> None:
        """Lets go of what was left behind before anything of it was paid, once no payment of it is open."""
        still: list[OrderId] = []
        for order_id in self._left_behind:
            tenders = self._orders.order(order_id).tenders
            if all(tender.status is PaymentStatus.FAILED for tender in tenders):
                self._selling.abandon(order_id, "the till was closed before anything was paid")
            elif not all(tender.status in _ENDED for tender in tenders):
                still.append(order_id)
        self._left_behind = tuple(still)
