"""What a shift took adds up, however it was sold, paid, rounded and refunded."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.facts import Fact
from boxoffice.core.ledger import postings
from boxoffice.core.shift_report import ShiftReport, report_of
from boxoffice.core.tenders import TENDERS
from tests.unit.core.sold import Sold, sold


def reported(facts: list[Fact]) -> ShiftReport:
    return report_of(facts, device_id=str(facts[0].device_id), currency="USD", hour_of=lambda at: at.hour)


def accounts(facts: list[Fact]) -> Counter[str]:
    found: Counter[str] = Counter()
    for fact in facts:
        for posting in postings(fact):
            found[posting.account.partition(":")[0]] += posting.amount.minor
    return found


@settings(max_examples=60)
@given(st.lists(sold(), min_size=1, max_size=4))
def test_every_block_of_a_report_adds_up_to_the_net_that_the_ledger_has(orders: list[Sold]) -> None:
    facts = [fact for order in orders for fact in order.facts]

    report, books = reported(facts), accounts(facts)

    earned = -sum(books[each] for each in ("sales", "donations", "tax", "discounts", "refunds"))
    assert report.net == earned
    assert report.money - report.rounding == report.net + report.unfinished
    assert report.unfinished == -books["unearned"]
    assert report.tax == -books["tax"]
    paid = {row.account.partition(":")[0] for row in TENDERS.values() if row.is_money}
    assert report.money == sum(books[each] for each in (*paid, "transit"))
    assert sum(each.amount for each in report.staff.values()) == report.sales.amount
    assert sum(each.amount for each in report.hours.values()) == report.sales.amount
    assert report.drawer.expected == books["cash"]


@settings(max_examples=30)
@given(st.lists(sold(), min_size=2, max_size=4), st.data())
def test_two_shifts_together_took_what_one_would_have_wherever_they_are_parted(
    orders: list[Sold], data: st.DataObject
) -> None:
    facts = [fact for order in orders for fact in order.facts]
    at = data.draw(st.integers(1, len(facts) - 1))
    placed = {
        fact.payload["order_id"]: {**fact.payload, "staff_id": fact.staff_id}
        for fact in facts
        if fact.kind.value == "order_placed"
    }

    def part(some: list[Fact]) -> ShiftReport:
        device = str(facts[0].device_id)
        return report_of(some, device_id=device, currency="USD", hour_of=lambda at: at.hour, placed=placed)

    whole, first, second = part(facts), part(facts[:at]), part(facts[at:])

    for what in ("net", "money", "tax", "rounding", "unfinished", "sold_total"):
        assert getattr(whole, what) == getattr(first, what) + getattr(second, what), what
