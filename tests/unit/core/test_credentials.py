"""PINs that are not the first ones tried, and badges that every scanner can type."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.credentials import badge_hash, badge_text, is_weak, new_pin, read_badge, read_pin
from boxoffice.core.errors import BadInput


@pytest.mark.parametrize(
    "pin",
    [
        *("0000", "1111", "1234", "4321", "9012", "2468", "1212", "1122", "6969", "1221", "2580", "1987", "2026"),
        *("123456", "654321", "121212", "123123", "123321", "147258", "051987"),
    ],
)
def test_pins_that_people_choose_most_are_refused(pin: str) -> None:
    with pytest.raises(BadInput, match="too easy"):
        read_pin(pin)


@pytest.mark.parametrize("text", ["", "407", "4071823", "40a1", "４０７１x", "-4071"])
def test_a_pin_has_four_to_six_digits(text: str) -> None:
    with pytest.raises(BadInput, match="4 to 6 digits"):
        read_pin(text)


def test_a_pin_is_read_as_it_is_typed() -> None:
    assert read_pin(" 40 71 ") == "4071"


@given(st.integers(0, 9999), st.sets(st.integers(0, 9999), max_size=50))
def test_a_pin_that_is_made_is_neither_weak_nor_anothers(start: int, others: set[int]) -> None:
    drawn = iter([start, *range(10_000)])
    taken = {f"{each:04d}" for each in others}

    pin = new_pin(lambda _below: next(drawn), lambda each: each in taken)

    assert read_pin(pin) == pin
    assert pin not in taken


def test_most_pins_can_be_used() -> None:
    assert sum(is_weak(f"{each:04d}") for each in range(10_000)) < 1_200


@given(st.binary(min_size=16, max_size=16))
def test_a_badge_is_read_in_any_case_and_with_any_dash_a_scanner_makes_of_it(secret: bytes) -> None:
    text = badge_text(secret)

    assert set(text) <= set(string.ascii_uppercase + string.digits + "-")
    assert {read_badge(each) for each in (text, text.lower(), f" {text}\n", text.replace("-", "."))} == {text}


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_two_badges_are_never_taken_for_each_other(one: bytes, other: bytes) -> None:
    assert (badge_hash(badge_text(one)) == badge_hash(badge_text(other))) == (one == other)


@pytest.mark.parametrize(
    "text", ["", "BOXSTAFF", "BOXSTAFF-1", "A8K-3F2", "https://example.org", "BOXSTAFF-" + "I" * 27]
)
def test_what_is_no_badge_is_none(text: str) -> None:
    assert read_badge(text) is None
