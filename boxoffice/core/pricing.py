"""From a cart to what it costs: server and till run this same code, and lines always add up to the total."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Final

from boxoffice.core import gift_cards
from boxoffice.core.bundles import shares
from boxoffice.core.catalogue import Catalogue, Product, ProductKind, Promo, Rounding
from boxoffice.core.charging import Provider, limits_of, step_of
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.ids import PoolId, PriceKindId, ProductId, TaxRateId
from boxoffice.core.money import Currency, Money, total_of
from boxoffice.core.orders import Channel
from boxoffice.core.reductions import Listed, Off, Reduction, TakenOff, problems_of, taken_off
from boxoffice.core.steps import in_steps, shared
from boxoffice.core.tariffs import Asked, PriceKind, Quoted
from boxoffice.core.taxes import TaxRate

MAX_QUANTITY: Final = 1_000
_MOST_DONATION_MINOR: Final = 10_000_000
"""In money of which no card is charged."""


def most_donation(currency: Currency) -> Money:
    """Returns the most that one donation may be: what a card can pay at once, so that it is much in every currency."""
    limits = limits_of(Provider.STRIPE, currency)
    return limits.most if limits is not None and limits.most is not None else Money(_MOST_DONATION_MINOR, currency)


@dataclass(frozen=True, slots=True)
class CartLine:
    """So many of one product. `amount` is given for donations and gift cards only; `option` is such as a size.

    `reduction` is what is taken off this line at a till. `price_kind` is who may have them: students, members. What was
    `quoted` is kept, whatever the catalogue says by now.
    """

    product_id: ProductId
    quantity: int
    amount: Money | None = None
    option: str | None = None
    price_kind: PriceKindId | None = None
    quoted: Quoted | None = None
    reduction: Reduction | None = None


@dataclass(frozen=True, slots=True)
class Cart:
    """`reduction` is what is taken off the whole sale at a till; `adds_to` the order, by id, that somebody adds to.

    The tickets of one that `is_party` have one code together.
    """

    lines: tuple[CartLine, ...] = ()
    reduction: Reduction | None = None
    adds_to: str = ""
    is_party: bool = False

    def count_of(self, product_id: ProductId) -> int:
        """Returns how many of a product are in it, in whatever option and of whatever kind of price."""
        return sum(line.quantity for line in self.lines if line.product_id == product_id)


@dataclass(frozen=True, slots=True)
class LineTax:
    """What one tax takes of a line, or puts on top of it."""

    rate: TaxRate
    amount: Money


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`subtotal` is what the price list says for the line; `taxes` are those of what is left after `taken_off`."""

    product: Product
    quantity: int
    unit_price: Money
    subtotal: Money
    option: str | None
    taxes: tuple[LineTax, ...]
    taken_off: tuple[TakenOff, ...] = ()
    price_kind: PriceKind | None = None
    item: int = 0
    """Which line of the cart it comes of."""
    bundle: Product | None = None
    """What it is a part of; `bundle_count` of it are in the cart's line."""
    bundle_count: int = 0

    @property
    def discount(self) -> Money:
        """All that is taken off the line."""
        return total_of((each.amount for each in self.taken_off), self.subtotal.currency)

    @property
    def discounted(self) -> Money:
        return self.subtotal - self.discount

    @property
    def tax(self) -> Money:
        """All taxes of the line."""
        return total_of((each.amount for each in self.taxes), self.subtotal.currency)

    @property
    def tax_added(self) -> Money:
        """Its taxes that come on top of the price."""
        return total_of((each.amount for each in self.taxes if not each.rate.is_included), self.subtotal.currency)

    @property
    def total(self) -> Money:
        """What the customer pays for the line."""
        return self.discounted + self.tax_added

    @property
    def net(self) -> Money:
        """What is left for the seller."""
        return self.total - self.tax


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """What a cart costs. `exempt` is the number by which no taxes are taken.

    `code_pool` counts the uses of the code that takes something off, if they are limited; `adds_to` is as the cart has
    it.
    """

    lines: tuple[PricedLine, ...]
    subtotal: Money
    discount: Money
    tax_added: Money
    tax_total: Money
    total: Money
    exempt: str = ""
    code_pool: PoolId | None = None
    adds_to: str = ""
    is_party: bool = False

    def of_item(self, item: int) -> tuple[PricedLine, ...]:
        """Returns what a line of the cart came to: one line, or those of a bundle's parts."""
        return tuple(line for line in self.lines if line.item == item)

    def units(self) -> Mapping[PoolId, int]:
        """Returns the units that the order takes of each pool, in one fixed order so that nobody deadlocks."""
        units: defaultdict[PoolId, int] = defaultdict(int)
        for line in self.lines:
            for pool, each in line.product.takes(line.option).items():
                units[pool] += each * line.quantity
        if self.code_pool is not None:
            units[self.code_pool] += 1
        return dict(sorted(units.items()))


def check_cart(catalogue: Catalogue, cart: Cart, channel: Channel = Channel.DOOR) -> None:
    """Looks whether the catalogue sells there what is in the cart.

    Raises:
        BadInput: an empty cart, unknown products, bad quantities or amounts: every problem, by line.
    """
    problems = [*_problems(catalogue, cart, channel), *_reduction_problems(catalogue, cart)]
    if problems:
        raise BadInput(problems)


def price(
    catalogue: Catalogue, cart: Cart, promo: Promo | None = None, *, at: datetime, channel: Channel = Channel.DOOR
) -> PricedOrder:
    """Returns what the cart costs by the catalogue's own prices there, less what the promo and who sells take off.

    Prices and taxes are those that are valid where the event is, `at` this moment, but for prices that were quoted.

    Raises:
        BadInput: for a cart that can't be sold; see `check_cart`.
    """
    check_cart(catalogue, cart, channel)
    prices = [unit_price(catalogue, cart, line, at, channel) for line in cart.lines]
    taken = _taken_off(catalogue, cart, prices, promo)
    lines = tuple(
        replace(priced, item=i)
        for i, (line, each, off) in enumerate(zip(cart.lines, prices, taken, strict=True))
        for priced in _lines(catalogue, line, each, off, at)
    )
    if catalogue.rounding is Rounding.PER_ORDER:
        lines = _round_per_order(lines)
    currency = catalogue.currency
    subtotal = total_of((line.subtotal for line in lines), currency)
    discount = total_of((line.discount for line in lines), currency)
    tax_added = total_of((line.tax_added for line in lines), currency)
    return PricedOrder(
        lines=lines,
        subtotal=subtotal,
        discount=discount,
        tax_added=tax_added,
        tax_total=total_of((line.tax for line in lines), currency),
        total=subtotal - discount + tax_added,
        exempt=catalogue.exempt,
        code_pool=_code_pool(promo, taken),
        adds_to=cart.adds_to,
        is_party=cart.is_party,
    )


def _code_pool(promo: Promo | None, taken: Sequence[tuple[TakenOff, ...]]) -> PoolId | None:
    """Returns the pool of a code's uses: one that takes nothing off is not used up by it."""
    is_used = any(each.reduction.off is Off.CODE for off in taken for each in off)
    return promo.pool_id if promo is not None and is_used else None


def _problems(catalogue: Catalogue, cart: Cart, channel: Channel) -> Iterator[FieldError]:
    if not cart.lines:
        yield FieldError("items", "the cart is empty")
    for i, line in enumerate(cart.lines):
        place = f"items[{i}]"
        product = catalogue.products_by_id.get(line.product_id)
        if product is None:
            yield FieldError(f"{place}.id", f"there is no product “{line.product_id}”")
            continue
        most = MAX_QUANTITY // max((part.quantity for part in product.parts), default=1)
        if not 1 <= line.quantity <= most:
            yield FieldError(f"{place}.quantity", f"must be from 1 to {most}")
        if line.option is not None and line.option not in product.options:
            yield FieldError(f"{place}.option", f"“{line.option}” is not an option of {product.name}")
        elif line.option is None and product.options:
            yield FieldError(f"{place}.option", f"is missing: {product.name} comes as {', '.join(product.options)}")
        yield from _kind_problems(f"{place}.price_kind", catalogue, product, line, channel)
        if product.kind is ProductKind.DONATION:
            yield from _donation_problems(f"{place}.amount", catalogue, line.amount)
        elif product.kind is ProductKind.GIFT_CARD and product.price is None:
            yield from _card_problems(f"{place}.amount", catalogue, line.amount)
        elif line.amount is not None:
            yield FieldError(f"{place}.amount", "only a donation or a gift card has a free amount")


def _reduction_problems(catalogue: Catalogue, cart: Cart) -> Iterator[FieldError]:
    for i, line in enumerate(cart.lines):
        if line.reduction is not None and line.product_id in catalogue.products_by_id:
            product = catalogue.products_by_id[line.product_id]
            for problem in problems_of(line.reduction, catalogue.currency, product):
                yield FieldError(f"items[{i}].reduction", problem)
    if cart.reduction is not None:
        for problem in problems_of(cart.reduction, catalogue.currency):
            yield FieldError("reduction", problem)


def _kind_problems(
    place: str, catalogue: Catalogue, product: Product, line: CartLine, channel: Channel
) -> Iterator[FieldError]:
    tariff = product.tariff if line.quoted is None else line.quoted.tariff
    kinds = () if tariff is None else tariff.kinds(channel)
    if line.price_kind is not None and not (
        line.price_kind in kinds and line.price_kind in catalogue.price_kinds_by_id
    ):
        yield FieldError(place, f"{product.name} has no such price for “{line.price_kind}”")


def _donation_problems(place: str, catalogue: Catalogue, amount: Money | None) -> Iterator[FieldError]:
    if amount is None:
        yield FieldError(place, "a donation needs an amount")
    elif amount.currency != catalogue.currency:
        yield FieldError(place, f"must be in {catalogue.currency.code}")
    elif not 1 <= amount.minor <= most_donation(amount.currency).minor:
        yield FieldError(place, f"must be from {Money(1, amount.currency)} to {most_donation(amount.currency)}")
    elif amount.minor % step_of(amount.currency).minor:
        yield FieldError(place, f"must be a multiple of {step_of(amount.currency)}")


def _card_problems(place: str, catalogue: Catalogue, amount: Money | None) -> Iterator[FieldError]:
    if amount is None:
        yield FieldError(place, "a gift card needs an amount")
    elif amount.currency != catalogue.currency:
        yield FieldError(place, f"must be in {catalogue.currency.code}")
    elif problem := gift_cards.problem_of(amount):
        yield FieldError(place, problem)


def unit_price(catalogue: Catalogue, cart: Cart, line: CartLine, at: datetime, channel: Channel) -> Money:
    """Returns what one of a line costs beside all else in the cart. The line must be one that can be sold."""
    quoted, tariff = line.quoted, catalogue.products_by_id[line.product_id].tariff
    if line.amount is not None:
        return line.amount
    if quoted is not None:
        at, tariff = quoted.at, quoted.tariff
    if tariff is None:
        raise ValueError("a free amount without an amount got past the checks")
    return tariff.pick(Asked(channel, at, catalogue.zone, cart.count_of(line.product_id), line.price_kind))


def _lines(
    catalogue: Catalogue, line: CartLine, each: Money, off: tuple[TakenOff, ...], at: datetime
) -> Iterator[PricedLine]:
    """Yields what a line of the cart comes to: itself, or a bundle's parts, each at its share."""
    product = catalogue.products_by_id[line.product_id]
    if not product.parts:
        yield _line(catalogue, line, each, off, at)
        return
    parts = [catalogue.products_by_id[part.product_id] for part in product.parts]
    prices = (0 if of.price is None else of.price.minor for of in parts)
    alone = [(minor, part.quantity) for minor, part in zip(prices, product.parts, strict=True)]
    step = step_of(each.currency).minor
    found = shares(each.minor, alone, step)
    left = [share.each * share.count * line.quantity for share in found]
    off_parts = _off_parts(off, left, step)
    for share, taken in zip(found, off_parts, strict=True):
        part, of = product.parts[share.part], parts[share.part]
        option = part.option or (line.option if of.options else None)
        sold = replace(line, product_id=of.id, quantity=share.count * line.quantity, option=option)
        priced = _line(catalogue, sold, Money(share.each, each.currency), taken, at)
        yield replace(priced, bundle=product, bundle_count=line.quantity)


def _off_parts(off: tuple[TakenOff, ...], left: list[int], step: int) -> list[tuple[TakenOff, ...]]:
    """Returns what falls on each part of a bundle of what is taken off it, each by what is left of it."""
    taken: list[list[TakenOff]] = [[] for _ in left]
    for each in off:
        for i, minor in enumerate(shared(each.amount.minor, left, step)):
            if minor:
                left[i] -= minor
                taken[i].append(replace(each, amount=Money(minor, each.amount.currency)))
    return [tuple(each) for each in taken]


def _line(catalogue: Catalogue, line: CartLine, each: Money, off: tuple[TakenOff, ...], at: datetime) -> PricedLine:
    product = catalogue.products_by_id[line.product_id]
    subtotal = each * line.quantity
    rates = catalogue.taxes_at(product, at)
    exact = exact_taxes((subtotal - total_of((one.amount for one in off), subtotal.currency)).minor, rates)
    taxes = tuple(
        LineTax(rate, Money(in_steps(tax, _tax_step(rate, subtotal.currency)), subtotal.currency))
        for rate, tax in zip(rates, exact, strict=True)
    )
    kind = None if line.price_kind is None else catalogue.price_kinds_by_id[line.price_kind]
    return PricedLine(product, line.quantity, each, subtotal, line.option, taxes, off, kind)


def _taken_off(
    catalogue: Catalogue, cart: Cart, prices: Sequence[Money], promo: Promo | None
) -> list[tuple[TakenOff, ...]]:
    """Returns what is taken off each line; never more than the line costs."""
    listed = [
        Listed(catalogue.products_by_id[line.product_id], line.quantity, each, line.reduction)
        for line, each in zip(cart.lines, prices, strict=True)
    ]
    return taken_off(listed, promo, cart.reduction, catalogue.currency)


def exact_taxes(subtotal_minor: int, rates: Sequence[TaxRate]) -> list[Fraction]:
    """Returns each tax within (or on top of) an amount, not yet rounded; no tax is taken of another."""
    shares = [Fraction(rate.rate_ppm, 1_000_000) for rate in rates]
    whole = 1 + sum(share for share, rate in zip(shares, rates, strict=True) if rate.is_included)
    return [subtotal_minor * share / whole for share in shares]


def _tax_step(rate: TaxRate, currency: Currency) -> int:
    """Returns what a tax is rounded to: one that is added must leave a total that a card can pay."""
    return 1 if rate.is_included else step_of(currency).minor


def _round_per_order(lines: tuple[PricedLine, ...]) -> tuple[PricedLine, ...]:
    """Rounds each tax once for the whole order, then shares it over the lines that have it."""
    exact = [exact_taxes(line.discounted.minor, [tax.rate for tax in line.taxes]) for line in lines]
    places: defaultdict[tuple[TaxRateId, bool], list[tuple[int, int]]] = defaultdict(list)
    for i, line in enumerate(lines):
        for n, tax in enumerate(line.taxes):
            places[tax.rate.id, tax.rate.is_included].append((i, n))
    shares: dict[tuple[int, int], int] = {}
    for where in places.values():
        tax = lines[where[0][0]].taxes[where[0][1]]
        step = _tax_step(tax.rate, tax.amount.currency)
        whole = in_steps(sum((exact[i][n] for i, n in where), Fraction(0)), step)
        shares |= zip(where, shared(whole, [lines[i].discounted.minor for i, _ in where], step), strict=True)
    return tuple(
        replace(
            line,
            taxes=tuple(
                replace(tax, amount=Money(shares[i, n], tax.amount.currency)) for n, tax in enumerate(line.taxes)
            ),
        )
        for i, line in enumerate(lines)
    )
