"""The way to every page of the till."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt

from boxoffice.core.doors import Doors, Zone
from boxoffice.core.errors import TillStopped
from boxoffice.core.staff import StaffRole
from boxoffice.till.usecases.gateway.devices import PrinterState, ReaderState
from boxoffice.till.usecases.gateway.paying import Stage
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, HandOver
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd
from tests.gui.price_pages import is_shown
from tests.integration.till.kit import cart

F1, F3, F4, F5, F6, F7, F8, F10, F11, F12 = (getattr(Qt.Key, f"Key_F{n}") for n in (1, 3, 4, 5, 6, 7, 8, 10, 11, 12))


def sale(door: Door) -> None:
    door.press("q2sz3")
    door.at("SellPage")


def sell(door: Door, till: FakeTill) -> None:
    sale(door)


def options(door: Door, till: FakeTill) -> None:
    door.press("z")
    door.at("OptionPage")


def donation(door: Door, till: FakeTill) -> None:
    door.press("x", "20")
    door.at("DonationPage")


def cash(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F5, "300")


def complete(door: Door, till: FakeTill) -> None:
    cash(door, till)
    door.press(ENTER)
    door.at("CompletePage")


def reader(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F6)
    door.at("ReaderPage")
    door.sees("Sent to Reader 1")


def declined(door: Door, till: FakeTill) -> None:
    reader(door, till)
    till.end_payment("refused", "The bank declined this card.")
    door.at("RefusedPage")


def unknown(door: Door, till: FakeTill) -> None:
    reader(door, till)
    till.end_payment("unknown")
    door.at("UnknownPage")


def phone(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F7)
    door.at("PhonePage")
    door.sees("Scan to pay")
    till.advance(Stage.OPENED)
    till.advance(Stage.PRESENTED)
    door.sees("Paying now")


def phone_question(door: Door, till: FakeTill) -> None:
    phone(door, till)
    door.press(ESC)


def offer(door: Door, till: FakeTill) -> None:
    till.say(replace(till.status, is_online=False, can_offer=True, stock=()))
    sale(door)
    door.press(F7)
    door.at("PhonePage")
    door.sees("You scan their paid code")


def phone_paid(door: Door, till: FakeTill) -> None:
    phone(door, till)
    till.end_payment("paid")
    door.at("PhonePaidPage")


def split(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F8, "100", F5, "120", ENTER)
    door.at("SplitPage")


def problems(door: Door, till: FakeTill) -> None:
    unknown(door, till)
    door.press(F11)
    door.sees("Payment unknown, $230.00")


def orders(door: Door, till: FakeTill) -> None:
    complete(door, till)
    door.press(F3)
    door.sees("1 order")
    door.sees("Print receipt")


def till_page(door: Door, till: FakeTill) -> None:
    door.press(F12)
    door.sees("Reader 2")


def stopped(door: Door, till: FakeTill) -> None:
    till.failure = TillStopped(
        "This till's disk is full.", "Every sale that showed “Paid” is saved.", "Free some space."
    )
    cash(door, till)
    door.press(ENTER)
    door.at("StoppedPage")


def help_page(door: Door, till: FakeTill) -> None:
    door.press(F1)
    door.sees("Keys for this screen")


def given(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press(F8, "ps")
    door.at("GivenPage")


def discount(door: Door, till: FakeTill) -> None:
    sale(door)
    door.press("p15a")
    door.at("DiscountPage")


def reduced(door: Door, till: FakeTill) -> None:
    discount(door, till)
    door.press(ENTER)
    door.at("SellPage")
    door.sees("Discount 15")
    door.window.flow.session.drop_words_of_sale()


def give_back(door: Door, till: FakeTill) -> None:
    split(door, till)
    door.press(ESC, "a")
    door.at("GiveBackPage")


def parked(door: Door, till: FakeTill) -> None:
    split(door, till)
    door.press(F10, F10)
    door.sees("Parked and waiting")
    door.sees("since 9:14 pm")


def price_changed(door: Door, till: FakeTill) -> None:
    cash(door, till)
    dearer = tuple(
        each if each.price is None else replace(each, price=each.price + each.price) for each in till.catalogue.products
    )
    till.say(CatalogueChanged(replace(till.catalogue, revision=2, products=dearer)))
    door.sees("Prices changed at 9:14 pm")


def parked_carts(door: Door, till: FakeTill) -> None:
    split(door, till)
    door.press(F10)
    door.press("q", F10)
    door.at("ParkPage")
    door.press("Red hat", ENTER)
    door.at("SellPage")
    door.press("2s", F10)
    door.at("ParkPage")
    assert "Red hat" not in door.typed()
    door.press(ENTER)
    door.at("SellPage")
    door.press("b")
    door.sees("Red hat")


def given_back(door: Door, till: FakeTill) -> None:
    give_back(door, till)
    door.press(ENTER)
    door.at("GivenBackPage")


def which_reader(door: Door, till: FakeTill) -> None:
    status = replace(till.status, reader=ReaderState.NONE)
    till.say(status)
    door.qtbot.waitUntil(partial(is_shown, door, status))
    sale(door)
    door.press(F6)
    door.at("PickReaderPage")
    door.sees("Reader 2")


def events(door: Door, till: FakeTill) -> None:
    till_page(door, till)
    door.tap("Sell for another event")
    door.at("EventsPage")
    door.sees("What do you sell for?")


def hand_over(door: Door, till: FakeTill) -> None:
    till.say(HandOver("Door A", "https://hub.alocubano.example", 40, (usd("230"),), 1))
    door.at("HandOverPage")


# What teams do: walked at two sizes, in both languages


def _hired(door: Door, till: FakeTill) -> None:
    till.hire("Ana", StaffRole.SUPERVISOR, pin="4071")
    till.hire("Maximiliano", StaffRole.SELLER, pin="9021")
    till.lock()
    door.at("SignInPage")


def sign_in(door: Door, till: FakeTill) -> None:
    _hired(door, till)
    door.press("w", "11")


def wrong_pin(door: Door, till: FakeTill) -> None:
    _hired(door, till)
    door.press("w", "1111")
    door.sees("4 tries left.")


def approve(door: Door, till: FakeTill) -> None:
    _hired(door, till)
    door.press("w", "9021")
    _sold(door, till)
    door.press("u")
    door.sees("stop working at once")
    door.press(ENTER)
    door.at("ApprovePage")
    door.press("40")


def _sold(door: Door, till: FakeTill) -> None:
    door.press("q", "2", "s", F5, ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.at("SellPage")


def last_sale(door: Door, till: FakeTill) -> None:
    _sold(door, till)
    door.press("q2sz3")
    door.at("SellPage")


def refund(door: Door, till: FakeTill) -> None:
    _sold(door, till)
    door.press("u")
    door.sees("stop working at once")


def refund_amount(door: Door, till: FakeTill) -> None:
    refund(door, till)
    door.press("n", "12.5")


def swap(door: Door, till: FakeTill) -> None:
    _sold(door, till)
    door.press("i")
    door.at("SwapPage")
    door.sees("Full Festival Pass")
    door.press("2", "w")


def note(door: Door, till: FakeTill) -> None:
    orders(door, till)
    door.press("n")
    door.at("NotePage")


def transfer(door: Door, till: FakeTill) -> None:
    orders(door, till)
    door.press("t")
    door.at("TransferPage")


def sifted(door: Door, till: FakeTill) -> None:
    orders(door, till)
    door.press("v")
    door.sees("1 order")


def printer(door: Door, till: FakeTill) -> None:
    complete(door, till)
    till.printer.tears_at = 1
    door.press(F10)
    door.sees("Not printed")
    door.press(F12)
    door.at("TillPage")
    door.press("p")
    door.at("PrinterPage")
    door.sees("Print the rest, from ticket 2")


def before_doors(door: Door, till: FakeTill) -> None:
    door.at("SellPage")
    till.printer.state = PrinterState.PAPER_OUT
    till.stripe.go_offline()
    door.press(F12)
    door.at("TillPage")
    door.press("b")
    door.at("PreflightPage")
    door.sees("Open all the same")


def gate(door: Door, till: FakeTill) -> None:
    room = Zone("room-b", "Workshop room B", ("Room B",), capacity=40)
    festival = Zone("festival", "Festival", ("Main door", "Side door"), capacity=600)
    till.catalogue = replace(till.catalogue, doors=Doors((festival, room)))
    door.press(F4)
    door.at("CheckInPage")
    door.sees("inside of 600")


def let_in(door: Door, till: FakeTill) -> None:
    gate(door, till)
    order = till.sell_for_cash(cart(("friday-pass", 6)), usd("9000"))
    door.press("/")
    door.type(order.number)
    door.press(ENTER)
    door.sees("Party of 6")
    door.window.setFocus()


def refused(door: Door, till: FakeTill) -> None:
    let_in(door, till)
    door.press(ENTER)
    door.sees("6 people let in")
    door.press("/", "81GZ-0000", ENTER)
    door.sees("Not our ticket")
