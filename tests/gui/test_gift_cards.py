"""Gift cards at the till, by real keys and taps on real widgets."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from boxoffice.core.catalogue import Product, ProductKind
from boxoffice.core.gift_cards import CardCode, code_of
from boxoffice.core.ids import ProductId
from boxoffice.till.ui.keys import Scan
from boxoffice.till.ui.speech import speak
from tests.gui.conftest import ENTER, Door
from tests.gui.fake_till import FakeTill

CARD = Product(ProductId("gift-card"), "Gift card", ProductKind.GIFT_CARD, "Extras", None, {})


@pytest.fixture
def till() -> FakeTill:
    till = FakeTill()
    till.catalogue = replace(till.catalogue, products=(*till.catalogue.products, CARD))
    till.state = replace(till.state, catalogue=till.catalogue)  # type: ignore[type-var]  # it is ready
    return till


def card_of(till: FakeTill) -> CardCode:
    """Returns the code of the card that was sold last, as its paper has it."""
    with till.context.store.reading() as connection:
        card_id = str(connection.exec_driver_sql("SELECT max(id) FROM stored_values").scalar_one())
    return code_of(card_id, till.context.journal.key)


def sell_card(door: Door) -> CardCode:
    door.at("SellPage")
    door.window.flow.session.go(door.page.add(CARD))  # type: ignore[attr-defined]
    door.at("SellCardPage")
    door.press(ENTER)
    door.at("SellPage")
    door.press(door_key("F5"), ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.at("SellPage")
    return card_of(door.till)


def door_key(name: str) -> object:
    from PySide6.QtCore import Qt

    return getattr(Qt.Key, f"Key_{name}")


def test_x(qtbot: QtBot, till: FakeTill) -> None:
    for size in ((1366, 768), (1024, 768)):
        for lang in ("en", "es"):
            door = Door(qtbot, till, size)
            door.at("SellPage")
            speak(lang)
            door.window._speak()
            door.window.draw()
            s = door.window.flow.session
            s.go(door.page.add(CARD))
            door.at("SellCardPage")
            door.press("w")
            qtbot.wait(50)
            door.window.grab().save(f"/tmp/g-sell-{size[0]}-{lang}.png")
            door.press(ENTER)
            door.at("SellPage")
            qtbot.wait(50)
            door.window.grab().save(f"/tmp/g-cart-{size[0]}-{lang}.png")
            door.press(door_key("F5"), ENTER, ENTER)
            qtbot.wait(200)
            door.window.grab().save(f"/tmp/g-done-{size[0]}-{lang}.png")
            door.press(ENTER)
            door.at("SellPage")
            code = card_of(till)
            s.go(door.page.add(till.catalogue.products[0]))
            door.window.flow.on_key(Scan(code.shown))
            door.at("GiftCardPage")
            qtbot.wait(300)
            door.window.grab().save(f"/tmp/g-pay-{size[0]}-{lang}.png")
            door.press(ENTER)
            door.at("SplitPage")
            qtbot.wait(100)
            door.window.grab().save(f"/tmp/g-split-{size[0]}-{lang}.png")
            door.press(door_key("F5"), ENTER, ENTER)
            qtbot.wait(200)
            door.press(ENTER)
            door.at("SellPage")
            door.press("g")
            door.at("GiftCardPage")
            qtbot.wait(100)
            door.window.grab().save(f"/tmp/g-look-{size[0]}-{lang}.png")
            speak("en")
