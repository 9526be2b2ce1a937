"""Prices at the till: by the hour, for a group, for who shows a card; sizes with a stock each; carts that wait."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.ids import ProductId
from boxoffice.core.tariffs import PriceRule
from boxoffice.core.wire.parked import ParkedCart, ParkedElsewhere
from boxoffice.till.ui.actions import UseToast
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.order_actions import KeepNote
from boxoffice.till.ui.views.pay import ParkedView
from boxoffice.till.ui.views.sell import AmountView, OptionsView, SellView
from boxoffice.till.usecases.gateway.standing import CatalogueChanged
from boxoffice.till.usecases.ports import Unreachable
from tests.gui.fake_till import FakeTill
from tests.gui.festival import AT_TEN, MEMBER, NINE_PM, PRICES, STUDENT, priced_fest, stock_of_sizes, usd
from tests.unit.ui.flows import Keyboard

N = Named
SOCIAL = ProductId("social")


def at(catalogue: Catalogue, left: tuple[int, ...] = (9, 0, 3, 9)) -> Keyboard:
    """Returns a keyboard at a till that sells by this catalogue, with so many left of each size."""
    till = FakeTill()
    keyboard = Keyboard(till)
    till.catalogue = catalogue
    till.say(CatalogueChanged(catalogue))
    till.status = replace(till.status, stock=(*till.status.stock, *stock_of_sizes(*left)))
    till.say(till.status)
    return keyboard


def sell(keyboard: Keyboard) -> SellView:
    view = keyboard.flow.page.view()
    assert isinstance(view, SellView)
    return view


def options(keyboard: Keyboard) -> OptionsView:
    view = keyboard.flow.page.view()
    assert isinstance(view, OptionsView)
    return view


def tile(keyboard: Keyboard, product: ProductId) -> tuple[str, str]:
    tiles = [each for section in sell(keyboard).sections for each in section.tiles if each.product_id == product]
    return tiles[0].price, tiles[0].note


def test_a_tile_says_what_it_costs_at_least_and_aloud_for_whom() -> None:
    keyboard = at(priced_fest(*PRICES))

    spoken = [each.spoken for section in sell(keyboard).sections for each in section.tiles]

    assert any("Student $15 · from 5 $22" in each for each in spoken)
    assert tile(keyboard, SOCIAL) == ("$25.00", "from $15")


def test_the_fifth_makes_it_a_group_and_the_fourth_no_more() -> None:
    keyboard = at(priced_fest(*PRICES))

    keyboard.press("5s")

    assert sell(keyboard).total == "$110.00"
    assert sell(keyboard).lines[0].detail == "Fri, May 15, 9 pm · $22.00 each"
    keyboard.press("-")
    assert sell(keyboard).total == "$100.00"


def test_a_card_is_looked_at_before_anything_is_cheaper() -> None:
    keyboard = at(priced_fest(*PRICES))
    keyboard.press("3s", "2l")

    asked = options(keyboard)
    assert (asked.title, asked.options[0].label) == ("Look at the student card", "Card seen")
    assert asked.hint == "Student: 2 × Social Dance for $15.00 each, not $25.00."
    assert keyboard.flow.session.sale.total == usd("75")

    keyboard.press(N.ENTER)

    assert [(line.count, line.detail, line.amount) for line in sell(keyboard).lines] == [
        (1, "Fri, May 15, 9 pm", "$25.00"),
        (2, "Student", "$30.00"),
    ]


def test_of_several_kinds_one_is_chosen_and_everybody_is_one_of_them() -> None:
    keyboard = at(priced_fest(*PRICES, PriceRule(usd("20"), kind=MEMBER.id), kinds=(STUDENT, MEMBER)))
    keyboard.press("sl")

    assert [each.label for each in options(keyboard).options] == [
        "Everybody · $25.00",
        "Student · $15.00",
        "Member · $20.00",
    ]
    keyboard.press("3")
    assert options(keyboard).title == "Look at the member card"
    keyboard.press(N.ENTER, "l", "1")
    assert keyboard.flow.session.sale.total == usd("25")


def test_escape_leaves_the_price_as_it_was() -> None:
    keyboard = at(priced_fest(*PRICES))

    keyboard.press("sl", N.ESC)

    assert keyboard.flow.session.sale.total == usd("25")


def test_what_has_one_price_for_all_asks_for_no_card() -> None:
    keyboard = at(priced_fest(*PRICES))

    keyboard.press("ql")

    assert keyboard.page == "SellPage"
    assert keyboard.toasts == ["Full Festival Pass has one price for all."]
    assert sell(keyboard).also == ()


def test_a_group_is_typed_and_is_one_line_at_its_price() -> None:
    keyboard = at(priced_fest(*PRICES))
    keyboard.press("sh", "12")

    view = keyboard.flow.page.view()
    assert isinstance(view, AmountView)
    assert view.hint == "How many people come together? From 5: $22.00 each."
    assert (view.typed, view.finish.label) == ("12 people · $22.00 × 12 = $264.00", "Make a group of 12")

    keyboard.press(N.ENTER)

    assert [(line.count, line.amount) for line in sell(keyboard).lines] == [(12, "$264.00")]


def test_a_group_larger_than_what_is_left_is_as_large_as_that() -> None:
    keyboard = at(priced_fest(*PRICES))

    keyboard.press("sh", "900", N.ENTER)

    assert sell(keyboard).lines[0].count == 86
    assert keyboard.toasts == ["Only 86 left: Social Dance."]


def test_the_hour_turns_and_the_sale_keeps_what_was_shown() -> None:
    keyboard = at(priced_fest(*PRICES))
    till, session = keyboard.till, keyboard.flow.session
    keyboard.press("2s")

    till.clock.at = NINE_PM + timedelta(hours=1)
    session.tick()

    assert keyboard.toasts == ["Social Dance is $30.00 now. This sale keeps $25.00."]
    assert session.sale.total == usd("50")
    session.tick()
    assert len(session.toasts) == 1
    keyboard.flow.on_action(UseToast(session.toasts[0].id))
    assert session.sale.total == usd("60")
    session.tick()
    assert keyboard.toasts == []


def test_a_till_with_no_sale_shows_the_price_of_the_hour() -> None:
    keyboard = at(priced_fest(*PRICES))

    keyboard.till.clock.at = NINE_PM + timedelta(hours=1)
    keyboard.flow.session.tick()

    assert tile(keyboard, SOCIAL)[0] == "$30.00"


def test_a_price_that_goes_back_is_kept_no_more() -> None:
    keyboard = at(priced_fest(*PRICES))
    keyboard.press("s")
    cheaper, before = priced_fest(PriceRule(usd("10"), starts=AT_TEN - timedelta(days=1))), priced_fest(*PRICES)

    keyboard.till.say(CatalogueChanged(replace(cheaper, revision=2)))
    kept = keyboard.flow.session.sale.keeps_prices
    keyboard.till.say(CatalogueChanged(replace(before, revision=3)))

    assert kept
    assert not keyboard.flow.session.sale.keeps_prices


def test_a_size_that_is_sold_out_says_so_and_is_not_sold() -> None:
    keyboard = at(priced_fest())
    keyboard.press("z")

    assert [(each.sub, each.is_on) for each in options(keyboard).options] == [
        ("9 left", True),
        ("Sold out", False),
        ("3 left", True),
        ("9 left", True),
    ]
    keyboard.press("2")
    assert keyboard.toasts == ["T-shirt, Black, size M is sold out."]
    assert keyboard.page == "OptionPage"


def test_no_more_of_a_size_are_sold_than_there_are_of_it() -> None:
    keyboard = at(priced_fest())

    keyboard.press("5z3", "2z1")

    assert [(line.count, line.problem) for line in sell(keyboard).lines] == [(3, "Only 3 left"), (2, "")]
    assert keyboard.toasts == ["Only 3 left: T-shirt, Black, size L."]


def park(keyboard: Keyboard, name: str = "") -> None:
    keyboard.press(N.F10)
    assert keyboard.page == "ParkPage"
    keyboard.flow.on_action(KeepNote(name))
    keyboard.release()


def parked(keyboard: Keyboard) -> ParkedView:
    keyboard.press("b")
    view = keyboard.flow.page.view()
    assert isinstance(view, ParkedView)
    return view


def test_a_parked_sale_is_counted_named_and_taken_up_as_it_was() -> None:
    keyboard = at(priced_fest(*PRICES))
    keyboard.press("5s", "z1")

    park(keyboard, "Red hat")

    assert sell(keyboard).lines == ()
    button = sell(keyboard).parked
    assert button is not None
    assert button.label == "1 parked"
    (row,) = parked(keyboard).parked
    assert (row.title, row.amount) == ("Red hat", "$140.00")
    keyboard.press("1")
    assert [(line.count, line.amount) for line in sell(keyboard).lines] == [(5, "$110.00"), (1, "$30.00")]
    assert sell(keyboard).parked is None


def test_a_parked_sale_keeps_its_prices_and_says_what_they_are_now() -> None:
    keyboard = at(priced_fest(*PRICES))
    keyboard.press("2s")
    park(keyboard)

    keyboard.till.clock.at = NINE_PM + timedelta(hours=1)
    keyboard.flow.session.tick()
    keyboard.press("b", "1")

    assert sell(keyboard).total == "$50.00"
    assert keyboard.toasts == ["Social Dance is $30.00 now. This sale keeps $25.00."]


def test_a_name_with_a_cards_number_is_not_kept() -> None:
    keyboard = at(priced_fest(*PRICES))
    keyboard.press("s")

    park(keyboard, "4242 4242 4242 4242")

    assert keyboard.page == "ParkPage"
    assert keyboard.flow.session.sale.total == usd("25")


def test_a_sale_at_hand_is_finished_before_one_is_taken_up() -> None:
    keyboard = at(priced_fest(*PRICES))
    keyboard.press("s")
    park(keyboard)

    keyboard.press("q", "b", "1")

    assert keyboard.toasts[-1] == "Finish the sale at hand first. This one is kept."
    assert len(parked(keyboard).parked) == 1


def elsewhere(keyboard: Keyboard) -> None:
    """A cart waits at another till, and this one hears of it."""
    keyboard.press("s")
    park(keyboard, "Camila")
    parking = keyboard.till._sync.parking
    own = parking._own()[0]
    parking.take_up(own.id)
    theirs = ParkedCart.model_validate(own.model_dump() | {"id": "theirs"})
    keyboard.till.hub.parked_elsewhere.append(ParkedElsewhere(till="Door B", cart=theirs))
    parking.compare("theirs")


def test_what_waits_at_another_till_is_taken_up_here() -> None:
    keyboard = at(priced_fest(*PRICES))
    elsewhere(keyboard)

    (row,) = parked(keyboard).parked

    assert row.title == "Camila"
    assert row.detail.endswith("Door B")
    keyboard.press("1")
    assert sell(keyboard).total == "$25.00"


@pytest.mark.parametrize("is_gone", [True, False])
def test_what_another_till_took_up_first_or_has_offline_is_told(is_gone: bool) -> None:
    keyboard = at(priced_fest(*PRICES))
    elsewhere(keyboard)
    view = parked(keyboard)
    if is_gone:
        keyboard.till.hub.parked_elsewhere.clear()
        keyboard.press("1")
        assert keyboard.toasts[-1] == "This sale was taken up elsewhere."
    else:
        keyboard.till.status = replace(keyboard.till.status, is_online=False)
        with suppress(Unreachable):
            keyboard.till._sync.pull()
        keyboard.till.say(keyboard.till.status)
        assert len(view.parked) == 1
        assert parked(keyboard).parked == ()
        assert "those of other tills need the network" in parked(keyboard).hint
    assert keyboard.page == "ParkedPage"
