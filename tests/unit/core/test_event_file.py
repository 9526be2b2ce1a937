"""Event files: a good one reads back the same, a bad one tells every problem with its place."""

from typing import Any

import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from, event_file_of
from tests.unit.core.builders import catalogue, event_file


def problems_of(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        catalogue_from(data, 1)
    return {problem.place: problem.message for problem in caught.value.problems}


def test_a_catalogue_reads_back_from_the_file_that_it_writes() -> None:
    whole = catalogue()

    assert catalogue_from(event_file_of(whole), 1) == whole


def test_shapes_are_checked_with_their_place() -> None:
    data = event_file()
    del data["event"]["venue"]
    data["pools"][0]["capacity"] = -1
    data["products"][0]["price_minor"] = 95.5
    data["products"][0]["colour"] = "red"

    assert set(problems_of(data)) == {
        "event.venue",
        "pools[0].capacity",
        "products[0].price_minor",
        "products[0].colour",
    }


def test_what_does_not_fit_together_is_found() -> None:
    data = event_file()
    data["event"]["currency"] = "ZZZ"
    data["event"]["timezone"] = "Boulder"
    data["pools"].append(data["pools"][0])
    data["products"] += [
        {"id": "gift", "name": "Gift", "kind": "donation", "category": "X", "price_minor": 5, "pools": {"friday": 1}},
        {"id": "free", "name": "Free", "kind": "merchandise", "category": "X", "tax": "none"},
        {
            "id": "t",
            "name": "T",
            "kind": "ticket",
            "category": "X",
            "price_minor": 1,
            "pools": {"monday": 1},
            "days": ["2027-01-01"],
        },
        {"id": "t2", "name": "T", "kind": "ticket", "category": "X", "price_minor": 1},
    ]

    assert set(problems_of(data)) == {
        "event.currency",
        "event.timezone",
        "pools",
        "products[1].price_minor",
        "products[1].pools",
        "products[2].price_minor",
        "products[2].tax",
        "products[3].pools.monday",
        "products[3].days",
        "products[4].pools",
    }


def test_a_good_file_gives_its_prices_in_minor_units() -> None:
    product = catalogue_from(event_file(), 7).products[0]

    assert str(product.price) == "$95.00"
