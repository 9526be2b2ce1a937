"""Which sums a customer hands over, and what is given back."""

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.money import Currency, Money
from boxoffice.till.ui.flow.bills import give_back, likely_sums

USD = Currency("USD")
currencies = st.sampled_from([Currency(code) for code in ("USD", "CAD", "EUR", "GBP", "MXN", "JPY")])


def usd(minor: int) -> Money:
    return Money(minor, USD)


def test_for_320_dollars_people_give_340_350_or_400() -> None:
    assert likely_sums(usd(32_000)) == (usd(34_000), usd(35_000), usd(40_000))


@given(st.integers(1, 10_000_000), currencies)
def test_likely_sums_are_more_than_is_due_each_once_smallest_first(minor: int, currency: Currency) -> None:
    sums = [each.minor for each in likely_sums(Money(minor, currency))]

    assert all(each > minor for each in sums)
    assert sums == sorted(set(sums))
    assert len(sums) <= 3


@given(st.integers(0, 1_000_000).map(lambda each: each * 50), currencies)
def test_what_is_given_back_adds_up_to_the_change(minor: int, currency: Currency) -> None:
    pieces = give_back(Money(minor, currency))

    assert sum(times * piece.minor for times, piece in pieces) == minor


def test_change_that_no_coin_can_make_is_left_to_the_person() -> None:
    assert give_back(Money(3, Currency("CAD"))) == ()
