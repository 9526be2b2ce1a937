"""Calendar entries are of the ticket's own days, at the right instant, and any calendar can read them."""

from datetime import UTC, date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.event_page import Hours
from sync.http.web.calendar import calendar_of
from sync.shop.belongings import TicketDay

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRIDAY = date(2026, 3, 27)


def written(*entries: TicketDay, about: str = "x") -> list[str]:
    text = calendar_of(
        entries, order_id="o", event_name="Fest", where="Here, there", about=about, zone="America/Denver", now=NOW
    )
    return text.split("\r\n")


def entry(day: date, hours: Hours | None = None, count: int = 1) -> TicketDay:
    return TicketDay("pass", "Pass", day, count, hours)


def test_days_apart_are_entries_apart() -> None:
    lines = written(*(entry(day) for day in (FRIDAY, date(2026, 3, 28), date(2026, 4, 3))))

    starts = [line for line in lines if line.startswith("DTSTART")]
    assert starts == [f"DTSTART;VALUE=DATE:{day}" for day in ("20260327", "20260328", "20260403")]
    assert lines.count("BEGIN:VEVENT") == 3
    assert len({line for line in lines if line.startswith("UID")}) == 3


def test_times_are_those_of_a_clock_at_the_event_in_winter_and_summer_and_past_midnight() -> None:
    winter, summer = (Hours(day, time(21), time(2)) for day in (date(2026, 3, 6), date(2026, 3, 13)))

    lines = written(entry(winter.day, winter), entry(summer.day, summer))

    assert [line for line in lines if line.startswith(("DTSTART", "DTEND"))] == [
        "DTSTART:20260307T040000Z", "DTEND:20260307T090000Z", "DTSTART:20260314T030000Z", "DTEND:20260314T080000Z",
    ]  # fmt: skip


def test_marks_of_the_format_are_written_as_text() -> None:
    assert "LOCATION:Here\\, there" in written(entry(FRIDAY))
    assert "SUMMARY:Fest: Pass (2 ×)" in written(entry(FRIDAY, count=2))


@given(st.text(max_size=300))
def test_no_line_is_longer_than_the_format_allows_and_nothing_is_lost(about: str) -> None:
    lines = written(entry(FRIDAY), about=about)

    assert all(len(line.encode("utf-8", "surrogatepass")) <= 75 for line in lines)
    assert "\r\n ".join(lines).count("BEGIN:VEVENT") == 1
