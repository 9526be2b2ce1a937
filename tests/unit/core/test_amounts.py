"""Amounts are read as people type them in their language, and what means two things is not guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.amounts import Twofold, read_amount
from boxoffice.core.errors import BadInput
from boxoffice.core.money import Currency, Money

USD, JPY, KWD = Currency("USD"), Currency("JPY"), Currency("KWD")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("text", "minor"),
    [("12", 1200), ("12.5", 1250), ("12,50", 1250), ("12,5", 1250), ("$12.50", 1250), ("12,50 $", 1250),
     ("1,234.50", 123450), ("1.234,50", 123450), ("1 234,50", 123450), ("1\u202f234,50", 123450), (".5", 50),
     ("12.", 1200), ("1,234,567", 123456700), ("1.234.567", 123456700), ("USD 20", 2000), ("0,10", 10),
     ("１２,５０", 1250), ("＄２０", 2000), ("US$ 20", 2000), ("1'234.50", 123450), ("12’345’678", 1234567800)],
)  # fmt: skip
def test_cents_stand_after_a_point_or_a_comma(language: str, text: str, minor: int) -> None:
    assert read_amount(text, USD, language) == Money(minor, USD)


@pytest.mark.parametrize(("text", "language"), [("1,234", "es"), ("1.234", "es"), ("1.234", "en"), ("12.500", "es")])
def test_what_can_be_read_in_two_ways_is_not_guessed(text: str, language: str) -> None:
    with pytest.raises(Twofold):
        read_amount(text, USD, language)


def test_english_readers_mean_thousands_by_a_comma_before_three_digits() -> None:
    assert read_amount("1,234", USD, "en") == Money(123400, USD)


@pytest.mark.parametrize(
    ("text", "currency", "minor"), [("1,234", JPY, 1234), ("1.234", JPY, 1234), ("1,5", KWD, 1500)]
)
def test_the_currency_says_how_many_decimals_there_are(text: str, currency: Currency, minor: int) -> None:
    assert read_amount(text, currency, "es") == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a lot",
        "-5",
        "1,2,3",
        "1.2.3",
        "12,345,6",
        "1,23.4,5",
        "٣",
        "1e3",
        ".",
        ",",
        "12,555.5.5",
        "1" * 13,
        "$",
        "1'23",
        "1'2345",
        "€20",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_amount(text, USD, "en")


@given(
    minor=st.integers(0, 99_999_999_999),
    language=st.sampled_from(["en", "es"]),
    currency=st.sampled_from([USD, JPY, KWD]),
)
def test_what_we_write_is_read_back(minor: int, language: str, currency: Currency) -> None:
    money = Money(minor, currency)

    try:
        assert read_amount(str(money), currency, language) == money
    except Twofold:
        assert str(money).count(",") + str(money).count(".") == 1


@given(st.text(alphabet="0123456789.,$ -x٣", max_size=14), st.sampled_from(["en", "es"]))
def test_no_text_is_read_as_something_else_than_its_digits(text: str, language: str) -> None:
    try:
        read = read_amount(text, USD, language)
    except BadInput:
        return

    digits = "".join(letter for letter in text if letter in "0123456789")
    assert read.minor in {int(digits.ljust(len(digits) + zeros, "0")) for zeros in range(3)}
