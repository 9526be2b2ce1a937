"""Promo codes: they never take more than what they cover costs, and the books still add up."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import ProductKind, Promo, Rounding
from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from, event_file_of
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.sales import earned_of, place
from tests.unit.core.builders import NOW, carts, catalogue, event_file, usd

PROMOS = st.builds(
    Promo,
    code=st.just("CASINO"),
    percent=st.none(),
    amount=st.integers(1, 200_000).map(usd),
    is_per_item=st.booleans(),
    products=st.sampled_from([frozenset[ProductId](), frozenset({ProductId("friday")})]),
) | st.builds(Promo, code=st.just("CASINO"), percent=st.integers(1, 100), amount=st.none())


@given(carts(), PROMOS, st.sampled_from(Rounding), st.booleans())
def test_a_promo_takes_no_more_than_what_it_covers_and_the_books_add_up(
    cart: Cart, promo: Promo, rounding: Rounding, is_included: bool
) -> None:
    priced = price(catalogue(rounding, 88_450, is_included), cart, promo, at=NOW)
    placed = place(priced, order_id=OrderId("o"), order_number="WB-F4Q", channel=Channel.WEB, source="pool")

    for line in priced.lines:
        most = line.subtotal.minor if promo.covers(line.product) else 0
        assert 0 <= line.discount.minor <= most
        assert line.net + line.tax == line.total
    assert priced.total == priced.subtotal - priced.discount + priced.tax_added
    earned = sum(part.net + part.tax for part in earned_of(placed))
    assert earned == placed.total + placed.discount


@given(carts())
def test_a_donation_is_never_made_smaller(cart: Cart) -> None:
    priced = price(catalogue(), cart, Promo("ALL", 100, None), at=NOW)

    gifts = [line for line in priced.lines if line.product.kind is ProductKind.DONATION]
    assert priced.total.minor == sum(line.subtotal.minor for line in gifts)


def test_a_percentage_is_of_the_whole_and_rounded_once() -> None:
    cart = Cart((CartLine(ProductId("t-shirt"), 1, option="M"), CartLine(ProductId("friday"), 1)))

    priced = price(catalogue(), cart, Promo("TEN", 10, None), at=NOW)

    assert priced.discount == Money(1_250, priced.total.currency)


def test_an_event_file_with_promos_reads_back_the_same() -> None:
    promos = [
        {"code": "CASINO20", "percent": 20, "limit": 100},
        {"code": "FIVE", "amount_minor": 500, "per": "item", "products": ["friday"]},
    ]

    read = catalogue_from({**event_file(), "promos": promos}, 1)

    assert catalogue_from(event_file_of(read), 1) == read
    assert read.promo(" casino20 ") == replace(read.promos[0])
    assert read.promo("OTHER") is None


def test_every_problem_of_a_promo_is_told_with_its_place() -> None:
    promos = [
        {"code": "BOTH", "percent": 20, "amount_minor": 1},
        {"code": "NONE"},
        {"code": "EACH", "percent": 20, "per": "item"},
        {"code": "GONE", "percent": 20, "products": ["nothing"]},
        {"code": "GONE", "percent": 20},
    ]

    with pytest.raises(BadInput) as told:
        catalogue_from({**event_file(), "promos": promos}, 1)

    assert sorted(problem.place for problem in told.value.problems) == [
        "promos",
        "promos[0]",
        "promos[1]",
        "promos[2].per",
        "promos[3].products",
    ]
