"""Payment by phone while the till has no network: what it shows, and which codes it takes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.errors import OperationFailed
from boxoffice.core.offers import read_offer
from boxoffice.core.typed_codes import MOST_WRONG
from tests.gui.conftest import ESC, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import FIRST
from tests.gui.looking import code_on

F6, F7, F10 = (getattr(Qt.Key, f"Key_F{n}") for n in (6, 7, 10))


@pytest.fixture
def offering(door: Door, till: FakeTill) -> Door:
    """An offer of $150 on the screen, and no network."""
    till.say(replace(till.status, is_online=False, can_offer=True))
    door.press("q", F7)
    door.at("PhonePage")
    door.sees("Scan to pay $150.00")
    return door


def test_the_screen_says_that_the_customers_own_network_is_used(offering: Door) -> None:
    offering.sees("Pay by phone, no network here")
    offering.sees(f"Order {FIRST}, signed by this till")
    assert {"Cancel", "Serve next, keep waiting"} <= offering.buttons().keys()


def test_the_code_holds_the_order_and_its_total(offering: Door) -> None:
    offer = read_offer(code_on(offering.window).rpartition("/")[2])

    assert (offer.order_number, str(offer.amount)) == (FIRST, "$150.00")


def test_the_code_of_their_phone_ends_the_payment(offering: Door, till: FakeTill) -> None:
    offering.scan(till.code_on_the_phone())

    offering.at("PhonePaidPage")
    offering.sees("$150.00")


def test_a_code_over_another_amount_changes_nothing(offering: Door, till: FakeTill) -> None:
    offering.scan(till.code_on_the_phone(cents=-100))

    offering.sees("This code pays $149.00, and $150.00 is due.")
    offering.at("PhonePage")


def test_what_is_no_paid_code_is_told_as_none(offering: Door) -> None:
    offering.scan("7K2F4Q7K2F4Q")

    offering.sees("That is not a paid code.")
    offering.at("PhonePage")


def test_who_cancels_is_asked_to_look_at_their_phone_first(offering: Door) -> None:
    offering.press(ESC)

    offering.sees("Look at their phone first.")


def test_an_offer_gives_no_more_time_since_it_needs_none(offering: Door, till: FakeTill) -> None:
    offering.press(F6)

    assert till.calls.count("extend_payment") == 0


def test_a_customer_who_comes_back_with_the_code_is_served_from_the_sell_page(offering: Door, till: FakeTill) -> None:
    code = till.code_on_the_phone()
    offering.press(F10)
    offering.at("SellPage")

    offering.scan(code)

    offering.at("OrdersPage")
    offering.sees(FIRST)
    assert not till.unknown


def test_the_letters_under_the_code_end_the_payment_where_nothing_can_scan_it(offering: Door, till: FakeTill) -> None:
    letters = till.letters_on_the_phone()

    offering.press(letters[:4].lower())
    offering.sees(f"Typed {letters[:4]}, 6 to go")
    offering.press(Qt.Key.Key_Backspace, letters[3:])

    offering.at("PhonePaidPage")
    offering.sees("$150.00")


def test_wrong_letters_change_nothing_and_can_be_typed_again(offering: Door, till: FakeTill) -> None:
    offering.press(wrong(till.letters_on_the_phone()))

    offering.sees("These are not the letters of this payment.")
    offering.at("PhonePage")
    offering.press(till.letters_on_the_phone())
    offering.at("PhonePaidPage")


def test_guessing_ends_after_few_tries_and_the_right_letters_come_too_late(offering: Door, till: FakeTill) -> None:
    running = till.running_order()
    for _ in range(MOST_WRONG):
        with pytest.raises(OperationFailed, match="not the letters"):
            till.type_letters(running, wrong(till.letters_on_the_phone()))

    offering.press(till.letters_on_the_phone())

    offering.sees("Too many wrong codes were typed for this payment.")
    offering.at("PhonePage")
    offering.scan(till.code_on_the_phone())
    offering.at("PhonePaidPage")


def test_letters_of_a_payment_that_is_over_pay_nothing_again(offering: Door, till: FakeTill) -> None:
    running, letters = till.running_order(), till.letters_on_the_phone()
    offering.press(letters)
    offering.at("PhonePaidPage")

    with pytest.raises(OperationFailed, match="No code of a phone is waited for"):
        till.type_letters(running, letters)


def wrong(letters: str) -> str:
    return letters[:-1] + ("0" if letters[-1] != "0" else "1")
