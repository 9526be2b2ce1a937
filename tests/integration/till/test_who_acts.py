"""Whatever a till writes says who was at it, and who approved it; no use case can forget to."""

import json
import threading

import pytest

from boxoffice.core.ids import StaffId
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import Approved
from boxoffice.core.rights import NeedsApproval, NotAllowed
from boxoffice.core.staff import Person, StaffRole
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.giving_back import GivingBack
from tests.integration.till.kit import TillOnDisk, cart, usd

ANA = Person(StaffId("ana"), "Ana O.", StaffRole.SUPERVISOR)
LUIS = Person(StaffId("luis"), "Luis T.", StaffRole.SELLER)
CARLA = Person(StaffId("carla"), "Carla N.", StaffRole.STEWARD)


def written(till: TillOnDisk) -> list[tuple[str | None, str | None]]:
    """Returns who wrote and who approved each of the till's own facts."""
    with till.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT staff_id, payload FROM facts WHERE device_id <> 'hub' ORDER BY seq")
        return [(staff, json.loads(payload).get("approved_by")) for staff, payload in rows]


def seat(till: TillOnDisk, person: Person | None) -> None:
    till.operator.let_act(person, is_staffed=True)


def test_every_fact_of_a_sale_says_who_sold(till: TillOnDisk) -> None:
    seat(till, LUIS)

    till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    assert set(written(till)) == {("luis", None)}
    assert till.verify().problem is None


def test_where_no_staff_is_kept_facts_name_nobody_and_say_no_more_than_before(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    assert set(written(till)) == {(None, None)}
    assert "approved_by" not in till.one("SELECT payload FROM facts WHERE kind = 'order_placed'")


def test_one_act_with_an_approval_names_both_and_the_next_one_does_not(till: TillOnDisk) -> None:
    seat(till, LUIS)
    order_id = till.selling.place(cart("full-pass"))
    before = len(written(till))

    with pytest.raises(NeedsApproval):
        till.selling.take(order_id, TenderKind.COMPLIMENTARY, till.orders.order(order_id).due, "Artist")
    assert len(written(till)) == before
    with till.operator.approved(ANA):
        till.selling.take(order_id, TenderKind.COMPLIMENTARY, till.orders.order(order_id).due, "Artist")
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    assert till.orders.order(order_id).state is OrderState.COMPLETED
    names = written(till)
    assert set(names[:before]) == {("luis", None)}
    assert names[before][1] == "ana"
    assert names[-1] == ("luis", None)


def test_money_goes_back_only_with_somebodys_leave(till: TillOnDisk) -> None:
    seat(till, LUIS)
    order_id = till.selling.place(cart("full-pass"))
    till.selling.take_cash(order_id, usd("20"), usd("20"))

    with pytest.raises(NeedsApproval, match="Nothing was changed"):
        GivingBack(till.context).give_back(order_id, "Card failed")
    with till.operator.approved(ANA):
        GivingBack(till.context).give_back(order_id, "Card failed")

    assert till.orders.order(order_id).state is OrderState.FAILED
    assert written(till)[-1] == ("luis", "ana")


def test_a_steward_sells_nothing(till: TillOnDisk) -> None:
    seat(till, CARLA)

    with pytest.raises(NotAllowed):
        till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    assert written(till) == []


def test_a_payment_that_takes_its_time_stays_with_who_began_it_whoever_signs_in_meanwhile(till: TillOnDisk) -> None:
    seat(till, LUIS)
    order_id = till.selling.place(cart("full-pass"))
    began, may_end = threading.Event(), threading.Event()

    def pay() -> None:
        with till.operator.held():
            tender = till.tenders.begin(order_id, TenderKind.TERMINAL, till.orders.order(order_id).due)
            began.set()
            may_end.wait(10)
            till.tenders.end(tender, Approved("pi_1", tender.amount))
            till.tenders.leave(tender)

    waiting = threading.Thread(target=pay)
    waiting.start()
    began.wait(10)
    seat(till, ANA)
    may_end.set()
    waiting.join(10)
    after = till.selling.sell_for_cash(cart("full-pass"), usd("200"))

    who = "SELECT group_concat(DISTINCT staff_id) FROM facts WHERE json_extract(payload, '$.order_id') = ?"
    assert [till.one(who, order_id), till.one(who, after)] == ["luis", "ana"]


def test_the_answer_about_an_unknown_payment_is_of_who_began_it_also_after_a_restart(till: TillOnDisk) -> None:
    seat(till, LUIS)
    order_id = till.selling.place(cart("full-pass"))
    tender = till.tenders.begin(order_id, TenderKind.TERMINAL, till.orders.order(order_id).due)
    till.tenders.leave(tender)
    till.reopen()
    seat(till, ANA)

    till.tenders.mark_unknown(till.tenders.tender(tender.id), "The till was closed.")
    till.tenders.end(till.tenders.tender(tender.id), Approved("pi_1", tender.amount))

    assert set(written(till)) == {("luis", None)}
    assert till.orders.order(order_id).state is OrderState.COMPLETED
