"""A seeded night at the door: who buys what, how they pay, and what goes wrong for them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from boxoffice.core.catalogue import FREE_AMOUNTS, Catalogue, Product, ProductKind
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine


class Way(Enum):
    """How a customer pays, and how that ends."""

    CASH = "cash"
    CARD = "card"
    CARD_DECLINED = "card declined"
    CARD_CANCELLED = "card cancelled"
    PHONE = "phone"
    PHONE_ABANDONED = "phone abandoned"
    CASH_AND_CARD = "cash and card"


_WAYS: Final = {
    Way.CASH: 50,
    Way.CARD: 20,
    Way.CARD_DECLINED: 4,
    Way.CARD_CANCELLED: 3,
    Way.PHONE: 12,
    Way.PHONE_ABANDONED: 5,
    Way.CASH_AND_CARD: 6,
}
_BILLS: Final = (500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class Customer:
    """`pays_cash_after` is for those whose card or phone came to nothing: else they walk away.

    `second_choices` are for those whose cart is sold out; the last of them, a donation, never is.
    """

    cart: Cart
    second_choices: tuple[Cart, ...]
    way: Way
    tendered_extra: int
    pays_cash_after: bool


def customers(catalogue: Catalogue, count: int, seed: int) -> list[Customer]:
    """Returns the same customers for the same seed. The first of each kind come early, so that few orders show all."""
    rng = random.Random(seed)  # noqa: S311  # a simulation, no secret
    ways = list(Way)
    rng.shuffle(ways)
    drawn = [*ways, *rng.choices(list(_WAYS), list(_WAYS.values()), k=count)][:count]
    return [
        Customer(
            cart=_cart(catalogue, rng),
            second_choices=_second_choices(catalogue, rng),
            way=way,
            tendered_extra=rng.choice(_BILLS) if rng.random() < 0.6 else 0,
            pays_cash_after=rng.random() < 0.5,
        )
        for way in drawn
    ]


def _cart(catalogue: Catalogue, rng: random.Random) -> Cart:
    products: Sequence[Product] = [each for each in catalogue.products if each.kind is not ProductKind.GIFT_CARD]
    chosen = rng.sample(products, rng.choices((1, 2, 3), (70, 22, 8))[0])
    return Cart(tuple(_line(product, catalogue, rng) for product in chosen))


def _second_choices(catalogue: Catalogue, rng: random.Random) -> tuple[Cart, ...]:
    donations = [product for product in catalogue.products if product.kind is ProductKind.DONATION]
    others = [product for product in catalogue.products if product.kind not in FREE_AMOUNTS]
    wanted = [*rng.sample(others, min(2, len(others))), *donations]
    return tuple(Cart((replace(_line(product, catalogue, rng), quantity=1),)) for product in wanted)


def _line(product: Product, catalogue: Catalogue, rng: random.Random) -> CartLine:
    if product.kind is ProductKind.DONATION:
        return CartLine(product.id, 1, Money(rng.choice((500, 1000, 1337, 2500)), catalogue.currency))
    option = rng.choice(product.options) if product.options else None
    return CartLine(product.id, rng.choices((1, 2, 4), (70, 25, 5))[0], option=option)
