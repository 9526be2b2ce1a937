"""An event whose money no card can pay is told so when it is loaded; what is loaded can be paid in every cart."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Rounding
from boxoffice.core.chargeable import what_can_not_be_charged
from boxoffice.core.charging import Bar, Provider, bar_to, step_of
from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency
from boxoffice.core.pricing import Cart, CartLine, price
from tests.unit.core.builders import NOW, event_file

AT_STRIPE = sorted(code for code, rules in CURRENCIES.items() if rules.stripe is not None)


def event(currency: str, price_minor: int, **more: Any) -> dict[str, Any]:
    data = event_file()
    data["event"]["currency"] = currency
    data["products"] = [{**data["products"][0], "id": "pass", "price_minor": price_minor} | more]
    return data


def problems_of(data: dict[str, Any]) -> dict[str, str]:
    return {problem.place: problem.message for problem in what_can_not_be_charged(catalogue_from(data, 1), NOW)}


@pytest.mark.parametrize(
    ("currency", "price_minor", "place"),
    [
        ("CUP", 5000, "event.currency"),
        ("IQD", 5000, "event.currency"),
        ("KWD", 5124, "products[0].price_minor"),
        ("MGA", 500050, "products[0].price_minor"),
        ("USD", 100_000_000, "products[0].price_minor"),
        ("UGX", 1_000_000, "products[0].price_minor"),
        ("JPY", 100_000_000, "products[0].price_minor"),
    ],
)
def test_what_can_not_be_charged_is_told_with_its_place(currency: str, price_minor: int, place: str) -> None:
    assert list(problems_of(event(currency, price_minor))) == [place]


def test_the_words_say_what_would_do() -> None:
    (words,) = problems_of(event("KWD", 5124)).values()

    said = words.replace("\N{NO-BREAK SPACE}", " ")
    assert said == "KWD 5.124 can't be paid by card: it must be a multiple of KWD 0.010"


def test_what_comes_in_sizes_can_be_charged() -> None:
    assert problems_of(event("USD", 3000, options=["S", "M"])) == {}


def test_a_price_to_which_a_tax_is_added_must_stay_within_the_most() -> None:
    data = event("USD", 99_999_999, tax="vat")
    data["taxes"] = [{"id": "vat", "name": "VAT", "rate_ppm": 50_000, "included": False}]

    assert list(problems_of(data)) == ["products[0].price_minor"]


def test_a_promo_takes_off_what_can_be_paid() -> None:
    data = event("KWD", 5120)
    data["promos"] = [{"code": "OFF", "amount_minor": 1}]

    assert list(problems_of(data)) == ["promos[0].amount_minor"]


@pytest.mark.parametrize(("currency", "price_minor"), [("ISK", 999_999), ("IDR", 250_000_000_00), ("KWD", 5120)])
def test_what_a_card_can_pay_is_no_problem(currency: str, price_minor: int) -> None:
    assert problems_of(event(currency, price_minor)) == {}


def test_a_price_below_the_least_is_none_since_it_is_paid_with_others_or_in_cash() -> None:
    assert problems_of(event("USD", 30)) == {}


@given(
    st.sampled_from(AT_STRIPE),
    st.integers(1, 9_999),
    st.integers(1, 9),
    st.integers(0, 300_000),
    st.booleans(),
    st.sampled_from(Rounding),
    st.integers(1, 99),
)
def test_no_cart_of_what_can_be_charged_comes_to_what_can_not_be_sent(
    code: str, steps: int, quantity: int, ppm: int, is_included: bool, rounding: Rounding, percent: int
) -> None:
    step = step_of(Currency(code)).minor
    data = event(code, steps * step, tax="vat")
    data["event"]["rounding"] = rounding.value
    data["taxes"] = [{"id": "vat", "name": "VAT", "rate_ppm": ppm, "included": is_included}]
    data["products"].append({**data["products"][0], "id": "other", "price_minor": (steps + 1) * step})
    data["promos"] = [{"code": "OFF", "percent": percent}]
    catalogue = catalogue_from(data, 1)
    cart = Cart((CartLine(ProductId("pass"), quantity), CartLine(ProductId("other"), 1)))

    for promo in (None, catalogue.promos[0]):
        priced = price(catalogue, cart, promo, at=NOW)

        bar = bar_to(Provider.STRIPE, priced.total)
        assert bar is None or bar.bar in {Bar.TOO_LITTLE, Bar.TOO_MUCH}
        assert all(line.total.minor % step == 0 for line in priced.lines)
        assert sum(line.total.minor for line in priced.lines) == priced.total.minor
