"""What each tax office gets for a month: what was sold, what of it is taxed, and what to pay, from the ledger alone."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from babel.dates import format_skeleton
from fastapi import APIRouter, Form, HTTPException, Query
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.reading import read_line
from boxoffice.core.tax_offices import Office, offices_of
from boxoffice.core.tax_returns import Tax, due_on
from boxoffice.core.taxes import tax_name
from boxoffice.documents.languages import Language, language
from boxoffice.documents.sheets import Heading, Paragraph, Part, Sheet, Table, sheet_pdf
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Finance, Viewer, must_be_ours
from sync.http.web.times import when
from sync.http.web.views import BOM, safe_cells
from sync.inventory.events import house_zone
from sync.ledger.hub import Hub
from sync.ledger.tax_returns import MonthsTaxes, NotFiled, file_return, is_over, taxes_of_month
from sync.organizers.organizers import names_of
from sync.organizers.sessions import Organizer
from sync.store.tax_filing import Collector, Filed, collectors, filed_returns, set_collector

router: Final = APIRouter(include_in_schema=False)
Month = Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")]
_SOLD_AS: Final = {
    "ticket": later("{place}, tickets"),
    "merchandise": later("{place}, goods"),
    "donation": later("{place}, donations"),
    "bundle": later("{place}, bundles"),
}
_SHOWN: Final = 6


class FiledForm(BaseModel):
    csrf: str = Field(max_length=200)
    office: str = Field(max_length=200)
    month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    reference: str = Field(default="", max_length=100)


class CollectorForm(BaseModel):
    csrf: str = Field(max_length=200)
    authority: str = Field(max_length=200)
    month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    collected_by: str = Field(default="", max_length=200)
    pays: str = Field(default="", max_length=10)


_COLUMNS: Final = (
    *("month", "authority", "tax", "currency", "rate_percent", "gross", "not_taxed", "taxable"),
    *("by_the_rate", "rounding", "collected"),
)


@router.get("/taxes")
def taxes_page(hub: TheHub, organizer: Viewer, month: Month = "") -> Response:
    return _page(hub, organizer, month)


@router.get("/taxes.pdf")
def worksheet(hub: TheHub, organizer: Viewer, month: Month = "") -> Response:
    """The worksheet of a month: what goes into which line of each office's form."""
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        _, chosen, found = taxes_of_month(connection, _first_of(month))
        named = collectors(connection)
    if chosen is None:
        raise HTTPException(404, "Nothing was sold yet.")
    title = speaks.say("Taxes of {month}").format(month=_month(chosen, speaks))
    under = speaks.say("Worksheet, from the signed facts alone. No return by itself.")
    sheet = Sheet(title, under, [part for each in found for part in _parts(each, named, speaks)], speaks.code)
    headers = {"Content-Disposition": f'attachment; filename="taxes-{chosen:%Y-%m}.pdf"'}
    return Response(sheet_pdf(sheet), media_type="application/pdf", headers=headers)


@router.post("/taxes/filed")
def mark_filed(hub: TheHub, organizer: Finance, form: Annotated[FiledForm, Form()]) -> Response:
    """Writes down that a return was filed, with what it comes to now."""
    must_be_ours(organizer, form.csrf)
    try:
        file_return(hub, form.office, _day(form.month), form.currency, read_line(form.reference), str(organizer.id))
    except NotFiled as error:
        return _page(hub, organizer, form.month, str(error), 409)
    return RedirectResponse(f"/taxes?month={form.month}", 303)


@router.post("/taxes/collector")
def name_collector(hub: TheHub, organizer: Finance, form: Annotated[CollectorForm, Form()]) -> Response:
    """Says who collects an authority's taxes: another authority, or a marketplace that has paid them."""
    must_be_ours(organizer, form.csrf)
    with hub.database.transaction() as connection:
        pays, by = form.pays == "yes", read_line(form.collected_by)
        set_collector(connection, form.authority, by, str(organizer.id), pays=pays)
    return RedirectResponse(f"/taxes?month={form.month}", 303)


def _page(hub: Hub, organizer: Organizer, month: str, error: str = "", status: int = 200) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        months, chosen, found = taxes_of_month(connection, _first_of(month))
        named, filed = collectors(connection), filed_returns(connection)
        people = names_of(connection, [each.by for each in filed])
        zone, may_file = house_zone(connection), chosen is not None and is_over(connection, chosen)
    shown = sorted({*months[:_SHOWN], *([chosen] if chosen else [])})
    return render(
        "taxes.html",
        status,
        organizer=organizer,
        here="taxes",
        is_over=may_file,
        months=[(f"{each:%Y-%m}", _month(each, speaks), each == chosen) for each in shown],
        month="" if chosen is None else _month(chosen, speaks),
        month_value="" if chosen is None else f"{chosen:%Y-%m}",
        csv=None if chosen is None else f"/taxes.csv?month={chosen:%Y-%m}",
        pdf=None if chosen is None else f"/taxes.pdf?month={chosen:%Y-%m}",
        currencies=[_view(each, named, filed, speaks) for each in found],
        filed=[_filed(each, people, zone, speaks) for each in filed],
        error=speaks.say(error) if error else "",
    )


def _filed(filed: Filed, people: Mapping[str, str], zone: str, speaks: Language) -> dict[str, str]:
    return {
        "month": _month(filed.month, speaks),
        "office": filed.authority,
        "amount": str(Money(filed.amount, Currency(filed.currency))),
        "at": when(filed.at, zone, speaks),
        "by": people.get(filed.by, ""),
        "reference": filed.reference,
    }


@router.get("/taxes.csv")
def taxes_csv(hub: TheHub, organizer: Viewer, month: Month = "") -> Response:
    """The returns of a month for a spreadsheet: amounts as numbers."""
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        _, chosen, found = taxes_of_month(connection, _first_of(month))
    if chosen is None:
        raise HTTPException(404, "Nothing was sold yet.")
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for each in found:
        for authority, rows in each.returns.items():
            for row in rows:
                about = safe_cells((f"{chosen:%Y-%m}", authority, _name(row.tax, speaks), each.currency.code))
                amounts = (row.gross, row.not_taxed, row.taxable, row.by_the_rate, row.rounding, row.collected)
                numbers = (Decimal(amount).scaleb(-each.currency.exponent) for amount in amounts)
                writer.writerow([*about, Decimal(row.tax.rate_ppm).scaleb(-4), *numbers])
    headers = {"Content-Disposition": f'attachment; filename="taxes-{chosen:%Y-%m}.csv"'}
    return Response(out.getvalue(), media_type="text/csv", headers=headers)


def _first_of(month: str) -> date | None:
    return date.fromisoformat(f"{month}-01") if month else None


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _offices(found: MonthsTaxes, named: Mapping[str, Collector]) -> list[Office]:
    return offices_of(found.returns, {name: (each.collected_by, each.pays) for name, each in named.items()})


def _view(
    found: MonthsTaxes, named: Mapping[str, Collector], filed: Sequence[Filed], speaks: Language
) -> dict[str, Any]:
    due, money = due_on(found.month), found.money
    offices = _offices(found, named)
    sums = (sum(each.paid for each in found.sold), sum(each.tax for each in found.sold))
    return {
        "due": speaks.days([due]),
        "to_pay": money(sum(each.to_pay for each in offices)),
        "currency": found.currency.code,
        "returns": [_return(each, found, filed, speaks) for each in offices],
        "sold": [
            (
                speaks.say(_SOLD_AS.get(each.sold_as, "{place}")).format(place=each.place),
                *map(money, (each.paid, each.tax, each.gross, each.taxable)),
            )
            for each in found.sold
        ],
        "sum": (*map(money, sums), money(sums[0] - sums[1]), money(sum(each.taxable for each in found.sold))),
        "authorities": [(each, named.get(each)) for each in found.returns if each],
    }


def _return(office: Office, found: MonthsTaxes, filed: Sequence[Filed], speaks: Language) -> dict[str, Any]:
    money, is_shared = found.money, office.authorities != (office.name,)
    about = (office.name, found.month, found.currency.code)
    done = next((each for each in filed if (each.authority, each.month, each.currency) == about), None)
    rows = [row for _, row in office.rows]
    return {
        "office": office.name,
        "authority": office.name or speaks.say("Nobody named"),
        "collects_for": ", ".join(each or speaks.say("Nobody named") for each in office.authorities)
        if is_shared
        else "",
        "is_named": bool(office.name),
        "is_paid_there": office.is_paid_there,
        "rows": [
            {
                "name": _name_of(authority if is_shared else "", row.tax, speaks),
                "rate": f"{Decimal(row.tax.rate_ppm).scaleb(-4):.3f} %" if row.tax.rate_ppm else "",
                "gross": money(row.gross),
                "not_taxed": money(-row.not_taxed),
                "taxable": money(row.taxable),
                "by_the_rate": money(row.by_the_rate),
                "rounding": money(row.rounding),
                "collected": money(row.collected),
            }
            for authority, row in office.rows
        ],
        "by_the_rate": money(sum(row.by_the_rate for row in rows)),
        "rounding": money(sum(row.rounding for row in rows)),
        "collected": money(office.collected),
        "to_pay": money(office.to_pay),
        "filed": None if done is None else money(done.amount),
        "is_other": done is not None and done.amount != office.to_pay,
    }


def _parts(found: MonthsTaxes, named: Mapping[str, Collector], speaks: Language) -> Iterator[Part]:
    say, money = speaks.say, found.money
    head = tuple(map(say, ("Tax", "Gross", "Not taxed", "Taxable", "Rate", "By the rate", "Tax collected")))
    widths = (0.28, 0.13, 0.13, 0.12, 0.1, 0.12, 0.12)
    for office in _offices(found, named):
        shown = _return(office, found, (), speaks)
        yield Heading(shown["authority"])
        if shown["collects_for"]:
            yield Paragraph(say("Collects for: {names}").format(names=shown["collects_for"]))
        columns = ("name", "gross", "not_taxed", "taxable", "rate", "by_the_rate", "collected")
        rows = [tuple(str(row[name]) for name in columns) for row in shown["rows"]]
        last = (say("To pay"), "", "", "", "", str(shown["by_the_rate"]), str(shown["to_pay"]))
        yield Table([*rows, last], head, sums=1, widths=widths)
        if office.is_paid_there:
            yield Paragraph(say("The marketplace has collected and paid this: it is reported, and not paid again."))
        yield Paragraph(say("Due {day}").format(day=speaks.days([due_on(found.month)])), is_quiet=True)
    yield Heading(say("Where the sales were"))
    where = [
        (
            speaks.say(_SOLD_AS.get(each.sold_as, "{place}")).format(place=each.place),
            *(str(money(amount)) for amount in (each.paid, each.tax, each.gross, each.taxable)),
        )
        for each in found.sold
    ]
    yield Table(where, tuple(map(say, ("Place and kind", "Paid", "Tax in it", "Gross", "Taxable"))))


def _name_of(authority: str, tax: Tax, speaks: Language) -> str:
    """Returns the tax's name, and whose it is unless the name says so itself."""
    name = _name(tax, speaks)
    return name if authority in name else f"{authority}, {name}"


def _name(tax: Tax, speaks: Language) -> str:
    return tax.name or tax_name("", tax.authority, tax.kind, speaks.say) or speaks.say("Tax")


def _month(month: date, speaks: Language) -> str:
    return format_skeleton("yMMMM", month, locale=speaks.code)
