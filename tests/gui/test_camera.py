"""A camera reads codes out of real pictures: what was drawn by one program is read by another."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtMultimedia import QVideoFrame
from pytestqt.qtbot import QtBot

from boxoffice.documents.qr import qr_matrix
from boxoffice.till.ui.camera import GONE_S, Camera, CameraState, cameras_here


class Hand:
    """Time, as the test lets it pass."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def camera(qtbot: QtBot, hand: Hand) -> Iterator[Camera]:
    made = Camera(hand)
    yield made
    made.close()


def picture(*texts: str, angle: float = 0, size: tuple[int, int] = (640, 480)) -> QVideoFrame:
    """Returns a frame with codes on a table, in colour, as a camera gives them."""
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.lightGray)
    painter = QPainter(image)
    for i, text in enumerate(texts):
        painter.save()
        painter.translate(180 + 280 * i, size[1] / 2)
        painter.rotate(angle)
        painter.fillRect(-120, -120, 240, 240, Qt.GlobalColor.white)
        matrix = qr_matrix(text)
        side = 200 // matrix.size
        for y, x, length in matrix.runs():
            painter.fillRect(x * side - 100, y * side - 100, length * side, side, Qt.GlobalColor.black)
        painter.restore()
    painter.end()
    return QVideoFrame(image)


def shown(camera: Camera, qtbot: QtBot, frame: QVideoFrame) -> None:
    camera.sink.setVideoFrame(frame)
    qtbot.waitUntil(lambda: not camera._is_reading, timeout=60_000)


@pytest.mark.parametrize("angle", [0, 12, 90, 200])
def test_a_code_is_read_however_the_ticket_is_held(camera: Camera, qtbot: QtBot, angle: float) -> None:
    told = list[str]()
    camera.read.connect(told.append)

    shown(camera, qtbot, picture("HC1:A TICKET’S CODE", angle=angle))

    assert told == ["HC1:A TICKET’S CODE"]


def test_a_code_that_stays_in_the_picture_is_told_once_and_again_when_it_comes_back(
    camera: Camera, qtbot: QtBot, hand: Hand
) -> None:
    told = list[str]()
    camera.read.connect(told.append)

    for step in range(4):
        hand.at = step * GONE_S / 2
        shown(camera, qtbot, picture("SAME"))
    assert told == ["SAME"]

    hand.at += GONE_S * 2
    shown(camera, qtbot, picture())
    shown(camera, qtbot, picture("SAME", "ANOTHER"))

    assert sorted(told) == ["ANOTHER", "SAME", "SAME"]


def test_a_large_picture_is_read_as_well(camera: Camera, qtbot: QtBot) -> None:
    told = list[str]()
    camera.read.connect(told.append)

    shown(camera, qtbot, picture("LARGE", size=(2560, 1440)))

    assert told == ["LARGE"]
    assert camera.picture.width() == 1280


def test_a_camera_that_is_not_there_says_so_and_reads_nothing(camera: Camera) -> None:
    assert isinstance(cameras_here(), tuple)

    camera.start("A camera that nobody has")

    states = [camera.state]
    camera.stop()
    assert [*states, camera.state] == [CameraState.MISSING, CameraState.OFF]
