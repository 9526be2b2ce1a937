"""The words for the sums of an order: the same rows on paper, in mails and on pages, in the reader's language."""

from typing import Final

from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.reductions import Off
from boxoffice.core.sums import Reduced, Sums, TaxSum, percent_of
from boxoffice.core.taxes import tax_name
from boxoffice.documents.languages import Language

Row = tuple[str, Money]

_REDUCED: Final = {
    Off.PERCENT.value: later("Discount {percent}: {why}"),
    Off.AMOUNT.value: later("Discount: {why}"),
    Off.PRICE.value: later("Discount: {why}"),
    Off.COMP.value: later("Comp: {why}"),
    Off.CODE.value: later("Code {code}"),
}


def sum_rows(sums: Sums, speaks: Language, currency: Currency) -> tuple[Row, ...]:
    """Returns what stands between the lines and the total, and adds up to it: subtotal, discounts, each tax on top."""
    rows = [(speaks.say("Subtotal"), sums.subtotal)]
    rows += [(reduced_words(each, speaks), -each.amount) for each in sums.reduced]
    rows += [(tax_words(tax, speaks), tax.amount) for tax in sums.added]
    return tuple((label, Money(minor, currency)) for i, (label, minor) in enumerate(rows) if minor or not i)


def included_rows(sums: Sums, exempt: str, speaks: Language, currency: Currency) -> tuple[tuple[str, str], ...]:
    """Returns what is to be told of taxes below the total: those within it already, or why there are none."""
    rows = [
        (speaks.say("Includes {tax}").format(tax=tax_words(tax, speaks)), str(Money(tax.amount, currency)))
        for tax in sums.included
    ]
    return (*rows, *([(speaks.say("Exempt from taxes"), exempt)] if exempt else []))


def reduced_words(reduced: Reduced, speaks: Language) -> str:
    """Returns such as `Discount 15 %: Member`; a reason of the list is said in the reader's language."""
    words = _REDUCED.get(reduced.kind, "Discount")
    percent = percent_of(reduced.value * 10_000)
    return speaks.say(words).format(why=speaks.say(reduced.reason), percent=percent, code=reduced.reason)


def tax_words(tax: TaxSum, speaks: Language) -> str:
    """Returns such as `City of Boulder sales tax 3.86 %`."""
    name = tax_name(tax.name, tax.authority, tax.kind, speaks.say) or speaks.say("Tax")
    return name if tax.rate_ppm is None else f"{name} {percent_of(tax.rate_ppm)}"
