"""Every page of a kiosk at each of its sizes: whole at normal text in English, and at twice that in Spanish."""

from collections.abc import Callable, Iterator, Mapping

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from boxoffice.core.staff import StaffRole
from boxoffice.till.ui import tokens
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.flow.kiosk_page import TEXT_PERCENTS
from boxoffice.till.ui.sale_actions import Serve
from boxoffice.till.ui.speech import speak
from boxoffice.till.ui.widgets.button import Button
from tests.gui.conftest import Door
from tests.gui.fake_till import FakeTill
from tests.gui.test_layout import english_on, settled

pytestmark = pytest.mark.slow
SIZES = [(1080, 1920), (1920, 1080), (1280, 800)]


def welcome(door: Door, till: FakeTill) -> None:
    door.at("WelcomePage")


def choose(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.SELL)
    door.window.flow.on_action(Serve(till.catalogue.products[0].id, None, 1))
    door.at("ChoosePage")


def card(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.FINISH)
    door.at("CardPage")
    door.qtbot.waitUntil(till.started.is_set)


def still_there(door: Door, till: FakeTill) -> None:
    till.clock.forward(60)
    door.window.flow.session.tick()


def declined(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.KEEP_WAITING)
    till.end_payment("refused", "The bank declined this card.")
    door.at("NotPaidPage")


def phone(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.PHONE)
    door.at("OwnPhonePage")
    door.qtbot.waitUntil(till.started.is_set)


def helped(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.CALL_HELP)
    door.qtbot.waitUntil(lambda: len(till.hub.calls) == 1)


def unknown(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.BACK)
    till.end_payment("unknown")
    door.at("NotKnownPage")


def paid(door: Door, till: FakeTill) -> None:
    till.clock.forward(200)
    door.window.flow.session.tick()
    choose(door, till)
    card(door, till)
    till.end_payment("paid")
    door.at("PaidPage")


def mail(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.SEND)
    door.at("MailPage")


def staff(door: Door, till: FakeTill) -> None:
    door.window.flow.on_action(Do.STAFF)


WALK: tuple[Callable[[Door, FakeTill], None], ...] = (
    welcome,
    choose,
    card,
    still_there,
    declined,
    phone,
    helped,
    unknown,
    paid,
    mail,
    staff,
)


@pytest.fixture
def walker(qtbot: QtBot, till: FakeTill, request: pytest.FixtureRequest) -> Iterator[Door]:
    till.hire("Ana", StaffRole.SELLER, pin="4071")
    door = Door(qtbot, till, request.param, is_kiosk=True)
    door.at("WelcomePage")
    door.window.resize(*request.param)
    yield door
    door.window.flow.session.kiosk = None
    door.window.close()
    speak("en")


@pytest.mark.parametrize("walker", SIZES, ids=lambda size: f"{size[0]}x{size[1]}", indirect=True)
def test_no_page_of_a_kiosk_is_cut_at_any_size_in_either_language(walker: Door, till: FakeTill) -> None:
    found: dict[str, list[str]] = {}

    for page in WALK:
        page(walker, till)
        for percent, language in ((100, "en"), (200, "es")):
            _look(walker, percent)
            walker.window.flow.session.speak(language)
            found[f"{page.__name__} {percent} %"] = settled(walker) + (english_on(walker) if language == "es" else [])
            found[f"{page.__name__} {percent} %, buttons"] = _hidden(walker)

    assert {where: what for where, what in found.items() if what} == {}


def _look(door: Door, percent: int) -> None:
    kiosk = door.window.flow.session.kiosk
    assert kiosk is not None
    assert percent in TEXT_PERCENTS
    kiosk.text_percent = percent
    door.window.flow.session.on_look()


def _hidden(door: Door) -> list[str]:
    """Returns the total's and the foot's buttons that don't lie whole in the window: they never scroll away."""
    screen = door.window.findChildren(Button)
    fixed = [each for each in screen if each.isVisible() and each.view.action in (Do.CALL_HELP, Do.FINISH, Do.BACK)]
    return [
        each.view.label
        for each in fixed
        if each.visibleRegion().isEmpty()
        or not door.window.rect().contains(each.rect().translated(each.mapTo(door.window, QPoint(0, 0))))
        if each.window() is door.window and door.window.flow.session.cover is None and each.view.action is not Do.FINISH
    ]


def test_more_contrast_reaches_seven_for_every_text() -> None:
    stronger: Mapping[str, str] = {**tokens.COLOURS, **tokens.STRONGER}
    low = {pair: tokens.contrast_of(stronger[pair[0]], stronger[pair[1]]) for pair in tokens.TEXT_ON}

    assert {pair: ratio for pair, ratio in low.items() if ratio < 7} == {}
