"""The layout tests' own eyes: they must see what is wrong."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.text import Elided, Text
from tests.gui.looking import faults


def look_at(qtbot: QtBot, *parts: QWidget) -> list[str]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 300)
    for part in parts:
        part.setParent(window)
    window.show()
    return [each.partition(":")[0] for each in faults(window)]


def placed(widget: QWidget, x: int, y: int, width: int, height: int) -> QWidget:
    widget.setGeometry(x, y, width, height)
    return widget


def test_clipped_text_is_seen(qtbot: QtBot) -> None:
    text = Text(Theme(), "Every payment is known", 16)

    assert look_at(qtbot, placed(text, 0, 0, 60, 24)) == ["clipped"]


def test_text_that_lacks_a_line_is_seen(qtbot: QtBot) -> None:
    text = Text(Theme(), "Every payment is known: paid, or not charged.", 16, wraps=True)

    assert look_at(qtbot, placed(text, 0, 0, 120, 24)) == ["clipped"]


def test_text_that_ends_in_dots_is_seen(qtbot: QtBot) -> None:
    text = Elided(Theme(), "A Lo Cubano Boulder Fest", 27, head=True)

    assert look_at(qtbot, placed(text, 0, 0, 60, 40)) == ["cut with …"]


def test_a_label_too_long_for_its_button_is_seen(qtbot: QtBot) -> None:
    button = Button(Theme(), ButtonView("Serve next customer, keep checking", Do.NEXT, "primary"))

    assert look_at(qtbot, placed(button, 0, 0, 90, 48)) == ["label does not fit"]


def test_overlapping_parts_are_seen(qtbot: QtBot) -> None:
    assert look_at(qtbot, placed(QWidget(), 0, 0, 90, 48), placed(QWidget(), 80, 20, 90, 48)) == ["overlap"]


def test_a_part_that_leaves_its_parent_is_seen(qtbot: QtBot) -> None:
    assert look_at(qtbot, placed(QWidget(), 350, 0, 90, 48)) == ["sticks out of QWidget “” 400x300"]


def test_a_sound_window_has_no_faults(qtbot: QtBot) -> None:
    text = Text(Theme(), "Paid", 16)

    assert look_at(qtbot, placed(text, 0, 0, 100, 30), placed(QWidget(), 0, 40, 90, 48)) == []
