"""The camera at a gate: on while codes are wanted, with a small picture to aim by, or why there is none."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from boxoffice.till.ui.camera import Camera, CameraState
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.widgets.text import Text

_WORDS: Final = {
    CameraState.OFF: "",
    CameraState.READS: "",
    CameraState.MISSING: later("The camera is not plugged in. A scanner and typed codes work."),
    CameraState.FORBIDDEN: later("This program may not use the camera. Allow it in the system's settings."),
    CameraState.FAILED: later("The camera has stopped. Unplug it and plug it in again."),
}
_WIDE, _HIGH, _GAP = 208, 156, 12


class Finder(QFrame):
    """The picture, or the words in its place."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("part", "card")
        column = QVBoxLayout(self)
        edge = theme.px(6)
        column.setContentsMargins(edge, edge, edge, edge)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setAccessibleName(say("What the camera sees"))
        self._words = Text(theme, "", 14, colour="ink-2", wraps=True)
        column.addWidget(self._picture, 1)
        column.addWidget(self._words)
        self.hide()

    def show_camera(self, camera: Camera) -> None:
        words = _WORDS[camera.state]
        self._words.set_text(say(words) if words else "")
        self._words.setVisible(bool(words))
        self._picture.setVisible(not words)
        if not words and not camera.picture.isNull():
            size = self._picture.size()
            fast = Qt.TransformationMode.FastTransformation
            self._picture.setPixmap(
                QPixmap.fromImage(camera.picture.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, fast))
            )

    def place(self, room: QRect) -> None:
        """Stands at the foot of the room that messages have, at its other end."""
        theme = self._theme
        wide, high, gap = theme.px(_WIDE), theme.px(_HIGH), theme.px(_GAP)
        self.setGeometry(room.right() - wide - gap, room.bottom() - high - gap, wide, high)


class GateCamera(QObject):
    """Switches the camera on and off as pages come and go."""

    def __init__(self, theme: Theme, window: QWidget, read: Callable[[str], None]) -> None:
        super().__init__(window)
        self.camera = Camera()
        self.finder = Finder(theme, window)
        self.camera.read.connect(read)
        self.camera.changed.connect(lambda: self.finder.show_camera(self.camera))

    def follow(self, name: str, room: QRect) -> None:
        """Looks through the camera of this name, or through none; `room` is where its picture may stand."""
        if name:
            self.camera.start(name)
            self.finder.place(room)
            self.finder.show_camera(self.camera)
            self.finder.raise_()
        elif self.camera.state is not CameraState.OFF:
            self.camera.stop()
        self.finder.setVisible(bool(name))

    def close(self) -> None:
        self.camera.close()
