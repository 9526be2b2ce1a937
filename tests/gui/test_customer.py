"""The customer's screen: their own sale as it grows, how to pay, the change; and nothing of whoever sells."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from boxoffice.till.ui.customer_window import CustomerWindow
from boxoffice.till.ui.flow.phone import PhonePage
from boxoffice.till.ui.second_screen import SecondScreen
from boxoffice.till.ui.views.customer import CustomerScreen, CustomerView
from boxoffice.till.ui.widgets.text import Text
from boxoffice.till.usecases.gateway.devices import CustomerDisplay
from tests.gui import all_pages, pages
from tests.gui.conftest import ENTER, ESC, Door
from tests.gui.fake_till import FakeTill
from tests.gui.looking import faults
from tests.gui.staged_till import LINK

F3, F5, F7, F12 = Qt.Key.Key_F3, Qt.Key.Key_F5, Qt.Key.Key_F7, Qt.Key.Key_F12
SIZES = [(1024, 600), (1280, 800), (1920, 1080)]


@pytest.fixture
def customer(door: Door, till: FakeTill) -> CustomerWindow:
    till.say(replace(till.status, customer_display=CustomerDisplay.WINDOW))
    door.qtbot.waitUntil(lambda: window_of(door) is not None)
    window = window_of(door)
    assert window is not None
    return window


def window_of(door: Door) -> CustomerWindow | None:
    second: SecondScreen | None = door.window._customer
    return None if second is None else second.window


def words_on(window: QWidget) -> str:
    return "\n".join(each.text() for each in window.findChildren(Text) if each.isVisible())


def shows(door: Door, window: CustomerWindow, *words: str) -> None:
    door.qtbot.waitUntil(lambda: all(each in words_on(window) for each in words), timeout=150_000)


def test_a_customer_sees_the_sale_grow_the_change_and_then_nothing_of_it(door: Door, customer: CustomerWindow) -> None:
    shows(door, customer, "Welcome", "May 15–17, 2026")

    door.press("q")
    shows(door, customer, "1 × Full Festival Pass", "$150.00", "To pay")
    door.press("2s")
    shows(door, customer, "2 × Social Dance", "$200.00")
    door.press(F5, "300", ENTER)

    shows(door, customer, "Paid. Thank you", "Your change", "$100.00", "You gave $300.00. The total was $200.00.")
    door.press(ENTER)
    shows(door, customer, "Welcome")
    assert "$" not in words_on(customer)


def read_from(door: Door, window: CustomerWindow) -> str:
    """Returns what another program reads of the code on the screen."""
    door.qtbot.wait(20)
    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    shot = memoryview(picture.constBits()).cast("B", (picture.height(), picture.bytesPerLine()))
    found = zxingcpp.read_barcode(shot)
    return "" if found is None else found.text


def test_the_code_to_pay_with_is_read_from_the_customers_screen(
    door: Door, till: FakeTill, customer: CustomerWindow
) -> None:
    pages.sale(door)
    door.press(F7)
    door.at("PhonePage")
    shows(door, customer, "Scan to pay $230.00", "and type 7K2F4Q")

    for size in SIZES:
        customer.resize(*size)
        assert read_from(door, customer) == LINK
    page = door.page
    assert isinstance(page, PhonePage)
    page.link = f"https://hub.alocubano.example/o#{'7K2F4Q8X' * 60}"  # as long as an offer
    door.window.draw()
    customer.resize(*SIZES[0])
    assert read_from(door, customer) == page.link
    assert "7K2F4Q8X" not in words_on(customer)
    till.end_payment("paid")
    shows(door, customer, "Paid. Thank you", "You paid", "$230.00")


def test_the_customers_language_is_theirs_for_one_sale(door: Door, till: FakeTill, customer: CustomerWindow) -> None:
    pages.sale(door)
    spanish = next(each for each in customer.findChildren(QWidget) if each.accessibleName() == "Español")

    door.tap_widget(spanish)

    shows(door, customer, "A pagar", "con impuestos y cargos incluidos")
    door.press(F5, ENTER)
    shows(door, customer, "Pagado. Gracias")
    assert "Next customer" in door.text()  # the seller's own language stays
    door.press(ENTER)
    shows(door, customer, "Welcome")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_clipped_whatever_the_screen_and_the_language(
    door: Door, customer: CustomerWindow, size: tuple[int, int]
) -> None:
    customer.resize(*size)

    for keys in ((), ("q2wertasdf",), (F5,), ("2000", ENTER)):
        door.press(*keys)
        for language in ("en", "es"):
            door.window.flow.session.customer_language = language
            door.window.draw()
            door.qtbot.waitUntil(lambda: not faults(customer), timeout=3000)


SECRETS = ("Geheim Tok", "geheim@example.org", "never tell", "Maya")


SEEN_BY_SELLERS = (pages.split, pages.orders, pages.printer, pages.problems, pages.unknown)


@pytest.mark.parametrize("page", SEEN_BY_SELLERS, ids=lambda page: page.__name__)
def test_no_page_of_the_seller_reaches_the_customer(
    door: Door, till: FakeTill, customer: CustomerWindow, page: all_pages.Steps
) -> None:
    """All words on the customer's screen are those of its view, whatever the seller looks at."""
    page(door, till)
    door.window.draw()

    window = window_of(door)
    if window is None:  # another page's weather says that there is none
        return
    view = window.shown
    assert view is not None
    known = set(words_in(view))
    assert {each.text() for each in window.findChildren(Text) if each.isVisible()} <= known | {""}
    assert not any(secret in words_on(window) for secret in SECRETS)


def words_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from words_in(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from words_in(getattr(value, each.name))


def test_a_customers_view_holds_words_alone() -> None:
    """What its window is given can hold no order, no page and no person."""

    def kinds(owner: type) -> Iterator[str]:
        for each in fields(owner):
            yield str(each.type)

    assert set(kinds(CustomerView)) <= {
        "<enum 'CustomerScreen'>",
        "<class 'str'>",
        str(CustomerScreen),
        str(str),
        "tuple[boxoffice.till.ui.views.customer.CustomerLine, ...]",
        "tuple[tuple[str, str], ...]",
        "<class 'boxoffice.till.ui.views.customer.CustomerSide'>",
    }


def test_it_stands_on_the_second_screen_alone_and_comes_and_goes_with_it(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = door.window.screen()
    screens = [own]
    monkeypatch.setattr(door.window, "screen", lambda: None)  # this computer has one screen: it is the second one here
    second = SecondScreen(door.window, lambda _: None, lambda: screens[1:])

    second.set_up(CustomerDisplay.SCREEN)
    assert not second.window
    screens.append(own)
    second.set_up(CustomerDisplay.SCREEN)
    assert second.window is not None
    assert second.window.isFullScreen()
    screens.pop()
    second.set_up(CustomerDisplay.SCREEN)

    assert second.window is None


def test_the_reader_shows_the_cart_as_it_grows_and_none_while_it_is_paid(door: Door, till: FakeTill) -> None:
    door.press("q", "2s")
    shown = [None if each is None else len(each.lines) for each in till.on_reader]
    door.press(F5, "300")

    assert shown == [1, 2]
    door.press(ENTER)
    door.at("CompletePage")
    assert [each is None for each in till.on_reader] == [False, False, True]


def test_it_is_switched_on_and_off_on_the_tills_page(door: Door, till: FakeTill) -> None:
    door.press(F12)
    door.at("TillPage")
    door.sees("Customer's screen")

    door.tap("Window")

    door.qtbot.waitUntil(lambda: window_of(door) is not None)
    door.tap("Off")
    door.qtbot.waitUntil(lambda: window_of(door) is None)
    assert "show_customer" in till.calls
    door.press(ESC)
