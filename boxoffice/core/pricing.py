"""From a cart to what it costs: server and till run this same code, and lines always add up to the total."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product, ProductKind, Promo, Rounding, TaxRate
from boxoffice.core.errors import BadInput, Problem
from boxoffice.core.ids import PoolId, ProductId, TaxRateId
from boxoffice.core.money import Money, allocate, total_of

MAX_QUANTITY: Final = 1_000
MAX_DONATION_MINOR: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class CartLine:
    """So many of one product. `amount` is given for donations only; `option` is such as a size."""

    product_id: ProductId
    quantity: int
    amount: Money | None = None
    option: str | None = None


@dataclass(frozen=True, slots=True)
class Cart:
    lines: tuple[CartLine, ...] = ()


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`subtotal` is what the price list says for the line; `tax` is that of what is left after `discount`."""

    product: Product
    quantity: int
    unit_price: Money
    subtotal: Money
    option: str | None
    tax_rate: TaxRate | None
    tax: Money
    discount: Money

    @property
    def discounted(self) -> Money:
        return self.subtotal - self.discount

    @property
    def total(self) -> Money:
        """What the customer pays for the line."""
        return self.discounted + self.tax if self._is_tax_added else self.discounted

    @property
    def net(self) -> Money:
        """What is left for the seller."""
        return self.total - self.tax

    @property
    def _is_tax_added(self) -> bool:
        return self.tax_rate is not None and not self.tax_rate.is_included


@dataclass(frozen=True, slots=True)
class PricedOrder:
    lines: tuple[PricedLine, ...]
    subtotal: Money
    discount: Money
    tax_added: Money
    tax_total: Money
    total: Money

    def units(self) -> Mapping[PoolId, int]:
        """Returns the units that the order takes of each pool, in one fixed order so that nobody deadlocks."""
        units: defaultdict[PoolId, int] = defaultdict(int)
        for line in self.lines:
            for pool, each in line.product.uses.items():
                units[pool] += each * line.quantity
        return dict(sorted(units.items()))


def price(catalogue: Catalogue, cart: Cart, promo: Promo | None = None) -> PricedOrder:
    """Returns what the cart costs by the catalogue's own prices, less what the promo takes off.

    Raises:
        BadInput: an empty cart, unknown products, bad quantities or amounts: every problem, by line.
    """
    problems = list(_problems(catalogue, cart))
    if problems:
        raise BadInput(problems)
    discounts = _discounts(catalogue, cart, promo)
    lines = tuple(_line(catalogue, line, discount) for line, discount in zip(cart.lines, discounts, strict=True))
    if catalogue.rounding is Rounding.PER_ORDER:
        lines = _round_per_order(lines)
    zero = catalogue.currency
    return PricedOrder(
        lines=lines,
        subtotal=total_of((line.subtotal for line in lines), zero),
        discount=total_of((line.discount for line in lines), zero),
        tax_added=total_of((line.total - line.discounted for line in lines), zero),
        tax_total=total_of((line.tax for line in lines), zero),
        total=total_of((line.total for line in lines), zero),
    )


def _problems(catalogue: Catalogue, cart: Cart) -> Iterator[Problem]:
    if not cart.lines:
        yield Problem("items", "the cart is empty")
    for i, line in enumerate(cart.lines):
        place = f"items[{i}]"
        product = catalogue.products_by_id.get(line.product_id)
        if product is None:
            yield Problem(f"{place}.id", f"there is no product “{line.product_id}”")
            continue
        if not 1 <= line.quantity <= MAX_QUANTITY:
            yield Problem(f"{place}.quantity", f"must be from 1 to {MAX_QUANTITY}")
        if line.option is not None and line.option not in product.options:
            yield Problem(f"{place}.option", f"“{line.option}” is not an option of {product.name}")
        elif line.option is None and product.options:
            yield Problem(f"{place}.option", f"is missing: {product.name} comes as {', '.join(product.options)}")
        if product.kind is ProductKind.DONATION:
            yield from _donation_problems(f"{place}.amount", catalogue, line.amount)
        elif line.amount is not None:
            yield Problem(f"{place}.amount", "only a donation has a free amount")


def _donation_problems(place: str, catalogue: Catalogue, amount: Money | None) -> Iterator[Problem]:
    if amount is None:
        yield Problem(place, "a donation needs an amount")
    elif amount.currency != catalogue.currency:
        yield Problem(place, f"must be in {catalogue.currency.code}")
    elif not 1 <= amount.minor <= MAX_DONATION_MINOR:
        yield Problem(
            place, f"must be from {Money(1, amount.currency)} to {Money(MAX_DONATION_MINOR, amount.currency)}"
        )


def _line(catalogue: Catalogue, line: CartLine, discount: Money) -> PricedLine:
    product = catalogue.products_by_id[line.product_id]
    unit_price = _unit_price(catalogue, line)
    subtotal = unit_price * line.quantity
    rate = catalogue.taxes_by_id[product.tax] if product.tax is not None else None
    tax = Money(round_half_up(exact_tax((subtotal - discount).minor, rate)), subtotal.currency)
    return PricedLine(product, line.quantity, unit_price, subtotal, line.option, rate, tax, discount)


def _unit_price(catalogue: Catalogue, line: CartLine) -> Money:
    unit_price = line.amount or catalogue.products_by_id[line.product_id].price
    if unit_price is None:
        raise ValueError("a donation without an amount got past the checks")
    return unit_price


def _discounts(catalogue: Catalogue, cart: Cart, promo: Promo | None) -> Sequence[Money]:
    """Returns what the promo takes off each line; never more than the line costs."""
    products = [catalogue.products_by_id[line.product_id] for line in cart.lines]
    subtotals = [(_unit_price(catalogue, line) * line.quantity).minor for line in cart.lines]
    covered = [
        subtotal if promo is not None and promo.covers(product) else 0
        for product, subtotal in zip(products, subtotals, strict=True)
    ]
    off: Sequence[int] = [0] * len(covered)
    if promo is not None and promo.percent is not None:
        whole = round_half_up(Fraction(sum(covered) * promo.percent, 100))
        off = allocate(whole, covered) if whole else off
    elif promo is not None and promo.amount is not None and promo.is_per_item:
        each = promo.amount.minor
        off = [min(most, each * line.quantity) for most, line in zip(covered, cart.lines, strict=True)]
    elif promo is not None and promo.amount is not None and any(covered):
        off = allocate(min(promo.amount.minor, sum(covered)), covered)
    return [Money(minor, catalogue.currency) for minor in off]


def exact_tax(subtotal_minor: int, rate: TaxRate | None) -> Fraction:
    """Returns the tax within (or on top of) an amount, not yet rounded."""
    if rate is None:
        return Fraction(0)
    share = Fraction(rate.rate_ppm, 1_000_000)
    return subtotal_minor * share / (1 + share) if rate.is_included else subtotal_minor * share


def round_half_up(value: Fraction) -> int:
    return int((2 * value + 1) // 2)


def _round_per_order(lines: tuple[PricedLine, ...]) -> tuple[PricedLine, ...]:
    """Rounds each rate's tax once for the whole order, then shares it over that rate's lines."""
    out = list(lines)
    places: defaultdict[TaxRateId, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        if line.tax_rate is not None:
            places[line.tax_rate.id].append(i)
    for where in places.values():
        subtotals = [lines[i].discounted.minor for i in where]
        whole = round_half_up(exact_tax(sum(subtotals), lines[where[0]].tax_rate))
        for i, minor in zip(where, allocate(whole, subtotals), strict=True):
            out[i] = replace(lines[i], tax=Money(minor, lines[i].tax.currency))
    return tuple(out)
