"""What stands on a cardholder's statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.statements import suffix_of, till_of


@pytest.mark.parametrize(
    ("event", "suffix"),
    [
        ("boulder-fest-2026", "BOULDER"),
        ("salsa-fest", "SALSA FEST"),
        ("internationalfestival", "INTERNATIO"),
        ("fête-été", "FETE ETE"),
        ("2026", ""),
        ("", ""),
    ],
)
def test_as_many_words_of_the_event_as_fit_stand_on_a_statement(event: str, suffix: str) -> None:
    assert suffix_of(event) == suffix


@given(st.text(max_size=60))
def test_a_suffix_is_one_that_card_networks_take(event: str) -> None:
    suffix = suffix_of(event)

    assert len(suffix) <= 10
    assert not suffix or (suffix.isascii() and any(letter.isalpha() for letter in suffix))
    assert not set(suffix) & set("<>\\'\"*")


def test_an_orders_number_says_whose_it_is() -> None:
    assert (till_of("A-0123"), till_of("WB-1PQ")) == ("A", "WB")
