"""Times as people at the event read them."""

from datetime import UTC, datetime

import pytest

from sync.http.web.times import when, zone_note

LAST_YEAR = datetime.now(UTC).year - 1


def test_a_time_reads_in_the_events_own_zone() -> None:
    at = datetime.now(UTC).replace(month=5, day=16, hour=3, minute=14)

    read = when(at, "America/Denver")

    assert read.endswith("May 15, 9:14 pm")
    assert str(at.year) not in read


def test_a_time_of_another_year_has_its_year() -> None:
    assert f"May 15 {LAST_YEAR}, 12:05 am" in when(datetime(LAST_YEAR, 5, 15, 6, 5, tzinfo=UTC), "America/Denver")


@pytest.mark.parametrize(
    ("zones", "words"),
    [
        (["America/Denver", "America/Denver"], "Times are Mountain Time (Denver)."),
        (["America/New_York"], "Times are Eastern Time (New York)."),
        (["UTC"], "Times are UTC."),
        ([], "Times are UTC."),
        (
            ["Europe/Madrid", "America/Havana"],
            "Times are those of each event: Central European Time (Madrid), Cuba Time (Havana).",
        ),
    ],
)
def test_a_page_names_its_time_zone_once(zones: list[str], words: str) -> None:
    assert zone_note(zones) == words
