"""Whether an event's money can be charged at all: asked when it is loaded, never of one that is on sale already."""

from collections.abc import Iterator
from datetime import datetime

from boxoffice.core.catalogue import Catalogue, Product
from boxoffice.core.charging import Limits, Provider, limits_of
from boxoffice.core.errors import FieldError
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine, price


def what_can_not_be_charged(catalogue: Catalogue, at: datetime) -> Iterator[FieldError]:
    """Yields what of the event's currency, prices and promos no card can pay, by its place in the event file.

    A price below the least amount is none of it: together with others it can be paid, and in cash alone. The taxes
    are those `at` this moment.
    """
    limits = limits_of(Provider.STRIPE, catalogue.currency)
    if limits is None:
        code = catalogue.currency.code
        yield FieldError("event.currency", f"{code} can't be paid by card: {Provider.STRIPE.value} does not take it")
        return
    for i, product in enumerate(catalogue.products):
        if product.price is not None:
            place = f"products[{i}].price_minor"
            yield from _step_problems(place, product.price, limits)
            yield from _most_problems(place, catalogue, product, limits, at)
        for j, rule in enumerate(product.prices):
            where = f"products[{i}].prices[{j}].price_minor"
            yield from _step_problems(where, rule.price, limits)
            if limits.most is not None and limits.most < rule.price:
                yield FieldError(where, f"{rule.price} can't be paid by card: the most is {limits.most}")
    for i, promo in enumerate(catalogue.promos):
        if promo.amount is not None:
            yield from _step_problems(f"promos[{i}].amount_minor", promo.amount, limits)


def _most_problems(
    place: str, catalogue: Catalogue, product: Product, limits: Limits, at: datetime
) -> Iterator[FieldError]:
    one = CartLine(product.id, 1, option=next(iter(product.options), None))
    total = price(catalogue, Cart((one,)), at=at).total
    if limits.most is not None and limits.most < total:
        yield FieldError(place, f"{total} can't be paid by card: the most is {limits.most}")


def _step_problems(place: str, amount: Money, limits: Limits) -> Iterator[FieldError]:
    if amount.minor % limits.step.minor:
        yield FieldError(place, f"{amount} can't be paid by card: it must be a multiple of {limits.step}")
