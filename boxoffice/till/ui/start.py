"""Starts the till's window and runs it to its end."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from boxoffice.till.ui.flow.coaching import Coaching
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.ui.speech import speak
from boxoffice.till.ui.theme import Theme
from boxoffice.till.usecases.gateway.port import TillGateway

_ICON_SIZES: Final = (16, 32, 64, 128, 256)


def run_window(
    till: TillGateway,
    *,
    on_shown: Callable[[], None] | None = None,
    is_kiosk: bool = False,
    is_gate_only: bool = False,
    trainer: Coaching | None = None,
    folder: Path | None = None,
    play: Callable[[str], None] | None = None,
) -> int:
    """Shows the till and blocks until its window is closed; returns the exit code, or what the window was left for.

    Args:
        till: what is behind the screens; its `open` is called in the background.
        on_shown: called once, when the first screen that a person can use is drawn.
        is_kiosk: lets customers serve themselves as soon as it can sell, and fills the whole screen from the start.
        is_gate_only: lets people in, and can't sell.
        trainer: watches a training.
        play: plays a sound by its name.
        folder: whose till it is; a second start on it brings this window to the front.
    """
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Boxoffice")
    app.setApplicationDisplayName("Box Office")
    app.setDesktopFileName("boxoffice")
    theme = Theme()
    speak(QLocale.system().name().split("_")[0])  # until the till says which language was chosen
    app.setFont(theme.font(16))
    app.setWindowIcon(_icon(theme))
    window = MainWindow(till, theme, is_gate_only=is_gate_only, is_kiosk=is_kiosk, trainer=trainer)
    if play is not None:
        window.flow.session.play = lambda sound: play(sound.value)
    if on_shown is not None:
        window.opened.connect(on_shown)
    if folder is not None:
        window.opened.connect(partial(_listen, window, folder))
    # Where no window manager runs, as on many kiosks, nobody else gives the window its size and the keyboard.
    window.setGeometry(app.primaryScreen().availableGeometry())
    if is_kiosk:
        window.showFullScreen()
    else:
        window.showMaximized()
    window.raise_()
    window.activateWindow()
    window.start()
    code = app.exec()
    ended = window.ended
    window.deleteLater()
    return code or ended


def _listen(window: MainWindow, folder: Path) -> None:
    from boxoffice.till.ui.doorbell import Doorbell  # noqa: PLC0415  # 10 ms that the first screen waits for

    Doorbell(folder, window)


def _icon(theme: Theme) -> QIcon:
    icon = QIcon()
    for size in _ICON_SIZES:
        icon.addPixmap(theme.icons.pixmap("ticket", size, theme.colour("coral-700")))
    return icon
