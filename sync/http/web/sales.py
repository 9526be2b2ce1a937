"""The sales report: any days, any part, beside another event; as a page, a workbook, CSV and PDF; kept and mailed."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, Query, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.money import Money
from boxoffice.core.stale_taxes import stale_taxes
from boxoffice.documents.languages import language
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.sales_view import form_of, kept_of, standing_of, view_of
from sync.http.web.signed_in import Viewer, must_be_ours
from sync.http.web.views import BOM, csv_text, decimal_text, safe_cells
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.organizers.organizers import Organizer
from sync.reporting.asked import Asked, read, read_query
from sync.reporting.on_paper import about, report_pdf
from sync.reporting.sales_report import SalesReport, sales_report
from sync.reporting.tables import Cell, lines_table, tables_of
from sync.reporting.views import TooManyViews, drop_view, keep_view, mail_view, views_of
from sync.reporting.workbook import workbook
from sync.store.chain import utc_now
from sync.store.reports import ReportEvent, report_events, sold_items, standing
from sync.store.sales_figures import EntryLine, choices, entry_lines

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Day = Annotated[str, Query(max_length=10)]
Said = Annotated[str, Form(max_length=2_000)]
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/reports")
def report_page(
    request: Request, hub: TheHub, organizer: Viewer, arrivals: Annotated[str, Query(max_length=10)] = ""
) -> Response:
    return _page(hub, organizer, _asked(request), arrivals)


@router.get("/reports.csv")
def buyers_csv(hub: TheHub, _: Viewer, event: str | None = None, day: date | None = None) -> Response:
    """Every item of every order, with its buyer, whatever became of it; the days are those of the orders."""
    with hub.database.reading() as connection:
        chosen = _event(report_events(connection), event or "")
        rows = sold_items(connection, chosen, day)
    name = f"sales-{chosen.id}-{day.isoformat() if day else 'all'}.csv"
    return _file(csv_text(rows, chosen.currency, chosen.timezone), name, "text/csv")


@router.get("/reports/lines.csv")
def lines_csv(request: Request, hub: TheHub, organizer: Viewer) -> Response:
    """The lines that the report adds up: amounts as numbers, times with their offset, nobody's name."""
    report, lines = _with_lines(hub, _asked(request))
    table = lines_table(lines, report, language(organizer.language))
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([_plain(cell) for cell in row])
    return _file(out.getvalue(), f"sales-lines-{report.event.id}.csv", "text/csv")


@router.get("/reports.xlsx")
def report_workbook(request: Request, hub: TheHub, organizer: Viewer) -> Response:
    speaks = language(organizer.language)
    report, lines = _with_lines(hub, _asked(request))
    tables = [*tables_of(report, speaks), lines_table(lines, report, speaks)]
    book = workbook(tables, (speaks.say("Sales report"), *about(report, speaks)), report.event.currency)
    return _file(book, f"sales-{report.event.id}.xlsx", _XLSX)


@router.get("/reports.pdf")
def report_paper(request: Request, hub: TheHub, organizer: Viewer) -> Response:
    with hub.database.transaction() as connection:
        report = _found(sales_report(connection, report_events(connection), _asked(request), utc_now()))
    return _file(report_pdf(report, language(organizer.language)), f"sales-{report.event.id}.pdf", "application/pdf")


@router.post("/reports/views")
def keep(hub: TheHub, organizer: Viewer, csrf: Text, asked: Said = "", name: Text = "") -> Response:
    """Keeps what is shown under a name; the same name is about this from now on."""
    must_be_ours(organizer, csrf)
    meant = read_query(asked)
    try:
        with hub.database.transaction() as connection:
            keep_view(connection, organizer.id, name, meant.query, organizer.language)
    except TooManyViews as error:
        words = language(organizer.language).say("You keep as many reports as there can be. Forget one first.")
        raise HTTPException(422, words) from error
    return _back(meant.query)


@router.post("/reports/views/{view_id}/forget")
def forget(hub: TheHub, organizer: Viewer, view_id: str, csrf: Text, asked: Said = "") -> Response:
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        drop_view(connection, organizer.id, view_id)
    return _back(read_query(asked).query)


@router.post("/reports/views/{view_id}/mail")
def mail(hub: TheHub, organizer: Viewer, view_id: str, csrf: Text, asked: Said = "", mailed: Text = "") -> Response:
    must_be_ours(organizer, csrf)
    with hub.database.transaction() as connection:
        mail_view(connection, organizer.id, view_id, is_mailed=mailed == "yes")
    return _back(read_query(asked).query)


def _back(query: str) -> Response:
    return RedirectResponse(f"/reports?{query}" if query else "/reports", 303)


def _asked(request: Request) -> Asked:
    said = dict(request.query_params)
    if "day" in said:  # as links of before say it
        said |= {"first": said["day"], "last": said["day"]}
    return read(said)


def _event(events: Sequence[ReportEvent], named: str) -> ReportEvent:
    found = next((each for each in events if each.id == named or not named), None)
    if found is None:
        raise HTTPException(404, "There is no such event.")
    return found


def _found(report: SalesReport | None) -> SalesReport:
    if report is None:
        raise HTTPException(404, "There is no such event.")
    return report


def _with_lines(hub: Hub, asked: Asked) -> tuple[SalesReport, Sequence[EntryLine]]:
    with hub.database.transaction() as connection:
        report = _found(sales_report(connection, report_events(connection), asked, utc_now()))
        return report, entry_lines(connection, report.part)


def _file(content: str | bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _plain(cell: Cell) -> str | int:
    """Returns what a spreadsheet reads as it is meant: only what people wrote could be a formula."""
    match cell:
        case Money():
            return decimal_text(cell.minor, cell.currency)
        case datetime():
            return cell.isoformat(timespec="seconds")
        case str():
            return safe_cells([cell])[0]
        case _:
            return cell


def _page(hub: Hub, organizer: Organizer, asked: Asked, arrivals: str) -> Response:
    speaks = language(organizer.language)
    with hub.database.transaction() as connection:
        events = report_events(connection)
        if not events:
            return render("reports.html", organizer=organizer, here="reports", report=None)
        report = _found(sales_report(connection, events, asked, utc_now()))
        about_all = standing(connection, report.event)
        mine = views_of(connection, organizer.id)
        found = choices(connection, report.event.id)
        catalogue = catalogue_on_sale(hub, connection, report.event.id)
    stale = () if catalogue is None else stale_taxes(catalogue, catalogue.day_of(utc_now()))
    return render(
        "reports.html",
        organizer=organizer,
        here="reports",
        report=view_of(report, arrivals, speaks),
        asked=form_of(report, events, found, speaks),
        views=kept_of(mine, report.asked, speaks),
        stands=standing_of(about_all, report, speaks),
        stale_taxes=[each.words(speaks.say) for each in stale],
    )
