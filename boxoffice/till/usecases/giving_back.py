"""Gives back what was paid of an order that comes to nothing: cash out of the drawer, the rest through the hub."""

from dataclasses import dataclass

from boxoffice.core.giving_back import given_up
from boxoffice.core.ids import OrderId
from boxoffice.core.limits import Extent
from boxoffice.core.orders import OrderState
from boxoffice.core.rights import Right
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.selling import OrderClosed, order_at_hand


@dataclass(frozen=True, slots=True)
class GivingBack:
    """The use case of ending a sale that was paid in part."""

    context: TillContext

    def give_back(self, order_id: OrderId, why: str) -> None:
        """Ends the order, gives its money back and lets its units go: all of that is on disk, or none of it.

        Cash is back when this returns, and what was no money has fallen. What a card or a phone paid is asked for here,
        and given back by the hub as soon as it hears of it. Again for an order that has ended: nothing.

        Raises:
            OrderClosed: if it was paid in full, or a payment of it is under way or unknown.
            NotAllowed: if it is not theirs to give back who act.
        """
        with self.context.store.transaction() as connection:
            order = order_at_hand(connection, order_id)
            if order.status is OrderState.FAILED:
                return
            paid = order.placed.total - order.due.minor
            self.context.operator.must(Right.REFUND, Extent(minor=paid))
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
            ends = given_up(
                order.books,
                order_id,
                why,
                new_id=self.context.new_id,
                drawer_of=lambda _: self.context.drawer,
            )
            self.context.write(connection, ends, order.books_for(ends))
