"""The words for the sums of an order: the same rows on paper, in mails and on pages, in the reader's language."""

from boxoffice.core.money import Currency, Money
from boxoffice.core.sums import Sums, TaxSum, percent_of
from boxoffice.documents.languages import Language

Row = tuple[str, Money]


def sum_rows(sums: Sums, speaks: Language, currency: Currency) -> tuple[Row, ...]:
    """Returns what stands between the lines and the total, and adds up to it: subtotal, discount, each tax on top."""
    rows = [(speaks.say("Subtotal"), sums.subtotal), (speaks.say("Discount"), -sums.discount)]
    rows += [(tax_words(tax, speaks), tax.amount) for tax in sums.added]
    return tuple((label, Money(minor, currency)) for i, (label, minor) in enumerate(rows) if minor or not i)


def included_rows(sums: Sums, speaks: Language, currency: Currency) -> tuple[Row, ...]:
    """Returns the taxes that are within the total already, to be told below it."""
    return tuple(
        (speaks.say("Includes {tax}").format(tax=tax_words(tax, speaks)), Money(tax.amount, currency))
        for tax in sums.included
    )


def tax_words(tax: TaxSum, speaks: Language) -> str:
    """Returns such as `Boulder sales tax 8.845 %`."""
    if tax.rate_ppm is None:
        return tax.name or speaks.say("Tax")
    return f"{tax.name} {percent_of(tax.rate_ppm)}"
