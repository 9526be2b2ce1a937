"""Turns a report's numbers into what a page shows: texts, links and the bars of the chart."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from boxoffice.core.money import Currency, Money
from boxoffice.core.reading import read_line
from boxoffice.core.sums import Reduced
from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import Language, language
from boxoffice.documents.sums import reduced_words
from sync.exception_kinds import meaning_of
from sync.store.reports import FREE, HourSold, ProductSold, Report, ReportEvent, SoldItem, TenderTaken, Totals
from sync.stored_words import told

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


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    href: str
    is_chosen: bool


def report_view(report: Report, events: Sequence[ReportEvent], speaks: Language | None = None) -> dict[str, Any]:
    """Returns all that the report's template needs."""
    speaks = speaks or language("en")
    currency = report.event.currency
    totals = report.totals

    def money(minor: int) -> str:
        return str(Money(int(minor), currency))

    products = [_product(row, currency) for row in report.products]
    later = _later_rows(totals, speaks)
    rows = [*_price_rows(totals, speaks), *((name, amount) for name, amount in later if amount)]
    products += [_product_like(name, money(amount)) for name, amount in rows]
    net = sum(row.amount for row in report.products) + sum(amount for _, amount in rows)
    cards = _card_rows(totals, speaks)
    labels = hour_labels([row.hour for row in report.hours], report.event.timezone, speaks)
    hours = [
        {"label": label, "orders": row.orders, "amount": money(row.amount)}
        for label, row in zip(labels, report.hours, strict=True)
    ]
    return {
        "event_name": report.event.name,
        "timezone": report.event.timezone,
        "event_choices": [Choice(e.name, _href(e.id, None), e.id == report.event.id) for e in events],
        "day_choices": _day_choices(report, speaks),
        "csv_href": _href(report.event.id, report.day, "/reports.csv"),
        "stats": [
            (speaks.say("Net sales"), money(net)),
            (speaks.say("Door"), money(totals.door)),
            (speaks.say("Web"), money(totals.web)),
            *((name, money(amount)) for name, amount in later if amount or name == speaks.say("Refunds")),
            (speaks.say("Orders"), f"{totals.orders:,}"),
        ],
        "products": products,
        "sold": f"{sum(row.sold for row in report.products):,}",
        "gone": f"{sum(row.gone for row in report.products):,}",
        "total": money(net),
        "cards": [(name, money(amount)) for name, amount in cards],
        "money": money(net + sum(amount for _, amount in cards)),
        "tenders": [_tender(row, currency, speaks) for row in report.tenders],
        "hours": hours,
        "chart": chart(report.hours, labels, currency),
        "pools": report.pools,
        "exceptions": [
            {"kind": speaks.say(meaning_of(row.kind).title), "detail": told(row.detail, speaks)}
            for row in report.exceptions
        ],
    }


def _price_rows(totals: Totals, speaks: Language) -> list[tuple[str, int]]:
    """Returns what makes of the items' prices what orders come to."""
    named = [Reduced(kind, reason, 0, amount) for kind, reason, amount in totals.reasons]
    rows = (
        *((reduced_words(each, speaks), -each.amount) for each in named),
        (speaks.say("Discounts"), sum(each.amount for each in named) - totals.discount),
        (speaks.say("Tax added"), totals.tax_added),
    )
    return [(name, amount) for name, amount in rows if amount]


def _later_rows(totals: Totals, speaks: Language) -> list[tuple[str, int]]:
    """Returns what makes of what orders came to, at the door and on the web, what is left of it in the end."""
    return [
        *((speaks.say(tender_of(name).words.name), -totals.free.get(name, 0)) for name in FREE),
        (speaks.say("Paid beyond what was sold"), totals.paid - totals.total),
        (speaks.say("Refunds"), totals.cards_back - totals.refunds),
        (speaks.say("Taken by banks (disputes)"), -totals.disputed),
    ]


def _card_rows(totals: Totals, speaks: Language) -> list[tuple[str, int]]:
    """Returns what makes of sales the money that came for them: what is on gift cards is owed until it is spent."""
    rows = (
        (speaks.say("Put on gift cards"), totals.cards_sold - totals.cards_back),
        (speaks.say("Paid with gift cards"), -totals.cards_spent),
    )
    return [(name, amount) for name, amount in rows if amount]


def _product_like(name: str, amount: str) -> dict[str, Any]:
    return {"name": name, "door": "", "web": "", "sold": "", "gone": "", "amount": amount}


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


def _product(row: ProductSold, currency: Currency) -> dict[str, Any]:
    return {
        "name": row.name,
        "door": row.door or "",
        "web": row.web or "",
        "sold": row.sold,
        "gone": row.gone or "",
        "amount": str(Money(row.amount, currency)),
    }


def tender_name(channel: str, tender: str, speaks: Language | None = None) -> str:
    """Returns what a way to pay is called where it was used: on the web, nobody pays a code that a till shows."""
    say = (speaks or language("en")).say
    name = say(tender_of(tender).words_on(channel).name)
    return name if channel != "web" else f"{name}, {say('web')}"


def _tender(row: TenderTaken, currency: Currency, speaks: Language) -> dict[str, Any]:
    kept = row.amount - row.refunded
    return {
        "name": tender_name(row.channel.value, row.tender, speaks),
        "count": row.count,
        "amount": str(Money(row.amount, currency)),
        "refunded": str(Money(-row.refunded, currency)) if row.refunded else "",
        "kept": str(Money(kept, currency)),
        "ledger": str(Money(row.ledger, currency)),
        "is_equal": kept == row.ledger,
        "difference": str(Money(row.ledger - kept, currency)),
    }


def _day_choices(report: Report, speaks: Language) -> list[Choice]:
    event = report.event.id
    days = [Choice(day_label(day, speaks), _href(event, day), day == report.day) for day in report.days]
    return [*days, Choice(speaks.say("All"), _href(event, None), report.day is None)]


def _href(event: str, day: date | None, path: str = "/reports") -> str:
    query = {"event": event} | ({"day": day.isoformat()} if day else {})
    return f"{path}?{urlencode(query)}"


def chart(hours: Sequence[HourSold], labels: Sequence[str], currency: Currency) -> dict[str, Any]:
    """Returns the bars of the last hours with sales, in the units of the drawing."""
    shown = hours[-_MOST_BARS:]
    most = max((row.amount for row in shown), default=0) or 1
    bars = []
    for i, (row, label) in enumerate(zip(shown, labels[-_MOST_BARS:], strict=True)):
        height = max(2, round((_BASE - _TOP) * row.amount / most))
        x = _GAP // 2 + i * (_BAR + _GAP)
        whole = row.amount // 10**currency.exponent
        bars.append(
            {
                "x": x,
                "y": _BASE - height,
                "width": _BAR,
                "height": height,
                "middle": x + _BAR // 2,
                "amount": f"{currency.symbol}{whole:,}",
                "label": label,
            }
        )
    width = max(640, len(shown) * (_BAR + _GAP))
    return {"width": width, "height": _HEIGHT, "base": _BASE, "bars": bars}
