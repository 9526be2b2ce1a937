"""The camera at a gate: on while codes are wanted, with a small picture to aim by, or why there is none."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

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
_HIGH: Final = 160


class Finder(QFrame):
    """The picture, or the words in its place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("part", "card")
        column = QVBoxLayout(self)
        edge = theme.px(6)
        column.setContentsMargins(edge, edge, edge, edge)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._picture.setAccessibleName(say("What the camera sees"))
        self._words = Text(theme, "", 14, colour="ink-2", wraps=True)
        column.addWidget(self._picture, 1)
        column.addWidget(self._words)
        self.setFixedHeight(theme.px(_HIGH))

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


class GateCamera(QObject):
    """Switches the camera on and off as pages come and go."""

    def __init__(self, theme: Theme, window: QWidget, read: Callable[[str], None]) -> None:
        super().__init__(window)
        self._theme = theme
        self.camera = Camera()
        self.finder: Finder | None = None
        self.camera.read.connect(read)
        self.camera.changed.connect(self._show)

    def follow(self, name: str, place: QVBoxLayout | None) -> None:
        """Looks through the camera of this name, or through none; `place` is where its picture may stand."""
        if name:
            self.camera.start(name)
        elif self.camera.state is not CameraState.OFF:
            self.camera.stop()
        if place is not None and not place.count():
            place.addWidget(Finder(self._theme))
        item = None if place is None else place.itemAt(0)
        found = None if item is None else item.widget()
        self.finder = found if isinstance(found, Finder) else None
        if self.finder is not None:
            self.finder.setVisible(bool(name))
            self._show()

    def _show(self) -> None:
        if self.finder is not None:
            self.finder.show_camera(self.camera)

    def close(self) -> None:
        self.finder = None
        self.camera.close()
