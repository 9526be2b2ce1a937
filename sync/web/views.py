"""Turns a report's numbers into what a page shows: texts, links and the bars of the chart."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from boxoffice.core.money import Currency, Money
from sync.services.problems import meaning_of
from sync.services.reports import Report, ReportEvent

TENDER_NAMES: Final = {
    "cash": "Cash",
    "terminal": "Card",
    "checkout": "Phone",
    "paypal": "PayPal",
    "complimentary": "Complimentary",
}
_COLUMNS: Final = (
    "Order",
    "Time",
    "Channel",
    "Status",
    "Item",
    "Quantity",
    "Unit price",
    "Subtotal",
    "Currency",
    "Tender",
)
_BAR, _GAP, _TOP, _BASE, _HEIGHT = 44, 28, 30, 190, 220
_MOST_BARS: Final = 16


@dataclass(frozen=True, slots=True)
class Choice:
    label: str
    href: str
    is_chosen: bool


def report_view(report: Report, events: Sequence[ReportEvent]) -> dict[str, Any]:
    """Returns all that the report's template needs."""
    currency = report.event.currency
    totals = report.totals

    def money(minor: int) -> str:
        return str(Money(int(minor), currency))

    items = sum(row.amount for row in report.products)
    products = [_product(row, currency) for row in report.products]
    for name, amount in (("Tax added", totals.total - items), ("Refunds", -totals.refunds)):
        if amount:
            products.append({"name": name, "door": "", "web": "", "sold": "", "amount": money(amount)})
    hours = [{"label": hour_text(row.hour), "orders": row.orders, "amount": money(row.amount)} for row in report.hours]
    return {
        "event_name": report.event.name,
        "timezone": report.event.timezone,
        "event_choices": [Choice(e.name, _href(e.id, None), e.id == report.event.id) for e in events],
        "day_choices": _day_choices(report),
        "csv_href": _href(report.event.id, report.day, "/reports.csv"),
        "stats": [
            ("Net sales", money(totals.total - totals.refunds)),
            ("Door", money(totals.door)),
            ("Web", money(totals.web)),
            ("Refunds", money(-totals.refunds)),
            ("Orders", f"{totals.orders:,}"),
        ],
        "products": products,
        "sold": f"{sum(row.sold for row in report.products):,}",
        "total": money(totals.total - totals.refunds),
        "tenders": [_tender(row, currency) for row in report.tenders],
        "hours": hours,
        "chart": chart(report.hours, currency),
        "pools": report.pools,
        "exceptions": [{"kind": meaning_of(row.kind).title, "detail": row.detail} for row in report.exceptions],
    }


def csv_text(rows: Sequence[Any], currency: Currency) -> str:
    """Returns the sold items as CSV that a spreadsheet can't take for formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        texts = (row.order_number, f"{row.local:%Y-%m-%d %H:%M:%S}", row.channel, row.status, row.item_name)
        amounts = (row.quantity, _decimal(row.unit_price, currency), _decimal(row.subtotal, currency))
        writer.writerow([*safe_cells(texts), *amounts, *safe_cells((row.currency, row.tenders or ""))])
    return out.getvalue()


def safe_cells(texts: Iterable[str]) -> list[str]:
    """Returns the texts so that none of them starts a formula."""
    return [f"'{each}" if each.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else each for each in texts]


def day_label(day: date) -> str:
    return f"{day:%a} {day:%b} {day.day}"


def hour_text(hour: Any) -> str:
    return f"{hour:%a} {hour.hour % 12 or 12} {hour:%p}"


def _decimal(minor: int, currency: Currency) -> str:
    whole, part = divmod(int(minor), 10**currency.exponent)
    return f"{whole}.{part:0{currency.exponent}d}" if currency.exponent else str(whole)


def _product(row: Any, currency: Currency) -> dict[str, Any]:
    return {
        "name": row.name,
        "door": row.door or "",
        "web": row.web or "",
        "sold": row.sold,
        "amount": str(Money(int(row.amount), currency)),
    }


def _tender(row: Any, currency: Currency) -> dict[str, Any]:
    return {
        "name": TENDER_NAMES.get(row.tender, row.tender),
        "count": row.count,
        "amount": str(Money(int(row.amount), currency)),
        "ledger": str(Money(int(row.ledger), currency)),
        "is_equal": row.amount == row.ledger,
        "difference": str(Money(int(row.ledger - row.amount), currency)),
    }


def _day_choices(report: Report) -> list[Choice]:
    event = report.event.id
    days = [Choice(day_label(day), _href(event, day), day == report.day) for day in report.days]
    return [*days, Choice("All", _href(event, None), report.day is None)]


def _href(event: str, day: date | None, path: str = "/reports") -> str:
    query = {"event": event} | ({"day": day.isoformat()} if day else {})
    return f"{path}?{urlencode(query)}"


def chart(hours: Sequence[Any], currency: Currency) -> dict[str, Any]:
    """Returns the bars of the last hours with sales, in the units of the drawing."""
    shown = hours[-_MOST_BARS:]
    most = max((int(row.amount) for row in shown), default=0) or 1
    bars = []
    for i, row in enumerate(shown):
        height = max(2, round((_BASE - _TOP) * int(row.amount) / most))
        x = _GAP // 2 + i * (_BAR + _GAP)
        whole = int(row.amount) // 10**currency.exponent
        bars.append(
            {
                "x": x,
                "y": _BASE - height,
                "width": _BAR,
                "height": height,
                "middle": x + _BAR // 2,
                "amount": f"{currency.symbol}{whole:,}",
                "label": hour_text(row.hour),
            }
        )
    width = max(640, len(shown) * (_BAR + _GAP))
    return {"width": width, "height": _HEIGHT, "base": _BASE, "bars": bars}
