"""Amounts as each provider wants them: there and back, within its bounds, and refused in plain words beyond them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from boxoffice.core.charging import (
    Bar,
    CantBeCharged,
    Provider,
    bar_to,
    from_paypal,
    from_stripe,
    limits_of,
    step_of,
    to_paypal,
    to_stripe,
)
from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.money import Currency, Money

AT_STRIPE = [code for code, rules in CURRENCIES.items() if rules.stripe is not None]
AT_PAYPAL = [code for code, rules in CURRENCIES.items() if rules.paypal is not None]


def of(minor: int, code: str) -> Money:
    return Money(minor, Currency(code))


@given(st.sampled_from(AT_STRIPE), st.integers(0, 10**9))
def test_what_is_sent_to_stripe_is_read_back_as_it_was(code: str, steps: int) -> None:
    amount = step_of(Currency(code)) * steps

    assert from_stripe(to_stripe(amount), code.lower()) == amount.minor


@given(st.sampled_from(AT_PAYPAL), st.integers(0, 10**9))
def test_what_is_sent_to_paypal_is_read_back_as_it_was(code: str, steps: int) -> None:
    limits = limits_of(Provider.PAYPAL, Currency(code), "BR")
    assume(limits is not None)
    assert limits is not None
    amount = limits.step * steps

    assert from_paypal(to_paypal(amount), code) == amount.minor


@given(st.sampled_from(Provider), st.sampled_from(sorted(CURRENCIES)), st.integers(0, 10**13))
def test_what_is_not_barred_can_be_written_as_the_provider_wants_it(provider: Provider, code: str, minor: int) -> None:
    assume(bar_to(provider, of(minor, code)) is None)

    written = (to_stripe if provider is Provider.STRIPE else to_paypal)(of(minor, code))

    assert written


@given(st.sampled_from(Provider), st.sampled_from(sorted(CURRENCIES)), st.integers(0, 10**13))
def test_a_bound_that_is_named_is_itself_allowed(provider: Provider, code: str, minor: int) -> None:
    bar = bar_to(provider, of(minor, code))
    assume(bar is not None and bar.bar in {Bar.TOO_LITTLE, Bar.TOO_MUCH})
    assert bar is not None
    assert bar.bound is not None

    assert bar_to(provider, bar.bound) is None
    assert str(bar.bound) in str(bar)


@pytest.mark.parametrize(
    ("minor", "code", "sent"),
    [
        (5000, "ISK", 500000),
        (5000, "UGX", 500000),
        (500000, "MGA", 5000),
        (5120, "KWD", 5120),
        (5000, "JPY", 5000),
        (500050, "HUF", 500050),
        (50050, "TWD", 50050),
        (1999, "USD", 1999),
    ],
)
def test_stripe_is_sent_what_its_page_of_currencies_says(minor: int, code: str, sent: int) -> None:
    assert to_stripe(of(minor, code)) == sent


@pytest.mark.parametrize(
    ("minor", "code", "written"),
    [(500000, "HUF", "5000"), (50000, "TWD", "500"), (5000, "JPY", "5000"), (2500, "USD", "25.00"), (5, "EUR", "0.05")],
)
def test_paypal_is_sent_decimals_where_it_takes_them(minor: int, code: str, written: str) -> None:
    assert to_paypal(of(minor, code)) == written


@pytest.mark.parametrize(
    ("provider", "minor", "code", "bar"),
    [
        (Provider.STRIPE, 49, "USD", Bar.TOO_LITTLE),
        (Provider.STRIPE, 29, "GBP", Bar.TOO_LITTLE),
        (Provider.STRIPE, 999, "MXN", Bar.TOO_LITTLE),
        (Provider.STRIPE, 49, "JPY", Bar.TOO_LITTLE),
        (Provider.STRIPE, 199, "AED", Bar.TOO_LITTLE),
        (Provider.STRIPE, 100_000_000, "USD", Bar.TOO_MUCH),
        (Provider.STRIPE, 1_000_000, "ISK", Bar.TOO_MUCH),
        (Provider.STRIPE, 5124, "KWD", Bar.STEP),
        (Provider.STRIPE, 500050, "MGA", Bar.STEP),
        (Provider.STRIPE, 500, "CUP", Bar.CURRENCY),
        (Provider.PAYPAL, 500050, "HUF", Bar.STEP),
        (Provider.PAYPAL, 50050, "TWD", Bar.STEP),
        (Provider.PAYPAL, 0, "USD", Bar.TOO_LITTLE),
        (Provider.PAYPAL, 5000, "ISK", Bar.CURRENCY),
        (Provider.PAYPAL, 5120, "KWD", Bar.CURRENCY),
        (Provider.PAYPAL, 5000, "BRL", Bar.CURRENCY),
    ],
)
def test_what_a_provider_would_refuse_is_barred(provider: Provider, minor: int, code: str, bar: Bar) -> None:
    found = bar_to(provider, of(minor, code))

    assert found is not None
    assert found.bar is bar


def test_some_currencies_are_for_accounts_of_their_country() -> None:
    assert bar_to(Provider.PAYPAL, of(5000, "BRL"), "BR") is None
    assert bar_to(Provider.PAYPAL, of(5000, "BRL"), "US") is not None


@pytest.mark.parametrize("code", ["UGX", "ISK", "MGA", "KWD", "IDR", "ZAR", "UYU"])
def test_where_no_least_is_documented_the_smallest_amount_is_left_to_stripe_to_refuse(code: str) -> None:
    smallest = step_of(Currency(code))

    assert bar_to(Provider.STRIPE, smallest) is None
    assert to_stripe(smallest) > 0


def test_the_words_name_the_least_amount() -> None:
    assert str(bar_to(Provider.STRIPE, of(10, "USD"))) == "$0.10 is too little to be paid by card: the least is $0.50"


@pytest.mark.parametrize(("minor", "code"), [(5124, "KWD"), (150, "MGA"), (100, "CUP")])
def test_an_amount_that_there_is_not_is_never_sent_rounded(minor: int, code: str) -> None:
    with pytest.raises(CantBeCharged):
        to_stripe(of(minor, code))


def test_paypals_zeros_where_a_currency_has_no_decimals_do_no_harm() -> None:
    assert (from_paypal("5000.00", "JPY"), from_paypal("-25.10", "USD")) == (5000, -2510)


def test_an_amount_in_a_currency_that_nobody_knows_is_left_as_it_is() -> None:
    assert from_stripe(123, "xyz") == 123
