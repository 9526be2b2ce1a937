"""The sale under way before it is paid for: its cart, and what that comes to now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from boxoffice.core.catalogue import FREE_AMOUNTS, Catalogue, Product, Promo
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import PoolId, PriceKindId, ProductId
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import MAX_QUANTITY, Cart, CartLine, PricedOrder, check_cart, price, unit_price
from boxoffice.core.reductions import Reduction
from boxoffice.core.tariffs import Asked, PriceKind, Quoted
from boxoffice.till.ui.speech import number, say
from boxoffice.till.ui.words import here
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import PoolStock


@dataclass(slots=True)
class Sale:
    """Changes with each key. What is being paid is never this, but the bill that was made of it.

    Its prices are those of the moment `at`, which `turned` moves on: what was shown by then is kept.
    """

    catalogue: Catalogue
    now: Callable[[], datetime]
    lines: tuple[CartLine, ...] = ()
    chosen: int = -1
    short: dict[tuple[ProductId, str | None], int] = field(default_factory=dict)
    """Products, by option, of which fewer are left than were asked for, with how many."""
    reduction: Reduction | None = None
    """What is taken off all of it."""
    promo: Promo | None = None
    adds_to: Order | None = None
    """The order that is added to."""
    channel: Channel = Channel.DOOR
    """Where it is sold: prices differ by it."""
    is_party: bool = False
    """Whether its tickets have one code together."""
    at: datetime = field(init=False)
    _quote: tuple[Catalogue, Cart, Promo | None, datetime, PricedOrder] | None = field(
        default=None, init=False, repr=False, compare=False
    )
    """What it cost when that was asked last, and by what: each line of the screen asks."""

    def __post_init__(self) -> None:
        self.at = self.now()

    @property
    def cart(self) -> Cart:
        return Cart(self.lines, self.reduction, self._adds_to, self.is_party)

    @property
    def _adds_to(self) -> str:
        return "" if self.adds_to is None else self.adds_to.id

    @property
    def is_empty(self) -> bool:
        return not self.lines

    def priced(self) -> PricedOrder:
        """Returns what the cart costs; the cart must not be empty."""
        cart, known = self.cart, self._quote
        if known is None or known[0] is not self.catalogue or known[1:4] != (cart, self.promo, self.at):
            known = self._quote = (self.catalogue, cart, self.promo, self.at, self.priced_as(cart))
        return known[4]

    def priced_as(self, cart: Cart) -> PricedOrder:
        """Returns what another cart would cost in its place."""
        return price(self.catalogue, cart, self.promo, at=self.at, channel=self.channel)

    def price_of(self, product: Product, kind: PriceKindId | None = None, count: int = 1) -> Money | None:
        """Returns what each of so many of a product costs in this sale; None where the amount is free."""
        many = CartLine(product.id, count, None, None, kind, self._quoted(product.id))
        if product.tariff is None:
            return None
        return unit_price(self.catalogue, Cart((many,)), many, self.at, self.channel)

    def group_sizes(self, product: Product) -> tuple[tuple[int, Money], ...]:
        """Returns from how many on a product costs less here now, with what each costs then."""
        quoted = self._quoted(product.id)
        at, tariff = (self.at, product.tariff) if quoted is None else (quoted.at, quoted.tariff)
        asked = Asked(self.channel, at, self.catalogue.zone)
        return () if tariff is None else tuple(tariff.group_sizes(asked))

    def kinds_of(self, product: Product) -> tuple[PriceKind, ...]:
        """Returns who may have a product for another price here."""
        kinds = self.catalogue.price_kinds_by_id
        named = () if product.tariff is None else product.tariff.kinds(self.channel)
        return tuple(kinds[kind] for kind in named if kind in kinds)

    def reduced(self, reduction: Reduction | None, index: int | None, count: int) -> Cart:
        """Returns the cart with something taken off so many of a line, which is parted for it; or off all of it."""
        if index is None:
            return replace(self.cart, reduction=reduction)
        line = self.lines[index]
        rest = () if count >= line.quantity else (replace(line, quantity=line.quantity - count),)
        parted = (*rest, replace(line, quantity=min(count, line.quantity), reduction=reduction))
        return replace(self.cart, lines=(*self.lines[:index], *parted, *self.lines[index + 1 :]))

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

    def turned(self, catalogue: Catalogue) -> "Sale":
        """Returns the sale by this catalogue as it is now, with all of it that is still sold, at the prices shown."""
        now = self.now()
        sold = tuple(line for line in self.lines if _is_sold(catalogue, replace(line, quoted=None)))
        shown = {line: unit_price(self.catalogue, self.cart, line, self.at, self.channel) for line in sold}
        plain = tuple(replace(line, quoted=None) for line in sold)
        dearer_or_less = {
            line.product_id
            for line, new in zip(sold, plain, strict=True)
            if unit_price(catalogue, Cart(plain), new, now, self.channel) != shown[line]
        }
        lines = tuple(
            replace(line, quoted=line.quoted or self._as_shown(line) if line.product_id in dearer_or_less else None)
            for line in sold
        )
        return replace(
            self,
            catalogue=catalogue,
            lines=lines,
            chosen=min(self.chosen, len(lines) - 1) if lines else -1,
            short=self.short if catalogue is self.catalogue else {},
            reduction=self.reduction if lines else None,
            promo=None if self.promo is None else catalogue.promo(self.promo.code),
        )

    def _as_shown(self, line: CartLine) -> Quoted | None:
        tariff = self.catalogue.products_by_id[line.product_id].tariff
        return None if tariff is None or line.amount is not None else Quoted(tariff, self.at)

    def as_shown(self) -> Cart:
        """Returns its cart with all prices as they are shown, for whoever goes on with it later."""
        lines = tuple(replace(line, quoted=line.quoted or self._as_shown(line)) for line in self.lines)
        return replace(self.cart, lines=lines)

    def holds(self, line: CartLine) -> bool:
        """Returns whether the catalogue sells a line."""
        return _is_sold(self.catalogue, replace(line, quoted=None))

    def at_new_prices(self) -> "Sale":
        """Returns the sale with no price kept: the customer takes those of now."""
        lines = tuple(replace(line, quoted=None) for line in self.lines)
        return replace(self, lines=lines)

    @property
    def has_times(self) -> bool:
        """Whether the hour, or a price that is kept, makes something of it cost another price now."""
        tariffs = (self.catalogue.products_by_id[line.product_id].tariff for line in self.lines)
        return self.keeps_prices or any(tariff is not None and tariff.goes_by_time for tariff in tariffs)

    @property
    def keeps_prices(self) -> bool:
        return any(line.quoted is not None for line in self.lines)

    def _quoted(self, product_id: ProductId) -> Quoted | None:
        """Returns by which prices the sale has a product already, if they are kept."""
        return next((line.quoted for line in self.lines if line.product_id == product_id), None)

    def count_of(self, product_id: ProductId) -> int:
        return self.cart.count_of(product_id)

    def set_kind(self, index: int, count: int, kind: PriceKindId | None) -> None:
        """Lets so many of a line be of another kind of price; the rest stays as it is."""
        line = self.lines[index]
        count = min(count, line.quantity)
        rest = (replace(line, quantity=line.quantity - count),) if count < line.quantity else ()
        like = self._place(line.product_id, line.option, kind)
        if line.price_kind == kind:
            return
        if like >= 0:
            more = replace(self.lines[like], quantity=self.lines[like].quantity + count)
            lines = [*self.lines]
            lines[like] = more
            lines[index : index + 1] = rest
            self.lines = tuple(lines)
        else:
            self.lines = (
                *self.lines[:index],
                *rest,
                replace(line, quantity=count, price_kind=kind),
                *self.lines[index + 1 :],
            )
        self.chosen = self._place(line.product_id, line.option, kind)

    def add(self, product: Product, count: int, room: int | None, option: str | None = None) -> int:
        """Adds up to `count`, as far as there is room; returns how many were added.

        A sale holds nothing but what its catalogue sells, so that it always has a price.
        """
        if not _is_sold(self.catalogue, CartLine(product.id, 1, None, option)):
            return 0
        count = min(count, MAX_QUANTITY - self.count_of(product.id))
        if room is not None and count > room:
            self.short[product.id, option] = self.count_of(product.id) + max(room, 0)
            count = max(room, 0)
        at = self._place(product.id, option)
        if count <= 0:
            self.chosen = at if at >= 0 else self.chosen
            return 0
        if at < 0:
            quoted = self._quoted(product.id)
            self.lines = (*self.lines, CartLine(product.id, count, None, option, None, quoted))
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
        """Sets a line's count; a count of 0, or below the least of an order, removes the line and returns it."""
        line = self.lines[index]
        self.short.pop((line.product_id, line.option), None)
        product = self.catalogue.products_by_id.get(line.product_id)
        if product is not None and count > 0:
            others = self.count_of(line.product_id) - line.quantity
            count -= product.shelf.over(others + count)
            count = 0 if count < line.quantity and product.shelf.lacks(others + count) else count
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
        self.adds_to, self.is_party = None, False
        return before

    def put_all_back(self, before: "Sale") -> None:
        """Undoes a clearing."""
        self.lines, self.chosen = before.lines, before.chosen
        self.reduction, self.promo, self.adds_to = before.reduction, before.promo, before.adds_to
        self.is_party = before.is_party

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
            takes = self.catalogue.products_by_id[line.product_id].takes(line.option)
            counts = [left[pool] // each for pool, each in takes.items() if pool in left]
            if counts:
                self.short[line.product_id, line.option] = min(counts)

    def uses(self) -> Mapping[PoolId, int]:
        """Returns the units that the cart takes, by pool."""
        used: dict[PoolId, int] = {}
        for line in self.lines:
            for pool, each in self.catalogue.products_by_id[line.product_id].takes(line.option).items():
                used[pool] = used.get(pool, 0) + each * line.quantity
        return used

    def room_for(self, product: Product, status: TillStatus | None, option: str | None = None) -> int | None:
        """Returns how many more fit beside what the cart already takes; None where nothing is counted."""
        left = left_of(product, status, option)
        if left is None or status is None:
            return None
        used = self.uses()
        stock = {pool.pool_id: pool.overall if status.is_online else pool.here for pool in status.stock}
        takes = product.takes(option).items()
        return min((stock[pool] - used.get(pool, 0)) // each for pool, each in takes if pool in stock)

    def _place(self, product_id: ProductId, option: str | None, kind: PriceKindId | None = None) -> int:
        for i, line in enumerate(self.lines):
            same = (line.product_id, line.option, line.price_kind) == (product_id, option, kind)
            if same and line.amount is None and line.reduction is None:  # nobody gave it for more of them
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


def stock_of(product: Product, status: TillStatus | None, option: str | None = None) -> ProductStock | None:
    """Returns what is left of a product, of the pool that has least of it; None where nothing is counted.

    In whichever option, all of its options together count as one pool.
    """
    if status is None or product.kind in FREE_AMOUNTS:
        return None
    stock = {pool.pool_id: pool for pool in status.stock}
    takes = product.uses if option is None else product.takes(option)
    pools = [(stock[pool], each) for pool, each in takes.items() if pool in stock]
    if option is None and product.option_pools and len(product.option_pools) == len(product.options):
        options = [stock[pool] for pool in dict.fromkeys(product.option_pools.values()) if pool in stock]
        pools += [(_together(options), 1)] if options else []
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


def _together(pools: Sequence[PoolStock]) -> PoolStock:
    """Returns several pools as one."""
    again = [pool.retry_at for pool in pools if pool.retry_at is not None]
    return replace(
        pools[0],
        capacity=sum(pool.capacity for pool in pools),
        here=sum(pool.here for pool in pools),
        share=sum(pool.share for pool in pools),
        overall=sum(pool.overall for pool in pools),
        held=sum(pool.held for pool in pools),
        retry_at=min(again, default=None),
        asks_at=sum(pool.asks_at for pool in pools),
    )


def left_of(product: Product, status: TillStatus | None, option: str | None = None) -> int | None:
    """Returns how many of a product can still be sold: by all together, or offline by this till alone."""
    stock = stock_of(product, status, option)
    if stock is None or status is None:
        return None
    return stock.here + stock.elsewhere if status.is_online else stock.here


def short_words(product: Product, status: TillStatus | None, count: int, option: str | None = None) -> str:
    """Returns why no more than `count` of a product are in the sale."""
    stock = stock_of(product, status, option)
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
