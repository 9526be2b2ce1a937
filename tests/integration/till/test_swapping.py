"""One product swapped for another: nothing happens until the difference is paid, and then all of it at once."""

import pytest

from boxoffice.core.door_refunds import Wish
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Money
from boxoffice.core.payments import Approved, Declined
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.recovery import Recovery
from boxoffice.till.usecases.refunding import CashRefunds
from boxoffice.till.usecases.swapping import Swapping
from tests.integration.till.kit import TillOnDisk, cart, usd

TICKETS = "SELECT group_concat(product_id || ' ' || status, ', ') FROM (SELECT * FROM tickets ORDER BY id)"
FIRST = (0, 0)


@pytest.fixture
def social(till: TillOnDisk) -> OrderId:
    """A Saturday social for $25.00, paid in cash."""
    return till.selling.sell_for_cash(cart("social"), usd("25"))


def by_card(till: TillOnDisk, product: str, price: str) -> OrderId:
    order = till.selling.place(cart(product))
    tender = till.tenders.begin(order, TenderKind.TERMINAL, usd(price))
    till.tenders.end(tender, Approved(f"pi_{order}", usd(price)))
    till.tenders.leave(tender)
    return order


def begin(till: TillOnDisk, order: OrderId, *wanted: str) -> OrderId:
    return Swapping(till.context, till.selling).begin(order, (FIRST,), cart(*wanted))


def due(till: TillOnDisk, order: OrderId) -> Money:
    return till.orders.order(order).due


def test_a_dearer_one_is_paid_by_what_was_paid_and_the_difference(till: TillOnDisk, social: OrderId) -> None:
    new = begin(till, social, "saturday-pass")
    assert due(till, new) == usd("60")
    assert till.one(TICKETS) == "social valid"

    till.selling.take_cash(new, usd("60"), usd("60"))

    order = till.orders.order(new)
    assert order.is_paid
    assert [(each.kind, each.amount) for each in order.tenders] == [
        (TenderKind.CASH, usd("60")),
        (TenderKind.SWAP, usd("25")),
    ]
    assert till.one(TICKETS) == "social voided, saturday-pass valid"
    assert (till.balance("cash:till-1"), till.balance("swaps"), till.balance("unearned")) == (
        usd("85"),
        usd("0"),
        usd("0"),
    )
    assert till.verify().problem is None


@pytest.mark.parametrize("outcome", ["approved", "declined"])
def test_by_card_nothing_changes_until_it_is_approved(till: TillOnDisk, social: OrderId, outcome: str) -> None:
    new = begin(till, social, "saturday-pass")
    tender = till.tenders.begin(new, TenderKind.TERMINAL, usd("60"))
    assert till.one(TICKETS) == "social valid"

    approved = Approved("pi_1", usd("60"))
    till.tenders.end(tender, approved if outcome == "approved" else Declined("card_declined", "No."))

    if outcome == "approved":
        assert till.one(TICKETS) == "social voided, saturday-pass valid"
    else:
        till.tenders.leave(tender)
        till.selling.abandon(new, "given up")
        assert (till.one(TICKETS), till.left("saturday")) == ("social valid", 10)
    assert till.balance("swaps") == usd("0")
    assert till.verify().problem is None


def test_one_that_costs_the_same_is_swapped_at_once(till: TillOnDisk) -> None:
    order = till.selling.sell_for_cash(cart("friday-pass"), usd("65"))

    new = begin(till, order, "sunday-pass")

    assert till.orders.order(new).is_paid
    assert till.one(TICKETS) == "friday-pass voided, sunday-pass valid"
    assert till.balance("cash:till-1") == usd("65")
    assert till.verify().problem is None


def test_for_a_cheaper_one_the_difference_goes_back_in_cash(till: TillOnDisk) -> None:
    order = till.selling.sell_for_cash(cart("saturday-pass"), usd("85"))

    begin(till, order, "social")

    assert till.balance("cash:till-1") == usd("25")
    assert till.one(TICKETS) == "saturday-pass voided, social valid"
    assert till.verify().problem is None


def test_what_a_card_paid_pays_for_the_other_one_and_no_cash_goes_back_for_it(till: TillOnDisk) -> None:
    order = by_card(till, "social", "25")

    new = begin(till, order, "saturday-pass")
    till.selling.take_cash(new, usd("60"), usd("60"))

    assert (till.balance("stripe"), till.balance("cash:till-1")) == (usd("25"), usd("60"))
    with pytest.raises(BadInput, match="not paid in cash"):
        begin(till, by_card(till, "saturday-pass", "85"), "social")
    assert till.verify().problem is None


def test_a_ticket_is_swapped_or_given_back_once(till: TillOnDisk, social: OrderId) -> None:
    new = begin(till, social, "saturday-pass")
    CashRefunds(till.context).give_back(social, Wish((FIRST,)), "")  # while the card is looked for

    assert due(till, new) == usd("85")
    with pytest.raises(BadInput, match="given back before"):
        begin(till, social, "friday-pass")
    till.selling.take_cash(new, usd("85"), usd("85"))
    assert till.orders.order(new).is_paid
    assert till.verify().problem is None


def test_after_a_power_cut_before_the_end_the_old_ticket_works_and_the_places_are_free(
    till: TillOnDisk, social: OrderId
) -> None:
    begin(till, social, "saturday-pass")
    till.reopen()
    recovery = Recovery(till.orders, till.selling)
    recovery.look_back()

    recovery.give_up_orphans()

    assert (till.one(TICKETS), till.left("saturday")) == ("social valid", 10)
    assert till.verify().problem is None


def test_a_card_that_was_charged_as_the_power_went_ends_the_swap_after_the_restart(
    till: TillOnDisk, social: OrderId
) -> None:
    new = begin(till, social, "saturday-pass")
    tender = till.tenders.begin(new, TenderKind.TERMINAL, usd("60"))
    till.reopen()

    till.tenders.end(till.tenders.tender(tender.id), Approved("pi_1", usd("60")))

    assert till.one(TICKETS) == "social voided, saturday-pass valid"
    assert till.verify().problem is None
