"""Tickets that end without money: complimentary ones are voided, and others go to another person under a new code."""

from collections.abc import Sequence
from typing import Any

import pytest

from boxoffice.core.door_refunds import Wish
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.ids import OrderId, StaffId
from boxoffice.core.reissues import HasEntered, tickets_now
from boxoffice.core.rights import NeedsApproval
from boxoffice.core.scans import Outcome
from boxoffice.core.staff import Person, StaffRole
from boxoffice.core.tenders import TenderKind
from boxoffice.documents.papers import Heading, papers_of
from boxoffice.till.store.facts import of_order
from boxoffice.till.usecases.gateway.after_sale import RefundStep
from boxoffice.till.usecases.refunding import CashRefunds, Refunding
from boxoffice.till.usecases.transferring import Transferring
from boxoffice.till.usecases.voiding import Voiding
from tests.integration.till.kit import TillOnDisk, cart, usd
from tests.integration.till.test_check_in import FRIDAY_NIGHT, scan

ALONE: Any = None
"""Whom nobody asks: all of it is this till's own."""
SELLER = Person(StaffId("s-1"), "Maya R.", StaffRole.SELLER)
CHIEF = Person(StaffId("s-2"), "Ana K.", StaffRole.SUPERVISOR)


@pytest.fixture(autouse=True)
def tonight(till: TillOnDisk) -> None:
    till.clock.at = FRIDAY_NIGHT
    till.elsewhere.belong_to(str(till.context.device.id), str(till.context.event.catalogue.id))


@pytest.fixture
def comps(till: TillOnDisk) -> OrderId:
    order = till.selling.place(cart(("friday-pass", 2)))
    till.selling.take(order, TenderKind.COMPLIMENTARY, usd("130"), "Press")
    return order


def sell(till: TillOnDisk, *wanted: str | tuple[str, int]) -> OrderId:
    return till.selling.sell_for_cash(cart(*wanted), usd("9000"))


def void(till: TillOnDisk, order: OrderId, *things: tuple[int, int]) -> RefundStep:
    return Voiding(till.context, ALONE).void(order, things, "Not coming")


def transfer(till: TillOnDisk, order: OrderId, name: str = "Rosa Ortega", email: str = "") -> None:
    Transferring(till.context, ALONE, till.gate.reader).transfer(order, name, email)


def codes(till: TillOnDisk, order: OrderId) -> Sequence[str]:
    with till.store.reading() as connection:
        return [each.token for each in tickets_now(of_order(connection, order))]


def test_a_complimentary_ticket_ends_and_the_other_one_still_opens_the_door(till: TillOnDisk, comps: OrderId) -> None:
    one, other = codes(till, comps)
    assert Refunding(till.context, ALONE).choice(comps).is_for_nothing

    assert void(till, comps, (0, 0)) is RefundStep.GIVEN

    assert (scan(till, one).outcome, scan(till, other).outcome) == (Outcome.VOID, Outcome.ADMITTED)
    with pytest.raises(BadInput, match="is void"):
        void(till, comps, (0, 0))
    assert till.verify().problem is None


def test_what_was_paid_with_money_is_refunded_and_not_voided(till: TillOnDisk) -> None:
    order = sell(till, "friday-pass")

    with pytest.raises(OperationFailed, match="paid with money"):
        void(till, order, (0, 0))

    assert not Refunding(till.context, ALONE).choice(order).is_for_nothing


@pytest.mark.parametrize("act", [lambda till, order: void(till, order, (0, 0)), transfer])
def test_a_seller_needs_somebodys_approval_and_the_fact_names_both(till: TillOnDisk, comps: OrderId, act: Any) -> None:
    till.operator.let_act(SELLER, is_staffed=True)

    with pytest.raises(NeedsApproval):
        act(till, comps)
    with till.operator.approved(CHIEF):
        act(till, comps)

    query = "SELECT staff_id || ' ' || (payload ->> '$.approved_by') FROM facts ORDER BY position DESC LIMIT 1"
    assert till.one(query) == "s-1 s-2"


def test_a_transferred_ticket_has_a_new_code_and_the_old_one_is_refused(till: TillOnDisk) -> None:
    order = sell(till, ("friday-pass", 2))
    old = codes(till, order)

    transfer(till, order)

    new = codes(till, order)
    assert set(old).isdisjoint(new)
    assert [scan(till, code).outcome for code in old] == [Outcome.VOID] * 2
    assert {scan(till, code).outcome for code in new} == {Outcome.ADMITTED}
    assert till.orders.order(order).name == "Rosa Ortega"
    assert till.orders.order(order).ticket_count == 2
    assert till.left("friday") == 8
    assert till.verify().problem is None


def test_its_papers_have_the_new_codes_alone(till: TillOnDisk) -> None:
    order = sell(till, "friday-pass")
    transfer(till, order)
    transfer(till, order, "Luis T.")

    with till.store.reading() as connection:
        facts = of_order(connection, order)
    _, tickets = papers_of(Heading("Fest", (), (FRIDAY_NIGHT.date(),), "America/Denver", "till-1"), facts)

    assert [each.token for each in tickets] == list(codes(till, order))
    assert sum(fact.kind is FactKind.TICKET_REISSUED for fact in facts) == 2


def test_what_somebody_has_come_in_by_does_not_let_another_in(till: TillOnDisk) -> None:
    order = sell(till, "friday-pass")
    scan(till, codes(till, order)[0])

    with pytest.raises(HasEntered):
        transfer(till, order)

    assert till.one("SELECT count(*) FROM facts WHERE kind = 'ticket_reissued'") == 0


def test_a_transferred_ticket_can_be_refunded_and_its_newest_code_ends(till: TillOnDisk) -> None:
    order = sell(till, "friday-pass")
    transfer(till, order)
    choice = Refunding(till.context, ALONE).choice(order)

    CashRefunds(till.context).give_back(order, Wish((choice.things[0].key,)), "Ill")

    assert scan(till, codes(till, order)[0]).outcome is Outcome.VOID
    assert till.balance("cash:till-1") == usd("0")
    assert till.verify().problem is None


def test_the_new_holders_address_takes_the_place_of_the_old_ones(till: TillOnDisk) -> None:
    order = sell(till, "friday-pass")
    with till.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE orders SET customer_email = 'old@example.com' WHERE id = ?", (order,))

    transfer(till, order)

    assert till.orders.order(order).email == ""
    transfer(till, order, "Rosa Ortega", "rosa@example.com")
    assert till.orders.order(order).email == "rosa@example.com"
    assert till.one("SELECT count(*) FROM outbox_mails WHERE order_id = ?", order) == 1


@pytest.mark.parametrize(("name", "email"), [("", ""), ("Rosa", "not an address"), ("\0", "")])
def test_no_name_and_no_address_change_nothing(till: TillOnDisk, name: str, email: str) -> None:
    order = sell(till, "friday-pass")
    before = codes(till, order)

    with pytest.raises(BadInput):
        transfer(till, order, name, email)

    assert codes(till, order) == before
