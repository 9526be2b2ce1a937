"""A sales report as a PDF: its tables, to print or to send."""

from datetime import datetime
from typing import Final

from boxoffice.core.money import Money
from boxoffice.documents.languages import Language
from boxoffice.documents.tables_pdf import PaperTable, tables_pdf
from sync.reporting.sales_report import SalesReport
from sync.reporting.tables import Cell, Row, Table, tables_of

_MOST_ROWS: Final = 400


def report_pdf(report: SalesReport, speaks: Language) -> bytes:
    """Returns it; a table of very many rows is cut, and says so."""
    tables = [_paper(each, speaks) for each in tables_of(report, speaks)]
    return tables_pdf(speaks.say("Sales report"), about(report, speaks), tables, foot(report, speaks), speaks.code)


def about(report: SalesReport, speaks: Language) -> list[str]:
    """Returns which sales a report is about, in lines."""
    days = [report.first] if report.first == report.last else [report.first, report.last]
    span = " – ".join(speaks.days([day]) for day in days)
    found = report.figures
    counts = speaks.say("{tickets} tickets, {orders} orders, {paid} paid, {came} came").format(
        tickets=f"{found.tickets:,}",
        orders=f"{found.orders:,}",
        paid=Money(found.money, report.event.currency),
        came=f"{found.came:,}",
    )
    lines = [report.event.name, span, counts]
    if report.asked.is_narrowed:
        lines.append(speaks.say("Only a part of the sales: see the page."))
    if report.uncounted:
        lines.append(speaks.say("{count} orders are still being counted.").format(count=f"{report.uncounted:,}"))
    return lines


def foot(report: SalesReport, speaks: Language) -> str:
    words = speaks.say("Refunds count on the day they were made. As of {time}.")
    return words.format(time=speaks.instant(report.at.astimezone(report.zone)))


def _paper(table: Table, speaks: Language) -> PaperTable:
    rows = tuple(_texts(row, speaks) for row in table.rows[:_MOST_ROWS])
    if len(table.rows) > _MOST_ROWS:
        left = speaks.say("{count} more").format(count=f"{len(table.rows) - _MOST_ROWS:,}")
        rows = (*rows, (left, *("" for _ in table.columns[1:])))
    return PaperTable(table.title, table.columns, rows, None if table.total is None else _texts(table.total, speaks))


def _texts(row: Row, speaks: Language) -> tuple[str, ...]:
    return tuple(text_of(cell, speaks) for cell in row)


def text_of(cell: Cell, speaks: Language) -> str:
    """Returns a cell as it is read."""
    match cell:
        case datetime():
            return f"{speaks.short_day(cell.date())}, {speaks.time(cell)}"
        case int():
            return f"{cell:,}"
        case _:
            return str(cell)
