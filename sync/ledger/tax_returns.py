"""The tax returns of a month, of all events, from the ledger alone."""

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.bank import ReturnFiled
from boxoffice.core.tax_offices import offices_of
from boxoffice.core.tax_returns import Share, SoldAt, TaxRow, returns_of, sold_at
from sync.ledger.hub import Hub
from sync.store.chain import utc_now
from sync.store.tax_filing import Filed, collectors, note_filed
from sync.store.tax_returns import months_to_file, sales_places, shares_between


class NotFiled(BoxofficeError):
    """A return can't be marked as filed; nothing was changed."""


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


def is_over(connection: Connection, month: date) -> bool:
    """Returns whether all that belongs on the month's returns has been sold: it has ended at each place of sale."""
    next_one, now = (month + timedelta(days=32)).replace(day=1), utc_now()
    return all(now.astimezone(ZoneInfo(place.timezone)).date() >= next_one for place in sales_places(connection))


def file_return(hub: Hub, office: str, month: date, currency: str, reference: str, by: str) -> None:
    """Writes down that a month's return was filed with an office, with what it comes to now.

    Raises:
        NotFiled: if there is nothing to file there, or the month is not over.
    """

    def file(connection: Connection) -> None:
        if not is_over(connection, month):
            raise NotFiled(later("This month is not over: what is sold until its end belongs on the return."))
        found = next((each for each in _taxes(connection, month) if each.currency.code == currency), None)
        named = {name: (each.collected_by, each.pays) for name, each in collectors(connection).items()}
        offices = [] if found is None else offices_of(found.returns, named)
        mine = next((each for each in offices if each.name == office), None)
        if mine is None:
            raise NotFiled(later("Nothing of this month is filed there."))
        note_filed(connection, Filed(office, month, currency, mine.to_pay, reference, by, utc_now()))
        filed = ReturnFiled(
            office=office,
            month=f"{month:%Y-%m}",
            amount=mine.to_pay,
            currency=currency,
            reference=reference,
            by=by,
        )
        hub.write(connection, [filed], None)

    hub.database.run(file)


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
