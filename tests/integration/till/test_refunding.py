"""Money that goes back at the door: cash out of this drawer, at once, by things or by amount, and never too much."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxoffice.core.door_refunds import Wish
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import OrderId, StaffId
from boxoffice.core.payments import Approved
from boxoffice.core.rights import NeedsApproval
from boxoffice.core.staff import Person, StaffRole
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.refunding import CashRefunds, NeedsTheHub
from tests.examples import examples
from tests.integration.till.kit import TillOnDisk, cart, usd

PASS, SHIRT = (0, 0), (1, 0)


@pytest.fixture
def order(till: TillOnDisk) -> OrderId:
    """A full pass for $150.00 and a T-shirt for $30.00, paid in cash."""
    return till.selling.sell_for_cash(cart("full-pass", "t-shirt"), usd("200"))


def give_back(till: TillOnDisk, order: OrderId, *parts: tuple[int, int], amount: str = "") -> None:
    wish = Wish(parts, usd(amount).minor if amount else None)
    CashRefunds(till.context).give_back(order, wish, "Changed mind")


def tickets(till: TillOnDisk) -> Any:
    return till.one("SELECT group_concat(status) FROM tickets")


def test_the_whole_order_goes_back_out_of_the_drawer_and_its_ticket_ends(till: TillOnDisk, order: OrderId) -> None:
    give_back(till, order, PASS, SHIRT)

    assert till.balance("cash:till-1") == usd("0")
    assert tickets(till) == "voided"
    (tender,) = till.orders.order(order).tenders
    assert (tender.given_back, tender.is_back) == (tender.amount, True)
    assert till.verify().problem is None


def test_one_thing_goes_back_and_the_rest_can_go_back_later_but_nothing_twice(till: TillOnDisk, order: OrderId) -> None:
    total = till.balance("cash:till-1")

    give_back(till, order, SHIRT)

    back = total - till.balance("cash:till-1")
    assert tickets(till) == "valid"
    with pytest.raises(BadInput, match="given back before"):
        give_back(till, order, SHIRT)
    give_back(till, order, PASS)
    assert (till.balance("cash:till-1"), tickets(till)) == (usd("0"), "voided")
    assert back.minor > 0
    with pytest.raises(BadInput, match="at most"):
        give_back(till, order, amount="0.01")
    assert till.verify().problem is None


def test_an_amount_alone_leaves_the_ticket_valid(till: TillOnDisk, order: OrderId) -> None:
    before = till.balance("cash:till-1")

    give_back(till, order, amount="12.50")

    assert before - till.balance("cash:till-1") == usd("12.50")
    assert tickets(till) == "valid"


@pytest.mark.parametrize("amount", ["0", "100000"])
def test_no_more_goes_back_than_was_paid_and_never_nothing(till: TillOnDisk, order: OrderId, amount: str) -> None:
    before = till.balance("cash:till-1")

    with pytest.raises(BadInput, match="at most"):
        give_back(till, order, amount=amount)

    assert till.balance("cash:till-1") == before


def test_what_a_card_paid_is_the_hubs_to_give_back(till: TillOnDisk) -> None:
    order = till.selling.place(cart("full-pass"))
    tender = till.tenders.begin(order, TenderKind.TERMINAL, usd("150"))
    till.tenders.end(tender, Approved("pi_1", usd("150")))

    with pytest.raises(NeedsTheHub):
        give_back(till, order, PASS)

    assert (tickets(till), till.one("SELECT count(*) FROM refunds")) == ("valid", 0)


def test_of_a_split_order_the_cash_part_goes_back_first(till: TillOnDisk) -> None:
    order = till.selling.place(cart("full-pass"))
    till.selling.take_cash(order, usd("50"), usd("50"))
    tender = till.tenders.begin(order, TenderKind.TERMINAL, usd("100"))
    till.tenders.end(tender, Approved("pi_1", usd("100")))

    give_back(till, order, amount="50")

    assert till.balance("cash:till-1") == usd("0")
    with pytest.raises(NeedsTheHub):
        give_back(till, order, amount="0.01")


def test_a_seller_asks_somebody_who_may_and_the_facts_name_both(till: TillOnDisk, order: OrderId) -> None:
    operator = till.context.operator
    seller = Person(StaffId("staff-1"), "Maya", StaffRole.SELLER)
    operator.let_act(seller, is_staffed=True)
    with pytest.raises(NeedsApproval):
        give_back(till, order, PASS)

    with operator.approved(Person(StaffId("staff-2"), "Ana", StaffRole.SUPERVISOR)):
        give_back(till, order, PASS)

    row = "SELECT staff_id || ' ' || (payload ->> '$.approved_by') FROM facts WHERE kind = 'refund_requested'"
    assert till.one(row) == "staff-1 staff-2"


@settings(max_examples=examples(15), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wishes=st.lists(st.one_of(st.sets(st.integers(0, 3), min_size=1), st.integers(1, 9_000)), max_size=5))
def test_whatever_is_asked_for_in_whatever_order_the_drawer_never_gives_more_than_it_took(
    till: TillOnDisk, wishes: list[set[int] | int]
) -> None:
    till.grant_all(4)
    before = till.balance("cash:till-1")
    order = till.selling.sell_for_cash(cart(("social", 4)), usd("100"))
    took = till.balance("cash:till-1") - before

    for wish in wishes:
        asked = Wish((), wish) if isinstance(wish, int) else Wish(tuple((0, number) for number in sorted(wish)))
        with suppress(BadInput):
            CashRefunds(till.context).give_back(order, asked, "")

    gave = took - (till.balance("cash:till-1") - before)
    assert 0 <= gave.minor <= took.minor
    assert till.verify().problem is None
