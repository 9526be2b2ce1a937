"""Money stays exact: sums, splits, and what people read and type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.errors import BadInput
from boxoffice.core.money import Currency, CurrencyMismatch, Money, allocate, format_money, parse_money, total_of

USD, JPY, KWD = Currency("USD"), Currency("JPY"), Currency("KWD")


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_a_split_adds_up_to_what_was_split(minor: int, weights: list[int]) -> None:
    assert sum(allocate(minor, weights)) == minor


@given(st.integers(0, 10**9), st.lists(st.integers(1, 1000), min_size=1, max_size=9))
def test_no_part_of_a_split_is_a_whole_unit_off_its_share(minor: int, weights: list[int]) -> None:
    parts = allocate(minor, weights)

    assert all(abs(part * sum(weights) - minor * w) < sum(weights) for part, w in zip(parts, weights, strict=True))


def test_splitting_over_nobody_gives_nothing() -> None:
    assert allocate(5, []) == ()


@given(st.integers(0, 10**11), st.sampled_from([USD, JPY, KWD]))
def test_what_is_shown_can_be_typed_back(minor: int, currency: Currency) -> None:
    money = Money(minor, currency)

    assert parse_money(format_money(money), currency) == money


@pytest.mark.parametrize(
    ("money", "text"),
    [(Money(123_400, USD), "$1,234.00"), (Money(-500, USD), "−$5.00"), (Money(1200, JPY), "¥1,200")],
)
def test_money_reads_as_people_write_it(money: Money, text: str) -> None:
    assert str(money) == text


@pytest.mark.parametrize("text", ["", ".", "-5", "1,23", "1.234", "abc", "1e3", "5 5"])
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_money(text, USD)


@pytest.mark.parametrize("text", ["1.", ".5", "1,234.5", " $12 "])
def test_short_ways_to_write_an_amount_are_taken(text: str) -> None:
    assert parse_money(text, USD).minor > 0


def test_sums_across_currencies_are_a_type_error() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, USD) + Money(1, JPY)
    with pytest.raises(CurrencyMismatch):
        _ = Money(1, USD) < Money(1, JPY)


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(BadInput, match="ISO 4217"):
        Currency("XXQ")


def test_arithmetic_is_that_of_integers() -> None:
    assert total_of([Money(3, USD) * 2, -Money(1, USD), Money(9, USD) - Money(4, USD)], USD) == Money(10, USD)
    assert Money(1, USD) <= Money(1, USD)
