"""How products become rows of four tiles with letters, and pages of three rows; tiles never reorder by themselves.

Where all of it fits on one page, it stands there; else each category has a tab of its own.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from boxoffice.core.catalogue import Catalogue, Product
from boxoffice.core.folding import is_found, searchable
from boxoffice.core.orders import Channel

COLUMNS = 4
ROWS = 3


@dataclass(frozen=True, slots=True)
class Section:
    """Products under one heading; `first_row` is where it stands on its page."""

    title: str
    products: tuple[Product, ...]
    first_row: int = 0

    @property
    def rows(self) -> int:
        return -(-len(self.products) // COLUMNS)


@dataclass(frozen=True, slots=True)
class TilePage:
    title: str
    sections: tuple[Section, ...]


class Tiles:
    """The products of one revision that the door sells as tiles, and which page of them is up."""

    def __init__(self, catalogue: Catalogue, page_index: int = 0) -> None:
        self.catalogue = catalogue
        self.products = tuple(each for each in catalogue.products if each.shelf.is_offered(Channel.DOOR))
        self.pages = tile_pages(self.products)
        self.categories = tuple(dict.fromkeys(each.category for each in self.products))
        self._found_by = {each.id: searchable((each.name, each.category, each.detail)) for each in self.products}
        self.turn_to(page_index)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the page that is up."""
        return self.pages[self.page_index].sections

    def turn_to(self, page_index: int) -> None:
        """Turns to a page, or to the last or first where there are not so many."""
        self.page_index = min(max(page_index, 0), len(self.pages) - 1)

    def at_slot(self, slot: int) -> Product | None:
        """Returns the product whose letter stands at this place of the keyboard."""
        for section in self.sections:
            for i, product in enumerate(section.products):
                if slot_of(section, i) == slot:
                    return product
        return None

    def matches(self, text: str) -> tuple[Product, ...]:
        """Returns the products whose name, category or detail has all the words, however they are written."""
        return tuple(each for each in self.products if is_found(text, self._found_by[each.id]))


def tile_pages(products: Sequence[Product]) -> tuple[TilePage, ...]:
    """Returns the products by category: on one page of three rows of four if that is enough, else on one each.

    Neighbouring categories share a row where all would not fit on the page otherwise.
    """
    apart = sections = _by_category(products)
    while sum(section.rows for section in sections) > ROWS:
        pair = _best_pair(sections)
        if pair is None:
            return tuple(TilePage(part.title, (part,)) for section in apart for part in _split(section))
        one, two = sections[pair], sections[pair + 1]
        merged = Section(f"{one.title} · {two.title}", one.products + two.products)
        sections = [*sections[:pair], merged, *sections[pair + 2 :]]
    return (_page(sections),)


def _by_category(products: Sequence[Product]) -> list[Section]:
    grouped: dict[str, list[Product]] = {}
    for product in products:
        grouped.setdefault(product.category, []).append(product)
    return [Section(title, tuple(group)) for title, group in grouped.items()]


def _best_pair(sections: Sequence[Section]) -> int | None:
    """Returns the first of the two smallest neighbours that take fewer rows together."""
    sizes = {
        i: len(one.products) + len(two.products)
        for i, (one, two) in enumerate(itertools.pairwise(sections))
        if -(-(len(one.products) + len(two.products)) // COLUMNS) < one.rows + two.rows
    }
    return min(sizes, key=lambda i: (sizes[i], i)) if sizes else None


def _split(section: Section) -> list[Section]:
    most = ROWS * COLUMNS
    parts = [section.products[i : i + most] for i in range(0, len(section.products), most)]
    if len(parts) == 1:
        return [section]
    return [Section(f"{section.title} {i}", part) for i, part in enumerate(parts, 1)]


def _page(sections: Sequence[Section]) -> TilePage:
    rows = itertools.accumulate((section.rows for section in sections), initial=0)
    placed = tuple(Section(each.title, each.products, row) for each, row in zip(sections, rows, strict=False))
    return TilePage(placed[0].title if placed else "", placed)


def slot_of(section: Section, index: int) -> int | None:
    """Returns which of the twelve tile keys stands for a product of the section, if one does."""
    slot = section.first_row * COLUMNS + index
    return slot if slot < ROWS * COLUMNS else None
