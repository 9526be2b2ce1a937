"""What a sales report counts is the same money on both sides, and no more of a thing than was sold."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given

from boxoffice.core.facts import read_payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundSucceeded
from boxoffice.core.sales_entries import EntryKind, SalesEntries, SalesEntry, Side
from boxoffice.core.tenders import tender_of
from tests.unit.core.sold import Sold, given_up, sold

_AT = datetime(2026, 5, 15, 20, tzinfo=UTC)


def entries_of(order: Sold) -> list[SalesEntry]:
    said = [(fact.occurred_at, read_payload(fact)) for fact in order.facts]
    return list(SalesEntries(order.placed, _AT).of(said))


def brought(entries: list[SalesEntry], side: Side) -> int:
    return sum(each.paid for each in entries if each.side is side)


def money_in(order: Sold) -> int:
    """Returns what was paid with money and not given back."""
    said = [read_payload(fact) for fact in order.facts]
    paid = sum(each.amount for each in said if isinstance(each, PaymentCaptured) and tender_of(each.tender).is_money)
    back = sum(each.amount for each in said if isinstance(each, RefundSucceeded) and tender_of(each.tender).is_money)
    again = [each for each in said if isinstance(each, RefundFailed) and each.is_reversal]
    return paid - back + sum(each.amount for each in again if tender_of(each.tender).is_money)


@given(sold() | given_up())
def test_things_and_tenders_bring_the_same(order: Sold) -> None:
    entries = entries_of(order)

    assert brought(entries, Side.THINGS) == brought(entries, Side.MONEY) == money_in(order)


@given(sold() | given_up())
def test_no_line_has_less_than_nothing_of_anything(order: Sold) -> None:
    quantity, paid, tax = Counter[int](), Counter[int](), Counter[int]()
    for each in entries_of(order):
        if each.line is not None:
            quantity[each.line] += each.quantity
            paid[each.line] += each.paid
            tax[each.line] += each.tax

    for i, line in enumerate(order.placed.lines):
        assert 0 <= quantity[i] <= line.quantity
        assert 0 <= paid[i] <= line.total
        assert 0 <= tax[i] <= line.tax


@given(sold())
def test_each_entry_adds_up_by_itself(order: Sold) -> None:
    for each in entries_of(order):
        if each.kind in (EntryKind.SALE, EntryKind.FREE):
            assert each.full - each.discount == each.paid


@given(sold())
def test_an_order_that_is_given_back_whole_has_nothing_left(order: Sold) -> None:
    entries = entries_of(order)
    if order.paid == order.refunded > 0:
        assert sum(each.quantity for each in entries) == 0
