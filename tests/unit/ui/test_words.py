"""How the screens write times, amounts and failures."""

from datetime import UTC, date, datetime, timedelta

import pytest

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import PoolId
from boxoffice.core.money import Currency, Money
from boxoffice.till.ui.speech import count
from boxoffice.till.ui.words import ago, clock, clock_s, days, explain, initials, left, money, short_money, weekdays
from boxoffice.till.usecases.gateway.stock import NotEnoughHere, PoolStock
from tests.gui.festival import FRIDAY, NINE_PM, SATURDAY, SUNDAY, boulder_fest

USD = Currency("USD")


@pytest.mark.parametrize(
    ("hour", "minute", "words"), [(0, 5, "12:05 am"), (9, 0, "9:00 am"), (12, 30, "12:30 pm"), (21, 14, "9:14 pm")]
)
def test_times_read_as_people_say_them(hour: int, minute: int, words: str) -> None:
    at = datetime(2026, 5, 15, hour, minute, 2, tzinfo=UTC)

    assert clock(at) == words
    assert clock_s(at).replace(":02 ", " ") == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (FRIDAY, SUNDAY, "May 15–17, 2026"),
        (FRIDAY, FRIDAY, "May 15, 2026"),
        (date(2026, 5, 30), date(2026, 6, 1), "May 30 – Jun 1, 2026"),
    ],
)
def test_days_are_as_short_as_they_can_be(first: date, last: date, words: str) -> None:
    assert days(first, last) == words


def test_one_day_says_its_date_and_several_their_names() -> None:
    assert weekdays((FRIDAY,)) == "Fri, May 15"
    assert weekdays((FRIDAY, SATURDAY, SUNDAY)) == "Fri, Sat, Sun"


def test_ages_are_numbers_not_recently() -> None:
    spans = (timedelta(seconds=2), timedelta(minutes=22), timedelta(hours=3))

    assert [ago(each) for each in spans] == ["2 s ago", "22 min ago", "3 h ago"]


def test_time_left_never_runs_below_nothing() -> None:
    assert [left(timedelta(seconds=each)) for each in (252, 9, -3)] == ["4:12", "0:09", "0:00"]


def test_cents_are_left_out_only_where_there_are_none() -> None:
    assert short_money(Money(32_000, USD)) == "$320"
    assert short_money(Money(32_050, USD)) == "$320.50"
    assert short_money(Money(1_200, Currency("JPY"))) == "¥1,200"
    assert money(Money(-500, USD)) == "−$5.00"


def test_counts_have_their_plural() -> None:
    assert [count(each, "place") for each in (0, 1, 1_200)] == ["0 places", "1 place", "1,200 places"]


def test_initials_come_from_the_first_two_words() -> None:
    assert [initials(name) for name in ("Door A", "door", "Main hall, left")] == ["DA", "D", "MH"]


def test_a_failure_says_what_happened_what_is_safe_and_what_to_do() -> None:
    failure = OperationFailed("The printer is out of paper.", "The sale is saved.", "Put in paper.")

    assert explain(failure) == ("The printer is out of paper.", "The sale is saved. Put in paper.")


@pytest.mark.parametrize(
    ("here", "elsewhere", "held", "is_online", "happened", "to_do"),
    [
        (1, 2, 0, True, "Workshop: 1 here, 2 elsewhere.", "Not so many could be had"),
        (0, 348, 0, True, "Workshop: none here, 348 elsewhere.", "try again"),
        (12, 348, 0, False, "Workshop: 12 here, 348 elsewhere.", "no network to ask"),
        (1, 0, 0, True, "Workshop: only 1 left.", "Lower the count."),
        (0, 0, 3, True, "Workshop: 3 being paid for, try again 9:14 pm.", "Lower the count."),
        (0, 0, 0, True, "Workshop: sold out.", "Lower the count."),
    ],
)
def test_too_few_places_are_named_by_their_pool_and_where_they_are(
    here: int, elsewhere: int, held: int, is_online: bool, happened: str, to_do: str
) -> None:
    retry_at = NINE_PM if held else None
    pool = PoolStock(PoolId("workshop"), "Workshop", 400, here, 40, here + elsewhere, held, retry_at)

    told, rest = explain(NotEnoughHere([pool], is_online=is_online), boulder_fest())

    assert told == happened
    assert "Nothing was charged." in rest
    assert to_do in rest
