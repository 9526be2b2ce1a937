"""Cash, from the tile to the next customer."""

from PySide6.QtCore import Qt

from boxoffice.core.errors import OperationFailed, TillStopped
from boxoffice.till.ui.widgets.tile import Tile
from boxoffice.till.usecases.gateway.orders import Paperwork
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import FIRST, festival_status, usd

F5, F8, F9, F10 = Qt.Key.Key_F5, Qt.Key.Key_F8, Qt.Key.Key_F9, Qt.Key.Key_F10


def test_one_ticket_for_cash_takes_three_keys(door: Door, till: FakeTill) -> None:
    door.press("q", F5, ENTER)

    door.at("CompletePage")
    assert [order.total for order in till.orders.values()] == [usd("150")]


def test_one_ticket_for_cash_takes_three_taps(door: Door, till: FakeTill) -> None:
    tile = next(each for each in door.window.findChildren(Tile) if each.view.name == "Full Festival Pass")

    door.tap_widget(tile)
    door.tap("Cash")
    door.tap("$150")

    door.at("CompletePage")
    assert [order.total for order in till.orders.values()] == [usd("150")]


def test_the_change_is_shown_at_each_digit_and_big_at_the_end(door: Door) -> None:
    door.press("2s", F5, "6")
    assert "Still $44.00 to pay" in door.buttons()

    door.press("0")
    door.sees("Change due\n$10.00")
    door.press(ENTER)

    door.sees("Give change\n$10.00\n$60.00 given, $50.00 due")


def test_too_little_cash_can_not_finish_a_sale(door: Door, till: FakeTill) -> None:
    door.press("q", F5, "20", ENTER)

    assert not door.buttons()["Still $130.00 to pay"].isEnabled()
    assert till.orders == {}


def test_escape_goes_back_to_the_sale_with_all_that_is_in_it(door: Door) -> None:
    door.press("q", "s", F5, ESC)

    door.at("SellPage")
    assert door.window.flow.session.sale.total == usd("175")


def test_after_next_customer_a_new_sale_begins(door: Door) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")

    door.press(ENTER)

    door.at("SellPage")
    door.sees("No sale yet")
    door.sees(f"Last sale {FIRST} · 9:14 pm")
    door.sees("$150.00 cash")


def test_keys_pressed_while_the_sale_is_being_saved_wait_their_turn(door: Door, till: FakeTill) -> None:
    till.hold()
    door.press("q", F5, ENTER, ENTER, "s")
    till.release()

    door.at("SellPage")
    door.qtbot.waitUntil(lambda: door.window.flow.session.sale.total == usd("25"))
    assert len(till.orders) == 1


def test_a_failed_save_keeps_the_sale_and_says_what_to_do(door: Door, till: FakeTill) -> None:
    till.failure = OperationFailed("The sale could not be saved.", "Nothing was taken.", "Try again.")
    door.press("q", F5, ENTER)
    door.sees("The sale could not be saved.")

    door.press(ENTER)

    door.at("CompletePage")


def test_a_till_that_must_stop_says_so_and_sells_again_when_it_can(door: Door, till: FakeTill) -> None:
    till.failure = TillStopped(
        "This till's disk is full.", "Every sale that showed “Paid” is saved.", "Free some space."
    )
    door.press("q", F5, ENTER)
    door.at("StoppedPage")
    door.sees("Every sale that showed “Paid” is saved.")

    door.press(ENTER)

    door.at("SellPage")
    assert door.window.flow.session.sale.total == usd("150")


def test_places_that_are_gone_are_said_on_their_line_and_nothing_is_lost(door: Door, till: FakeTill) -> None:
    door.press("q", "2", "a")
    stock = tuple(pool for pool in festival_status().stock if pool.pool_id != "workshop")
    door.window.flow.session.status = festival_status(stock=stock)
    till.take_all_but("workshop", 1)

    door.press(F5, ENTER)

    door.at("SellPage")
    door.sees("Only 1 left")
    assert door.window.flow.session.sale.total == usd("220")


def test_receipt_and_tickets_print_by_key_after_the_sale(door: Door, till: FakeTill) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")

    door.press(F9, F10)

    door.qtbot.waitUntil(lambda: till.papers == [("print", Paperwork.RECEIPT), ("print", Paperwork.TICKETS)])
    door.sees("Printed at 9:14 pm")


def test_papers_are_saved_as_pdf_by_button(door: Door, till: FakeTill) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")

    door.tap("Save tickets PDF")

    door.sees(f"Saved as {FIRST} tickets.pdf")
    assert till.papers == [("save", Paperwork.TICKETS)]


def test_an_email_is_checked_sent_and_said(door: Door, till: FakeTill) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    door.press(Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    focus_email(door)

    door.type("ana@")
    door.press(ENTER)
    door.sees("This e-mail is missing a dot")
    door.type("example.org")
    door.press(ENTER)

    door.sees("On its way to ana@example.org.")
    assert [address for _, address in till.emails] == ["ana@example.org"]


def focus_email(door: Door) -> None:
    from PySide6.QtWidgets import QLineEdit

    field = next(each for each in door.window.findChildren(QLineEdit) if each.isVisible())
    field.setFocus()


def test_enter_after_a_mail_goes_on_to_the_next_customer_and_mails_once(door: Door, till: FakeTill) -> None:
    door.press("q", F5, ENTER)
    door.at("CompletePage")
    focus_email(door)
    door.type("ana@example.org")
    door.press(ENTER)
    door.sees("On its way to ana@example.org.")

    door.press(ENTER)

    door.at("SellPage")
    assert len(till.emails) == 1
