"""Bundles: several products at one price, sold as what they are, each at its share, by its own tax."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.bundles import shares
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.door_orders import adds_up, is_sold
from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words, whole_event
from boxoffice.core.ids import OrderId, PoolId, ProductId
from boxoffice.core.known import KnownEvent, revision_of
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.sales import place, ticket_count
from tests.unit.core.builders import NOW, event_file, usd

WEEKEND, SHIRT = ProductId("weekend"), ProductId("shirt")


def bundled(**changes: Any) -> dict[str, Any]:
    """Returns an event file with a bundle of two day passes and a shirt, whose size is chosen."""
    data = event_file()
    data["taxes"] = [{"id": "city", "name": "City tax", "rate_ppm": 38_600, "included": False}]
    data["pools"] += [{"id": "shirts", "name": "Shirts", "capacity": 50}, {"id": "m", "name": "M", "capacity": 5}]
    goods = {"kind": "merchandise", "category": "Extras", "price_minor": 3_000, "pools": {"shirts": 1}, "tax": "city"}
    data["products"] += [
        {"id": "shirt", "name": "Shirt", "options": ["S", "M"], "option_pools": {"M": "m"}, **goods},
        {
            "id": "weekend",
            "name": "Weekend for two",
            "kind": "bundle",
            "category": "Passes",
            "price_minor": 20_000,
            "parts": [{"product": "friday", "quantity": 2}, {"product": "shirt"}],
            **changes,
        },
    ]
    return data


def fest(**changes: Any) -> Catalogue:
    return catalogue_from(bundled(**changes), 1)


def ordered(event: Catalogue, *lines: CartLine) -> OrderPlaced:
    priced = price(event, Cart(lines), at=NOW)
    return place(priced, order_id=OrderId("o"), order_number="A", channel=Channel.DOOR, source="lease")


@given(
    st.integers(0, 100_000),
    st.lists(st.tuples(st.integers(0, 50_000), st.integers(1, 6)), min_size=1, max_size=6),
    st.sampled_from([1, 10, 100]),
)
def test_shares_add_up_to_the_price_and_each_part_has_its_own(
    whole: int, parts: list[tuple[int, int]], step: int
) -> None:
    found = shares(whole * step, parts, step)

    assert sum(share.each * share.count for share in found) == whole * step
    assert all(share.each % step == 0 and share.each >= 0 for share in found)
    for i, (_, count) in enumerate(parts):
        assert sum(share.count for share in found if share.part == i) == count


def test_a_bundle_is_sold_as_its_parts_each_at_its_share_by_its_own_tax() -> None:
    placed = ordered(fest(), CartLine(WEEKEND, 3, option="M"))

    assert [(line.product_id, line.quantity, line.unit_price, line.option) for line in placed.lines] == [
        ("friday", 3, 8_637, None),
        ("friday", 3, 8_636, None),
        ("shirt", 3, 2_727, "M"),
    ]
    assert placed.subtotal == 3 * 20_000
    assert [line.tax for line in placed.lines] == [0, 0, 316]
    assert placed.units == {"friday": 6, "m": 3, "shirts": 3}
    assert ticket_count(placed) == 6
    assert {(line.bundle, line.bundle_name) for line in placed.lines} == {("weekend", "Weekend for two")}
    assert adds_up(placed)


@given(
    st.integers(0, 30_000),
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["S", "M"])), min_size=1, max_size=3),
)
def test_what_a_till_sells_of_bundles_is_what_the_hub_lets_it_sell(each: int, wanted: list[tuple[int, str]]) -> None:
    event = fest(price_minor=each)
    known = KnownEvent("USD", frozenset(), revision_of(event_file_of(event)))
    lines = [CartLine(WEEKEND, count, option=size) for count, size in wanted]

    placed = ordered(event, *lines, CartLine(ProductId("friday"), 2), CartLine(SHIRT, 1, option="S"))

    assert is_sold(known, placed)
    assert placed.subtotal == sum(count for count, _ in wanted) * each + 2 * 9_500 + 3_000


@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize(
    "lie",
    [
        {"unit_price": 1},
        {"quantity": 1},
        {"bundle": ""},
        {"bundle": "shirt"},
        {"bundle": "nothing"},
        {"item": 1},
        {"price_kind": "student"},
        {"product_id": "weekend"},
    ],
)
def test_a_part_is_not_sold_at_its_share_without_the_rest(line: int, lie: dict[str, Any]) -> None:
    event = fest()
    known = KnownEvent("USD", frozenset(), revision_of(event_file_of(event)))
    placed = ordered(event, CartLine(WEEKEND, 3, option="M"))
    lines = [each.model_copy(update=lie) if i == line else each for i, each in enumerate(placed.lines)]

    assert is_sold(known, placed)
    assert not is_sold(known, placed.model_copy(update={"lines": tuple(lines)}))


def test_a_part_alone_is_not_sold_at_its_share() -> None:
    event = fest()
    known = KnownEvent("USD", frozenset(), revision_of(event_file_of(event)))
    placed = ordered(event, CartLine(WEEKEND, 3, option="M"))
    alone = placed.model_copy(update={"lines": placed.lines[:1], "units": {"friday": 6}})

    assert not is_sold(known, alone)


def test_the_size_of_a_bundles_shirt_is_chosen_among_those_of_the_shirt() -> None:
    weekend = fest().products_by_id[WEEKEND]

    assert weekend.options == ("S", "M")
    assert weekend.left({PoolId("friday"): 9, PoolId("shirts"): 9, PoolId("m"): 1}, "M") == 1
    assert weekend.left({PoolId("friday"): 9, PoolId("shirts"): 9, PoolId("m"): 0}, "S") == 4
    with pytest.raises(BadInput, match="comes as S, M"):
        ordered(fest(), CartLine(WEEKEND, 1))


def test_a_bundle_reads_back_and_is_told_to_tills_that_know_what_it_is() -> None:
    event = fest()
    file = event_file_of(event)
    day = event.days[0]

    before = in_its_own_words(file, day)
    told = catalogue_from(whole_event(before, **beside_the_event(file)), 1)

    assert catalogue_from(file, 1) == told == event
    assert [product["id"] for product in before["products"]] == ["friday"]


def test_a_discount_is_shared_over_the_parts_and_no_part_costs_less_than_nothing() -> None:
    event = catalogue_from(bundled() | {"promos": [{"code": "ALLOFIT", "percent": 99, "products": ["weekend"]}]}, 1)

    priced = price(event, Cart((CartLine(WEEKEND, 1, option="S"),)), event.promos[0], at=NOW)

    assert priced.discount == usd(19_800)
    assert all(0 <= line.discount.minor <= line.subtotal.minor for line in priced.lines)


@pytest.mark.parametrize(
    ("changes", "place_", "words"),
    [
        ({"parts": []}, "products[2].parts", "are what a bundle is made of, and nothing else has any"),
        ({"pools": {"friday": 1}}, "products[2].pools", "a bundle has those of its parts: leave it out"),
        ({"parts": [{"product": "gone"}]}, "products[2].parts[0].product", "there is no product “gone”"),
        ({"parts": [{"product": "weekend"}]}, "products[2].parts[0].product", "a bundle is no part of a bundle"),
        (
            {"parts": [{"product": "shirt", "option": "XL"}]},
            "products[2].parts[0].option",
            "“XL” is not an option of Shirt",
        ),
        (
            {"parts": [{"product": "friday"}, {"product": "friday"}]},
            "products[2].parts",
            "name a product twice: give it a quantity",
        ),
    ],
)
def test_what_is_wrong_with_a_bundle_is_told(changes: dict[str, Any], place_: str, words: str) -> None:
    with pytest.raises(BadInput) as told:
        fest(**changes)

    assert {problem.place: problem.message for problem in told.value.problems}[place_] == words


def test_only_one_choice_is_left_open() -> None:
    data = bundled()
    cap = deepcopy(data["products"][1]) | {"id": "cap", "name": "Cap"}
    data["products"].insert(1, cap)
    data["products"][3]["parts"] = [{"product": "shirt"}, {"product": "cap"}]

    with pytest.raises(BadInput, match="leave more than one choice open"):
        catalogue_from(data, 1)
    data["products"][3]["parts"][1]["option"] = "M"
    assert replace(catalogue_from(data, 1).products_by_id[WEEKEND]).options == ("S", "M")


def test_nobody_buys_more_parts_than_an_order_holds() -> None:
    event = fest(parts=[{"product": "friday", "quantity": 20}])

    ordered(event, CartLine(WEEKEND, 50))
    with pytest.raises(BadInput, match="must be from 1 to 50"):
        ordered(event, CartLine(WEEKEND, 51))
