"""What happened without units for it, in words for the person who must look at it."""

from boxoffice.core.books import Books
from boxoffice.core.effects import Lack
from boxoffice.core.inventory import PoolMove
from sync.exception_kinds import Finding


def finding_of(lack: Lack, books: Books) -> Finding:
    move = lack.move
    if move.move is PoolMove.RETURN:
        return Finding("lease_does_not_fit", f"{move.units} of {move.pool_id} came back that were not on lease")
    order = books.orders[move.order_id or ""]
    detail = f"Order {order.order_number} sold {move.units} of {move.pool_id} without a lease"
    return Finding("sold_without_lease" if lack.has_room else "over_capacity", detail, order.id, move.pool_id)
