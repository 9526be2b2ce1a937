"""Taxes of an event that somebody must look at before doors open: a rate that ends, or that nobody has asked about."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.languages import later
from boxoffice.core.sums import percent_of
from boxoffice.core.taxes import TaxRate, tax_name


class Stale(Enum):
    """What is the matter with a rate, in words with its `tax` and `day`."""

    ENDED = later("{tax} ended on {day}, and no rate follows it: nothing is taken. Ask your tax office.")
    ENDS = later("{tax} ends on {day}, before the event does, and no rate follows it. Ask your tax office.")
    UNASKED = later("{tax} was last looked at on {day}, over a year ago. Ask your tax office whether it still holds.")


@dataclass(frozen=True, slots=True)
class StaleTax:
    tax: TaxRate
    what: Stale
    day: date

    def words(self, say: Callable[[str], str] = str) -> str:
        """Returns what is to be told, in the language that `say` speaks."""
        name = tax_name(self.tax.name, self.tax.authority, self.tax.kind.value, say)
        return say(self.what.value).format(tax=f"{name} {percent_of(self.tax.rate_ppm)}", day=self.day.isoformat())


def stale_taxes(catalogue: Catalogue, today: date) -> tuple[StaleTax, ...]:
    """Returns each tax once that is wrong, or may be, on a day of the event; nothing once the event is over."""
    last = max(catalogue.days)
    if last < today:
        return ()
    found = (each for product in catalogue.products for each in _stale(catalogue.taxes_of(product), today, last))
    return tuple({each.tax.id: each for each in found}.values())


def _stale(taxes: tuple[TaxRate, ...], today: date, last: date) -> Iterator[StaleTax]:
    for tax in taxes:
        ends, asked = tax.valid_until, tax.checked or tax.valid_from
        if ends is not None and ends < last and not _is_followed(tax, ends, today, taxes):
            yield StaleTax(tax, Stale.ENDED if ends < today else Stale.ENDS, ends)
        elif asked is not None and tax.is_valid_on(today) and _a_year_after(asked) < today:
            yield StaleTax(tax, Stale.UNASKED, asked)


def _is_followed(tax: TaxRate, ends: date, today: date, taxes: Iterable[TaxRate]) -> bool:
    """Returns whether the tax has another rate by the day after, or by today."""
    by = max(ends + timedelta(days=1), today)
    later_rates = (other for other in taxes if tax.is_same_tax(other) and (other.valid_until or date.max) > ends)
    return any((other.valid_from or date.min) <= by for other in later_rates)


def _a_year_after(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if is_leap_day else day.day)
