"""What a report shows of its numbers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.money import Currency
from sync.web.views import chart, csv_text, hour_text, safe_cells

USD, JPY = Currency("USD"), Currency("JPY")
START = datetime(2026, 5, 15, 19, tzinfo=UTC)


@dataclass(frozen=True)
class Hour:
    hour: datetime
    orders: int
    amount: int


@dataclass(frozen=True)
class Item:
    order_number: str
    local: datetime
    channel: str
    status: str
    item_name: str
    quantity: int
    unit_price: int
    subtotal: int
    currency: str
    tenders: str | None


@given(st.lists(st.text()))
def test_no_cell_starts_a_formula_and_none_loses_a_letter(texts: list[str]) -> None:
    cells = safe_cells(texts)

    assert not any(cell[:1] in {"=", "+", "-", "@", "\t", "\r", "\n"} and cell for cell in cells)
    assert [cell.removeprefix("'") if text != cell else cell for text, cell in zip(texts, cells, strict=True)] == texts


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_every_bar_of_the_chart_lies_within_it_and_the_highest_is_the_most(amounts: list[int]) -> None:
    hours = [Hour(START + timedelta(hours=i), 1, amount) for i, amount in enumerate(amounts)]

    drawn = chart(hours, USD)

    bars = drawn["bars"]
    shown = amounts[-len(bars) :]
    assert all(bar["x"] >= 0 and bar["x"] + bar["width"] <= drawn["width"] for bar in bars)
    assert all(bar["y"] > 0 and bar["y"] + bar["height"] == drawn["base"] for bar in bars)
    assert max(bar["height"] for bar in bars) == bars[shown.index(max(shown))]["height"]


@pytest.mark.parametrize(
    ("currency", "minor", "text"), [(USD, 123456, "1234.56"), (USD, 5, "0.05"), (JPY, 1500, "1500")]
)
def test_amounts_in_the_csv_are_plain_decimals_of_their_currency(currency: Currency, minor: int, text: str) -> None:
    item = Item("A-1", START, "door", "completed", "=HYPERLINK()", 1, minor, minor, currency.code, "cash")

    row = csv_text([item], currency).splitlines()[1].split(",")

    assert row[6:8] == [text, text]
    assert row[4] == "'=HYPERLINK()"


@pytest.mark.parametrize(("hour", "text"), [(0, "Fri 12 AM"), (12, "Fri 12 PM"), (19, "Fri 7 PM")])
def test_hours_are_told_as_people_tell_them(hour: int, text: str) -> None:
    assert hour_text(START.replace(hour=hour)) == text
