"""From a cart to what it costs: server and till run this same code, and lines always add up to the total."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Final

from boxoffice.core import gift_cards
from boxoffice.core.catalogue import Catalogue, Product, ProductKind, Promo, Rounding
from boxoffice.core.charging import Provider, limits_of, step_of
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.ids import PoolId, ProductId, TaxRateId
from boxoffice.core.money import Currency, Money, total_of
from boxoffice.core.reductions import Listed, Off, Reduction, TakenOff, problems_of, taken_off
from boxoffice.core.steps import in_steps, shared
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

    `reduction` is what is taken off this line at a till.
    """

    product_id: ProductId
    quantity: int
    amount: Money | None = None
    option: str | None = None
    reduction: Reduction | None = None


@dataclass(frozen=True, slots=True)
class Cart:
    """`reduction` is what is taken off the whole sale at a till; `adds_to` the order, by id, that somebody adds to."""

    lines: tuple[CartLine, ...] = ()
    reduction: Reduction | None = None
    adds_to: str = ""


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
    def total(self) -> Money:
        """What the customer pays for the line."""
        added = (each.amount for each in self.taxes if not each.rate.is_included)
        return self.discounted + total_of(added, self.subtotal.currency)

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

    def units(self) -> Mapping[PoolId, int]:
        """Returns the units that the order takes of each pool, in one fixed order so that nobody deadlocks."""
        units: defaultdict[PoolId, int] = defaultdict(int)
        for line in self.lines:
            for pool, each in line.product.uses.items():
                units[pool] += each * line.quantity
        if self.code_pool is not None:
            units[self.code_pool] += 1
        return dict(sorted(units.items()))


def check_cart(catalogue: Catalogue, cart: Cart) -> None:
    """Looks whether the catalogue sells what is in the cart.

    Raises:
        BadInput: an empty cart, unknown products, bad quantities or amounts: every problem, by line.
    """
    problems = [*_problems(catalogue, cart), *_reduction_problems(catalogue, cart)]
    if problems:
        raise BadInput(problems)


def price(catalogue: Catalogue, cart: Cart, promo: Promo | None = None, *, at: datetime) -> PricedOrder:
    """Returns what the cart costs by the catalogue's own prices, less what the promo and who sells take off.

    The taxes are those that are valid where the event is, `at` this moment.

    Raises:
        BadInput: for a cart that can't be sold; see `check_cart`.
    """
    check_cart(catalogue, cart)
    taken = _taken_off(catalogue, cart, promo)
    lines = tuple(_line(catalogue, line, off, at) for line, off in zip(cart.lines, taken, strict=True))
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
        exempt=catalogue.exempt,
        code_pool=_code_pool(promo, taken),
        adds_to=cart.adds_to,
    )


def _code_pool(promo: Promo | None, taken: Sequence[tuple[TakenOff, ...]]) -> PoolId | None:
    """Returns the pool of a code's uses: one that takes nothing off is not used up by it."""
    is_used = any(each.reduction.off is Off.CODE for off in taken for each in off)
    return promo.pool_id if promo is not None and is_used else None


def _problems(catalogue: Catalogue, cart: Cart) -> Iterator[FieldError]:
    if not cart.lines:
        yield FieldError("items", "the cart is empty")
    for i, line in enumerate(cart.lines):
        place = f"items[{i}]"
        product = catalogue.products_by_id.get(line.product_id)
        if product is None:
            yield FieldError(f"{place}.id", f"there is no product “{line.product_id}”")
            continue
        if not 1 <= line.quantity <= MAX_QUANTITY:
            yield FieldError(f"{place}.quantity", f"must be from 1 to {MAX_QUANTITY}")
        if line.option is not None and line.option not in product.options:
            yield FieldError(f"{place}.option", f"“{line.option}” is not an option of {product.name}")
        elif line.option is None and product.options:
            yield FieldError(f"{place}.option", f"is missing: {product.name} comes as {', '.join(product.options)}")
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


def _line(catalogue: Catalogue, line: CartLine, off: tuple[TakenOff, ...], at: datetime) -> PricedLine:
    product = catalogue.products_by_id[line.product_id]
    unit_price = _unit_price(catalogue, line)
    subtotal = unit_price * line.quantity
    rates = catalogue.taxes_at(product, at)
    exact = exact_taxes((subtotal - total_of((each.amount for each in off), subtotal.currency)).minor, rates)
    taxes = tuple(
        LineTax(rate, Money(in_steps(tax, _tax_step(rate, subtotal.currency)), subtotal.currency))
        for rate, tax in zip(rates, exact, strict=True)
    )
    return PricedLine(product, line.quantity, unit_price, subtotal, line.option, taxes, off)


def _unit_price(catalogue: Catalogue, line: CartLine) -> Money:
    unit_price = line.amount or catalogue.products_by_id[line.product_id].price
    if unit_price is None:
        raise ValueError("a free amount without an amount got past the checks")
    return unit_price


def _taken_off(catalogue: Catalogue, cart: Cart, promo: Promo | None) -> list[tuple[TakenOff, ...]]:
    """Returns what is taken off each line; never more than the line costs."""
    listed = [
        Listed(catalogue.products_by_id[line.product_id], line.quantity, _unit_price(catalogue, line), line.reduction)
        for line in cart.lines
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
