"""What is being paid: fixed from the first payment page on, whatever becomes of prices or of the cart meanwhile."""

from dataclasses import dataclass, replace
from datetime import datetime

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine, PricedLine, PricedOrder, price
from boxoffice.core.taxes import TaxRate
from boxoffice.till.usecases.gateway.orders import Order


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines and prices as they were quoted, then the order that was placed for them.

    A bill is never changed, only followed by the next one. A sale that was parked comes back with its order alone.
    """

    quote: PricedOrder | None
    order: Order | None = None
    next_amount: Money | None = None
    """What the next tender of a split sale takes; None for all that is due."""

    def __post_init__(self) -> None:
        if self.quote is None and self.order is None:
            raise ValueError("a bill is of something")
        if self.quote is not None and self.order is not None and self.quote.total != self.order.total:
            raise ValueError("an order costs what was quoted")

    @property
    def total(self) -> Money:
        return self.order.total if self.order is not None else self._quoted.total

    @property
    def due(self) -> Money:
        return self.order.due if self.order is not None else self._quoted.total

    @property
    def paid(self) -> Money:
        return self.total - self.due

    @property
    def amount(self) -> Money:
        """What the next tender is to take."""
        return self.next_amount if self.next_amount is not None and self.next_amount <= self.due else self.due

    def placed(self, order: Order) -> "Bill":
        """Returns the bill with its order as it now stands."""
        return replace(self, order=order)

    def taking(self, amount: Money | None) -> "Bill":
        """Returns the bill with what the next tender is to take."""
        return replace(self, next_amount=amount)

    @property
    def _quoted(self) -> PricedOrder:
        if self.quote is None:
            raise ValueError("a bill is of something")
        return self.quote


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What of a product is otherwise by now: its price, or only what taxes add; `now` is None where it is not sold."""

    name: str
    was: Money
    now: Money | None

    @property
    def is_only_tax(self) -> bool:
        return self.now == self.was


def price_changes(quote: PricedOrder, catalogue: Catalogue, at: datetime) -> tuple[PriceChange, ...]:
    """Returns what of a quote the catalogue says otherwise by now, each product once."""
    changes: dict[str, PriceChange] = {}
    for line in quote.lines:
        change = _change(line, catalogue, at)
        if change is not None:
            changes.setdefault(line.product.id, change)
    return tuple(changes.values())


def _change(line: PricedLine, catalogue: Catalogue, at: datetime) -> PriceChange | None:
    is_free = line.product.price is None
    asked = CartLine(line.product.id, line.quantity, line.unit_price if is_free else None, line.option)
    try:
        now = price(catalogue, Cart((asked,)), at=at).lines[0]
    except BadInput:
        return PriceChange(line.product.name, line.unit_price, None)
    is_same = (now.unit_price, _on_top(now)) == (line.unit_price, _on_top(line))
    return None if is_same else PriceChange(line.product.name, line.unit_price, now.unit_price)


def _on_top(line: PricedLine) -> frozenset[TaxRate]:
    """Returns the taxes that make a line dearer than its price."""
    return frozenset(each.rate for each in line.taxes if not each.rate.is_included)
