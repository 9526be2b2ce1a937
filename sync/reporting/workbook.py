"""A sales report as an Excel workbook: a sheet for each table, amounts and times as such, and no cell that computes."""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from boxoffice.core.money import Currency, Money
from sync.reporting.tables import Cell, Table

_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_LONGEST: Final = 31
_WIDE: Final = (12, 46)


def workbook(tables: Sequence[Table], about: Sequence[str], currency: Currency) -> bytes:
    """Returns the workbook; `about` stands on its first sheet, a line a row.

    Texts are written as texts: none of them is read as a formula, a link or a number.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = _Formats(book, currency)
    sheets = [("", None), *((each.title, each) for each in tables)]
    for title, table in sheets:
        if table is None:
            sheet = book.add_worksheet(_name(about[0], ()))
            for row, line in enumerate(about):
                sheet.write_string(row, 0, line, formats.bold if row == 0 else None)
            sheet.set_column(0, 0, _WIDE[1])
            continue
        _write(book.add_worksheet(_name(title, [each.name for each in book.worksheets()])), table, formats)
    book.close()
    return out.getvalue()


class _Formats:
    def __init__(self, book: Any, currency: Currency) -> None:
        decimals = f".{'0' * currency.exponent}" if currency.exponent else ""
        number = f"#,##0{decimals};[Red]-#,##0{decimals}"
        self.exponent = currency.exponent
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.money = book.add_format({"num_format": number})
        self.money_sum = book.add_format({"num_format": number, "bold": True, "top": 1})
        self.sum = book.add_format({"bold": True, "top": 1})
        self.time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})


def _write(sheet: Any, table: Table, formats: _Formats) -> None:
    for column, title in enumerate(table.columns):
        sheet.write_string(0, column, title, formats.head)
    for row, cells in enumerate(table.rows, 1):
        for column, cell in enumerate(cells):
            _cell(sheet, row, column, cell, formats, is_sum=False)
    if table.total is not None:
        for column, cell in enumerate(table.total):
            _cell(sheet, len(table.rows) + 1, column, cell, formats, is_sum=True)
    for column, title in enumerate(table.columns):
        texts = [len(cell) for row in table.rows[:200] if isinstance(cell := row[column], str)]
        wide = max([len(title), *texts, 19 if _has_times(table, column) else 0])
        sheet.set_column(column, column, min(max(wide + 2, _WIDE[0]), _WIDE[1]))
    sheet.freeze_panes(1, 1)


def _cell(sheet: Any, row: int, column: int, cell: Cell, formats: _Formats, *, is_sum: bool) -> None:
    match cell:
        case Money():
            amount = cell.minor / 10**formats.exponent
            sheet.write_number(row, column, amount, formats.money_sum if is_sum else formats.money)
        case datetime():
            sheet.write_datetime(row, column, cell.replace(tzinfo=None), formats.time)
        case int():
            sheet.write_number(row, column, cell, formats.sum if is_sum else None)
        case str():
            sheet.write_string(row, column, cell, formats.sum if is_sum else None)


def _has_times(table: Table, column: int) -> bool:
    return bool(table.rows) and isinstance(table.rows[0][column], datetime)


def _name(title: str, taken: Sequence[str]) -> str:
    """Returns what Excel lets a sheet be called."""
    clean = _NOT_IN_NAMES.sub(" ", title)[:_LONGEST].strip() or "Report"
    if clean.casefold() not in {each.casefold() for each in taken}:
        return clean
    return f"{clean[: _LONGEST - 4]} {len(taken)}"
