"""How the screens write amounts, times and counts. The only place that formats them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, BoxofficeError, OperationFailed
from boxoffice.core.money import Currency, Money, format_money
from boxoffice.core.sale_times import NotOnSale, SaleState, SaleTimes
from boxoffice.core.staff import StaffRole
from boxoffice.core.tenders import TENDERS, TenderKind
from boxoffice.till.ui.speech import later, number, say, speaks, told
from boxoffice.till.ui.views.parts import TagView
from boxoffice.till.usecases.gateway.stock import NotEnoughHere, PoolStock

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

TENDER_ICONS: Final = {kind: row.icon for kind, row in TENDERS.items()}


def tender_name(kind: TenderKind) -> str:
    return say(TENDERS[kind].words.name)


_ROLES: Final[Mapping[StaffRole, str]] = {
    StaffRole.STEWARD: later("steward"),
    StaffRole.SELLER: later("seller"),
    StaffRole.SUPERVISOR: later("supervisor"),
    StaffRole.ORGANIZER: later("organizer"),
}


def role_name(role: StaffRole) -> str:
    return say(_ROLES[role])


def said(tag: TagView) -> TagView:
    """Returns a tag of a table in the words of now."""
    return replace(tag, text=say(tag.text))


def money(amount: Money) -> str:
    """Returns `$1,234.00`."""
    return format_money(amount)


def short_money(amount: Money) -> str:
    """Returns `$320` where there are no cents to say, else `$320.50`."""
    whole = 10**amount.currency.exponent
    text = format_money(amount)
    return text.rsplit(".", 1)[0] if amount.currency.exponent and amount.minor % whole == 0 else text


def clock(at: datetime) -> str:
    """Returns `9:14 pm`."""
    if speaks().code != "en":
        return _formatted("hm", at)
    return f"{at.hour % 12 or 12}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"


def clock_s(at: datetime) -> str:
    """Returns `9:14:02 pm`."""
    if speaks().code != "en":
        return _formatted("hms", at)
    return f"{at.hour % 12 or 12}:{at.minute:02d}:{at.second:02d} {'am' if at.hour < 12 else 'pm'}"


def day(on: date) -> str:
    """Returns `Fri, May 15`."""
    if speaks().code != "en":
        return _formatted("MMMEd", on)
    return f"{_DAYS[on.weekday()]}, {_MONTHS[on.month - 1]} {on.day}"


def days(first: date, last: date) -> str:
    """Returns `May 15–17, 2026`, as short as the two days allow."""
    if speaks().code != "en":
        return _formatted("yMMMd", first) if first == last else _interval("yMMMd", first, last)
    start = f"{_MONTHS[first.month - 1]} {first.day}"
    if first == last:
        return f"{start}, {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{start}–{last.day}, {last.year}"
    return f"{start} – {_MONTHS[last.month - 1]} {last.day}, {last.year}"


def weekdays(on: Sequence[date]) -> str:
    """Returns `Fri, Sat, Sun`, or `Fri, May 15` for one day."""
    if len(on) == 1:
        return day(on[0])
    return ", ".join(_DAYS[each.weekday()] if speaks().code == "en" else _formatted("E", each) for each in on)


def _formatted(skeleton: str, at: date) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415  # 13 ms that a till in English starts without

    written: str = format_skeleton(skeleton, at, locale=f"{speaks().code}_US")
    return written.replace("\u202f", "\xa0")  # the till's face has no narrow blank: another one's lines are taller


def _interval(skeleton: str, first: date, last: date) -> str:
    from babel.dates import format_interval  # noqa: PLC0415  # as above

    return format_interval(first, last, skeleton=skeleton, locale=f"{speaks().code}_US")


def ago(since: timedelta) -> str:
    """Returns `2 s ago`, `22 min ago`, `3 h ago`."""
    seconds = max(0, int(since.total_seconds()))
    if seconds < 60:
        return say("{seconds} s ago", seconds=seconds)
    minutes, hours = seconds // 60, seconds // 3600
    return say("{minutes} min ago", minutes=minutes) if seconds < 3600 else say("{hours} h ago", hours=hours)


def left(time: timedelta) -> str:
    """Returns `4:12`."""
    seconds = max(0, int(time.total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"


def here(units: int) -> str:
    """Returns `12 here`, or `None here`."""
    return say("{units} here", units=number(units)) if units > 0 else say("None here")


def where(pool: PoolStock) -> str:
    """Returns what is left of a pool, and where: `1 here, 2 elsewhere`, `only 1 left`, `sold out`."""
    if pool.elsewhere > 0:
        return say("{here}, {elsewhere} elsewhere", here=here(pool.here).lower(), elsewhere=number(pool.elsewhere))
    if pool.here > 0:
        return say("only {here} left", here=number(pool.here))
    if not pool.held:
        return say("sold out")
    again = say("later") if pool.retry_at is None else clock(pool.retry_at)
    return say("{held} being paid for, try again {again}", held=number(pool.held), again=again)


def _not_sold(error: NotEnoughHere) -> str:
    """Returns what is safe, and what the seller can do."""
    if not any(pool.elsewhere > 0 for pool in error.stock):
        return say("Nothing was charged. Lower the count.")
    if not error.is_online:
        return say("There is no network to ask for more. Nothing was charged. Lower the count.")
    return say("Not so many could be had from elsewhere now. Nothing was charged. Lower the count, or try again.")


def sale_words(state: SaleState, times: SaleTimes, *, is_narrow: bool = False) -> str:
    """Returns `Sale ended Fri, May 15`, or when it begins; where there is little room, on two lines."""
    if state is SaleState.NOT_YET and times.starts is not None:
        begins = later("On sale from\n{day}, {time}") if is_narrow else later("On sale from {day}, {time}")
        return say(begins, day=day(times.starts.date()), time=clock(times.starts))
    ended = later("Sale ended\n{day}") if is_narrow else later("Sale ended {day}")
    return say(ended, day=day(times.last_moment.date()))


def initials(name: str) -> str:
    """Returns at most two letters for `Door A`."""
    return "".join(word[0] for word in re.findall(r"\w+", name)[:2]).upper()


def explain(error: BoxofficeError, catalogue: Catalogue | None = None) -> tuple[str, str]:
    """Returns what happened, and the rest: what is safe and what to do next."""
    match error:
        case OperationFailed():
            return told(error.what_happened), f"{told(error.what_is_safe)} {told(error.what_to_do)}".strip()
        case NotEnoughHere():
            short = "; ".join(f"{pool.name}: {where(pool)}" for pool in error.stock)
            return f"{short}.", _not_sold(error)
        case NotOnSale():
            known = {product.id: product.name for product in catalogue.products} if catalogue else {}
            off = (f"{sale_words(error.state(p), at)}: {known.get(p, p)}" for p, at in error.products.items())
            return "; ".join(off) + ".", say("Nothing was charged. Take it out of the sale.")
        case BadInput():
            return "; ".join(told(problem.message) for problem in error.problems) + ".", say("Nothing was changed.")
        case _:
            return told(str(error)), say("Nothing was changed.")


def amount_typed(digits: str, currency: Currency) -> Money:
    """Returns what the typed digits stand for: whole units, and after a `.` the part of one."""
    whole, _, part = digits.partition(".")
    exponent = currency.exponent
    return Money(int((whole or "0") + part[:exponent].ljust(exponent, "0")), currency)
