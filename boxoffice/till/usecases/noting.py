"""Keeps whose an order is, and a note to find it again by: beside the facts, sent to the hub, found at once."""

from dataclasses import dataclass

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.core.notes import read_note_of_order
from boxoffice.core.reading import read_name
from boxoffice.core.wire.after_sale import RenameAsk
from boxoffice.till.store import notes, people
from boxoffice.till.store.orders import is_own
from boxoffice.till.usecases.asking import RENAME, Asking
from boxoffice.till.usecases.context import TillContext


@dataclass(frozen=True, slots=True)
class Noting:
    """The use cases of a note and of a name."""

    context: TillContext
    asking: Asking

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

    def rename(self, order_id: OrderId, text: str) -> None:
        """Keeps the name that an order is for; the hub is asked to, where others have sold it.

        Raises:
            BadInput: if it is no name.
            HubRefused: if the hub will not.
        """
        name = read_name(text)
        with self.context.store.transaction() as connection:
            if is_own(connection, order_id):
                people.add_name(connection, self.context.new_id(), order_id, name)
                return
        self.asking.ask(order_id, RENAME, self.context.new_id(), RenameAsk(name=name))
