"""Gives back what was paid of an order that comes to nothing: cash out of the drawer, the rest through the hub."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads import Payload, RefundRequested, RefundSucceeded
from boxoffice.core.sales import changed
from boxoffice.core.tenders import Back, tender_of
from boxoffice.services.desk import Desk
from boxoffice.services.selling import OrderClosed, order_at_hand

_CAPTURED = """
    SELECT id, tender, amount, currency, provider_reference FROM payments
    WHERE order_id = ? AND status = 'captured' AND amount > 0 ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class GivingBack:
    """The use case of ending a sale that was paid in part."""

    desk: Desk

    def give_back(self, order_id: OrderId, why: str) -> None:
        """Ends the order, gives its money back and lets its units go: all of that is on disk, or none of it.

        Cash is back when this returns, and what was no money has fallen. What a card or a phone paid is asked for here,
        and given back by the hub as soon as it hears of it. Again for an order that has ended: nothing.

        Raises:
            OrderClosed: if it was paid in full, or a payment of it is under way or unknown.
        """
        with self.desk.store.transaction() as connection:
            order = order_at_hand(connection, order_id)
            if order.status is OrderState.FAILED:
                return
            number = order.placed.order_number
            if order.live_tenders:
                raise OrderClosed(
                    f"A payment of order {number} may still come in.",
                    "Nothing was given back.",
                    "Wait until the till says how it ended, or serve the next customer meanwhile.",
                )
            if order.status is not OrderState.PROCESSING or order.due.minor <= 0:
                raise OrderClosed(
                    f"Order {number} is {order.status.value}.",
                    "Nothing was given back.",
                    "An organizer refunds it at the hub.",
                )
            ends = list(self._refunds(connection, order_id, why))
            self.desk.write(connection, [*ends, changed(order_id, order.status, OrderState.FAILED, why)])

    def _refunds(self, connection: Connection, order_id: OrderId, why: str) -> Iterator[Payload]:
        for tender_id, tender, amount, currency, reference in connection.exec_driver_sql(_CAPTURED, (order_id,)).all():
            about: dict[str, Any] = {
                "order_id": order_id,
                "tender_id": tender_id,
                "tender": tender,
                "amount": amount,
                "currency": currency,
                "refund_id": self.desk.new_id(),
            }
            yield RefundRequested(**about, provider_reference=reference, why=why)
            row = tender_of(tender)
            if row.back is not Back.PROVIDER:
                drawer = self.desk.device.name if row.is_cash else None
                yield RefundSucceeded(**about, drawer=drawer, unearned=amount)
