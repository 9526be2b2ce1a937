"""What the page of a sales report shows: its figures in words, what can be asked, and what somebody keeps."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from boxoffice.core.languages import later
from boxoffice.core.money import Money
from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import Language
from sync.exception_kinds import meaning_of
from sync.http.web.sales_charts import arrival_bars, curve, sales_bars
from sync.http.web.times import when, zone_note
from sync.http.web.views import tender_name
from sync.reporting.asked import Asked, Span
from sync.reporting.sales_report import SalesReport
from sync.reporting.tables import CHANNELS, OTHERS, place_words, tables_of, tender_words
from sync.reporting.views import View
from sync.store.reports import ReportEvent, Standing
from sync.store.sales_figures import Choice, ProductFigures
from sync.stored_words import told

_SPANS: Final = {
    Span.TODAY: later("Today"),
    Span.YESTERDAY: later("Yesterday"),
    Span.WEEK: later("7 days"),
    Span.DOORS: later("Doors only"),
    Span.ALL: later("All of it"),
}
_PARTS: Final = {
    "channel": later("Channel"),
    "till": later("Till"),
    "seller": later("Seller"),
    "product": later("Product"),
    "tender": later("Tender"),
}


def view_of(report: SalesReport, arrivals: str, speaks: Language) -> dict[str, Any]:
    """Returns all that a report's tables and drawings show; `arrivals` is the day that is looked at."""
    currency, found = report.event.currency, report.figures

    def money(minor: int) -> Money:
        return Money(minor, currency)

    days = list(dict.fromkeys(each.day for each in report.arrivals))
    day = arrivals if arrivals in days else (days[-1] if days else "")
    timed, is_days = (report.by_hour, False) if report.by_hour else (report.by_day, True)
    return {
        "event_id": report.event.id,
        "event_name": report.event.name,
        "query": report.asked.query,
        "stats": _stats(report, speaks),
        "uncounted": f"{report.uncounted:,}" if report.uncounted else "",
        "products": [_product(each, money) for each in found.products],
        "sums": _summed(found.products, money),
        "others": [(speaks.say(OTHERS[kind]), money(amount)) for kind, amount in sorted(found.others.items())],
        "money": money(found.money),
        "adds_up": report.asked.product != "" or found.money == sum(each.paid for each in found.tenders),
        "tenders": _tenders(report, speaks),
        "places": [
            {
                "name": place_words(each, speaks),
                "orders": f"{each.orders:,}",
                "paid": money(each.paid),
                "of_most": max(0, each.paid),
            }
            for each in found.places
        ],
        "most": max((each.paid for each in found.places), default=1) or 1,
        "sellers": [
            {"name": each.name or each.staff_id, "orders": f"{each.orders:,}", "paid": money(each.paid)}
            for each in found.sellers
        ],
        "orders": f"{found.orders:,}",
        "curve": curve(report, speaks),
        "tables": {each.title: each for each in tables_of(report, speaks)},
        "bars": sales_bars(timed, report, speaks, is_days=is_days) if timed else None,
        "is_days": is_days,
        "arrivals": arrival_bars(report.arrivals, day, report, speaks) if days else None,
        "arrival_days": [
            (_arrivals(each, report), speaks.short_day(date.fromisoformat(each)), each == day) for each in days
        ],
        "other_name": report.other.name if report.other else "",
        "as_of": speaks.say("Refunds count on the day they were made. As of {time}.").format(
            time=when(report.at, report.event.timezone, speaks)
        ),
        "zone": zone_note([report.event.timezone], speaks),
    }


def _product(each: ProductFigures, money: Callable[[int], Money]) -> dict[str, Any]:
    return {
        "name": each.name,
        "counts": (f"{each.sold:,}", f"{each.gone:,}"),
        "amounts": [money(each.full_price), money(-each.discount), money(each.refunds)],
        "paid": money(each.paid),
        "rest": [money(-each.tax), money(each.net)],
    }


def _summed(found: Sequence[ProductFigures], money: Callable[[int], Money]) -> dict[str, Any]:
    """Returns all products as if they were one."""
    names = ("sold", "gone", "full_price", "discount", "refunds", "paid", "tax")
    sums = {name: sum(getattr(each, name) for each in found) for name in names}
    return _product(ProductFigures(product_id="", name="", is_ticket=False, **sums), money)


def _arrivals(day: str, report: SalesReport) -> str:
    return f"/reports?{urlencode({'arrivals': day})}&{report.asked.query}#arrivals"


def _stats(report: SalesReport, speaks: Language) -> list[tuple[str, str, str]]:
    """Returns the figures at the head: name, value, and what it is beside the other event."""
    mine, theirs, currency = report.figures, report.others, report.event.currency
    name = report.other.name if report.other else ""

    def more(now: int, then: int | None) -> str:
        if then is None:
            return ""
        if now == then:
            return speaks.say("as {event}").format(event=name)
        percent = f"{abs(now - then) * 100 / then:.1f} %" if then > 0 else f"{abs(now - then):,}"
        words = speaks.say("{much} more than {event}") if now > then else speaks.say("{much} less than {event}")
        return words.format(much=percent, event=name)

    def average(paid: int, orders: int) -> int:
        return round(paid / orders) if orders else 0

    came = f"{mine.came * 100 / mine.tickets:.1f} %" if mine.came and mine.tickets > 0 else ""
    return [
        (speaks.say("Net sales"), str(Money(mine.net, currency)), more(mine.net, theirs.net if theirs else None)),
        (speaks.say("Tickets"), f"{mine.tickets:,}", more(mine.tickets, theirs.tickets if theirs else None)),
        (speaks.say("Came"), f"{mine.came:,}", speaks.say("{percent} of tickets").format(percent=came) if came else ""),
        (
            speaks.say("Average order"),
            str(Money(average(mine.paid, mine.orders), currency)),
            more(average(mine.paid, mine.orders), average(theirs.paid, theirs.orders) if theirs else None),
        ),
        (speaks.say("Refunds"), str(Money(mine.refunds, currency)), ""),
    ]


def _tenders(report: SalesReport, speaks: Language) -> dict[str, Any]:
    found, currency = report.figures.tenders, report.event.currency
    whole = sum(each.paid for each in found)
    rows = [
        {
            "name": tender_words(each, speaks),
            "payments": f"{each.payments:,}",
            "amounts": [Money(each.taken, currency), Money(each.refunds + each.disputed, currency)],
            "paid": Money(each.paid, currency),
            "share": f"{each.paid * 100 / whole:.1f} %" if whole > 0 else "",
        }
        for each in found
    ]
    sums = [sum(each.taken for each in found), sum(each.refunds + each.disputed for each in found)]
    payments = f"{sum(each.payments for each in found):,}"
    amounts = [Money(each, currency) for each in sums]
    return {"rows": rows, "payments": payments, "amounts": amounts, "paid": Money(whole, currency)}


def form_of(
    report: SalesReport, events: Sequence[ReportEvent], found: Sequence[Choice], speaks: Language
) -> dict[str, Any]:
    """Returns what can be asked, and what is."""
    asked = report.asked
    parts = []
    for what, name in _PARTS.items():
        options = [(each.id, _choice(each, speaks)) for each in found if each.what == what]
        if len(options) > 1 or getattr(asked, what):
            parts.append((what, speaks.say(name), options, getattr(asked, what)))
    dated = asked.first is not None or asked.last is not None
    return {
        "events": [(each.id, each.name, each.id == report.event.id) for each in events],
        "others": [(each.id, each.name, each.id == asked.against) for each in events if each.id != report.event.id],
        "spans": [
            (_with(asked, report.event.id, span), speaks.say(name), not dated and span is asked.span)
            for span, name in _SPANS.items()
            if span is not Span.DOORS or report.event.days
        ],
        "first": asked.first.isoformat() if asked.first else "",
        "last": asked.last.isoformat() if asked.last else "",
        "span": asked.span.value,
        "days": " – ".join(speaks.days([day]) for day in dict.fromkeys((report.first, report.last))),
        "parts": parts,
        "query": asked.query,
        "is_narrowed": asked.is_narrowed,
        "against": asked.against,
        "whole": f"/reports?{urlencode({'event': report.event.id})}",
    }


def _choice(each: Choice, speaks: Language) -> str:
    if each.what == "channel":
        return speaks.say(CHANNELS.get(each.id, each.id))
    return speaks.say(tender_of(each.id).words.name) if each.what == "tender" else each.name


def _with(asked: Asked, event: str, span: Span) -> str:
    query = Asked(
        event=event,
        span=span,
        channel=asked.channel,
        till=asked.till,
        seller=asked.seller,
        product=asked.product,
        tender=asked.tender,
        against=asked.against,
    ).query
    return f"/reports?{query}"


def kept_of(mine: Sequence[View], asked: Asked, speaks: Language) -> dict[str, Any]:
    """Returns the reports that somebody keeps, and which of them this is."""
    shown = next((each for each in mine if each.asked == asked.query), None)
    return {
        "all": [(f"/reports?{each.asked}", each.name, each is shown) for each in mine],
        "shown": shown,
        "mailed_next": "no" if shown is not None and shown.is_mailed else "yes",
        "name": shown.name if shown else speaks.say("No name yet"),
    }


def standing_of(found: Standing, report: SalesReport, speaks: Language) -> dict[str, Any]:
    """Returns whether payments and ledger agree, what is left of places, and what waits for a person."""
    currency = report.event.currency
    return {
        "tenders": [
            {
                "name": tender_name(each.channel.value, each.tender, speaks),
                "kept": Money(each.amount - each.refunded, currency),
                "ledger": Money(each.ledger, currency),
                "is_equal": each.amount - each.refunded == each.ledger,
                "difference": Money(each.ledger - each.amount + each.refunded, currency),
            }
            for each in found.tenders
        ],
        "pools": found.pools,
        "exceptions": [
            {"kind": speaks.say(meaning_of(each.kind).title), "detail": told(each.detail, speaks)}
            for each in found.exceptions
        ],
    }
