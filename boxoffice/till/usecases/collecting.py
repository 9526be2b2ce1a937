"""Hands an order over that was bought elsewhere, with a look at who collects it; works with no network."""

from dataclasses import dataclass

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.core.payloads.orders import OrderCollected
from boxoffice.core.rights import Right
from boxoffice.till.store.orders import was_collected
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.after_sale import Seen


@dataclass(frozen=True, slots=True)
class Collecting:
    """The use case of will call."""

    context: TillContext

    def hand_over(self, order_id: OrderId, seen: Seen) -> None:
        """Writes down that an order was handed over, once, and what showed that it was theirs.

        Raises:
            OperationFailed: if it was handed over before, as far as this till knows.
        """
        self.context.operator.must(Right.SELL)
        told = self.context.elsewhere.order(order_id)
        with self.context.store.transaction() as connection:
            if (told is not None and told.is_collected) or was_collected(connection, order_id):
                raise OperationFailed(
                    "This order was handed over before.", "Nothing was changed.", "Ask for their code, and scan it."
                )
            self.context.write(connection, [OrderCollected(order_id=order_id, seen=seen.value)])
