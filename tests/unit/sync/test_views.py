"""What a report shows of its numbers."""

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.money import Currency
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.reading import read_line
from boxoffice.documents.languages import language
from sync.http.web.sales_charts import sales_bars
from sync.http.web.views import csv_text, hour_labels, hour_text, safe_cells, tender_name
from sync.reporting.sales_report import SalesReport
from sync.store.reports import ReportEvent, SoldItem
from sync.store.sales_figures import TimeFigures

USD, JPY = Currency("USD"), Currency("JPY")
START = datetime(2026, 5, 15, 19, tzinfo=UTC)


SALE = SoldItem(
    order_number="A-1",
    at=START,
    channel=Channel.DOOR,
    status=OrderState.COMPLETED,
    kind="sale",
    item="Pass",
    option=None,
    quantity=1,
    unit_price=0,
    subtotal=0,
    discount=0,
    tax_added=0,
    tax=0,
    total=0,
    paid=0,
    currency="USD",
    customer_name=None,
    customer_email=None,
    tenders=None,
)


def cells_of(*items: SoldItem, currency: Currency = USD, timezone: str = "UTC") -> list[dict[str, str]]:
    text = csv_text(items, currency, timezone)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@given(st.lists(st.text()))
def test_no_cell_starts_a_formula_or_a_line_and_none_loses_a_letter(texts: list[str]) -> None:
    cells = safe_cells(texts)

    for cell, text in zip(cells, texts, strict=True):
        assert not unicodedata.normalize("NFKC", cell[:1]).startswith(("=", "+", "-", "@", "−"))
        assert len(cell.splitlines()) < 2
        assert read_line(text) in (cell, cell.removeprefix("'"))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_every_bar_of_the_chart_lies_within_it_and_the_highest_is_the_most(amounts: list[int]) -> None:
    hours = [TimeFigures(START + timedelta(hours=i), 1, 1, 100 * amount) for i, amount in enumerate(amounts)]
    report = cast("SalesReport", SimpleNamespace(event=ReportEvent("e", "Fest", "America/Denver", USD, ())))

    drawn = sales_bars(hours, report, language("en"), is_days=False)

    bars = drawn["bars"]
    shown = amounts[-len(bars) :]
    assert all(bar.x >= 0 and bar.x + bar.wide <= drawn["width"] for bar in bars)
    assert all(bar.top > 0 and abs(bar.top + bar.parts[0][2] - drawn["base"]) < 1 for bar in bars)
    assert max(bar.parts[0][2] for bar in bars) == bars[shown.index(max(shown))].parts[0][2]
    assert drawn["hidden"] == len(amounts) - len(bars)


@pytest.mark.parametrize(
    ("currency", "minor", "text"), [(USD, 123456, "1234.56"), (USD, 5, "0.05"), (JPY, 1500, "1500")]
)
def test_amounts_in_the_csv_are_plain_decimals_of_their_currency(currency: Currency, minor: int, text: str) -> None:
    (row,) = cells_of(
        replace(SALE, item="=HYPERLINK()", unit_price=minor, subtotal=minor, paid=-minor), currency=currency
    )

    assert (row["Unit price"], row["Subtotal"], row["Paid"]) == (text, text, f"-{text}")
    assert row["Item"] == "'=HYPERLINK()"


def test_two_hours_of_one_name_are_two_in_the_chart_and_in_the_csv() -> None:
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)

    labels = hour_labels([first, second, second + timedelta(hours=1)], "America/New_York")
    rows = cells_of(replace(SALE, at=first), replace(SALE, at=second), timezone="America/New_York")

    assert labels == ["Sun 1 AM EDT", "Sun 1 AM EST", "Sun 2 AM"]
    assert [row["Time"] for row in rows] == ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"]


def test_a_card_on_the_web_is_not_called_a_phone() -> None:
    assert [tender_name("door", "checkout"), tender_name("web", "checkout")] == ["Phone", "Card, web"]
    assert tender_name("web", "paypal") == "PayPal, web"


@pytest.mark.parametrize(("hour", "text"), [(0, "Fri 12 AM"), (12, "Fri 12 PM"), (19, "Fri 7 PM")])
def test_hours_are_told_as_people_tell_them(hour: int, text: str) -> None:
    assert hour_text(START.replace(hour=hour)) == text
