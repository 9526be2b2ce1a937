"""A till's program in a process of its own, left for a training and taken up again; says which windows it showed."""

import sys

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from boxoffice.__main__ import main
from boxoffice.till.ui.main_window import MainWindow
from boxoffice.till.usecases.gateway.standing import Ended

app = QApplication(sys.argv[:1])
seen: list[str] = []


def look() -> None:
    """Leaves each window in its own way, once it is ready."""
    shown = [each for each in app.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible()]
    for window in shown:
        page, session = type(window.flow.page).__name__, window.flow.session
        if page == "StartPage" or session.is_busy:
            return
        seen.append(("training " if session.trainer is not None else "till ") + page)
        if session.trainer is not None:
            QTest.keyClick(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        elif len(seen) == 1:
            session.on_leave(Ended.FOR_TRAINING)
        else:
            window.close()


timer = QTimer()
timer.timeout.connect(look)
timer.start(300)
code = main([])
print(*seen, sep="\n")
sys.exit(code)
