"""The state of a finished order follows its money: an order that an earlier hub has left behind is moved along.

Whoever writes that a refund succeeded, or failed, moves its order in the same breath (`Hub.write`). A refund may fail
days after it had succeeded. What it gave back is here again then, and the order says so; tickets that were voided with
it stay void, and what it named can be given back once more.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from sync.ledger.hub import Hub
from sync.store.ledger import lock_orders
from sync.store.order_money import of_orders


def follow_all_money(hub: Hub) -> Sequence[str]:
    """Moves all orders to where their money is; returns those that were not there."""
    with hub.database.reading() as connection:
        behind = [due.move.order_id for due in of_orders(connection)]

    def follow(connection: Connection, order_id: str) -> None:
        lock_orders(connection, [order_id])
        for due in of_orders(connection, [order_id]):
            hub.write(connection, [due.move], due.event_id)

    for order_id in behind:
        hub.database.run(lambda connection, order_id=order_id: follow(connection, order_id))  # type: ignore[misc]  # bound in the loop on purpose
    return behind
