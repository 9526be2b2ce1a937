"""The words for the sums of an order: the same rows on paper, in mails and on pages, in the reader's language."""

from boxoffice.core.money import Currency, Money
from boxoffice.core.sums import Sums, TaxSum, percent_of
from boxoffice.core.taxes import tax_name
from boxoffice.documents.languages import Language

Row = tuple[str, Money]


def sum_rows(sums: Sums, speaks: Language, currency: Currency) -> tuple[Row, ...]:
    """Returns what stands between the lines and the total, and adds up to it: subtotal, discount, each tax on top."""
    rows = [(speaks.say("Subtotal"), sums.subtotal), (speaks.say("Discount"), -sums.discount)]
    rows += [(tax_words(tax, speaks), tax.amount) for tax in sums.added]
    return tuple((label, Money(minor, currency)) for i, (label, minor) in enumerate(rows) if minor or not i)


def included_rows(sums: Sums, exempt: str, speaks: Language, currency: Currency) -> tuple[tuple[str, str], ...]:
    """Returns what is to be told of taxes below the total: those within it already, or why there are none."""
    rows = [
        (speaks.say("Includes {tax}").format(tax=tax_words(tax, speaks)), str(Money(tax.amount, currency)))
        for tax in sums.included
    ]
    return (*rows, *([(speaks.say("Exempt from taxes"), exempt)] if exempt else []))


def tax_words(tax: TaxSum, speaks: Language) -> str:
    """Returns such as `City of Boulder sales tax 3.86 %`."""
    name = tax_name(tax.name, tax.authority, tax.kind, speaks.say) or speaks.say("Tax")
    return name if tax.rate_ppm is None else f"{name} {percent_of(tax.rate_ppm)}"
