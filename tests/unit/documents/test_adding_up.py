"""Every receipt adds up, whatever is in the order and whatever it is drawn on."""

import re
from datetime import date
from html import unescape

import pymupdf
from hypothesis import given, settings

from boxoffice.core.sums import paid_of, sums_of
from boxoffice.documents.blocks import Pair, receipt_blocks
from boxoffice.documents.escpos import receipt_escpos
from boxoffice.documents.html import receipt_html, receipt_text
from boxoffice.documents.model import Paper, Receipt
from boxoffice.documents.papers import Heading, papers_of
from boxoffice.documents.receipt import receipt_pdf
from tests.examples import examples
from tests.unit.core.sold import Sold, sold

AMOUNT = re.compile(r"([−-]?)\$([\d,]+)\.(\d\d)")


def receipt_of(order: Sold, language: str = "en") -> Receipt:
    heading = Heading("Fest", ("Hall",), (date(2026, 5, 15),), "America/Denver", "till 1", language=language)
    return papers_of(heading, order.facts)[0]


def minor(text: str) -> int:
    sign, whole, part = AMOUNT.findall(text)[-1]
    return (-1 if sign else 1) * (int(whole.replace(",", "")) * 100 + int(part))


def must_add_up(receipt: Receipt) -> None:
    total = minor(receipt.total_text)
    assert sum(minor(line.amount_text) for line in receipt.lines) == minor(receipt.subtotal_text)
    assert sum(minor(text) for _, text in receipt.sums) == total
    missing = minor(receipt.missing[1]) if receipt.missing else 0
    paid = sum(minor(tender.amount_text) for tender in receipt.tenders)
    rounded = minor(receipt.rounded[1]) if receipt.rounded else 0
    assert paid + rounded + missing == total
    if receipt.given_back:
        *refunds, (_, kept) = receipt.given_back
        assert paid + sum(minor(text) for _, text in refunds) == minor(kept)


def shown(receipt: Receipt) -> list[tuple[str, int]]:
    """Returns every row of sums that a reader must see, in order."""
    rows = [*receipt.sums, ("", receipt.total_text), *receipt.included]
    rows += [(tender.label, tender.amount_text) for tender in receipt.tenders]
    return [(label, minor(text)) for label, text in [*rows, *receipt.ends]]


def rows_in(text: str, rows: list[tuple[str, int]]) -> None:
    """Asserts that the rows are there with their amounts, in this order; blanks and line ends don't matter."""
    flat = re.sub(r"\s", "", text).replace("-$", "−$").replace("****", "••••")
    at = flat.index("Subtotal")
    for label, amount in rows:
        sign = "−" if amount < 0 else ""
        bare = re.sub(r"\s", "", label)
        at = flat.index(f"{bare}{sign}${abs(amount) // 100:,}.{abs(amount) % 100:02d}", at)


def amounts_in(text: str, rows: list[tuple[str, int]]) -> None:
    """Asserts that the amounts of the rows are there, in this order: a narrow roll breaks their labels."""
    found = iter(minor("".join(match)) for match in re.findall(r"([−-]?)(\$[\d,]+\.\d\d)", text))
    for _, amount in rows:
        assert amount in found


@given(sold())
def test_the_rows_of_an_order_add_up_to_its_total_and_its_payments(order: Sold) -> None:
    sums, paid = sums_of(order.placed.lines), paid_of(order.placed, order.facts)

    assert sums.subtotal - sums.discount + sum(tax.amount for tax in sums.added) == sums.total == order.placed.total
    assert sum(tax.amount for tax in (*sums.added, *sums.included)) == order.placed.tax
    assert sum(payment.amount for payment in paid.payments) + paid.missing == order.placed.total
    rounded_back = sum(each.rounding for each in paid.refunds)
    assert paid.kept == order.paid - order.refunded + paid.rounding - rounded_back
    must_add_up(receipt_of(order))
    must_add_up(receipt_of(order, "es"))


@given(sold())
def test_each_tax_has_a_row_of_its_own_with_its_name_and_rate(order: Sold) -> None:
    receipt = receipt_of(order)

    labels = [label for label, _ in (*receipt.taxes, *receipt.included)]
    taxes = {tax.rate for line in order.priced.lines for tax in line.taxes if tax.amount.minor}
    assert len(labels) == len(set(labels)) == len(taxes)
    for tax in taxes:
        assert any(tax.name in label and "%" in label for label in labels)


@given(sold())
@settings(max_examples=examples(40))
def test_mails_and_the_roll_show_the_rows_that_add_up(order: Sold) -> None:
    receipt = receipt_of(order)
    rows = shown(receipt)

    rows_in(unescape(re.sub(r"<[^>]+>", " ", receipt_html(receipt))), rows)
    rows_in(receipt_text(receipt), rows)
    amounts_in(receipt_escpos(receipt).decode("cp858"), rows)
    pairs = [minor(block.right) for block in receipt_blocks(receipt) if isinstance(block, Pair) and "$" in block.right]
    assert all(amount in pairs for _, amount in rows)


@given(sold())
@settings(max_examples=examples(15), deadline=None)
def test_papers_show_the_rows_that_add_up(order: Sold) -> None:
    receipt = receipt_of(order)

    for paper in Paper:
        with pymupdf.open(stream=receipt_pdf(receipt, paper)) as document:  # type: ignore[no-untyped-call]
            words = " ".join(page.get_text() for page in document)
        for _, amount in shown(receipt):
            text = f"{abs(amount) // 100:,}.{abs(amount) % 100:02d}"
            assert text in words
