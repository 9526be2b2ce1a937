"""Prices add up, whatever is in the cart and however tax is rounded."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Rounding
from boxoffice.core.charging import Provider, bar_to, limits_of
from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.steps import round_half_up
from tests.unit.core.builders import NOW, USD, carts, catalogue, event_file, usd


@given(carts(), st.sampled_from(Rounding), st.integers(0, 300_000), st.booleans())
def test_the_total_is_the_sum_of_the_lines(cart: Cart, rounding: Rounding, ppm: int, is_included: bool) -> None:
    priced = price(catalogue(rounding, ppm, is_included), cart, at=NOW)

    assert priced.total.minor == sum(line.total.minor for line in priced.lines)
    assert priced.total == priced.subtotal + priced.tax_added
    assert priced.tax_total.minor == sum(line.tax.minor for line in priced.lines)
    assert all(line.net + line.tax == line.total for line in priced.lines)


@given(carts(), st.sampled_from(Rounding))
def test_included_tax_changes_no_price(cart: Cart, rounding: Rounding) -> None:
    priced = price(catalogue(rounding, is_included=True), cart, at=NOW)

    assert priced.total == priced.subtotal


@given(carts())
def test_rounding_per_order_is_never_a_whole_cent_off(cart: Cart) -> None:
    priced = price(catalogue(Rounding.PER_ORDER), cart, at=NOW)
    taxed = sum(line.subtotal.minor for line in priced.lines if line.taxes)

    assert abs(priced.tax_total.minor - taxed * Fraction(88_450, 1_000_000)) <= Fraction(1, 2)


def test_two_full_passes_come_to_three_hundred_dollars_and_take_two_of_each_day() -> None:
    priced = price(catalogue(), Cart((CartLine(ProductId("full-pass"), 2),)), at=NOW)

    assert priced.total == usd(30_000)
    assert priced.units() == {PoolId("friday"): 2, PoolId("saturday"): 2, PoolId("sunday"): 2}


def test_every_problem_of_a_cart_is_told_with_its_place() -> None:
    cart = Cart(
        (
            CartLine(ProductId("nothing"), 1),
            CartLine(ProductId("friday"), 0),
            CartLine(ProductId("friday"), 10_000),
            CartLine(ProductId("t-shirt"), 1, option="XXS"),
            CartLine(ProductId("donation"), 1),
            CartLine(ProductId("donation"), 1, usd(-1)),
            CartLine(ProductId("donation"), 1, Money(5, Currency("EUR"))),
            CartLine(ProductId("friday"), 1, usd(1)),
        )
    )

    with pytest.raises(BadInput) as caught:
        price(catalogue(), cart, at=NOW)

    assert [problem.place for problem in caught.value.problems] == [
        "items[0].id",
        "items[1].quantity",
        "items[2].quantity",
        "items[3].option",
        "items[4].amount",
        "items[5].amount",
        "items[6].amount",
        "items[7].amount",
    ]


def test_an_empty_cart_has_no_price() -> None:
    with pytest.raises(BadInput, match="empty"):
        price(catalogue(), Cart(), at=NOW)


@given(st.fractions())
def test_rounding_is_half_up(value: Fraction) -> None:
    assert abs(round_half_up(value) - value) <= Fraction(1, 2)
    assert round_half_up(Fraction(1, 2)) == 1
    assert catalogue().currency == USD


@pytest.mark.parametrize("code", sorted(code for code, rules in CURRENCIES.items() if rules.stripe is not None))
def test_a_donation_may_be_all_that_a_card_can_pay_in_any_currency(code: str) -> None:
    currency = Currency(code)
    data = event_file()
    data["event"]["currency"] = code
    gift = {"id": "gift", "name": "Gift", "kind": "donation", "category": "Extras"}
    sold = catalogue_from({**data, "products": [gift], "promos": []}, 1)
    limits = limits_of(Provider.STRIPE, currency)
    assert limits is not None
    assert limits.most is not None

    most = price(sold, Cart((CartLine(ProductId("gift"), 1, limits.most),)), at=NOW).total

    assert bar_to(Provider.STRIPE, most) is None
    with pytest.raises(BadInput, match="must be from"):
        price(sold, Cart((CartLine(ProductId("gift"), 1, limits.most + limits.step),)), at=NOW)
