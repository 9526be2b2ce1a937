"""Prices, kinds of price and counted options in event files: read, written, told to tills of now and of before."""

from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words, whole_event
from boxoffice.core.ids import PoolId
from boxoffice.core.orders import Channel
from tests.unit.core.builders import event_file

DAY = date(2026, 5, 15)
KIND = {"id": "student", "name": "Student", "prompt": "Look at the student card"}
PRICES: list[dict[str, Any]] = [
    {"price_minor": 11_000, "channel": "door"},
    {"price_minor": 8_000, "channel": "web", "ends": "2026-05-01"},
    {"price_minor": 12_000, "starts": "2026-05-15T18:00:00", "days": ["2026-05-15"]},
    {"price_minor": 8_500, "from_quantity": 5},
    {"price_minor": 6_000, "kind": "student"},
]


def priced() -> dict[str, Any]:
    """Returns an event file with prices of all kinds, and shirts that are counted by size."""
    data = event_file()
    data["price_kinds"] = [{**KIND, "texts": {"es": {"name": "Estudiante"}}}]
    data["products"][0]["prices"] = [dict(each) for each in PRICES]
    data["pools"] += [{"id": f"shirts-{size}", "name": f"Shirts {size}", "capacity": 9} for size in ("s", "m")]
    shirt = {"id": "shirt", "name": "Shirt", "kind": "merchandise", "category": "Extras", "price_minor": 3_000}
    data["products"].insert(
        0, {**shirt, "options": ["S", "M", "L"], "option_pools": {"S": "shirts-s", "M": "shirts-m"}}
    )
    data["promos"] = [
        {"code": "SHIRTS", "percent": 10, "products": ["shirt", "friday"]},
        {"code": "FRIDAY", "percent": 10, "products": ["friday"]},
    ]
    return data


def problems_of(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        catalogue_from(data, 1)
    return {problem.place: problem.message for problem in caught.value.problems}


def test_a_file_with_prices_reads_back_from_what_is_written_of_it() -> None:
    read = catalogue_from(priced(), 1)

    assert catalogue_from(event_file_of(read), 1) == read
    door, early, late, group, student = read.products[1].prices
    assert (door.channel, early.ends) == (Channel.DOOR, datetime(2026, 5, 2))  # noqa: DTZ001  # on a clock there
    assert (late.days, group.from_quantity, student.kind) == ((DAY,), 5, "student")


def test_a_file_that_says_nothing_of_them_is_written_as_before() -> None:
    written = event_file_of(catalogue_from(event_file(), 1))

    assert "price_kinds" not in written
    assert not {"prices", "option_pools"} & written["products"][0].keys()
    assert beside_the_event(written)["offers"] == {}


def test_a_till_of_now_is_told_all_of_it_in_the_events_own_words() -> None:
    file = event_file_of(catalogue_from(priced(), 1))

    told = catalogue_from(whole_event(in_its_own_words(file, DAY), **beside_the_event(file)), 1)

    assert told == catalogue_from(file, 1)


def test_a_till_of_before_sells_at_the_products_own_prices_and_not_what_it_cannot_count() -> None:
    file = event_file_of(catalogue_from(priced(), 1))

    before = in_its_own_words(file, DAY)

    assert before.keys() == in_its_own_words(event_file_of(catalogue_from(event_file(), 1)), DAY).keys() | {"promos"}
    assert [(each["id"], each["price_minor"]) for each in before["products"]] == [("friday", 9_500)]
    assert "prices" not in before["products"][0]
    assert [promo["code"] for promo in before["promos"]] == ["FRIDAY"]


def test_what_a_later_hub_says_of_prices_stops_no_till() -> None:
    file = event_file_of(catalogue_from(priced(), 1))
    offers = deepcopy(beside_the_event(file)["offers"])
    offers["products"]["friday"]["prices"].append({"price_minor": 1, "weather": "rain"})
    offers["whole"].append({"at": 1, "product": {**offers["whole"][0]["product"], "id": "cap", "weather": "rain"}})
    offers["promos"].append({"code": "CAPS", "percent": 10, "products": ["cap"]})
    offers["price_kinds"][0]["badge"] = "S"

    told = whole_event(in_its_own_words(file, DAY), **{**beside_the_event(file), "offers": offers})

    assert catalogue_from(told, 1) == catalogue_from(file, 1)


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({}, "products[0].prices[0]", "says for nothing when it holds: it would be the product's own price"),
        ({"kind": "senior"}, "products[0].prices[0].kind", "there is no kind of price “senior”"),
        ({"from_quantity": 1}, "products[0].prices[0].from_quantity", "Input should be greater than or equal to 2"),
        ({"channel": "phone"}, "products[0].prices[0].channel", "Input should be 'door', 'web' or 'kiosk'"),
        ({"price_minor": -1, "channel": "door"}, "products[0].prices[0].price_minor", None),
        ({"days": ["2026-05-15", "2026-05-15"]}, "products[0].prices[0].days", "names a day twice"),
        (
            {"starts": "2026-05-16", "ends": "2026-05-15"},
            "products[0].prices[0].starts",
            "must be before its end",
        ),
        (
            {"kind": "student", "price_minor": 9_501},
            "products[0].prices[0].price_minor",
            "is more than all others pay: nobody would show a card for it",
        ),
    ],
)
def test_a_price_that_can_not_be_is_told_with_its_place(change: dict[str, Any], place: str, words: str | None) -> None:
    data = event_file()
    data["price_kinds"] = [KIND]
    data["products"][0]["prices"] = [{"price_minor": 5_000, **change}]

    told = problems_of(data)

    assert place in told
    assert words in (None, told[place])


def test_two_prices_that_hold_at_once_are_told() -> None:
    data = event_file()
    data["products"][0]["prices"] = [
        {"price_minor": 5_000, "from_quantity": 5},
        {"price_minor": 4_000, "from_quantity": 5},
    ]

    assert problems_of(data) == {"products[0].prices[1]": "holds when prices[0] does"}


def test_what_is_wrong_with_counted_options_is_told() -> None:
    data = priced()
    data["products"][0]["option_pools"] = {"XL": "shirts-s", "S": "nowhere"}
    data["products"][1] |= {"options": ["Gold"], "option_pools": {"Gold": "friday"}}

    assert problems_of(data) == {
        "products[0].option_pools": "“XL” is not an option of it",
        "products[0].option_pools.S": "there is no pool “nowhere”",
        "products[1].option_pools": "“friday” is taken by every option already",
    }


def test_what_is_left_of_a_product_goes_by_its_option() -> None:
    shirt, friday = catalogue_from(priced(), 1).products
    free = {PoolId("shirts-s"): 0, PoolId("shirts-m"): 4, PoolId("friday"): 7}

    assert [shirt.left(free, option) for option in ("S", "M", "L", None)] == [0, 4, None, None]
    assert friday.left(free) == 7
    assert shirt.takes("M") == {PoolId("shirts-m"): 1}
