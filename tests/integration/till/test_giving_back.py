"""A sale whose rest can't be paid: its money goes back, its places come free, and the books are level again."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.core.ids import OrderId
from boxoffice.core.money import Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.refunds import RefundSucceeded
from boxoffice.core.payments import Approved, Declined
from boxoffice.core.tenders import TENDERS, Back, Taken, TenderKind, is_given
from boxoffice.documents.papers import Heading, papers_of
from boxoffice.till.store.facts import of_order
from boxoffice.till.usecases.giving_back import GivingBack
from boxoffice.till.usecases.recovery import Recovery
from boxoffice.till.usecases.selling import OrderClosed
from tests.examples import examples
from tests.integration.till.kit import TillOnDisk, cart, usd


def part_paid(till: TillOnDisk, *parts: tuple[TenderKind, str]) -> OrderId:
    """Returns an order of a full pass of which some parts are paid."""
    order_id = till.selling.place(cart("full-pass"))
    for kind, amount in parts:
        if kind is TenderKind.CASH:
            till.selling.take_cash(order_id, usd(amount), usd(amount))
        elif is_given(TENDERS[kind]):
            till.selling.take(order_id, kind, usd(amount), "Artist")
        else:
            tender = till.tenders.begin(order_id, kind, usd(amount))
            till.tenders.end(tender, Approved(f"pi_{tender.id}", usd(amount)))
            till.tenders.leave(tender)
    return order_id


def give_back(till: TillOnDisk, order_id: OrderId) -> None:
    GivingBack(till.context).give_back(order_id, "Card failed")


def test_cash_goes_out_of_the_drawer_and_the_order_ends_with_its_reason(till: TillOnDisk) -> None:
    order_id = part_paid(till, (TenderKind.CASH, "20"))

    give_back(till, order_id)

    order = till.orders.order(order_id)
    assert order.state is OrderState.FAILED
    assert [(each.given_back, each.is_back) for each in order.tenders] == [(usd("20"), True)]
    assert (till.balance("cash:till-1"), till.balance("unearned"), till.balance("refunds")) == (usd("0"),) * 3
    assert till.left("friday") == 10
    assert "Card failed" in till.one("SELECT payload FROM facts WHERE kind = 'refund_requested'")
    assert till.verify().problem is None


def test_what_a_card_paid_is_asked_for_and_stays_in_the_books_until_the_hub_has_sent_it(till: TillOnDisk) -> None:
    order_id = part_paid(till, (TenderKind.CASH, "20"), (TenderKind.TERMINAL, "30"))

    give_back(till, order_id)

    cash, card = till.orders.order(order_id).tenders
    assert (cash.is_back, card.given_back, card.is_back) == (True, usd("30"), False)
    assert (till.balance("stripe"), till.balance("unearned")) == (usd("30"), -usd("30"))
    refund = till.one("SELECT id FROM refunds WHERE status = 'requested'")
    till.hear(
        RefundSucceeded(
            order_id=order_id,
            tender_id=card.id,
            tender="terminal",
            amount=3000,
            currency="USD",
            refund_id=refund,
            unearned=3000,
        )
    )
    assert (till.balance("stripe"), till.balance("unearned")) == (usd("0"), usd("0"))
    assert till.orders.order(order_id).tenders[1].is_back
    assert till.verify().problem is None


def test_the_receipt_says_what_was_taken_and_what_went_back(till: TillOnDisk) -> None:
    order_id = part_paid(till, (TenderKind.CASH, "20"), (TenderKind.TERMINAL, "30"))
    give_back(till, order_id)

    with till.store.reading() as connection:
        facts = of_order(connection, order_id)
    heading = Heading("Fest", ("Ballroom",), (date(2026, 5, 15),), "America/Denver", "Door A")
    receipt, tickets = papers_of(heading, facts)

    assert [tender.amount_text for tender in receipt.tenders] == ["$20.00", "$30.00"]
    assert [amount for _, amount in receipt.given_back] == ["−$20.00", "−$30.00", "$0.00"]
    assert receipt.missing == ("Not paid", "$100.00")
    assert (receipt.status_text, tickets) == ("Given back", ())


def test_again_it_gives_nothing(till: TillOnDisk) -> None:
    order_id = part_paid(till, (TenderKind.CASH, "20"))

    give_back(till, order_id)
    give_back(till, order_id)

    assert till.one("SELECT count(*) FROM refunds") == 1


def test_nothing_is_given_back_while_a_payment_may_still_come_in(till: TillOnDisk) -> None:
    order_id = part_paid(till, (TenderKind.CASH, "20"))
    till.tenders.mark_unknown(till.tenders.begin(order_id, TenderKind.TERMINAL, usd("130")), "no answer")

    with pytest.raises(OrderClosed, match="may still come in"):
        give_back(till, order_id)

    assert till.balance("cash:till-1") == usd("20")


def test_when_the_unknown_payment_was_refused_it_can_be_given_back(till: TillOnDisk) -> None:
    order_id = part_paid(till, (TenderKind.CASH, "20"))
    tender = till.tenders.begin(order_id, TenderKind.TERMINAL, usd("130"))
    till.tenders.mark_unknown(tender, "no answer")
    till.tenders.end(tender, Declined("card_declined", "The bank declined this card."))

    give_back(till, order_id)

    assert till.balance("cash:till-1") == usd("0")
    assert till.verify().problem is None


def test_a_sale_that_was_paid_in_full_is_not_given_back_here(till: TillOnDisk) -> None:
    order_id = till.selling.sell_for_cash(cart("full-pass"), usd("150"))

    with pytest.raises(OrderClosed, match="is completed"):
        give_back(till, order_id)

    assert till.balance("cash:till-1") == usd("150")


def test_after_a_restart_a_part_paid_sale_still_waits_with_its_places(till: TillOnDisk) -> None:
    order_id = part_paid(till, (TenderKind.CASH, "20"))
    till.reopen()
    recovery = Recovery(till.orders, till.selling)
    recovery.look_back()

    recovery.give_up_orphans()

    assert till.orders.open_ids() == (order_id,)
    assert till.left("friday") == 9
    till.selling.take_cash(order_id, usd("130"), usd("130"))
    assert till.orders.order(order_id).is_paid
    assert till.verify().problem is None


KINDS = st.sampled_from(
    [kind for kind, row in TENDERS.items() if row.is_begun_at_till and row.taken is not Taken.CARD_ON_HAND]
)
"""A gift card is tried where there is one."""
LEAST = 50
"""What a card pays at least, in cents."""


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(parts=st.lists(st.tuples(KINDS, st.integers(LEAST, 4999)), min_size=1, max_size=3))
def test_whatever_paid_a_part_the_drawer_is_level_and_only_the_providers_share_is_still_held(
    till: TillOnDisk, parts: list[tuple[TenderKind, int]]
) -> None:
    before = till.balance("stripe")
    left = till.left("friday")

    give_back(till, part_paid(till, *((kind, str(Money(minor, usd("1").currency))[1:]) for kind, minor in parts)))

    by_provider = sum(minor for kind, minor in parts if TENDERS[kind].back is Back.PROVIDER)
    assert till.balance("cash:till-1") == usd("0")
    assert (till.balance("stripe") - before).minor == by_provider
    assert till.balance("unearned") == -till.balance("stripe")
    assert till.left("friday") == left
    assert till.verify().problem is None
