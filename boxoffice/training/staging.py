"""What is practised with: the event as it is, on days from today on, under the id that only trainings have."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.event_file import beside_the_event, event_file_of, in_its_own_words
from boxoffice.core.ids import PoolId
from boxoffice.core.moved_events import moved, retold
from boxoffice.core.training import TRAINING_EVENT
from boxoffice.till.ui.flow.layout import ROWS, Tiles, slot_of
from boxoffice.till.ui.keys import TILE_LETTERS

_LEAST_PRODUCTS: Final = 2


def staged(catalogue: Catalogue, now: datetime) -> Catalogue:
    """Returns the event as it is practised: it begins today, all of it is on sale, and nothing of it can be mailed."""
    today = catalogue.doors.day_of(now.astimezone(ZoneInfo(catalogue.timezone)))
    by = today - min(catalogue.days)
    there = moved(catalogue, by, retold(catalogue.days, by)) if by else catalogue
    return replace(
        there,
        id=TRAINING_EVENT,
        revision=1,
        products=tuple(replace(each, sale_starts=None, sale_ends=None) for each in there.products),
    )


def event_message(catalogue: Catalogue, now: datetime) -> Mapping[str, Any]:
    """Returns what a hub would say of the event, by the names that it has on the wire."""
    file = event_file_of(catalogue)
    day = now.astimezone(ZoneInfo(catalogue.timezone)).date()
    return {"event": in_its_own_words(file, day), **beside_the_event(file)}


def can_be_drilled(catalogue: Catalogue) -> bool:
    """Returns whether the drills have enough to sell."""
    return len(simple_products(catalogue)) >= _LEAST_PRODUCTS


def simple_products(catalogue: Catalogue) -> tuple[Product, ...]:
    """Returns the tickets that one key sells, the dearest first."""
    letters = letters_of(catalogue)
    simple = [
        each
        for each in catalogue.products
        if each.kind is ProductKind.TICKET
        and each.price is not None
        and each.price.minor > 0
        and not each.options
        and not each.parts
        and each.id in letters
    ]
    return tuple(sorted(simple, key=lambda each: -(each.price.minor if each.price else 0)))


@dataclass(frozen=True, slots=True)
class Roles:
    """Which products the drills sell: two tickets, and one that can sell out without either of them, by its `pool`."""

    dear: Product
    cheap: Product
    scarce: Product | None = None
    pool: PoolId | None = None


def roles_in(catalogue: Catalogue) -> Roles:
    """Returns what each product is in the drills."""
    products = simple_products(catalogue)
    dear, cheap = products[0], products[-1]
    taken = frozenset(dear.uses) | frozenset(cheap.uses)
    for each in products[1:-1]:
        free = sorted(frozenset(each.uses) - taken)
        if free:
            return Roles(dear, cheap, each, free[0])
    return Roles(dear, cheap)


def letters_of(catalogue: Catalogue) -> Mapping[str, str]:
    """Returns the letter on each product's tile, of those on the page that comes up first."""
    found: dict[str, str] = {}
    for section in Tiles(catalogue).sections:
        for i, product in enumerate(section.products):
            slot = slot_of(section, i)
            if slot is not None and slot < ROWS * 4:
                found[str(product.id)] = TILE_LETTERS[slot]
    return found
