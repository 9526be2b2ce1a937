"""What a shift took adds up, however it was sold, paid, rounded and refunded."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.facts import Fact
from boxoffice.core.ledger import postings
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.stored_value import GiftCardCashedOut
from boxoffice.core.payloads.tickets import Earned, TicketsIssued
from boxoffice.core.shift_report import Placed, ShiftReport, Tally, report_of
from boxoffice.core.tenders import TENDERS
from tests.examples import examples
from tests.unit.core.builders import chain
from tests.unit.core.sold import Sold, sold


def reported(facts: list[Fact]) -> ShiftReport:
    return report_of(facts, device_id=str(facts[0].device_id), currency="USD", hour_of=lambda at: at.hour)


def accounts(facts: list[Fact]) -> Counter[str]:
    found: Counter[str] = Counter()
    for fact in facts:
        for posting in postings(fact):
            found[posting.account.partition(":")[0]] += posting.amount.minor
    return found


@settings(max_examples=examples(30))
@given(st.lists(sold(), min_size=1, max_size=4))
def test_every_block_of_a_report_adds_up_to_the_net_that_the_ledger_has(orders: list[Sold]) -> None:
    facts = [fact for order in orders for fact in order.facts]

    report, books = reported(facts), accounts(facts)

    earned = -sum(books[each] for each in ("sales", "donations", "tax", "discounts", "refunds"))
    assert report.net == earned
    cards = report.cards_sold.amount - report.cards_out.amount
    assert report.money - report.rounding == report.net + report.unfinished + cards
    assert report.unfinished == -books["unearned"]
    assert report.tax == -books["tax"]
    paid = {row.account.partition(":")[0] for row in TENDERS.values() if row.is_money}
    assert report.money == sum(books[each] for each in (*paid, "transit"))
    assert sum(each.amount for each in report.staff.values()) == report.sales.amount
    assert sum(each.amount for each in report.hours.values()) == report.sales.amount
    assert report.drawer.expected == books["cash"]


@settings(max_examples=examples(20))
@given(st.lists(sold(), min_size=2, max_size=4), st.data())
def test_two_shifts_together_took_what_one_would_have_wherever_they_are_parted(
    orders: list[Sold], data: st.DataObject
) -> None:
    facts = [fact for order in orders for fact in order.facts]
    at = data.draw(st.integers(1, len(facts) - 1))
    placed = {
        fact.payload["order_id"]: Placed(OrderPlaced.model_validate(fact.payload), fact.staff_id)
        for fact in facts
        if fact.kind.value == "order_placed"
    }

    def part(some: list[Fact]) -> ShiftReport:
        device = str(facts[0].device_id)
        return report_of(some, device_id=device, currency="USD", hour_of=lambda at: at.hour, placed=placed)

    whole, first, second = part(facts), part(facts[:at]), part(facts[at:])

    for what in ("net", "money", "tax", "rounding", "unfinished", "sold_total"):
        assert getattr(whole, what) == getattr(first, what) + getattr(second, what), what


def test_what_is_put_on_gift_cards_and_paid_out_of_them_stands_apart_from_sales() -> None:
    """A card of $50 for cash, $30 of it spent on a gift, $4 of the rest paid out."""
    sale, spent = line_of("gift_card", 5_000), line_of("donation", 3_000)
    drawer = {"drawer": "till-1", "currency": "USD"}
    paid = {"currency": "USD", "tender_id": "p", "amount": 5_000}
    off = {**paid, "amount": 3_000, "card_id": "c", "grant_id": "g", "order_id": "b"}
    facts = chain(
        [
            PaymentCaptured(**paid, order_id="a", tender="cash", drawer="till-1"),
            TicketsIssued(order_id="a", currency="USD", total=5_000, earned=(sale,), tickets=()),
            PaymentCaptured(**off, tender="stored_value"),
            TicketsIssued(order_id="b", currency="USD", total=3_000, earned=(spent,), tickets=()),
            GiftCardCashedOut(**drawer, card_id="c", grant_id="g", amount=400, rounding=-1),
        ]
    )

    report, books = reported(facts), accounts(facts)

    assert (report.cards_sold, report.cards_out) == (Tally(1, 5_000), Tally(1, 400))
    assert report.net == 3_000 == report.sold_total == -books["donations"]
    assert books["stored_value"] == -5_000 + 3_000 + 400
    assert report.money - report.rounding == report.net + 5_000 - 400
    assert report.drawer.expected == books["cash"] == 5_000 - 399


def line_of(kind: str, net: int) -> Earned:
    return Earned(product_id=kind, kind=kind, net=net, tax=0)
