"""The gate on real widgets: codes come as a scanner types them, and each answer is told by word, shape and sound."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.doors import Doors, Zone
from boxoffice.core.ids import ProductId
from boxoffice.core.staff import StaffRole
from boxoffice.till.ui.actions import Sound
from boxoffice.till.ui.order_actions import SubmitSearch
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd
from tests.gui.test_signing_in import choose
from tests.integration.till.kit import cart

F2, F4, F5, F8 = (getattr(Qt.Key, f"Key_F{n}") for n in (2, 4, 5, 8))
FESTIVAL = Zone("festival", "Festival", ("Main door", "Side door"), capacity=600)


def sold(till: FakeTill, product: str = "friday-pass", count: int = 1) -> list[str]:
    """Returns the codes of tickets that this till has sold."""
    with till.context.store.reading() as connection:
        before = _tokens(connection)
    till.sell_for_cash(cart((product, count)), usd("9000"))
    with till.context.store.reading() as connection:
        return [each for each in _tokens(connection) if each not in before]


def _tokens(connection: object) -> list[str]:
    query = """
        SELECT json_extract(value, '$.token') FROM facts, json_each(payload, '$.tickets')
        WHERE kind = 'tickets_issued' ORDER BY position, key
    """
    return [row[0] for row in connection.exec_driver_sql(query)]  # type: ignore[attr-defined]


def with_doors(till: FakeTill, *zones: Zone, **said: object) -> None:
    doors = Doors(zones or (FESTIVAL,), **said)  # type: ignore[arg-type]
    till.catalogue = replace(till.catalogue, doors=doors)


@pytest.fixture
def heard() -> list[Sound]:
    return []


@pytest.fixture
def gate(open_door: OpenDoor, till: FakeTill, heard: list[Sound]) -> Door:
    with_doors(till, looks={ProductId("full-pass"): "Student card, with a photo"})
    door = open_door()
    door.window.flow.session.play = heard.append
    door.press(F4)
    door.at("CheckInPage")
    door.sees("Scan the next code")
    door.sees("Side door")  # the gates are known
    return door


def test_a_good_ticket_comes_in_with_a_word_a_sound_and_a_count(gate: Door, till: FakeTill, heard: list[Sound]) -> None:
    (code,) = sold(till)

    gate.scan(code)

    gate.sees("Come in")
    gate.sees("Friday Day Pass")
    assert heard == [Sound.GOOD]
    gate.qtbot.waitUntil(lambda: till.gate.now().inside == 1)


def test_a_second_scan_says_when_and_where_and_a_stamp_lets_back_in(
    gate: Door, till: FakeTill, heard: list[Sound]
) -> None:
    (code,) = sold(till)
    gate.scan(code)
    gate.sees("Come in")

    gate.scan(code)

    gate.sees("Already in")
    gate.sees("at Main door, Door A")
    assert heard == [Sound.GOOD, Sound.STOP]
    gate.press(F8)
    gate.sees("Come in")
    assert till.gate.now().inside == 1


def test_a_code_reaches_the_gate_wherever_the_focus_is_and_stands_in_no_field(gate: Door, till: FakeTill) -> None:
    (code,) = sold(till)
    gate.press("/")

    gate.scan(code.swapcase())

    gate.sees("Come in")
    field = gate.window.screen_widget.focus_search()
    assert field is not None
    assert field.text() == ""  # type: ignore[attr-defined]  # a line edit


def test_a_party_is_ticked_off_and_goes_in_by_one_press(gate: Door, till: FakeTill) -> None:
    codes = sold(till, count=4)
    gate.scan(codes[2])
    gate.sees("Party of 4")

    gate.press("4")
    gate.sees("Let in 3 people")
    gate.press(ENTER)

    gate.sees("3 people let in")
    assert till.gate.now().inside == 3


def test_the_next_code_lets_a_waiting_party_in_first(gate: Door, till: FakeTill) -> None:
    party, (other,) = sold(till, count=3), sold(till)
    gate.scan(party[0])
    gate.sees("Party of 3")

    gate.scan(other)

    gate.qtbot.waitUntil(lambda: till.gate.now().inside == 4)


def test_a_second_code_of_the_same_party_only_shows_that_they_are_together(gate: Door, till: FakeTill) -> None:
    party = sold(till, count=3)
    gate.scan(party[0])
    gate.sees("Party of 3")

    gate.scan(party[1])

    gate.qtbot.waitUntil(lambda: gate.text().count("has the code") == 0 or gate.text().count("has the code") == 2)
    assert till.gate.now().inside == 0


def test_somebody_whose_card_is_looked_at_waits_and_the_next_code_too(
    gate: Door, till: FakeTill, heard: list[Sound]
) -> None:
    (student,), (friday,) = sold(till, "full-pass"), sold(till)
    gate.scan(student)
    gate.sees("Student card, with a photo")

    gate.scan(friday)
    gate.sees("Look: ID")
    gate.tap("Card is right, let in")

    gate.qtbot.waitUntil(lambda: till.gate.now().inside == 2)
    gate.sees("Friday Day Pass")
    assert heard[0] is Sound.LOOK


def test_no_card_is_not_in(gate: Door, till: FakeTill) -> None:
    (student,) = sold(till, "full-pass")
    gate.scan(student)
    gate.sees("Look: ID")

    gate.press(ESC)

    gate.sees("Scan the next code")
    gate.sees("not let in: no ID")
    assert till.gate.now().inside == 0


def test_a_scan_is_undone_for_a_reason(gate: Door, till: FakeTill) -> None:
    gate.scan(sold(till)[0])
    gate.sees("Come in")

    gate.press("u")
    gate.sees("Undo: why?")
    gate.press("w")

    gate.sees("The scan is undone.")
    assert till.gate.now().inside == 0


def test_an_undo_asks_a_steward_for_a_supervisor(open_door: OpenDoor, till: FakeTill) -> None:
    with_doors(till)
    till.hire("Tomás", StaffRole.STEWARD, pin="2468")
    till.hire("Maya", StaffRole.SUPERVISOR, pin="1357")
    code = sold(till)[0]
    door = open_door(page="SignInPage")
    choose(door, "Tomás")
    door.press("2468")
    door.at("CheckInPage")
    door.scan(code)
    door.sees("Come in")

    door.press("uw")
    door.at("ApprovePage")
    door.press("1357", ENTER)

    door.sees("The scan is undone.")
    facts = "SELECT json_extract(payload, '$.approved_by') FROM facts WHERE kind = 'ticket_scanned' ORDER BY position"
    with till.context.store.reading() as connection:
        assert [row[0] for row in connection.exec_driver_sql(facts)] == [None, "maya"]


def test_a_steward_comes_to_the_gate_and_to_no_page_that_sells(open_door: OpenDoor, till: FakeTill) -> None:
    with_doors(till)
    till.hire("Tomás", StaffRole.STEWARD, pin="2468")
    till.hire("Luz", StaffRole.SELLER, pin="1111")
    door = open_door(page="SignInPage")
    choose(door, "Tomás")
    door.press("2468")
    door.at("CheckInPage")

    for key in (F2, Qt.Key.Key_F3):
        door.press(key)
        door.at("CheckInPage")

    assert "Sell" not in door.buttons()


def test_a_machine_for_a_gate_alone_never_comes_to_sell(till: FakeTill, qtbot: object) -> None:
    with_doors(till)
    door = Door(qtbot, till, (1024, 768), is_gate_only=True)  # type: ignore[arg-type]
    try:
        door.at("CheckInPage")

        door.press(F2)
        door.press(Qt.Key.Key_F3)

        door.at("CheckInPage")
    finally:
        door.window.close()


def test_what_is_paid_in_cash_at_the_gate_is_let_in_by_one_press(gate: Door, till: FakeTill) -> None:
    gate.press(F2)
    gate.at("SellPage")
    gate.press("ww", F5)
    gate.at("CashPage")

    gate.press(F4)

    gate.at("CompletePage")
    gate.sees("2 people let in")
    assert till.gate.now().inside == 2


def test_a_till_that_is_no_gate_offers_none_of_it(door: Door) -> None:
    door.press("w", F5)
    door.at("CashPage")

    assert "Take cash, let them in" not in door.buttons()


def test_another_gate_is_one_key_away(gate: Door, till: FakeTill) -> None:
    gate.press("x")

    gate.sees("Festival, Side door")
    gate.scan(sold(till)[0])
    gate.sees("Come in")
    assert [each.gate for each in till.gate.now().at_gates] == ["Side door"]


def test_a_code_is_judged_and_not_the_order_that_was_found_for_what_stood_there_before(
    gate: Door, till: FakeTill
) -> None:
    sold(till, count=2)
    number = list(till.orders.values())[-1].number
    gate.press("/")
    gate.type(number)
    gate.sees(number)

    gate.window.screen_widget.did.emit(SubmitSearch("81GZ-0000"))  # typed faster than anything is found

    gate.sees("Not our ticket")


def test_a_dead_phone_is_found_by_name(gate: Door, till: FakeTill) -> None:
    sold(till, count=2)
    number = list(till.orders.values())[-1].number
    gate.press("/")
    gate.type(number)
    gate.sees(number)

    gate.press(ENTER)

    gate.sees("Party of 2")
