"""The ledger as a plain double-entry journal, in the syntax of beancount (which ledger and hledger can import)."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.money import Currency
from sync.store.closing import Posted

_ROOTS: Final = {
    **dict.fromkeys(("cash", "safe", "bank", "stripe", "paypal", "transit", "swaps", "outside"), "Assets"),
    **dict.fromkeys(("unearned", "stored_value", "tax"), "Liabilities"),
    **dict.fromkeys(("fees", "refunds", "discounts", "losses", "disputes"), "Expenses"),
}
"""What an account is, by its first word; what is not here is earned."""


def beancount(posted: Iterable[Posted], title: str, timezone: str) -> str:
    """Returns the postings of facts as transactions, with the opening of every account before them.

    Debits are positive, as in the ledger. A fact is one transaction, on its day in the event's time zone.
    """
    zone = ZoneInfo(timezone)
    body: list[str] = []
    opened: dict[str, tuple[date, set[str]]] = {}
    for _, lines in groupby(posted, key=lambda each: each.id):
        rows = list(lines)
        day = rows[0].occurred_at.astimezone(zone).date()
        body += _transaction(rows, day)
        for each in rows:
            name = account_name(each.account)
            first, currencies = opened.setdefault(name, (day, set()))
            opened[name] = (min(first, day), currencies | {each.currency})
    opens = [f"{day} open {name} {','.join(sorted(codes))}" for name, (day, codes) in sorted(opened.items())]
    return "\n".join([f'option "title" {_text(title)}', "", *opens, "", *body])


def account_name(account: str) -> str:
    """Returns an account as beancount writes it: `cash:Door A` is `Assets:Cash:Door-A`."""
    parts = account.split(":")
    return ":".join((_ROOTS.get(parts[0], "Income"), *map(_component, parts)))


def _component(text: str) -> str:
    plain = "".join(each if each.isalnum() else "-" for each in text).strip("-") or "X"
    return plain[0].upper() + plain[1:]


def _transaction(rows: list[Posted], day: date) -> Iterator[str]:
    about = rows[0]
    yield f"{day} * {_text(about.kind.replace('_', ' '))}"
    yield f"  fact: {_text(about.id)}"
    if about.order_number is not None:
        yield f"  order: {_text(about.order_number)}"
    for each in rows:
        amount = Decimal(each.amount).scaleb(-Currency(each.currency).exponent)
        yield f"  {account_name(each.account)}  {amount:f} {each.currency}"
    yield ""


def _text(words: str) -> str:
    plain = " ".join(words.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'
