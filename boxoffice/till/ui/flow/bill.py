"""What is being paid: fixed from the first payment page on, whatever becomes of prices or of the cart meanwhile."""

from dataclasses import dataclass, replace
from datetime import datetime

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Money, total_of
from boxoffice.core.orders import Channel
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
    def is_kept(self) -> bool:
        """Whether an open sale can keep what was: a tax it can't, and what is not sold neither."""
        return self.now is not None and not self.is_only_tax

    @property
    def is_only_tax(self) -> bool:
        return self.now == self.was


def price_changes(quote: PricedOrder, catalogue: Catalogue, at: datetime, channel: Channel) -> tuple[PriceChange, ...]:
    """Returns what of a quote the catalogue says otherwise by now, each product once."""
    changes: dict[ProductId, PriceChange] = {}
    for item in dict.fromkeys(line.item for line in quote.lines):
        first = quote.of_item(item)[0]
        change = _change(quote, item, catalogue, at, channel)
        if change is not None:
            changes.setdefault((first.bundle or first.product).id, change)
    return tuple(changes.values())


def _change(quote: PricedOrder, item: int, catalogue: Catalogue, at: datetime, channel: Channel) -> PriceChange | None:
    was, asked = quote.of_item(item), _asked(quote.of_item(item))
    others = (quote.of_item(each) for each in dict.fromkeys(line.item for line in quote.lines) if each != item)
    same = [wanted for wanted in map(_asked, others) if wanted.product_id == asked.product_id]
    name = (was[0].bundle or was[0].product).name
    try:
        now = price(catalogue, Cart((asked, *same)), at=at, channel=channel).of_item(0)
    except BadInput:
        return PriceChange(name, _each(was), None)
    is_same = (_each(now), _on_top(now)) == (_each(was), _on_top(was))
    return None if is_same else PriceChange(name, _each(was), _each(now))


def _asked(lines: tuple[PricedLine, ...]) -> CartLine:
    """Returns what was wanted, with no price that is kept."""
    first = lines[0]
    kind = None if first.price_kind is None else first.price_kind.id
    if first.bundle is not None:
        option = next((line.option for line in lines if line.option in first.bundle.options), None)
        return CartLine(first.bundle.id, first.bundle_count, None, option, kind)
    amount = first.unit_price if first.product.price is None else None
    return CartLine(first.product.id, first.quantity, amount, first.option, kind)


def _each(lines: tuple[PricedLine, ...]) -> Money:
    """Returns what one costs, or one bundle."""
    first = lines[0]
    if first.bundle is None:
        return first.unit_price
    whole = total_of((line.subtotal for line in lines), first.subtotal.currency)
    return Money(whole.minor // first.bundle_count, whole.currency)


def _on_top(lines: tuple[PricedLine, ...]) -> frozenset[TaxRate]:
    """Returns the taxes that make it dearer than its price."""
    return frozenset(each.rate for line in lines for each in line.taxes if not each.rate.is_included)
