"""Every page at every size: nothing clipped, nothing overlapping, and what matters without scrolling."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from boxoffice.core.ids import ProductId
from boxoffice.core.languages import LANGUAGES
from boxoffice.till.ui import tokens
from boxoffice.till.ui.flow.work import Broken
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.views.sell import SellView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.chip import Chip
from boxoffice.till.ui.widgets.summary import SummaryPanel
from boxoffice.till.ui.widgets.text import Amount
from boxoffice.till.ui.widgets.tile import Tile
from boxoffice.till.ui.widgets.toasts import Toasts
from boxoffice.till.usecases.gateway.devices import ReaderState
from boxoffice.till.usecases.gateway.standing import Ready
from tests.gui.all_pages import PAGES, TEAM_PAGES, Steps
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.festival import NINE_PM, UNPAIRED
from tests.gui.looking import faults, scrolls
from tests.gui.pages import cash, complete, donation, orders, phone, reader, sell, split
from tests.gui.price_pages import is_shown

pytestmark = pytest.mark.slow
SIZES = [(1024, 768), (1366, 768), (1920, 1080), (3840, 2160)]
TEXTS: Mapping[tuple[int, int], Sequence[int]] = {
    (1024, 600): (100, 125, 150, 200),  # smaller than most tills have
    (1024, 768): tokens.TEXT_SCALES,
    (1280, 720): (125, 150, 200),
    (1366, 768): (110, 140, 175, 200),
}
"""Windows, and the sizes of text in them: all of them in the one that has the least room for its words."""
BELOW_MESSAGES: Mapping[tuple[int, int], Sequence[int]] = {
    (1024, 768): (100, 125, 150, 200),
    (1920, 1080): (110, 140, 175, 200),
}
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)


def settled(door: Door, look: Callable[[Door], list[str]] = lambda door: faults(door.window)) -> list[str]:
    """Returns the faults that stay after the layout has settled."""
    looks: list[list[str]] = []

    def is_done() -> bool:
        looks.append(look(door))
        return len(looks) > 5 or not looks[-1]

    door.qtbot.waitUntil(is_done)
    return looks[-1]


def fit(door: Door, size: tuple[int, int]) -> None:
    """Makes the window as large as another screen. Each turn of the event loop lays out one level more."""
    door.window.resize(*size)
    for _ in range(10):
        QApplication.processEvents()
    assert (door.window.width(), door.window.height()) == size


@by_page
def test_nothing_is_clipped_and_nothing_overlaps_at_any_size(open_door: OpenDoor, till: FakeTill, page: Steps) -> None:
    door = open_door(SIZES[0])
    page(door, till)
    found = {}

    for size in SIZES:
        fit(door, size)
        found[size] = settled(door)

    assert {size: what for size, what in found.items() if what} == {}


@pytest.mark.parametrize("page", [split, cash], ids=lambda page: page.__name__)
def test_a_page_made_on_a_4k_screen_is_whole_on_a_small_one(open_door: OpenDoor, till: FakeTill, page: Steps) -> None:
    door = open_door(SIZES[-1])
    page(door, till)

    fit(door, SIZES[0])

    assert settled(door) == []


@by_page
def test_nothing_is_clipped_in_spanish_nor_below_the_offline_banner(
    open_door: OpenDoor, till: FakeTill, page: Steps
) -> None:
    door = open_door(SIZES[0])
    page(door, till)
    door.window.flow.session.speak("es")
    found = {"Spanish": settled(door), "English": english_on(door)}

    door.window.flow.session.speak("en")
    till.say(replace(till.status, is_online=False, offline_since=NINE_PM - timedelta(minutes=22), unsent=14))
    door.qtbot.waitUntil(lambda: door.window.flow.session.status == till.status)
    for size in SIZES[:2]:
        fit(door, size)
        found[f"offline, {size}"] = settled(door)

    assert {where: what for where, what in found.items() if what} == {}


def english_on(door: Door) -> list[str]:
    """Returns texts that a till in Spanish should have said in Spanish; what the event calls things stays so."""
    catalogue = door.window.flow.session.catalogue
    own = {product.category for product in catalogue.products} if catalogue is not None else set()
    shown = {*door.text().split("\n"), *door.tags()} - own
    return [text for text in sorted(shown) if say(text) != text]


@pytest.mark.parametrize("page", TEAM_PAGES, ids=lambda page: page.__name__)
def test_what_teams_do_is_whole_in_both_languages_at_the_smallest_size_and_a_large_one(
    open_door: OpenDoor, till: FakeTill, page: Steps
) -> None:
    door = open_door(SIZES[0])
    page(door, till)
    found = {"small": settled(door)}

    door.window.flow.session.speak("es")
    found |= {"small, Spanish": settled(door), "English": english_on(door)}
    door.window.resize(*SIZES[2])
    found["large, Spanish"] = settled(door)

    assert {where: what for where, what in found.items() if what} == {}


@by_page
def test_at_no_text_size_is_anything_cut_or_a_message_on_what_is_used_for_money(
    open_door: OpenDoor, till: FakeTill, page: Steps
) -> None:
    door = open_door((1024, 600))
    page(door, till)
    cut: dict[str, list[str]] = {}
    hidden: dict[str, list[str]] = {}

    for size, percents in TEXTS.items():
        fit(door, size)
        for percent in percents:
            door.theme.set_text(percent)
            cut[f"{size} {percent} %"] = settled(door)
    door.window.flow.session.say_failed(Broken("KeyError"))
    for size, percents in BELOW_MESSAGES.items():
        fit(door, size)
        for percent in percents:
            door.theme.set_text(percent)
            hidden[f"{size} {percent} %"] = settled(door, hidden_by_message)

    assert {where: what for where, what in (cut | hidden).items() if what} == {}


@pytest.mark.parametrize("page", [cash, complete, phone, donation], ids=lambda page: page.__name__)
def test_large_text_is_not_cut_in_the_smallest_window(open_door: OpenDoor, till: FakeTill, page: Steps) -> None:
    door = open_door((800, 480))
    page(door, till)

    door.theme.set_text(150)

    assert settled(door) == []


@pytest.mark.parametrize("page", [sell, cash, complete, reader, phone], ids=lambda page: page.__name__)
def test_selling_never_needs_to_scroll(open_door: OpenDoor, till: FakeTill, page: Steps) -> None:
    door = open_door(SIZES[0])
    page(door, till)
    found = {}

    for size in SIZES:
        fit(door, size)
        settled(door)
        found[size] = scrolls(door.window)

    assert {size: what for size, what in found.items() if what} == {}


@by_size
def test_pairing_and_choosing_an_event_fit_every_screen(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int]
) -> None:
    door = open_door(size, state=UNPAIRED, page="PairPage")
    assert settled(door) == []
    door.type("ABCD-EFGH")
    door.press(ENTER)
    door.sees("Casino Night Pop-up")

    assert settled(door) == []


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: f"{size[0]}x{size[1]}")
def test_pairing_and_choosing_an_event_fit_large_text_too(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int]
) -> None:
    door = open_door(size, state=UNPAIRED, page="PairPage")
    door.theme.set_text(200)
    assert settled(door) == []
    door.type("ABCD-EFGH")
    door.press(ENTER)
    door.sees("Casino Night Pop-up")

    assert settled(door) == []


@pytest.mark.parametrize("percent", [125, 150, 200])
@pytest.mark.parametrize("page", [sell, cash, complete], ids=lambda page: page.__name__)
def test_total_and_pay_buttons_never_leave_the_screen_however_large_the_text(
    open_door: OpenDoor, till: FakeTill, percent: int, page: Steps
) -> None:
    door = open_door()
    page(door, till)

    door.theme.set_text(percent)

    settled(door)
    pay = [each for each in door.buttons().values() if each.view.kind in ("primary", "strong")]
    assert pay
    outside = [
        each.view.label
        for each in pay
        if not door.window.rect().contains(each.rect().translated(each.mapTo(door.window, QPoint(0, 0))))
    ]
    assert outside == []


def test_a_status_that_needs_more_words_shortens_the_place_not_the_event(open_door: OpenDoor, till: FakeTill) -> None:
    door = open_door()
    till.say(
        replace(till.status, is_online=False, offline_since=NINE_PM, unsent=1400, reader=ReaderState.NEEDS_INTERNET)
    )
    door.sees("Offline since 9:14 pm")

    assert settled(door) == []


def places(door: Door) -> dict[str, QRect]:
    """Returns where everything is that a finger may be on its way to."""
    kinds = (Button, Tile, Chip, SummaryPanel)
    shown = [each for each in door.window.findChildren(QWidget) if isinstance(each, kinds) and each.isVisible()]
    return {
        f"{i} {type(each).__name__}": QRect(each.mapTo(door.window, QPoint(0, 0)), each.size())
        for i, each in enumerate(shown)
    }


def at_rest(door: Door) -> dict[str, QRect]:
    """Returns where everything is once nothing moves any more: the same at five looks, with time passing between."""
    looks: list[dict[str, QRect]] = []

    def is_at_rest() -> bool:
        door.window.flow.session.tick()
        looks.append(places(door))
        return len(looks) > 5 and all(look == looks[-1] for look in looks[-5:])

    door.qtbot.waitUntil(is_at_rest)
    return looks[-1]


@pytest.mark.parametrize("page", [sell, cash, complete, phone, orders], ids=lambda page: page.__name__)
def test_nothing_moves_when_the_network_goes_or_the_disk_fills(
    open_door: OpenDoor, till: FakeTill, page: Steps
) -> None:
    door = open_door(SIZES[0])
    page(door, till)
    usual = till.status

    for size in SIZES:
        fit(door, size)
        till.say(usual)
        door.qtbot.waitUntil(partial(is_shown, door, usual))
        before = at_rest(door)
        for status in (
            replace(usual, is_online=False, offline_since=NINE_PM, unsent=1400, reader=ReaderState.READY),
            replace(usual, is_disk_low=True),
            replace(usual, clock_off_s=3600),
            replace(usual, reader=ReaderState.NONE, unsent=3),
        ):
            till.say(status)
            door.qtbot.waitUntil(partial(is_shown, door, status))
            assert at_rest(door) == before, size


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)], ids=str)
def test_no_words_of_a_payment_are_cut_at_any_width_and_text_size(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int]
) -> None:
    door = open_door(size)
    cash(door, till)
    cut = {}

    for percent in tokens.TEXT_SCALES:
        door.theme.set_text(percent)
        cut[percent] = [each for each in settled(door) if each.startswith("cut with …")]

    assert {percent: what for percent, what in cut.items() if what} == {}


def hidden_by_message(door: Door) -> list[str]:
    """Returns the amounts, tiles, keys and buttons that the message lies on, and whether the window cuts it."""
    toasts = door.window.findChild(Toasts)
    assert toasts is not None
    if not door.window.rect().contains(toasts.geometry()):
        return ["the message is not whole"]
    return [
        each.accessibleName() or type(each).__name__
        for each in door.window.findChildren(QWidget)
        if isinstance(each, (Amount, Tile, Button))
        and not each.visibleRegion().isEmpty()
        and not toasts.isAncestorOf(each)
        and not (isinstance(each, Button) and each.view.kind == "quiet")
        and each.visibleRegion()
        .boundingRect()
        .translated(each.mapTo(door.window, QPoint(0, 0)))
        .intersects(toasts.geometry())
    ]


@by_size
def test_however_many_categories_there_are_each_tab_is_shown_whole_or_not_at_all(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int]
) -> None:
    product = till.catalogue.products[4]
    many = tuple(
        replace(product, id=ProductId(f"w{i}"), name=f"Workshop {i}", category=f"Category {i // 13}")
        for i in range(200)
    )
    till.catalogue = replace(till.catalogue, products=many)
    till.state = Ready(till.catalogue, till.status)
    door = open_door(size)
    seen: set[str] = set()

    for _ in range(40):
        assert settled(door) == []
        seen |= {label for label in door.buttons() if label.startswith("Category")}
        door.press(Qt.Key.Key_PageDown)

    assert len({label.split()[1] for label in seen}) == 16
    door.press("/")
    door.type("Workshop 199")
    door.press(ENTER)
    assert [line.product_id for line in door.window.flow.session.sale.lines] == ["w199"]


def tiles(door: Door) -> list[Tile]:
    return [each for each in door.window.findChildren(Tile) if each.isVisible()]


def shows_tiles(door: Door, products: set[ProductId]) -> bool:
    return {tile.view.product_id for tile in tiles(door)} == products


@pytest.mark.parametrize("size", SIZES[:3:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_of_two_hundred_products_each_name_is_shown_whole(
    open_door: OpenDoor, till: FakeTill, size: tuple[int, int]
) -> None:
    product, name = till.catalogue.products[4], "Afro-Cuban folklore and orishas, level"
    many = tuple(
        replace(product, id=ProductId(f"w{i}"), name=f"{name} {i}", category=f"Category {i // 25}", uses={}, detail="")
        for i in range(200)
    )
    till.catalogue = replace(till.catalogue, products=many)
    till.state = Ready(till.catalogue, till.status)
    door = open_door(size)
    seen: set[ProductId] = set()

    for _ in range(24):
        view = door.page.view()
        assert isinstance(view, SellView)
        here = {tile.product_id for section in view.sections for tile in section.tiles}
        door.qtbot.waitUntil(partial(shows_tiles, door, here))
        assert settled(door) == []
        assert all(" ".join(tile.name_lines()[1]) == tile.view.name for tile in tiles(door))
        seen |= here
        door.press(Qt.Key.Key_PageDown)

    assert len(seen) == 200


def test_the_offline_banner_is_whole_in_a_small_window_at_every_text_size_in_both_languages(
    open_door: OpenDoor, till: FakeTill
) -> None:
    door = open_door((1024, 600))
    till.say(replace(till.status, is_online=False, offline_since=NINE_PM - timedelta(minutes=22), unsent=14))
    door.qtbot.waitUntil(lambda: door.window.flow.session.status == till.status)
    found = {}

    for language in LANGUAGES:
        door.window.flow.session.speak(language)
        for percent in (100, 125, 150, 175, 200):
            door.theme.set_text(percent)
            found[language, percent] = settled(door)

    assert {where: what for where, what in found.items() if what} == {}
