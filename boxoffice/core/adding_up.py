"""What was sold for an amount that was paid with no till: everything that can be chosen, and what adds up to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import PriceKindId
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import Cart, CartLine, PricedOrder, price

MOST_OF_ONE: Final = 50
_MOST_THINGS: Final = 6
_TRIES: Final = 50_000
_LEFT_OUT: Final = frozenset({ProductKind.GIFT_CARD, ProductKind.DONATION})
"""A gift card needs a code in somebody's hand; what is given has no price that could add up."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A product in an option at a price, as it cost at a door at that moment; `unit` is with all taxes."""

    product: Product
    option: str | None
    kind: PriceKindId | None
    unit: Money

    @property
    def key(self) -> str:
        return "|".join((str(self.product.id), self.option or "", str(self.kind or "")))

    @property
    def name(self) -> str:
        return ", ".join(each for each in (self.product.name, self.option) if each)


def choices_at(catalogue: Catalogue, at: datetime) -> list[Choice]:
    """Returns everything that could be sold at a door at that moment, each option and each price by itself."""
    return list(_choices(catalogue, at))


def cart_of(choices: Sequence[Choice], quantities: Mapping[str, int]) -> Cart:
    """Returns the cart with so many of each, by their keys; nothing of what is not among the choices."""
    return Cart(
        tuple(
            CartLine(each.product.id, quantities[each.key], option=each.option, price_kind=each.kind)
            for each in choices
            if quantities.get(each.key, 0) > 0
        )
    )


def what_adds_up(
    catalogue: Catalogue, choices: Sequence[Choice], amount: Money, at: datetime, most: int = 3
) -> list[dict[str, int]]:
    """Returns what comes to just this amount, what is made of the fewest things first; an option stands for all."""
    offered = list({(each.product.id, each.kind): each for each in reversed(choices)}.values())
    priced = [each for each in offered if 0 < each.unit.minor <= amount.minor]
    found: list[dict[str, int]] = []
    for counted in islice(_sums(sorted(priced, key=lambda each: -each.unit.minor), amount.minor), most * 4):
        if _comes_to(catalogue, priced, counted, amount, at) and counted not in found:
            found.append(counted)
    return found[:most]


def priced_at(catalogue: Catalogue, cart: Cart, at: datetime) -> PricedOrder:
    """Returns what a cart cost at a door at that moment.

    Raises:
        BadInput: if it could not be sold.
    """
    return price(catalogue, cart, at=at, channel=Channel.DOOR)


def _choices(catalogue: Catalogue, at: datetime) -> Iterator[Choice]:
    for product in catalogue.products:
        if product.kind in _LEFT_OUT or product.tariff is None:
            continue
        for kind in (None, *product.tariff.kinds(Channel.DOOR)):
            for option in product.options or (None,):
                try:
                    line = CartLine(product.id, 1, option=option, price_kind=kind)
                    unit = priced_at(catalogue, Cart((line,)), at).total
                except BadInput:
                    continue
                yield Choice(product, option, kind, unit)


def _comes_to(
    catalogue: Catalogue, choices: Sequence[Choice], counted: Mapping[str, int], amount: Money, at: datetime
) -> bool:
    try:
        return priced_at(catalogue, cart_of(choices, counted), at).total == amount
    except BadInput:
        return False


def _sums(choices: Sequence[Choice], amount: int) -> Iterator[dict[str, int]]:
    """Yields counts whose units come to the amount, by how many things they are; it gives up after so many tries."""
    tries = 0
    for things in range(1, _MOST_THINGS + 1):
        stack: list[tuple[int, int, int, dict[str, int]]] = [(0, things, amount, {})]
        while stack:
            tries += 1
            if tries > _TRIES:
                return
            first, left, due, counted = stack.pop()
            if left == 0:
                if due == 0:
                    yield counted
                continue
            for place in range(len(choices) - 1, first - 1, -1):
                each = choices[place]
                if each.unit.minor <= due:
                    more = {**counted, each.key: counted.get(each.key, 0) + 1}
                    stack.append((place, left - 1, due - each.unit.minor, more))
