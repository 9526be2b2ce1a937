"""How products become tiles with letters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Product
from boxoffice.core.ids import ProductId
from boxoffice.till.ui.flow.layout import COLUMNS, ROWS, slot_of, tile_pages
from boxoffice.till.ui.flow.sell import SellPage
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.fake_till import FakeTill
from tests.gui.festival import boulder_fest, festival_status
from tests.unit.ui.flows import Keyboard

SOME = boulder_fest().products[0]


def products(*sizes: int) -> list[Product]:
    return [
        replace(SOME, id=ProductId(f"{group}-{i}"), category=f"Category {group}")
        for group, size in enumerate(sizes)
        for i in range(size)
    ]


def test_the_festival_fits_one_page_of_three_rows() -> None:
    (page,) = tile_pages(boulder_fest().products)

    assert [(section.title, section.first_row) for section in page.sections] == [
        ("Passes", 0),
        ("Tonight", 1),
        ("Extras", 2),
    ]


def test_small_neighbours_share_a_row_before_a_second_page_opens() -> None:
    (page,) = tile_pages(products(4, 4, 2, 2))

    assert [section.title for section in page.sections] == ["Category 0", "Category 1", "Category 2 · Category 3"]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_every_product_has_one_place_and_no_two_share_a_key(sizes: list[int]) -> None:
    everything = products(*sizes)

    pages = tile_pages(everything)

    shown = [product.id for page in pages for section in page.sections for product in section.products]
    assert shown == [product.id for product in everything]
    for page in pages:
        slots = [slot_of(section, i) for section in page.sections for i in range(len(section.products))]
        assert len(slots) == len(set(slots))
        assert all(slot is not None and slot < ROWS * COLUMNS for slot in slots)


@pytest.mark.parametrize("typed", ["nguyen", "NGUYỄN", "Nguye\u0302\u0303n", "thi nguyen", "hong", "nguyen\u200b"])
def test_a_product_is_found_without_its_accents_and_in_any_order(typed: str) -> None:
    catalogue = boulder_fest()
    first = replace(catalogue.products[0], name="Lớp học Nguyễn Thị Hồng")
    till = FakeTill(Ready(replace(catalogue, products=(first, *catalogue.products[1:])), festival_status()))
    page = Keyboard(till).flow.page
    assert isinstance(page, SellPage)

    assert page.matches(typed) == (first,)
