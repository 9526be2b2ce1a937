"""Gift cards at the till, by real keys and taps on real widgets."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from boxoffice.core.catalogue import Product, ProductKind
from boxoffice.core.gift_cards import CardCode, code_of
from boxoffice.core.ids import ProductId
from boxoffice.core.orders import OrderState
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.conftest import ENTER, ESC, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd

CARD = Product(ProductId("gift-card"), "Gift card", ProductKind.GIFT_CARD, "Extras", None, {})
F5, F8 = Qt.Key.Key_F5, Qt.Key.Key_F8


@pytest.fixture
def door(till: FakeTill, open_door: OpenDoor) -> Door:
    """A till whose event sells gift cards, under C."""
    till.catalogue = replace(till.catalogue, products=(*till.catalogue.products, CARD))
    assert isinstance(till.state, Ready)
    till.state = replace(till.state, catalogue=till.catalogue)
    return open_door()


def sell_card(door: Door, *amount: str | Qt.Key) -> CardCode:
    """Sells a card for cash; returns its code, as its paper has it."""
    door.press("c")
    door.at("SellCardPage")
    door.press(*amount, ENTER)
    door.at("SellPage")
    door.press(F5)
    door.at("CashPage")
    door.press(ENTER)
    door.at("CompletePage")
    door.press(ENTER)
    door.at("SellPage")
    with door.till.context.store.reading() as connection:
        card_id = str(connection.exec_driver_sql("SELECT max(id) FROM stored_values").scalar_one())
    return code_of(card_id, door.till.context.journal.key)


def test_a_card_is_sold_in_two_presses_and_its_payment(door: Door) -> None:
    sell_card(door)

    (order,) = door.till.orders.values()
    assert (order.total, order.card_count, order.state) == (usd("50"), 1, OrderState.COMPLETED)


def test_any_amount_within_the_limits_can_be_typed(door: Door) -> None:
    door.press("c")
    door.at("SellCardPage")

    door.press("4")
    assert "From $5 to $500" in door.text()
    door.press("5")
    assert "Add a card with $45.00" in door.text()
    door.press(ESC)
    door.at("SellPage")


def test_a_scanned_card_pays_a_part_and_cash_the_rest(door: Door) -> None:
    code = sell_card(door, "w")
    door.press("q")

    door.scan(code.shown)
    door.at("GiftCardPage")
    door.sees("Use $50.00, then the rest")
    door.press(ENTER)
    door.at("SplitPage")
    door.press(F5)
    door.at("CashPage")
    door.press(ENTER)
    door.at("CompletePage")

    order = list(door.till.orders.values())[-1]
    assert [(each.kind, each.amount) for each in order.tenders] == [
        (TenderKind.STORED_VALUE, usd("50")),
        (TenderKind.CASH, usd("100")),
    ]
    assert order.tenders[0].words == f"…{code.last4}"


def test_a_typed_code_that_is_wrong_says_so_and_charges_nothing(door: Door) -> None:
    code = sell_card(door)
    door.press("q", "g")
    door.at("GiftCardPage")
    wrong = "1" if code.shown[5] != "1" else "2"

    door.type(code.shown[:5] + wrong + code.shown[6:])
    door.press(ENTER)

    door.sees("This is not a gift card’s code.")


def test_a_card_is_looked_at_without_a_sale_and_its_small_rest_paid_out(door: Door) -> None:
    code = sell_card(door, "5")
    door.press("g")
    door.at("GiftCardPage")

    door.type(code.shown.lower())
    door.press(ENTER)
    door.sees("Pay out $5.00 in cash")
    door.tap("Pay out $5.00 in cash")

    door.at("SellPage")
    door.sees("Give $5.00 in cash.")


def test_offline_it_says_what_is_safe_and_takes_what_is_kept_here(door: Door) -> None:
    code = sell_card(door)
    door.till.status = replace(door.till.status, is_online=False)
    door.press("q")

    door.scan(code.shown)

    door.at("GiftCardPage")
    door.sees("Up to $50.00 can be spent here without the network.")
    door.press(ENTER)
    door.at("SplitPage")
