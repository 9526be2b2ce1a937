"""Swaps things of an order of this till for others, paying or giving back the difference, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Money
from boxoffice.core.orders import HELD
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.pricing import Cart, PricedOrder
from boxoffice.core.rights import Right
from boxoffice.core.swaps import Offer, offer
from boxoffice.till.store.orders import is_own
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.selling import Selling, things_of


class SwapAtItsTill(OperationFailed):
    """Another till's order, or one from the web: its money is not this till's to move."""

    def __init__(self) -> None:
        super().__init__(
            "This order was sold elsewhere.",
            "Nothing was changed.",
            "Refund the ticket through the hub, and sell the other one.",
        )


@dataclass(frozen=True, slots=True)
class Swapping:
    """The use case of a swap. Until the new order is paid nothing has happened but that its places are held."""

    context: TillContext
    selling: Selling

    def offer(self, order_id: OrderId, keys: Sequence[PartKey], wanted: Cart | PricedOrder) -> Offer:
        """Returns what a swap comes to, before anybody presses anything.

        Raises:
            BadInput: if things are gone, or the difference can't go back in cash.
            OperationFailed: if the order is not this till's, or not finished.
        """
        total = self.selling.quoted(wanted).total
        with self.context.store.reading() as connection:
            if not is_own(connection, order_id):
                raise SwapAtItsTill
            books, everything = things_of(connection, order_id)
            if books.orders[order_id].status not in HELD:
                raise OperationFailed(
                    f"Order {books.orders[order_id].order_number} has nothing to swap.", "Nothing was changed.", ""
                )
            return offer(books, order_id, everything, keys, total.minor)

    def begin(self, order_id: OrderId, keys: Sequence[PartKey], wanted: Cart | PricedOrder) -> OrderId:
        """Places the new order, which waits for what is to be paid; where nothing is, the swap is done with this.

        Raises:
            BadInput: as `offer`, and for a cart that can't be sold.
            NotEnoughLeft: if this till has too few units.
            NotAllowed: if it is not theirs to swap who act.
        """
        self.context.operator.must(Right.REFUND)
        quote = self.selling.quoted(wanted)
        offered = self.offer(order_id, keys, quote)
        new = self.selling.place(quote, offered.swap)
        if offered.swap.credit == quote.total.minor:
            with self.context.store.transaction() as connection:
                self.selling.finish_if_paid(connection, new)
        return new

    def rest(self, order_id: OrderId, keys: Sequence[PartKey], quote: PricedOrder) -> Money:
        """Returns what goes back in cash (negative: what is to be paid)."""
        offered = self.offer(order_id, keys, quote)
        minor = offered.rest or offered.swap.credit - quote.total.minor
        return Money(minor, quote.total.currency)
