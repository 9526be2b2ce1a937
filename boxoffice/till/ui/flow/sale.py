"""The sale under way before it is paid for: its cart, and what that comes to now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from boxoffice.core.catalogue import FREE_AMOUNTS, Catalogue, Product, Promo
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.money import Money
from boxoffice.core.pricing import MAX_QUANTITY, Cart, CartLine, PricedOrder, check_cart, price
from boxoffice.core.reductions import Reduction
from boxoffice.till.ui.speech import number, say
from boxoffice.till.ui.words import here
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.standing import TillStatus


@dataclass(slots=True)
class Sale:
    """Changes with each key. What is being paid is never this, but the bill that was made of it."""

    catalogue: Catalogue
    now: Callable[[], datetime]
    lines: tuple[CartLine, ...] = ()
    chosen: int = -1
    short: dict[ProductId, int] = field(default_factory=dict)
    """Products of which fewer are left than were asked for, with how many."""
    reduction: Reduction | None = None
    """What is taken off all of it."""
    promo: Promo | None = None
    adds_to: Order | None = None
    """The order that is added to."""

    @property
    def cart(self) -> Cart:
        return Cart(self.lines, self.reduction, self._adds_to)

    @property
    def _adds_to(self) -> str:
        return "" if self.adds_to is None else self.adds_to.id

    @property
    def is_empty(self) -> bool:
        return not self.lines

    def priced(self) -> PricedOrder:
        """Returns what the cart costs; the cart must not be empty."""
        return self.priced_as(self.cart)

    def priced_as(self, cart: Cart) -> PricedOrder:
        """Returns what another cart would cost in its place."""
        return price(self.catalogue, cart, self.promo, at=self.now())

    def reduced(self, reduction: Reduction | None, index: int | None, count: int) -> Cart:
        """Returns the cart with something taken off so many of a line, which is parted for it; or off all of it."""
        if index is None:
            return Cart(self.lines, reduction, self._adds_to)
        line = self.lines[index]
        rest = () if count >= line.quantity else (replace(line, quantity=line.quantity - count),)
        parted = (*rest, replace(line, quantity=min(count, line.quantity), reduction=reduction))
        return Cart((*self.lines[:index], *parted, *self.lines[index + 1 :]), self.reduction, self._adds_to)

    def take(self, cart: Cart) -> None:
        """Goes on with another cart."""
        self.lines, self.reduction = cart.lines, cart.reduction
        self.chosen = min(self.chosen, len(self.lines) - 1)

    @property
    def total(self) -> Money:
        return Money(0, self.catalogue.currency) if self.is_empty else self.priced().total

    @property
    def item_count(self) -> int:
        return sum(line.quantity for line in self.lines)

    def at_prices_of(self, catalogue: Catalogue) -> "Sale":
        """Returns the sale by another revision of the catalogue, with all of it that is still sold."""
        lines = tuple(line for line in self.lines if _is_sold(catalogue, line))
        promo = None if self.promo is None else catalogue.promo(self.promo.code)
        chosen = min(self.chosen, len(lines) - 1) if lines else -1
        reduction = self.reduction if lines else None
        return Sale(catalogue, self.now, lines, chosen, reduction=reduction, promo=promo, adds_to=self.adds_to)

    def count_of(self, product_id: ProductId) -> int:
        return sum(line.quantity for line in self.lines if line.product_id == product_id)

    def add(self, product: Product, count: int, room: int | None, option: str | None = None) -> int:
        """Adds up to `count`, as far as there is room; returns how many were added.

        A sale holds nothing but what its catalogue sells, so that it always has a price.
        """
        if not _is_sold(self.catalogue, CartLine(product.id, 1, None, option)):
            return 0
        count = min(count, MAX_QUANTITY - self.count_of(product.id))
        if room is not None and count > room:
            self.short[product.id] = self.count_of(product.id) + max(room, 0)
            count = max(room, 0)
        at = self._place(product.id, option)
        if count <= 0:
            self.chosen = at if at >= 0 else self.chosen
            return 0
        if at < 0:
            self.lines = (*self.lines, CartLine(product.id, count, None, option))
            self.chosen = len(self.lines) - 1
        else:
            self._set(at, self.lines[at].quantity + count)
        return count

    def add_amount(self, product: Product, amount: Money) -> None:
        """Adds a gift, or a gift card; what the catalogue does not take is not added."""
        line = CartLine(product.id, 1, amount)
        if _is_sold(self.catalogue, line):
            self.lines = (*self.lines, line)
            self.chosen = len(self.lines) - 1

    def set_count(self, index: int, count: int) -> CartLine | None:
        """Sets a line's count; a count of 0 removes the line and returns it."""
        line = self.lines[index]
        self.short.pop(line.product_id, None)
        if count > 0:
            self._set(index, min(count, MAX_QUANTITY))
            return None
        self.lines = (*self.lines[:index], *self.lines[index + 1 :])
        self.chosen = min(index, len(self.lines) - 1)
        return line

    def clear(self) -> "Sale":
        """Takes everything out, with what was taken off; returns the sale as it was."""
        before = replace(self)
        self.lines, self.chosen, self.short, self.reduction, self.promo = (), -1, {}, None, None
        self.adds_to = None
        return before

    def put_all_back(self, before: "Sale") -> None:
        """Undoes a clearing."""
        self.lines, self.chosen = before.lines, before.chosen
        self.reduction, self.promo, self.adds_to = before.reduction, before.promo, before.adds_to

    def put_back(self, index: int, line: CartLine) -> None:
        """Undoes a removal."""
        index = min(index, len(self.lines))
        self.lines = (*self.lines[:index], line, *self.lines[index:])
        self.chosen = index

    def choose(self, index: int) -> None:
        if self.lines:
            self.chosen = min(max(index, 0), len(self.lines) - 1)

    def mark_short(self, left: Mapping[PoolId, int]) -> None:
        """Notes on each line that takes of a pool with too little how many of it can still be sold."""
        for line in self.lines:
            uses = self.catalogue.products_by_id[line.product_id].uses
            counts = [left[pool] // each for pool, each in uses.items() if pool in left]
            if counts:
                self.short[line.product_id] = min(counts)

    def uses(self) -> Mapping[PoolId, int]:
        """Returns the units that the cart takes, by pool."""
        used: dict[PoolId, int] = {}
        for line in self.lines:
            for pool, each in self.catalogue.products_by_id[line.product_id].uses.items():
                used[pool] = used.get(pool, 0) + each * line.quantity
        return used

    def room_for(self, product: Product, status: TillStatus | None) -> int | None:
        """Returns how many more fit beside what the cart already takes; None where nothing is counted."""
        left = left_of(product, status)
        if left is None or status is None:
            return None
        used = self.uses()
        stock = {pool.pool_id: pool.overall if status.is_online else pool.here for pool in status.stock}
        return min((stock[pool] - used.get(pool, 0)) // each for pool, each in product.uses.items() if pool in stock)

    def _place(self, product_id: ProductId, option: str | None) -> int:
        for i, line in enumerate(self.lines):
            is_same = (line.product_id, line.option) == (product_id, option)
            if is_same and line.amount is None and line.reduction is None:  # nobody gave it for more of them
                return i
        return -1

    def _set(self, index: int, count: int) -> None:
        line = replace(self.lines[index], quantity=count)
        self.lines = (*self.lines[:index], line, *self.lines[index + 1 :])
        self.chosen = index


def _is_sold(catalogue: Catalogue, line: CartLine) -> bool:
    try:
        check_cart(catalogue, Cart((line,)))
    except BadInput:
        return False
    return True


@dataclass(frozen=True, slots=True)
class ProductStock:
    """How many of one product can be sold `here` with no network, and how many more `elsewhere`; see `PoolStock`."""

    here: int
    elsewhere: int
    share: int
    capacity: int
    held: int
    retry_at: datetime | None
    asks_at: int = 0
    """The till asks for more by itself when no more than so many are here."""


def stock_of(product: Product, status: TillStatus | None) -> ProductStock | None:
    """Returns what is left of a product, of the pool that has least of it; None where nothing is counted."""
    if status is None or product.kind in FREE_AMOUNTS:
        return None
    stock = {pool.pool_id: pool for pool in status.stock}
    pools = [(stock[pool], each) for pool, each in product.uses.items() if pool in stock]
    if not pools:
        return None
    least_here = min(pool.here // each for pool, each in pools)
    first, of_first = min(pools, key=lambda pair: (pair[0].here - pair[0].asks_at) // pair[1])
    scarce, uses = min(pools, key=lambda pair: pair[0].overall // pair[1])
    return ProductStock(
        here=least_here,
        elsewhere=scarce.overall // uses - least_here,
        share=min(pool.share // each for pool, each in pools),
        capacity=min(pool.capacity // each for pool, each in pools),
        held=scarce.held // uses,
        retry_at=scarce.retry_at,
        asks_at=first.asks_at // of_first,
    )


def left_of(product: Product, status: TillStatus | None) -> int | None:
    """Returns how many of a product can still be sold: by all together, or offline by this till alone."""
    stock = stock_of(product, status)
    if stock is None or status is None:
        return None
    return stock.here + stock.elsewhere if status.is_online else stock.here


def short_words(product: Product, status: TillStatus | None, count: int) -> str:
    """Returns why no more than `count` of a product are in the sale."""
    stock = stock_of(product, status)
    if stock is None or status is None:
        return say("Only {left} left", left=number(count))
    if status.is_online:
        if stock.here + stock.elsewhere > count:
            return say("{here}, {elsewhere} elsewhere", here=here(stock.here), elsewhere=number(stock.elsewhere))
        if count:
            return say("Only {left} left", left=number(count))
        return say("Being paid for") if stock.held else say("Sold out")
    if stock.elsewhere > 0:
        return say(
            "{here}, {elsewhere} elsewhere; no network to ask", here=here(stock.here), elsewhere=number(stock.elsewhere)
        )
    return say("Only {left} left", left=number(count)) if count else say("Sold out")
