"""Typing amounts: digits are whole units, a point starts the part of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.money import Currency, Money
from boxoffice.till.ui.actions import Do, TypeDigits
from boxoffice.till.ui.flow.typing import as_digits, edit_amount
from boxoffice.till.ui.words import amount_typed

USD, JPY, KWD = Currency("USD"), Currency("JPY"), Currency("KWD")


def type_in(keys: str, currency: Currency = USD) -> str:
    digits = ""
    for key in keys:
        digits = edit_amount(digits, TypeDigits(key), currency)
    return digits


@pytest.mark.parametrize(
    ("keys", "minor"),
    [
        ("60", 6_000),
        ("12.5", 1_250),
        ("12.555", 1_255),
        (".5", 50),
        ("007", 700),
        ("1..2", 120),
        ("99999999", 999_999_900),
    ],
)
def test_typed_digits_become_an_amount(keys: str, minor: int) -> None:
    assert amount_typed(type_in(keys), USD).minor == minor


def test_a_currency_without_cents_has_no_point() -> None:
    assert type_in("12.5", JPY) == "125"


def test_delete_takes_the_last_digit_and_stops_at_nothing() -> None:
    digits = type_in("12")
    for _ in range(3):
        digits = edit_amount(digits, Do.DELETE_DIGIT, USD)

    assert digits == ""


@given(st.integers(0, 999_999_999), st.sampled_from([USD, JPY, KWD]))
def test_an_amount_written_as_digits_reads_back_the_same(minor: int, currency: Currency) -> None:
    amount = Money(minor, currency)

    assert amount_typed(as_digits(amount), currency) == amount
