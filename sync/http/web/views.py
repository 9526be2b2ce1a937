"""Turns a report's numbers into what a page shows: texts, links and the bars of the chart."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.money import Currency
from boxoffice.core.reading import read_line
from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import Language, language
from sync.store.reports import SoldItem

BOM: Final = "\ufeff"
"""Without it, Excel takes UTF-8 for the letters of one country."""
_COLUMNS: Final = (
    *("Order", "Time", "Channel", "Status", "Kind", "Item", "Option", "Quantity", "Unit price"),
    *("Subtotal", "Discount", "Tax added", "Tax", "Total", "Paid", "Currency", "Tender", "Buyer", "E-mail"),
    "Why",
)
_AMOUNTS: Final = ("unit_price", "subtotal", "discount", "tax_added", "tax", "total", "paid")
_BAR, _GAP, _TOP, _BASE, _HEIGHT = 44, 28, 30, 190, 220
_MOST_BARS: Final = 16


def csv_text(rows: Sequence[SoldItem], currency: Currency, timezone: str) -> str:
    """Returns what was sold, and what became of it, as CSV that a spreadsheet reads as it is meant.

    Times are those of the event with their offset, so that two hours of the same name stay two. All of `Paid` is what
    was paid in the end.
    """
    out, zone = io.StringIO(), ZoneInfo(timezone)
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        at = row.at.astimezone(zone).isoformat(timespec="seconds")
        item = row.item or tender_of(row.kind).words.name
        about = safe_cells((row.order_number, at, row.channel.value, row.status.value, row.kind, item, row.option))
        amounts = [decimal_text(getattr(row, name), currency) for name in _AMOUNTS]
        people = safe_cells((row.currency, row.tenders, row.customer_name, row.customer_email, row.why))
        writer.writerow([*about, row.quantity, *amounts, *people])
    return out.getvalue()


def safe_cells(texts: Iterable[str | None]) -> list[str]:
    """Returns the texts, each on one line, so that none of them starts a formula (wide letters are read as plain)."""
    return [_safe_cell(read_line(each or "")) for each in texts]


def _safe_cell(text: str) -> str:
    return (
        f"'{text}"
        if unicodedata.normalize("NFKC", text[:1]).startswith(("=", "+", "-", "@", "\N{MINUS SIGN}"))
        else text
    )


def day_label(day: date, speaks: Language | None = None) -> str:
    return f"{day:%a} {day:%b} {day.day}" if speaks is None or speaks.code == "en" else speaks.day(day)


def hour_text(hour: datetime, speaks: Language | None = None) -> str:
    if speaks is not None and speaks.code != "en":
        return f"{speaks.short_day(hour.date())}, {speaks.time(hour)}"
    return f"{hour:%a} {hour.hour % 12 or 12} {hour:%p}"


def hour_labels(hours: Sequence[datetime], timezone: str, speaks: Language | None = None) -> list[str]:
    """Returns what the hours are called there; when clocks go back, the two of one name say which they are."""
    local = [hour.astimezone(ZoneInfo(timezone)) for hour in hours]
    twice = {
        hour.replace(tzinfo=None) for hour in local if hour.utcoffset() != hour.replace(fold=1 - hour.fold).utcoffset()
    }
    return [
        f"{hour_text(hour, speaks)} {hour:%Z}" if hour.replace(tzinfo=None) in twice else hour_text(hour, speaks)
        for hour in local
    ]


def decimal_text(minor: int, currency: Currency) -> str:
    whole, part = divmod(abs(int(minor)), 10**currency.exponent)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}.{part:0{currency.exponent}d}" if currency.exponent else f"{sign}{whole}"


def tender_name(channel: str, tender: str, speaks: Language | None = None) -> str:
    """Returns what a way to pay is called where it was used: on the web, nobody pays a code that a till shows."""
    say = (speaks or language("en")).say
    name = say(tender_of(tender).words_on(channel).name)
    return name if channel != "web" else f"{name}, {say('web')}"
