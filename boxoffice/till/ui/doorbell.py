"""How a second start of a till asks the first for its window, which comes to the front."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QObject, Qt, QThread
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication, QWidget

_WAIT_MS: Final = 5_000
_PAUSE_MS: Final = 100
_RING: Final = b"come to the front\n"
_HEARD: Final = b"here\n"


def _name(folder: Path) -> str:
    return f"boxoffice-{sha256(str(folder.resolve()).encode()).hexdigest()[:24]}"


class Doorbell(QObject):
    """Listens for second starts on the same folder."""

    def __init__(self, folder: Path, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(_name(folder))  # left by a crash: nobody else can have the folder now
        self._server.listen(_name(folder))
        self._server.newConnection.connect(self._open)

    def _open(self) -> None:
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)
        socket.write(_HEARD)
        socket.flush()


def ring(folder: Path) -> bool:
    """Asks the program that has the folder to show its window; returns whether it does."""
    app = QCoreApplication.instance() or QCoreApplication([])
    deadline = QDeadlineTimer(_WAIT_MS)
    while not deadline.hasExpired():
        socket = QLocalSocket()
        socket.connectToServer(_name(folder))
        if socket.waitForConnected(_PAUSE_MS):
            socket.write(_RING)
            socket.flush()
            return bool(socket.waitForReadyRead(max(1, deadline.remainingTime()))) and socket.readAll() == _HEARD
        app.processEvents()
        QThread.msleep(_PAUSE_MS)  # it may just be starting
    return False
