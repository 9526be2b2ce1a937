"""A camera reads codes out of real pictures: what was drawn by one program is read by another."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtMultimedia import QVideoFrame
from pytestqt.qtbot import QtBot

from boxoffice.documents.qr import qr_matrix
from boxoffice.till.ui.camera import GONE_S, Camera, CameraState, cameras_here
from tests.gui.conftest import Door
from tests.gui.fake_till import FakeTill
from tests.gui.looking import faults
from tests.gui.pages import F4, F12

F2 = Qt.Key.Key_F2


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


@pytest.mark.parametrize("width", [639, 640, 641, 642])
def test_a_picture_is_read_whatever_its_width(camera: Camera, qtbot: QtBot, width: int) -> None:
    told = list[str]()
    camera.read.connect(told.append)

    shown(camera, qtbot, picture("ODD", size=(width, 481)))

    assert told == ["ODD"]


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


def test_a_camera_that_is_chosen_reads_at_the_gate_and_is_off_elsewhere(door: Door, till: FakeTill) -> None:
    door.window.flow.session.hardware.cameras = lambda: ("Webcam",)
    door.press(F12)
    door.at("TillPage")
    door.tap("Look for cameras")
    door.sees("Webcam")
    door.tap("Use it")
    door.qtbot.waitUntil(lambda: till.status.camera == "Webcam")
    assert vars(door.window)["_camera"] is None

    door.press(F4)
    door.at("CheckInPage")
    door.sees("The camera is not plugged in.")
    at_gate = door.window._camera
    assert at_gate is not None
    at_gate.camera.state = CameraState.READS
    shown(at_gate.camera, door.qtbot, picture("NO TICKET OF OURS"))
    door.sees("Not our ticket")
    assert at_gate.finder is not None
    assert at_gate.finder.isVisible()
    assert faults(door.window) == []

    door.press(F2)
    door.at("SellPage")
    assert [at_gate.camera.state, at_gate.finder] == [CameraState.OFF, None]
