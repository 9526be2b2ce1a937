"""The sample event in a demo: always to come, and otherwise as its file has it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.sale_times import off_sale
from boxoffice.demo.dates import still_to_come
from boxoffice.resources import resource_path
from sync.inventory.events import read_event_file

FEST = catalogue_from(read_event_file(resource_path("events", "boulder-fest-2026.toml")), 1)


def shape(catalogue: Catalogue) -> list[tuple[object, ...]]:
    return [(p.id, p.name, p.price, p.uses, [day.weekday() for day in p.days]) for p in catalogue.products]


@given(today=st.dates(date(2026, 5, 16), date(2090, 1, 1)))
def test_all_of_it_is_on_sale_on_the_same_days_of_the_week(today: date) -> None:
    moved = still_to_come(FEST, today)

    noon = datetime.combine(today, datetime.min.time(), ZoneInfo(FEST.timezone)) + timedelta(hours=12)
    assert timedelta(0) <= min(moved.days) - today < timedelta(days=7)
    assert off_sale(moved, noon.astimezone(UTC)) == {}
    assert shape(moved) == shape(FEST)


def test_an_event_that_has_not_begun_keeps_its_days() -> None:
    assert still_to_come(FEST, date(2026, 5, 15)) == FEST


def test_its_texts_name_the_new_days_in_both_languages() -> None:
    social = next(p for p in still_to_come(FEST, date(2026, 11, 29)).products if p.id == "social")

    assert social.detail == "Saturday, December 5, from 9 PM"
    assert social.texts["es"].detail == "Sábado 5 de diciembre, desde las 21:00"
