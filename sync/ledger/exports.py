"""The ledger for programs of accountants: every posting as a line, and one entry a day for QuickBooks and for Xero.

A day's entry is the sum of its facts by account: each of them adds up to nothing, and so does their sum.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.money import Currency
from sync.ledger.journal import account_name
from sync.store.closing import Posted

_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_LINES: Final = ("day", "account", "debit", "credit", "currency", "what", "order", "record")
_QUICKBOOKS: Final = ("Journal No", "Journal Date", "Account Name", "Debits", "Credits", "Description", "Currency")
_XERO: Final = ("*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount")
NO_TAX: Final = "Tax Exempt"
"""What tax is owed stands in accounts of its own: Xero must compute none."""


@dataclass(frozen=True, slots=True)
class DaySum:
    """What a day's facts came to in an account, in minor units: more than nothing is a debit."""

    day: date
    account: str
    amount: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        return _decimal(self.amount, self.currency)


def day_sums(posted: Iterable[Posted], timezone: str) -> list[DaySum]:
    """Returns the postings summed by day in the event's time zone, account and currency; sums of nothing are out."""
    zone, sums = ZoneInfo(timezone), defaultdict[tuple[date, str, str], int](int)
    for each in posted:
        sums[each.occurred_at.astimezone(zone).date(), each.currency, each.account] += each.amount
    return [
        DaySum(day, account, sums[day, code, account], code)
        for day, code, account in sorted(sums)
        if sums[day, code, account]
    ]


def accounts_csv(posted: Iterable[Posted], timezone: str) -> str:
    """Returns every posting, by account and day."""
    zone = ZoneInfo(timezone)
    rows = sorted(posted, key=lambda each: (each.account, each.occurred_at, each.id))
    return _csv(
        _LINES,
        (
            (
                each.occurred_at.astimezone(zone).date().isoformat(),
                account_name(each.account),
                *_sides(_decimal(each.amount, each.currency)),
                each.currency,
                each.kind.replace("_", " "),
                each.order_number or "",
                each.id,
            )
            for each in rows
        ),
    )


def quickbooks_csv(sums: Sequence[DaySum], title: str) -> str:
    """Returns journal entries as QuickBooks Online imports them: one a day, debits and credits apart."""
    return _csv(
        _QUICKBOOKS,
        (
            (
                f"BOX-{each.day:%Y%m%d}-{each.currency}",
                f"{each.day:%m/%d/%Y}",
                account_name(each.account),
                *_sides(each.decimal),
                title,
                each.currency,
            )
            for each in sums
        ),
    )


def xero_csv(sums: Sequence[DaySum], title: str) -> str:
    """Returns manual journals as Xero imports them: one a day, debits above nothing and credits below it."""
    return _csv(
        _XERO,
        (
            (
                f"{title}, {each.day.isoformat()}, {each.currency}",
                f"{each.day:%d/%m/%Y}",
                each.account.replace("_", " "),
                account_name(each.account),
                NO_TAX,
                f"{each.decimal:f}",
            )
            for each in sums
        ),
    )


def _sides(amount: Decimal) -> tuple[str, str]:
    return (f"{amount:f}", "") if amount > 0 else ("", f"{-amount:f}")


def _decimal(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-Currency(currency).exponent)


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(_safe(row) for row in rows)
    return out.getvalue()


def _safe(row: Sequence[str]) -> Iterator[str]:
    """Yields cells of which none begins a formula; amounts are numbers, and stay so."""
    for cell in row:
        is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
        yield f"'{cell}" if cell[:1] in "=+-@" and cell and not is_number else cell
