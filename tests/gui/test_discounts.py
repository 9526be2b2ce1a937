"""Discounts and codes by touch, on real widgets: four taps for one, one tap and it is out again."""

from dataclasses import replace

from boxoffice.core.comp_budget import CompBudget
from boxoffice.till.ui.widgets.cart import ReducedRow
from boxoffice.till.usecases.gateway.standing import CatalogueChanged
from tests.gui.conftest import ENTER, Door
from tests.gui.fake_till import FakeTill
from tests.gui.festival import usd


def test_a_member_has_fifteen_percent_off_in_four_taps_and_one_takes_it_out_again(door: Door, till: FakeTill) -> None:
    door.press("q")
    for label in ("Discount", "15%", "Member", "Take $22.50 off"):
        door.tap(label)
    door.at("SellPage")
    door.sees("$127.50")

    row = next(each for each in door.window.findChildren(ReducedRow) if each.isVisible())
    door.tap_widget(row.drop)

    door.sees("The discount is out of the sale.")
    assert door.window.flow.session.sale.total == usd("150")


def test_another_reason_is_typed(door: Door, till: FakeTill) -> None:
    door.press("q", "p10")
    door.at("DiscountPage")
    door.press("/")
    door.type("Came by bike")
    door.press(ENTER, ENTER)

    door.at("SellPage")
    door.sees("Came by bike")


def test_a_code_is_typed_into_its_page(door: Door, till: FakeTill) -> None:
    door.press("q", "o")
    door.at("CodePage")
    door.type("rumba")
    door.press(ENTER)

    door.sees("“RUMBA” is no code of this event.")


def test_the_comp_page_says_how_many_are_given_of_how_many(door: Door, till: FakeTill) -> None:
    till.say(CatalogueChanged(replace(till.catalogue, revision=2, comps=CompBudget(10, 3))))
    door.qtbot.waitUntil(lambda: door.window.flow.session.sale.catalogue.comps.is_set, timeout=150_000)

    door.press("q", "p")
    door.tap("Comp")

    door.sees("Comps tonight")
    door.sees("0 of 10")
    door.sees("0 of 3")
