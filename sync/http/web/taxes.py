"""What each tax office gets for a month: what was sold, what of it is taxed, and what to pay, from the ledger alone."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from babel.dates import format_skeleton
from fastapi import APIRouter, HTTPException, Query
from starlette.responses import Response

from boxoffice.core.languages import later
from boxoffice.core.tax_returns import Tax, TaxRow, due_on
from boxoffice.core.taxes import tax_name
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.web.pages import render
from sync.http.web.signed_in import Viewer
from sync.http.web.views import BOM, safe_cells
from sync.ledger.tax_returns import MonthsTaxes, taxes_of_month

router: Final = APIRouter(include_in_schema=False)
Month = Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")]
_SOLD_AS: Final = {
    "ticket": later("{place}, tickets"),
    "merchandise": later("{place}, goods"),
    "donation": later("{place}, donations"),
    "bundle": later("{place}, bundles"),
}
_SHOWN: Final = 6
_COLUMNS: Final = (
    *("month", "authority", "tax", "currency", "rate_percent", "gross", "not_taxed", "taxable"),
    *("by_the_rate", "rounding", "collected"),
)


@router.get("/taxes")
def taxes_page(hub: TheHub, organizer: Viewer, month: Month = "") -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        months, chosen, found = taxes_of_month(connection, _first_of(month))
    shown = sorted({*months[:_SHOWN], *([chosen] if chosen else [])})
    return render(
        "taxes.html",
        organizer=organizer,
        here="taxes",
        months=[(f"{each:%Y-%m}", _month(each, speaks), each == chosen) for each in shown],
        month="" if chosen is None else _month(chosen, speaks),
        csv=None if chosen is None else f"/taxes.csv?month={chosen:%Y-%m}",
        currencies=[_view(each, speaks) for each in found],
    )


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


def _view(found: MonthsTaxes, speaks: Language) -> dict[str, Any]:
    due, money = due_on(found.month), found.money
    returns = [_return(authority, rows, found, speaks) for authority, rows in found.returns.items()]
    sums = (sum(each.paid for each in found.sold), sum(each.tax for each in found.sold))
    return {
        "due": speaks.days([due]),
        "to_pay": money(sum(row.collected for rows in found.returns.values() for row in rows)),
        "returns": returns,
        "sold": [
            (
                speaks.say(_SOLD_AS.get(each.sold_as, "{place}")).format(place=each.place),
                *map(money, (each.paid, each.tax, each.gross, each.taxable)),
            )
            for each in found.sold
        ],
        "sum": (*map(money, sums), money(sums[0] - sums[1]), money(sum(each.taxable for each in found.sold))),
    }


def _return(authority: str, rows: Sequence[TaxRow], found: MonthsTaxes, speaks: Language) -> dict[str, Any]:
    money = found.money
    return {
        "authority": authority or speaks.say("Nobody named"),
        "is_named": bool(authority),
        "rows": [
            {
                "name": _name(row.tax, speaks),
                "rate": f"{Decimal(row.tax.rate_ppm).scaleb(-4):.3f} %" if row.tax.rate_ppm else "",
                "gross": money(row.gross),
                "not_taxed": money(-row.not_taxed),
                "taxable": money(row.taxable),
                "by_the_rate": money(row.by_the_rate),
                "rounding": money(row.rounding),
                "collected": money(row.collected),
            }
            for row in rows
        ],
        "by_the_rate": money(sum(row.by_the_rate for row in rows)),
        "rounding": money(sum(row.rounding for row in rows)),
        "to_pay": money(sum(row.collected for row in rows)),
    }


def _name(tax: Tax, speaks: Language) -> str:
    return tax.name or tax_name("", tax.authority, tax.kind, speaks.say) or speaks.say("Tax")


def _month(month: date, speaks: Language) -> str:
    return format_skeleton("yMMMM", month, locale=speaks.code)
