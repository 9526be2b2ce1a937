"""Keeps a note by which somebody finds an order again: beside the facts, sent to the hub, found at once."""

from dataclasses import dataclass

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.core.notes import read_note_of_order
from boxoffice.till.store import notes
from boxoffice.till.store.orders import is_own
from boxoffice.till.usecases.context import TillContext


@dataclass(frozen=True, slots=True)
class Noting:
    """The use case of a note."""

    context: TillContext

    def keep(self, order_id: OrderId, text: str) -> None:
        """Keeps a note in the place of the one before; an empty one takes it away.

        Raises:
            BadInput: if it is too long, or a card's number seems to stand in it.
            OperationFailed: if others have sold the order.
        """
        note = read_note_of_order(text)
        with self.context.store.transaction() as connection:
            if not is_own(connection, order_id):
                raise OperationFailed(
                    "This order was sold elsewhere.", "Nothing was noted.", "Note it at the till that sold it."
                )
            notes.put(connection, order_id, note)
