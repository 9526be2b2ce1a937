"""Starting the till's window."""

import pytest
from PySide6.QtWidgets import QApplication

from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.start import run_window
from tests.gui.fake_till import FakeTill

pytestmark = pytest.mark.usefixtures("qapp")


def the_window() -> MainWindow:
    (window,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible())
    return window


def test_the_window_says_once_that_it_can_be_used_and_ends_when_it_is_closed() -> None:
    seen: list[str] = []

    def shown() -> None:
        window = the_window()
        seen.append(type(window.flow.page).__name__)
        window.close()

    assert run_window(FakeTill(), on_shown=shown) == 0
    assert seen == ["SellPage"]


def test_a_kiosk_fills_the_whole_screen() -> None:
    seen: list[bool] = []

    def shown() -> None:
        seen.append(the_window().isFullScreen())
        the_window().close()

    run_window(FakeTill(), on_shown=shown, is_kiosk=True)

    assert seen == [True]
