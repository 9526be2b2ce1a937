"""What is given free, on real widgets: a reason first, chosen or typed, then the same end as any sale."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.tenders import TENDERS, TenderKind
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import NINE_PM, usd

F5, F8 = Qt.Key.Key_F5, Qt.Key.Key_F8


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


def given(till: FakeTill) -> list[tuple[TenderKind, str, str]]:
    order = list(till.orders.values())[-1]
    return [(each.kind, str(each.amount), each.words) for each in order.tenders]


def test_a_ticket_is_given_free_as_a_tender_in_five_keys(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "ps", ENTER)

    door.at("CompletePage")
    door.sees("Given free")
    assert given(till) == [(TenderKind.COMPLIMENTARY, "$150.00", "Artist")]


def test_nothing_is_given_or_placed_before_there_is_a_reason(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "p", ENTER)

    door.at("GivenPage")
    assert not door.buttons()["Choose a reason"].isEnabled()
    assert till.orders == {}


def test_every_reason_of_the_table_can_be_tapped(door: Door, till: FakeTill) -> None:
    for reason in TENDERS[TenderKind.COMPLIMENTARY].reasons:
        door.press("q", F8, "p")
        door.at("GivenPage")
        door.tap(reason)
        door.tap("Give $150.00")
        door.at("CompletePage")
        assert given(till)[0][2] == reason
        door.press(ENTER)
        door.at("SellPage")


def test_another_reason_is_typed_and_enter_takes_it(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "p")
    door.at("GivenPage")
    door.press("/")
    door.type("Won the raffle")
    door.press(ENTER)

    door.at("CompletePage")
    assert given(till)[0][2] == "Won the raffle"


def test_blanks_are_no_reason(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "p")
    door.at("GivenPage")
    door.press("/")
    door.type("   ")
    door.press(ENTER)

    door.at("GivenPage")
    assert till.orders == {}


def test_a_part_is_given_free_and_the_rest_paid(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "100p", "s", ENTER)
    door.at("SplitPage")
    door.press(F5, ENTER)

    door.at("CompletePage")
    assert given(till) == [
        (TenderKind.COMPLIMENTARY, "$100.00", "Artist"),
        (TenderKind.CASH, "$50.00", ""),
    ]
    door.sees("Paid in full")


def test_it_needs_neither_network_nor_hub(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False, offline_since=NINE_PM))
    door.press("q", F8, "ps", ENTER)

    door.at("CompletePage")


def test_escape_leads_back_to_the_sale(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "ps", ESC, ESC)

    door.at("SellPage")
    assert (door.window.flow.session.sale.total, till.orders) == (usd("150"), {})


def test_a_sale_that_was_part_free_ends_without_money_for_that_part(door: Door, till: FakeTill) -> None:
    door.press("q", F8, "100p", "s", ENTER)
    door.at("SplitPage")
    door.press(ESC, "a")
    door.at("GiveBackPage")
    door.sees("no money: it falls with the sale")
    door.tap("End the sale")

    door.at("GivenBackPage")
    door.sees("Ended. Nothing goes back")
