"""When a product is sold: to the end of its last day where the event is, or to the time that its file says."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import (
    beside_the_event,
    catalogue_from,
    event_file_of,
    in_its_own_words,
    times_of_sales,
    whole_event,
    with_times_of_sales,
)
from boxoffice.core.ids import ProductId
from boxoffice.core.sale_times import NotOnSale, SaleState, must_be_on_sale, off_sale, sale_times
from tests.unit.core.builders import event_file

ZONES = ("America/Denver", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Europe/London", "UTC")


def event(on: list[str], zone: str = "America/Denver", **product: Any) -> Catalogue:
    data = event_file()
    data["event"] = {**data["event"], "days": on, "timezone": zone}
    sold = [{**each, "days": []} for each in data["products"]]
    return catalogue_from({**data, "products": [{**sold[0], **product}, *sold[1:]]}, 1)


@given(
    days=st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), min_size=1, max_size=5, unique=True),
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, 24 * 60 - 1),
)
def test_a_product_is_sold_through_its_last_day_wherever_the_event_is(days: list[date], zone: str, minute: int) -> None:
    catalogue = event([day.isoformat() for day in days], zone)

    times = sale_times(catalogue, catalogue.products[0])

    last = max(days)
    assert times.ends.replace(tzinfo=None) == datetime.combine(last + timedelta(days=1), datetime.min.time())
    on_the_day = (times.ends - timedelta(minutes=minute + 1)).replace(fold=0)
    assert times.state(on_the_day.astimezone(UTC)) is SaleState.OPEN
    assert times.state(times.ends.astimezone(UTC)) is SaleState.ENDED
    assert times.last_moment.date() == last


def test_a_product_of_several_days_is_sold_until_the_end_of_its_own_last_one() -> None:
    catalogue = event(["2026-05-15", "2026-05-16", "2026-05-17"], days=["2026-05-15", "2026-05-16"])

    assert sale_times(catalogue, catalogue.products[0]).ends.isoformat() == "2026-05-17T00:00:00-06:00"


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("2026-05-16", "2026-05-17T00:00:00-06:00"),
        (date(2026, 5, 16), "2026-05-17T00:00:00-06:00"),
        ("2026-05-16T23:30:00", "2026-05-16T23:30:00-06:00"),
        (datetime(2026, 5, 16, 23, 30), "2026-05-16T23:30:00-06:00"),  # noqa: DTZ001  # as TOML has it
        ("2026-05-17T05:30:00Z", "2026-05-16T23:30:00-06:00"),
        ("2026-05-17T07:30:00+02:00", "2026-05-16T23:30:00-06:00"),
    ],
)
def test_an_end_of_sale_is_a_day_or_a_time_as_people_write_them(said: object, ends: str) -> None:
    catalogue = event(["2026-05-15", "2026-05-17"], sale_ends=said)

    assert sale_times(catalogue, catalogue.products[0]).ends.isoformat() == ends


@pytest.mark.parametrize("said", [3, 1_800_000_000, "1800000000", "soon", "2026-13-01", True, "", [], {"day": 1}])
def test_an_end_of_sale_that_is_no_time_is_named_with_its_place(said: object) -> None:
    with pytest.raises(BadInput) as wrong:
        event(["2026-05-15"], sale_ends=said)

    assert {problem.place for problem in wrong.value.problems} == {"products[0].sale_ends"}


def test_a_sale_that_begins_after_its_end_is_refused() -> None:
    with pytest.raises(BadInput) as wrong:
        event(["2026-05-15"], sale_starts="2026-05-16")

    assert [problem.place for problem in wrong.value.problems] == ["products[0].sale_starts"]


def test_the_times_survive_being_written_and_the_way_to_a_till() -> None:
    catalogue = event(["2026-05-15"], sale_starts="2026-05-01T10:00:00", sale_ends="2026-05-14")

    file = event_file_of(catalogue)
    to_a_till = in_its_own_words(file, date(2026, 5, 15))

    assert catalogue_from(file, 1) == catalogue
    assert not any("sale_ends" in product for product in to_a_till["products"])
    assert catalogue_from(with_times_of_sales(to_a_till, times_of_sales(file)), 1) == catalogue
    assert catalogue_from(whole_event(to_a_till, **beside_the_event(file)), 1) == catalogue


def test_an_event_file_that_says_nothing_of_it_is_written_as_before() -> None:
    file = event_file_of(event(["2026-05-15"]))

    assert all("sale_ends" not in product and "sale_starts" not in product for product in file["products"])
    assert times_of_sales(file) == {}


def test_what_is_off_sale_is_named_with_its_times_and_the_rest_is_not() -> None:
    catalogue = event(["2026-05-15", "2026-05-16"], days=["2026-05-15"])
    first = catalogue.products[0].id
    saturday = datetime(2026, 5, 16, 18, tzinfo=UTC)

    with pytest.raises(NotOnSale) as refused:
        must_be_on_sale(catalogue, [first, ProductId("unknown")], saturday)

    assert (list(refused.value.products), refused.value.state(first)) == ([first], SaleState.ENDED)
    assert off_sale(catalogue, datetime(2026, 5, 15, 18, tzinfo=UTC)) == {}


def test_what_a_later_hub_says_of_an_event_stops_no_till() -> None:
    catalogue = event(["2026-05-15"])
    file = event_file_of(catalogue)
    hours = [{"day": "2026-05-15", "starts": "17:00", "stage": "main"}]

    page = {"seller": "A Lo Cubano", "parking": "behind"}
    told = whole_event(in_its_own_words(file, date(2026, 5, 15)), {}, hours, page, {})

    assert catalogue_from(told, 1).page.seller == "A Lo Cubano"
    assert catalogue_from(told, 1).hours[0].starts.hour == 17
