"""Bundles: several products at one price. What is sold of one are its parts, each at its share of the price.

So a bundle's places, tickets, taxes, and what goes back of it, are those of its parts, and nothing else knows of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from boxoffice.core.catalogue import Product
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.money import allocate


@dataclass(frozen=True, slots=True)
class Share:
    """So many of a part (by its place among the bundle's) at this price each, in minor units."""

    part: int
    each: int
    count: int


def shares(price: int, parts: Sequence[tuple[int, int]], step: int = 1) -> tuple[Share, ...]:
    """Returns what of a bundle's price falls on each of its parts, by what they cost alone; it adds up to the price.

    Args:
        price: of one bundle.
        parts: what each costs alone, and how many of it are in the bundle.
        step: what can be charged; each share is a multiple of it, if the price is one.
    """
    singles = [(i, alone) for i, (alone, count) in enumerate(parts) for _ in range(count)]
    weights = [alone for _, alone in singles] if any(alone for _, alone in singles) else [1] * len(singles)
    step = step if price % step == 0 else 1
    each = [step * minor for minor in allocate(price // step, weights)]
    priced = [(i, minor) for (i, _), minor in zip(singles, each, strict=True)]
    return tuple(Share(i, minor, len(list(same))) for (i, minor), same in groupby(sorted(priced, key=_by_part)))


def _by_part(priced: tuple[int, int]) -> tuple[int, int]:
    return priced[0], -priced[1]


def put_together(product: Product, known: Mapping[ProductId, Product]) -> Product:
    """Returns a bundle with what follows from its parts: the places it takes, and the options that are left to choose.

    One that names what is not there stays as it is: that is told elsewhere.
    """
    parts = [(part, known[part.product_id]) for part in product.parts if part.product_id in known]
    uses: Counter[PoolId] = Counter()
    pools: dict[str, PoolId] = {}
    options: tuple[str, ...] = ()
    for part, each in parts:
        takes = each.takes(part.option) if part.option is not None else each.uses
        uses.update({pool: count * part.quantity for pool, count in takes.items()})
        if part.option is None and each.options:
            options, pools = each.options, dict(each.option_pools)
    return replace(product, uses=dict(uses), options=options, option_pools=pools)


def open_choices(product: Product, known: Mapping[ProductId, Product]) -> Iterator[Product]:
    """Yields the parts that come in options of which the bundle names none."""
    for part in product.parts:
        each = known.get(part.product_id)
        if each is not None and each.options and part.option is None:
            yield each
