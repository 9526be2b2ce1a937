"""The tables of a sales report as a workbook, a paper and a mail show them; each adds up by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.languages import later
from boxoffice.core.money import Money
from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import Language
from sync.reporting.sales_report import SalesReport
from sync.store.sales_figures import EntryLine, PlaceFigures, TenderFigures, TimeFigures

Cell = str | int | Money | datetime
"""A datetime has the offset of the event's own clock."""
Row = tuple[Cell, ...]

CHANNELS: Final = {"web": later("Web shop"), "door": later("Door"), "kiosk": later("Kiosk")}
OTHERS: Final = {
    "gift_card": later("Put on gift cards"),
    "beyond": later("Paid beyond what was sold"),
    "dispute": later("Taken by banks (disputes)"),
}
KINDS: Final = {
    "sale": later("Sale"),
    "gift_card": later("Gift card"),
    "free": later("Complimentary"),
    "beyond": later("Paid beyond what was sold"),
    "payment": later("Payment"),
    "refund": later("Refund"),
    "dispute": later("Taken by a bank"),
    "void": later("Void ticket"),
}


_PRODUCTS: Final = (
    *(later("Product"), later("Sold"), later("Refunded, void"), later("At full price"), later("Discounts, comps")),
    *(later("Refunds"), later("Paid"), later("Tax in it"), later("Net")),
)
_TENDERS: Final = (
    *(later("Tender"), later("Payments"), later("Taken"), later("Refunds"), later("Disputes"), later("Paid")),
)
_LINES: Final = (
    *(later("Order"), later("Time"), later("What"), later("Item"), later("Option"), later("Quantity")),
    *(later("At full price"), later("Discounts, comps"), later("Tax in it"), later("Paid"), later("Tender")),
    *(later("Where"), later("Person")),
)


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are what they are called; all but the first are numbers. `total` is a row like the others."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None = None


def tables_of(report: SalesReport, speaks: Language) -> list[Table]:
    """Returns all tables that have rows."""
    made = (_products(report, speaks), _others(report, speaks), _tenders(report, speaks), _places(report, speaks))
    timed = (_sellers(report, speaks), _times(report, speaks, report.by_day), _times(report, speaks, report.by_hour))
    return [each for each in (*made, *timed, _curve(report, speaks), _arrivals(report, speaks)) if each.rows]


def _products(report: SalesReport, speaks: Language) -> Table:
    def money(minor: int) -> Money:
        return Money(minor, report.event.currency)

    found = report.figures.products
    rows = tuple(
        (
            *(each.name, each.sold, each.gone, money(each.full_price), money(-each.discount), money(each.refunds)),
            *(money(each.paid), money(-each.tax), money(each.net)),
        )
        for each in found
    )
    amounts = (
        sum(each.full_price for each in found),
        -sum(each.discount for each in found),
        sum(each.refunds for each in found),
        sum(each.paid for each in found),
        -sum(each.tax for each in found),
        sum(each.net for each in found),
    )
    counts = (sum(each.sold for each in found), sum(each.gone for each in found))
    total: Row = (speaks.say("Total"), *counts, *(money(each) for each in amounts))
    return Table(speaks.say("By product"), _said(_PRODUCTS, speaks), rows, total)


def _others(report: SalesReport, speaks: Language) -> Table:
    def money(minor: int) -> Money:
        return Money(minor, report.event.currency)

    paid = report.figures.paid
    rows: list[Row] = [(speaks.say("Paid for products"), money(paid))]
    rows += [(speaks.say(OTHERS[kind]), money(amount)) for kind, amount in sorted(report.figures.others.items())]
    columns = (speaks.say("What it was for"), speaks.say("Paid"))
    total = (speaks.say("Total"), money(report.figures.money))
    return Table(speaks.say("All that was paid"), columns, tuple(rows) if report.figures.others else (), total)


def _tenders(report: SalesReport, speaks: Language) -> Table:
    def money(minor: int) -> Money:
        return Money(minor, report.event.currency)

    found = report.figures.tenders
    rows = tuple(
        (
            tender_words(each, speaks),
            *(each.payments, money(each.taken), money(each.refunds), money(each.disputed), money(each.paid)),
        )
        for each in found
    )
    amounts = ((each.taken, each.refunds, each.disputed, each.paid) for each in found)
    sums = [sum(column) for column in zip(*amounts, strict=True)]
    total: Row = (speaks.say("Total"), sum(each.payments for each in found), *(money(each) for each in sums))
    return Table(speaks.say("By tender"), _said(_TENDERS, speaks), rows, total)


def _places(report: SalesReport, speaks: Language) -> Table:
    found = report.figures.places
    rows = tuple((place_words(each, speaks), each.orders, Money(each.paid, report.event.currency)) for each in found)
    return _sold_by(report, speaks, (later("Where it was sold"), later("Place")), rows)


def _sellers(report: SalesReport, speaks: Language) -> Table:
    found = report.figures.sellers
    rows = tuple((each.name or each.staff_id, each.orders, Money(each.paid, report.event.currency)) for each in found)
    return _sold_by(report, speaks, (later("Who sold it"), later("Person")), rows)


def _sold_by(
    report: SalesReport, speaks: Language, named: tuple[str, str], rows: tuple[tuple[str, int, Money], ...]
) -> Table:
    title, first = (speaks.say(each) for each in named)
    paid = Money(sum(each[2].minor for each in rows), report.event.currency)
    total = (speaks.say("Total"), sum(each[1] for each in rows), paid)
    return Table(title, (first, speaks.say("Orders"), speaks.say("Paid")), rows, total)


def _times(report: SalesReport, speaks: Language, found: Sequence[TimeFigures]) -> Table:
    zone, is_days = ZoneInfo(report.event.timezone), found is report.by_day
    rows: tuple[Row, ...] = tuple(
        (
            speaks.days([each.at.astimezone(zone).date()]) if is_days else each.at.astimezone(zone),
            each.orders,
            each.tickets,
            Money(each.paid, report.event.currency),
        )
        for each in found
    )
    columns = (later("Day") if is_days else later("Hour"), later("Orders"), later("Tickets"), later("Paid"))
    paid = Money(sum(each.paid for each in found), report.event.currency)
    counts = (sum(each.orders for each in found), sum(each.tickets for each in found))
    title = speaks.say("By day") if is_days else speaks.say("By hour")
    return Table(title, _said(columns, speaks), rows, (speaks.say("Total"), *counts, paid))


def _curve(report: SalesReport, speaks: Language) -> Table:
    theirs = {each.days: each.tickets for each in report.others_curve}
    columns = [speaks.say("Days to the doors"), report.event.name]
    if report.other is not None:
        columns.append(report.other.name)
    rows: list[Row] = []
    before = 0
    for point in report.curve:
        before = max((sold for days, sold in theirs.items() if days <= point.days), default=before)
        more: Row = (before,) if report.other is not None else ()
        rows.append((_distance(point.days), point.tickets, *more))
    return Table(speaks.say("Tickets to the doors"), tuple(columns), tuple(rows))


def _distance(days: int) -> str:
    return f"{days:+d}" if days else "0"


def _arrivals(report: SalesReport, speaks: Language) -> Table:
    zone = ZoneInfo(report.event.timezone)
    gates = sorted({each.gate for each in report.arrivals})
    hours = sorted({each.at for each in report.arrivals})
    people = {(each.at, each.gate): each.people for each in report.arrivals}
    rows: tuple[Row, ...] = tuple(
        (hour.astimezone(zone), *counts, sum(counts))
        for hour in hours
        for counts in [tuple(people.get((hour, gate), 0) for gate in gates)]
    )
    columns = (speaks.say("Hour"), *(gate or speaks.say("No gate") for gate in gates), speaks.say("All"))
    return Table(speaks.say("Arrivals"), columns, rows)


def _said(columns: Sequence[str], speaks: Language) -> tuple[str, ...]:
    return tuple(speaks.say(each) for each in columns)


def tender_words(each: TenderFigures, speaks: Language) -> str:
    name = speaks.say(tender_of(each.tender).words_on(each.channel.value).name)
    return name if each.channel.value != "web" else f"{name}, {speaks.say('web')}"


def place_words(each: PlaceFigures, speaks: Language) -> str:
    return each.name or speaks.say(CHANNELS[each.channel.value])


def lines_table(lines: Sequence[EntryLine], report: SalesReport, speaks: Language) -> Table:
    """Returns every entry: things first and then money, at their time, as the event's clocks said it."""
    rows = tuple(_lines(lines, report, speaks))
    return Table(speaks.say("Lines"), _said(_LINES, speaks), rows)


def _lines(lines: Sequence[EntryLine], report: SalesReport, speaks: Language) -> Iterator[Row]:
    zone, currency = ZoneInfo(report.event.timezone), report.event.currency
    for each in lines:
        tender = speaks.say(tender_of(each.tender).words.name) if each.tender else ""
        where = each.till or speaks.say(CHANNELS.get(each.channel, each.channel))
        amounts = [Money(minor, currency) for minor in (each.full_price, -each.discount, each.tax, each.paid)]
        yield (
            *(each.order_number, each.at.astimezone(zone), speaks.say(KINDS[each.kind]), each.name, each.option),
            each.quantity,
            *amounts,
            *(tender, where, each.seller),
        )
