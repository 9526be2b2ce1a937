"""A camera that reads codes: its picture is looked at while the last one is not being read, on a thread of its own.

What it sees is never kept. A code is told once as long as it stays in the picture. Loaded only where a camera is used.
"""

import threading
from collections.abc import Callable, Sequence
from enum import Enum, auto
from queue import SimpleQueue
from time import monotonic
from typing import Final

from PySide6.QtCore import QCameraPermission, QObject, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QCamera, QCameraDevice, QMediaCaptureSession, QMediaDevices, QVideoFrame, QVideoSink
from PySide6.QtWidgets import QApplication

from boxoffice.documents.code_reader import codes_in

GONE_S: Final = 1.5
"""A code that was not seen for so long has left the picture: it may be told again."""
_WIDEST: Final = 1280
"""Larger pictures are made smaller: a ticket's code is read as well, and faster."""


class CameraState(Enum):
    OFF = auto()
    READS = auto()
    MISSING = auto()
    """It is not plugged in."""
    FORBIDDEN = auto()
    """Nobody has allowed this program to use it."""
    FAILED = auto()


def cameras_here() -> tuple[str, ...]:
    """Returns the names of the cameras that this computer has."""
    return tuple(each.description() for each in QMediaDevices.videoInputs())


class Camera(QObject):
    """One at a time. `read` tells what a code says, `changed` that its state or its picture is another."""

    read = Signal(str)
    changed = Signal()
    _found = Signal(object)

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self.state, self.name, self.picture = CameraState.OFF, "", QImage()
        self.sink = QVideoSink(self)
        self.sink.videoFrameChanged.connect(self._take)
        self._session = QMediaCaptureSession(self)
        self._session.setVideoSink(self.sink)
        self._camera: QCamera | None = None
        self._clock, self._seen = clock, dict[str, float]()
        self._frames = SimpleQueue[QImage | None]()
        self._is_reading = False
        self._found.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._run, name="till-camera", daemon=True)
        self._thread.start()

    def start(self, name: str) -> None:
        """Looks through the camera of this name, once it is allowed."""
        if name == self.name and self.state is not CameraState.OFF:
            return
        self.stop()
        self.name = name
        app, permission = QApplication.instance(), QCameraPermission()
        match None if app is None else app.checkPermission(permission):
            case Qt.PermissionStatus.Granted:
                self._begin()
            case Qt.PermissionStatus.Undetermined if app is not None:
                app.requestPermission(permission, self, self._answered)
            case _:
                self._be(CameraState.FORBIDDEN)

    def stop(self) -> None:
        """Looks no more; the light at the camera goes out."""
        if self._camera is not None:
            self._camera.stop()
            self._camera.deleteLater()
            self._camera = None
        self.picture = QImage()
        self._seen.clear()
        self._be(CameraState.OFF)

    def close(self) -> None:
        """Ends its thread."""
        self.stop()
        self._frames.put(None)

    def _answered(self, permission: QCameraPermission) -> None:
        app = QApplication.instance()
        is_granted = app is not None and app.checkPermission(permission) is Qt.PermissionStatus.Granted
        if is_granted:
            self._begin()
        else:
            self._be(CameraState.FORBIDDEN)

    def _begin(self) -> None:
        device = self._device()
        if device is None:
            self._be(CameraState.MISSING)
            return
        self._camera = QCamera(device, self)
        self._camera.errorOccurred.connect(lambda *_: self._be(CameraState.FAILED))
        self._session.setCamera(self._camera)
        self._be(CameraState.READS)
        self._camera.start()

    def _device(self) -> QCameraDevice | None:
        return next((each for each in QMediaDevices.videoInputs() if each.description() == self.name), None)

    def _be(self, state: CameraState) -> None:
        if state is not self.state:
            self.state = state
            self.changed.emit()

    def _take(self, frame: QVideoFrame) -> None:
        """Takes a picture to be looked at, unless one is just being looked at: the newest is what counts."""
        if self._is_reading or not frame.isValid():
            return
        image = frame.toImage()
        if image.width() > _WIDEST:
            image = image.scaledToWidth(_WIDEST, Qt.TransformationMode.FastTransformation)
        self.picture, self._is_reading = image, True
        self.changed.emit()
        self._frames.put(image.convertToFormat(QImage.Format.Format_Grayscale8))

    def _run(self) -> None:
        while (image := self._frames.get()) is not None:
            found = codes_in(bytes(image.constBits()), image.width(), image.height(), image.bytesPerLine())
            self._found.emit(found)

    def _tell(self, codes: Sequence[str]) -> None:
        self._is_reading = False
        now = self._clock()
        new = [code for code in codes if now - self._seen.get(code, float("-inf")) > GONE_S]
        self._seen = {code: at for code, at in self._seen.items() if now - at <= GONE_S} | dict.fromkeys(codes, now)
        for code in new:
            self.read.emit(code)
