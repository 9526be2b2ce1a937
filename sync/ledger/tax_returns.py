"""The tax returns of a month, of all events, from the ledger alone."""

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from boxoffice.core.money import Currency, Money
from boxoffice.core.tax_returns import Share, SoldAt, TaxRow, returns_of, sold_at
from sync.store.tax_returns import months_to_file, sales_places, shares_between


@dataclass(frozen=True, slots=True)
class MonthsTaxes:
    """The returns of a month, by authority, of all events in one currency; and where the sales were."""

    month: date
    currency: Currency
    returns: Mapping[str, Sequence[TaxRow]]
    sold: Sequence[SoldAt]

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)


def taxes_of_month(
    connection: Connection, month: date | None
) -> tuple[Sequence[date], date | None, Sequence[MonthsTaxes]]:
    """Returns the months with something to file, newest first; the one meant, or the newest; its returns."""
    months = months_to_file(connection)
    chosen = month or next(iter(months), None)
    return months, chosen, [] if chosen is None else _taxes(connection, chosen)


def _taxes(connection: Connection, month: date) -> list[MonthsTaxes]:
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    shares: defaultdict[str, list[Share]] = defaultdict(list)
    for place in sales_places(connection):
        shares[place.currency] += shares_between(connection, place, month, last)
    return [
        MonthsTaxes(month, Currency(code), returns_of(mine), list(sold_at(mine)))
        for code, mine in sorted(shares.items())
        if mine
    ]
