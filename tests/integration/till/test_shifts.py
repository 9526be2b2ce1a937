"""A shift from its counted float to its counted close: on disk, blind, numbered without gaps, to the cent."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from boxoffice.core.cash_moves import CashMove
from boxoffice.core.cash_rounding import CashRounding
from boxoffice.core.cash_rules import CashRules
from boxoffice.core.denominations import Count
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import StaffId
from boxoffice.core.payments import Approved
from boxoffice.core.rights import NeedsApproval
from boxoffice.core.rows import ShiftStatus
from boxoffice.core.staff import Person, StaffRole
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.giving_back import GivingBack
from boxoffice.till.usecases.shifts import Brought, CountAgain, NoShift, Shifts, ShiftStillOpen
from tests.integration.till.kit import USD, TillOnDisk, cart, usd

MAYA = Person(StaffId("maya"), "Maya R.", StaffRole.SELLER)
LUIS = Person(StaffId("luis"), "Luis T.", StaffRole.SELLER)
ANA = Person(StaffId("ana"), "Ana K.", StaffRole.SUPERVISOR)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[TillOnDisk]:
    till = TillOnDisk(tmp_path)
    till.grant_all(200)
    yield till
    till.close()


def counted(dollars: str) -> Count:
    return Count(USD, other=usd(dollars).minor)


def rounding_to(till: TillOnDisk, step: int) -> None:
    event = till.context.event
    till.context.sell_for(replace(event, catalogue=replace(event.catalogue, cash=CashRules(CashRounding(step)))))


def test_a_shift_counts_from_its_float_to_its_close(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    drawer = f"cash:{till.context.drawer}"

    shifts.open(brought=Brought(usd("200"), is_from_safe=True))
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    shifts.move(CashMove.DROP, usd("100"), "Too much inside")
    signed = shifts.count(counted("245"))
    closed = shifts.close(usd("45"), "Wrong change given")

    assert signed.expected_amount == 25_000
    assert (closed.status, closed.z_number, closed.counted_amount) == (ShiftStatus.CLOSED, 1, 24_500)
    assert till.balance(drawer) == usd("200")
    assert till.balance("cash_over_short") == usd("5")
    assert till.balance("safe") == usd("100") + usd("45") - usd("200")
    assert till.verify().problem is None


def test_the_next_shift_begins_with_what_was_left(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("200")))
    shifts.count(counted("200"))
    shifts.close(usd("50"))

    opening = shifts.opening()
    again = shifts.open()

    assert (opening.number, opening.left) == (2, usd("150"))
    assert again.float_amount == 15_000
    shifts.count(counted("150"))
    assert shifts.close(usd("0")).z_number == 2
    assert till.verify().problem is None


def test_what_is_found_at_opening_and_was_not_left_is_over_or_short_and_wants_a_reason(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("150")))
    shifts.count(counted("150"))
    shifts.close(usd("0"))

    with pytest.raises(BadInput, match="reason"):
        shifts.open(counted("145"))
    shifts.open(counted("145"), why="Change was taken out")

    assert till.balance("cash_over_short") == usd("5")
    assert till.balance(f"cash:{till.context.drawer}") == usd("145")
    assert till.verify().problem is None


def test_a_shift_that_a_power_cut_left_open_goes_on_where_it_was(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("200")))
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    shifts.keep_draft({"2000": 14, "other": 200})

    till.reopen()
    shifts = Shifts(till.context)
    now = shifts.current()

    assert now is not None
    assert now.status is ShiftStatus.OPEN
    assert shifts.draft() == {"2000": 14, "other": 200}
    with pytest.raises(ShiftStillOpen):
        shifts.open()
    shifts.count(counted("350"))
    till.reopen()
    assert Shifts(till.context).close(usd("0")).z_number == 1


def test_a_sale_after_the_count_wants_another_count_and_both_are_kept(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("200")))
    with pytest.raises(CountAgain):
        shifts.close(usd("0"))
    shifts.count(counted("200"))
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))

    with pytest.raises(CountAgain):
        shifts.close(usd("0"))
    shifts.count(counted("350"))
    shifts.close(usd("0"))

    assert till.one("SELECT count(*) FROM facts WHERE kind = 'cash_counted'") == 2
    assert till.verify().problem is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: Count(USD, {2000: -1}),
        lambda: Count(USD, {2000: 50_000}),
        lambda: Count(USD, {3000: 1}),
        lambda: Count(USD, other=-100),
        lambda: Count(USD, other=10**12),
    ],
)
def test_a_count_that_makes_no_sense_is_refused_by_its_place(make: object) -> None:
    with pytest.raises(BadInput):
        make()  # type: ignore[operator]  # a lambda of the list


def test_no_more_goes_to_the_safe_than_was_counted(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("200")))
    shifts.count(counted("200"))

    with pytest.raises(BadInput, match="more than was counted"):
        shifts.close(usd("200.01"))

    assert shifts.current() is not None


def test_a_drawer_handed_over_as_it_is_goes_on_with_the_next_person(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    till.operator.let_act(MAYA, is_staffed=True)
    shifts.open(brought=Brought(usd("200")))
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))

    shifts.hand_over(LUIS.id)
    till.operator.let_act(LUIS, is_staffed=True)
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    shifts.count(counted("500"))
    shifts.close(usd("300"))

    report = shifts.report(shifts.closed()[0].id).report
    assert {who: tally.count for who, tally in report.staff.items()} == {"maya": 1, "luis": 1}
    assert (shifts.closed()[0].opened_by, shifts.closed()[0].closed_by) == ("maya", "luis")
    assert till.verify().problem is None


def test_a_counted_hand_over_puts_the_drawer_right_for_the_next_one(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("200")))

    with pytest.raises(BadInput, match="reason"):
        shifts.hand_over(None, counted("190"))
    shifts.hand_over(None, counted("190"), "I do not know")
    shifts.count(counted("190"))
    shifts.close(usd("0"))

    report = shifts.report(shifts.closed()[0].id).report
    assert (report.drawer.corrected, report.drawer.difference) == (-1000, 0)
    assert till.balance("cash_over_short") == usd("10")
    assert till.verify().problem is None


def test_money_under_way_is_in_an_account_with_the_name_of_who_carries_it(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    shifts.open(brought=Brought(usd("200")))

    shifts.move(CashMove.CARRY, usd("100"), "Too much inside", LUIS.id)
    assert till.balance("transit:luis") == usd("100")
    shifts.move(CashMove.SAFE_ARRIVE, usd("100"), "Before close", LUIS.id)
    shifts.move(CashMove.SAFE_DEPOSIT, usd("60"), "Before close")

    assert till.balance("transit:luis") == usd("0")
    assert (till.balance("safe"), till.balance("bank")) == (usd("40"), usd("60"))
    assert till.verify().problem is None


def test_without_a_shift_nothing_is_demanded_and_cash_goes_where_it_went_before(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))

    assert till.balance(f"cash:{till.context.drawer}") == usd("150")
    with pytest.raises(NoShift):
        Shifts(till.context).move(CashMove.DROP, usd("10"), "Before close")


def test_somebody_elses_shift_and_a_large_difference_are_closed_with_a_supervisor(till: TillOnDisk) -> None:
    shifts = Shifts(till.context)
    till.operator.let_act(MAYA, is_staffed=True)
    shifts.open(brought=Brought(usd("200")))
    till.operator.let_act(LUIS, is_staffed=True)
    with pytest.raises(NeedsApproval):
        shifts.count(counted("200"))
    till.operator.let_act(MAYA, is_staffed=True)
    shifts.count(counted("190"))
    with pytest.raises(NeedsApproval):
        shifts.close(usd("0"), "I do not know")

    with till.operator.approved(ANA):
        closed = shifts.close(usd("0"), "I do not know")

    assert (closed.closed_by, closed.approved_by) == ("maya", "ana")


def test_cash_is_rounded_and_the_card_part_is_not(till: TillOnDisk) -> None:
    rounding_to(till, 5)
    order = till.selling.place(cart("t-shirt"))
    total = till.one("SELECT total_amount FROM orders")
    card = usd("10")
    tender = till.tenders.begin(order, TenderKind.TERMINAL, card)
    till.tenders.end(tender, Approved("pi_1", card, None))
    till.tenders.leave(tender)
    cash = till.orders.order(order).due
    till.selling.take_cash(order, cash, usd("100"))

    expected = -(-(cash.minor - 2) // 5) * 5
    assert till.balance(f"cash:{till.context.drawer}").minor == expected
    assert till.balance("rounding").minor == cash.minor - expected
    assert till.balance("stripe") == card
    assert total == card.minor + cash.minor
    assert till.verify().problem is None


def test_what_was_rounded_goes_back_as_it_was_taken_whatever_the_rule_is_then(till: TillOnDisk) -> None:
    rounding_to(till, 5)
    order = till.selling.place(cart(("t-shirt", 2)))
    till.selling.take_cash(order, usd("20.03"), usd("20.05"))
    drawer = f"cash:{till.context.drawer}"
    assert till.balance(drawer) == usd("20.05")
    rounding_to(till, 100)

    GivingBack(till.context).give_back(order, "Changed their mind")

    assert till.balance(drawer) == usd("0")
    assert till.balance("rounding") == usd("0")
    assert till.verify().problem is None
