"""A training on every page: nobody can take it for the real till, and what it says is whole, in both languages."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.money import Currency, Money
from boxoffice.core.staff import StaffRole
from boxoffice.till.ui.actions import Action
from boxoffice.till.ui.customer_window import CustomerWindow
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.speech import say, speak
from boxoffice.till.ui.views.customer import CustomerScreen, CustomerSide, CustomerView
from boxoffice.till.ui.views.training import BandView, DrillsView, DrillView
from boxoffice.till.ui.widgets.training import YELLOW
from boxoffice.till.usecases.gateway.standing import Ended
from boxoffice.training import telling
from boxoffice.training.course import Cast, DrillPlan, course
from boxoffice.training.goals import Fault, Progress, scored
from boxoffice.training.moments import Finished, Running
from boxoffice.training.results import Result
from boxoffice.training.staging import letters_of, roles_in
from tests.gui.all_pages import Steps
from tests.gui.conftest import ENTER, Door, OpenDoor
from tests.gui.fake_till import FakeTill
from tests.gui.looking import faults
from tests.gui.pages import F12, gate, help_page, sell, unknown

SIZES = [(1024, 768), (1366, 768), (1920, 1080), (3840, 2160)]
USD = Currency("USD")


def cast_of(catalogue: Catalogue) -> Cast:
    roles = roles_in(catalogue)
    return Cast(
        dear=roles.dear,
        cheap=roles.cheap,
        letters=letters_of(catalogue),
        dear_sum=Money(15_000, USD),
        cheap_sum=Money(2_500, USD),
        given=Money(6_000, USD),
        part=Money(5_000, USD),
        scarce=roles.scarce,
        pool=roles.pool,
        guests=("t1", "t2", "t3"),
    )


class Still:
    """Implements `Coaching`: one moment of a training, which does not go on."""

    def __init__(self, plans: tuple[DrillPlan, ...]) -> None:
        self.plans = plans
        self.running: Running | None = None
        self.last: Finished | None = None
        self.results: tuple[Result, ...] = ()
        self.is_hinted = False
        self.done: list[Action] = []
        self.presses = 0

    def at(self, number: int, done: int) -> None:
        self.running = Running(number, self.plans[number - 1], "Nora", (0, 0), 0.0, progress=Progress(done))

    def meet(self, session: Session) -> None:
        self.session = session

    def band(self) -> BandView:
        return telling.band(wants_pin=self.session.cover is not None, has_drills=self.running is None)

    def panel(self) -> DrillView | None:
        if self.running is None:
            return None
        return telling.panel(self.running, 41.0, len(self.plans), is_hinted=self.is_hinted, is_sold=True)

    def drills(self) -> DrillsView:
        return telling.drills(self.plans, self.results, "Nora V.", self.last, 4)

    def act(self, action: Action) -> Next:
        self.done.append(action)
        return None

    def pressed(self) -> None:
        self.presses += 1

    def tick(self) -> Next:
        return None


class Classroom(Door):
    """A learner at the window of a training."""

    def __init__(self, qtbot: QtBot, till: FakeTill, size: tuple[int, int]) -> None:
        self.still = Still(course(cast_of(till.catalogue)))
        super().__init__(qtbot, till, size, trainer=self.still)

    def draw(self) -> list[str]:
        """Draws the moment, and returns the faults that stay."""
        looks: list[list[str]] = []

        def is_done() -> bool:
            self.window.draw()
            looks.append(faults(self.window))
            return len(looks) > 5 or not looks[-1]

        self.qtbot.waitUntil(is_done)
        return looks[-1]

    def is_striped(self) -> bool:
        """Whether both colours of the stripes are to be seen at all four edges."""
        image, wide, high = self.window.grab().toImage(), self.window.width(), self.window.height()
        ratio = image.devicePixelRatio()
        edges = (
            [(x, high - 3) for x in range(wide)],
            [(x, 2) for x in range(wide)],
            [(3, y) for y in range(high)],
            [(wide - 3, y) for y in range(high)],
        )
        wanted = {QColor(YELLOW).rgb(), self.window.theme.colour("ink").rgb()}
        return all(wanted <= {image.pixel(int(x * ratio), int(y * ratio)) for x, y in edge} for edge in edges)


@pytest.fixture
def classroom(qtbot: QtBot, till: FakeTill) -> Iterator[Classroom]:
    room = Classroom(qtbot, till, (1366, 768))
    room.at("DrillsPage")
    yield room
    room.window.close()
    speak("en")


@pytest.mark.slow
@pytest.mark.parametrize("page", [sell, unknown, gate, help_page], ids=lambda page: page.__name__)
def test_no_page_at_any_size_can_be_taken_for_the_real_till(classroom: Classroom, till: FakeTill, page: Steps) -> None:
    classroom.press(Qt.Key.Key_F2)
    page(classroom, till)
    found: dict[object, object] = {}

    for size in SIZES:
        classroom.window.resize(*size)
        classroom.qtbot.wait(1)
        found[size] = classroom.draw(), classroom.is_striped(), "TRAINING" in classroom.text()

    assert found == {size: ([], True, True) for size in SIZES}


@pytest.mark.parametrize("number", range(1, 7))
def test_every_goal_is_whole_in_both_languages_beside_the_page_and_below_it(classroom: Classroom, number: int) -> None:
    still, found = classroom.still, {}
    classroom.press(Qt.Key.Key_F2)

    for size, still.is_hinted in ((SIZES[0], False), (SIZES[1], True)):
        classroom.window.resize(*size)
        for language in ("en", "es"):
            classroom.window.flow.session.speak(language)
            for done in range(len(still.plans[number - 1].steps)):
                still.at(number, done)
                found[size, language, done] = classroom.draw()

    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.slow
@pytest.mark.parametrize("is_first", [True, False])
def test_the_drills_and_a_score_are_whole_at_every_size_and_with_large_text(
    classroom: Classroom, is_first: bool
) -> None:
    still, found = classroom.still, {}
    if not is_first:
        wrong = (Fault.WRONG_THING, Fault.WRONG_TENDER, Fault.WRONG_CHANGE)
        score = scored(wrong, time_s=200, goal_s=60, presses=90, best=9, off_minor=-4_000)
        still.last = Finished(3, still.plans[2], "Nora", score, USD)
        still.results = tuple(Result("Nora V.", i, 4 + i, 60, 9, "2026-05-15") for i in range(1, 6))

    for size in SIZES[:2]:
        classroom.window.resize(*size)
        for language in ("en", "es"):
            classroom.window.flow.session.speak(language)
            for percent in (100, 200):
                classroom.theme.set_text(percent)
                found[size, language, percent] = classroom.draw()

    assert {where: what for where, what in found.items() if what} == {}
    assert classroom.is_striped()


def test_a_training_speaks_spanish_throughout(classroom: Classroom) -> None:
    classroom.window.flow.session.speak("es")
    classroom.still.at(1, 0)
    classroom.draw()

    shown = [text for text in classroom.text().split("\n") if say(text) != text]

    assert "PRÁCTICA" in classroom.text()
    assert shown == []


def test_the_keys_of_a_training_work_on_every_page_and_in_every_field(classroom: Classroom) -> None:
    classroom.press(Qt.Key.Key_F2)
    classroom.at("SellPage")
    classroom.press("/")
    for letter in "HRKGQ":
        key = getattr(Qt.Key, f"Key_{letter}")
        QTest.keyClick(classroom.window, key, Qt.KeyboardModifier.ControlModifier)

    assert [each.value for each in classroom.still.done if hasattr(each, "value")] == [
        *("hint", "again", "skip", "show", "leave")
    ]
    assert classroom.still.presses >= 5


def test_a_training_begins_no_kiosk_and_no_other_training(classroom: Classroom) -> None:
    classroom.press(Qt.Key.Key_F2)
    classroom.at("SellPage")
    classroom.press(F12)
    classroom.at("TillPage")

    assert {"Begin the kiosk", "Practise"}.isdisjoint(classroom.text().split("\n"))
    assert "Sell for another event" in classroom.text()


def test_the_real_till_has_none_of_it(open_door: OpenDoor) -> None:
    door = open_door()
    for letter in "HRKGQ":
        key = getattr(Qt.Key, f"Key_{letter}")
        QTest.keyClick(door.window, key, Qt.KeyboardModifier.ControlModifier)

    door.at("SellPage")
    assert "TRAINING" not in door.text()


def test_a_seller_leaves_for_a_training_with_a_supervisors_leave(open_door: OpenDoor, till: FakeTill) -> None:
    till.hire("Ana", StaffRole.SUPERVISOR, pin="4071")
    till.hire("Ben", StaffRole.SELLER, pin="9021")
    till.lock()
    door = open_door(page="SignInPage")
    door.press("w", "9021")
    door.at("SellPage")
    QTest.keyClick(door.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    door.at("TillPage")

    door.press("t")
    door.at("ApprovePage")
    assert door.window.isVisible()
    door.press("4071", ENTER)

    door.qtbot.waitUntil(lambda: not door.window.isVisible())
    assert door.window.ended is Ended.FOR_TRAINING


def test_nobody_leaves_for_a_training_in_the_middle_of_a_sale(open_door: OpenDoor) -> None:
    door = open_door()
    door.press("q", F12)
    door.at("TillPage")

    door.press("t")

    door.sees("Finish the sale first, or park it.")
    assert door.window.isVisible()


def test_the_customers_screen_says_it_too(qtbot: QtBot) -> None:
    window = CustomerWindow(is_training=True)
    qtbot.addWidget(window)
    window.resize(1024, 600)
    window.show_view(CustomerView(CustomerScreen.IDLE, "Fest", CustomerSide("Welcome"), big="Fest"))
    window.show()

    words = [each.text() for each in window.findChildren(type(window._word)) if each.isVisible()]

    assert any(text.startswith("TRAINING") for text in words)
    assert faults(window) == []
