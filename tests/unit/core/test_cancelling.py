"""What is cancelled is not sold any more, what has moved stays good, and what was paid outside leaves no till."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words, whole_event
from boxoffice.core.moved_events import retold
from boxoffice.core.payloads.refunds import RefundSucceeded
from boxoffice.core.sale_times import ended, off_sale
from tests.fest import fest

NOW = datetime(2026, 5, 1, 18, tzinfo=UTC)
FEST = catalogue_from(fest(), 1)


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(hours=23)])
def test_what_is_cancelled_is_off_sale_at_once_even_by_a_clock_that_is_behind(behind: timedelta) -> None:
    after = ended(FEST, {"friday-pass"}, NOW)

    assert "friday-pass" in off_sale(after, NOW - behind)
    assert "saturday-pass" not in off_sale(after, NOW - behind)


def test_a_cancelled_event_sells_nothing_and_ending_it_again_changes_nothing() -> None:
    after = ended(FEST, None, NOW)

    assert off_sale(after, NOW).keys() == FEST.products_by_id.keys()
    assert ended(after, None, NOW + timedelta(days=3)) == after
    assert catalogue_from(event_file_of(after), 1) == after


def test_days_that_moved_go_to_tills_with_the_doors() -> None:
    there = {date(2026, 5, 15): date(2026, 6, 19)}
    event = replace(FEST, doors=replace(FEST.doors, moves=there))

    file = event_file_of(event)
    sent = whole_event(
        in_its_own_words(file, NOW.date()),
        **beside_the_event(file),
    )

    assert catalogue_from(file, 1).doors.moves == there
    assert catalogue_from(sent, 1).doors.days_now([date(2026, 5, 15), date(2026, 5, 16)]) == (
        date(2026, 6, 19),
        date(2026, 5, 16),
    )


def test_days_in_the_texts_of_an_event_move_along_in_both_languages() -> None:
    reword = retold([date(2026, 5, 1), date(2026, 5, 15)], timedelta(days=35))

    assert reword("en", "May 15, and not May 155 or May 1") == "June 19, and not May 155 or June 5"
    assert reword("es", "El 15 de mayo") == "El 19 de junio"


def test_what_was_paid_back_outside_leaves_what_had_paid_where_it_is() -> None:
    told = RefundSucceeded(
        order_id="o", tender_id="t", tender="checkout", amount=6500, currency="USD", refund_id="r", outside="by bank"
    )

    posted = {account: amount for account, amount in told.postings() if amount}
    assert posted == {"refunds": 6500, "outside": -6500}
