"""An event file in a form, and back: what nobody typed stays as it is, and what somebody typed is read or told."""

import json
from typing import Any

import pytest

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.event_changes import changes, value_at
from boxoffice.core.event_file import catalogue_from, event_file_of
from sync.editing.fields import SECTIONS, Block, blocks_of, items
from sync.editing.forms import NEW, closed, currency_of, name_in_form, opened, rows_of, take, text_of
from tests.fest import fest

FEST: dict[str, Any] = event_file_of(catalogue_from(fest(), 1))
PAGES = [(each.id, "") for each in SECTIONS if each.id != "products"]
PAGES += [("products", product["id"]) for product in FEST["products"]]


def as_shown(blocks: list[Block], file: dict[str, Any]) -> dict[str, list[str]]:
    """Returns what a browser sends of a page on which nothing was touched."""
    form, sent = opened(file), dict[str, list[str]]()
    for block in blocks:
        bases = [(*block.path, row) for row in rows_of(block, form)] if block.is_rows else [block.path]
        for base in bases:
            for field in block.fields:
                text = text_of(field.kind, value_at(form, field.path(base)), currency_of(file))
                name = name_in_form(field.path(base))
                sent.setdefault("shown", []).append(name)
                sent[name] = text if isinstance(text, list) else [text]
    return sent


def filled(section: str, product: str = "", **typed: str) -> tuple[Catalogue, dict[str, Any]]:
    blocks = list(blocks_of(section, FEST, product))
    given = as_shown(blocks, FEST) | {name.replace("__", "/"): [text] for name, text in typed.items()}
    found = take(blocks, FEST, given, "en")
    assert found.wrong == {}
    return catalogue_from(found.file, 1), found.file


@pytest.mark.parametrize(("section", "product"), PAGES)
def test_a_page_that_is_saved_untouched_changes_nothing(section: str, product: str) -> None:
    blocks = list(blocks_of(section, FEST, product))

    found = take(blocks, FEST, as_shown(blocks, FEST), "en")

    assert found.wrong == {}
    assert changes(FEST, event_file_of(catalogue_from(found.file, 1))) == ()


def test_what_is_opened_and_closed_is_the_same_file() -> None:
    assert closed(opened(FEST), FEST) == FEST


def test_a_size_with_stock_gets_a_pool_of_its_own_and_keeps_it() -> None:
    base = f"products__t-shirt__sizes__{NEW}"
    catalogue, file = filled("products", "t-shirt", **{f"{base}__name": "XXL", f"{base}__stock": "12"})

    shirt = next(product for product in catalogue.products if product.id == "t-shirt")
    assert shirt.options == ("S", "M", "L", "XL", "XXL")
    assert dict(shirt.option_pools) == {"XXL": "t-shirt-xxl"}
    assert next(pool.capacity for pool in catalogue.pools if pool.id == "t-shirt-xxl") == 12
    assert {"name": "XXL", "stock": 12} in items(opened(file), "products")[8]["sizes"]


def test_a_price_that_is_no_amount_is_told_at_its_field_and_nothing_is_taken_of_it() -> None:
    blocks = list(blocks_of("products", FEST, "full-pass"))
    given = as_shown(blocks, FEST) | {"products/full-pass/price_minor": ["much"]}

    found = take(blocks, FEST, given, "en")

    assert set(found.wrong) == {"products/full-pass/price_minor"}


def test_a_day_more_comes_with_its_doors() -> None:
    day = f"days__{NEW}"
    catalogue, _ = filled("basics", **{f"{day}__day": "2026-05-18", f"{day}__starts": "12:00"})

    assert max(catalogue.days).isoformat() == "2026-05-18"
    hours = catalogue.hours_of(None, max(catalogue.days))
    assert hours is not None
    assert hours.starts.isoformat("minutes") == "12:00"


def test_all_that_an_event_file_says_of_the_fest_can_be_filled_in() -> None:
    """Each place of the file that says something is a field of some page."""
    shown = set()
    for section, product in PAGES:
        shown |= {name.split("/")[0] for name in as_shown(list(blocks_of(section, FEST, product)), FEST)}

    assert {*FEST, "days"} - shown - {"hours"} == set()
    json.dumps(FEST)
