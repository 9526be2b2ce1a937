"""What a customer does at a kiosk: reads, taps, waits and goes away."""

from boxoffice.core.orders import OrderState
from boxoffice.till.ui.flow.kiosk import WARNING_S
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.kiosk_goods import ProductRow
from tests.gui.conftest import Door
from tests.gui.fake_till import FakeTill

BADGE = "BXB-7K2F-4Q7K-2F4Q"


def rows(door: Door) -> dict[str, ProductRow]:
    shown = [each for each in door.window.findChildren(ProductRow) if each.isVisible()]
    return {row.accessibleName().split(",")[0]: row for row in shown}


def press_in(door: Door, product: str, name: str) -> None:
    """Presses the button of a product whose name begins so."""
    buttons = rows(door)[product].findChildren(Button)
    door.tap_widget(next(each for each in buttons if each.isVisible() and each.accessibleName().startswith(name)))


def tap(door: Door, label: str) -> None:
    """Presses a button, once it is there."""
    door.qtbot.waitUntil(lambda: label in door.buttons())
    door.tap_widget(door.buttons()[label])


def to_choose(door: Door) -> None:
    tap(door, "Buy tickets")
    door.at("ChoosePage")
    door.qtbot.waitUntil(lambda: "Full Festival Pass" in rows(door))


def choose(door: Door, product: str = "Full Festival Pass") -> None:
    """Puts one $150 pass into the order."""
    to_choose(door)
    press_in(door, product, "Add")
    door.sees("$150.00")


def pay(door: Door) -> None:
    choose(door)
    tap(door, "Pay")
    door.at("CardPage")


def time_passes(door: Door, seconds: float) -> None:
    door.till.clock.forward(seconds)
    door.window.flow.session.tick()


def leave(door: Door) -> None:
    """Goes away from the screen until it has begun anew."""
    time_passes(door, 60)
    time_passes(door, WARNING_S)


def only_order(till: FakeTill) -> OrderState:
    (order,) = till.orders.values()
    return order.state
