"""The screens of prices by card, group and hour, and how to come to each."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt

from boxoffice.core.tariffs import PriceRule
from boxoffice.till.usecases.gateway.standing import CatalogueChanged, TillStatus
from tests.gui.conftest import ENTER, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import MEMBER, PRICES, STUDENT, priced_fest, stock_of_sizes, usd

F10 = Qt.Key.Key_F10


def prices(door: Door, till: FakeTill) -> None:
    """A till with prices of all kinds, a group and a student in its sale, and one shirt."""
    till.catalogue = replace(
        priced_fest(*PRICES, PriceRule(usd("20"), kind=MEMBER.id), kinds=(STUDENT, MEMBER)), revision=2
    )
    till.say(CatalogueChanged(till.catalogue))
    till.status = replace(till.status, stock=(*till.status.stock, *stock_of_sizes(9, 0, 3, 9)))
    till.say(till.status)
    door.qtbot.waitUntil(partial(is_shown, door, till.status))
    door.press("z1", "6s2l2", ENTER)
    door.at("SellPage")


def sizes(door: Door, till: FakeTill) -> None:
    prices(door, till)
    door.press("z")
    door.at("OptionPage")


def card_price(door: Door, till: FakeTill) -> None:
    prices(door, till)
    door.press("sl2")
    door.sees("Look at the student card")


def group(door: Door, till: FakeTill) -> None:
    prices(door, till)
    door.press("eh", "12")
    door.at("GroupPage")


def park(door: Door, till: FakeTill) -> None:
    prices(door, till)
    door.press(F10)
    door.at("ParkPage")


def kept_price(door: Door, till: FakeTill) -> None:
    prices(door, till)
    dearer = tuple(
        each if each.price is None else replace(each, price=each.price + each.price) for each in till.catalogue.products
    )
    till.say(CatalogueChanged(replace(till.catalogue, revision=3, products=dearer)))
    door.sees("Use new prices")


def is_shown(door: Door, status: TillStatus) -> bool:
    return door.window.flow.session.status == status
