"""Draws the program's icon from `resources/icons/app.svg` in the form of each system: `python -m tools.app_icon`."""

import io
from pathlib import Path
from typing import Final

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_RESOURCES: Final = Path(__file__).parent.parent / "resources"
_SIZE: Final = 1024
_WINDOWS: Final = [(size, size) for size in (16, 24, 32, 48, 64, 128, 256)]


def draw(svg: Path, size: int = _SIZE) -> Image.Image:
    """Returns the drawing as a picture of so many pixels each way."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(io.BytesIO(bytes(data.data())))


def main() -> None:
    picture = draw(_RESOURCES / "icons" / "app.svg")
    folder = _RESOURCES / "app"
    folder.mkdir(exist_ok=True)
    picture.resize((512, 512), Image.Resampling.LANCZOS).save(folder / "boxoffice.png", optimize=True)
    picture.save(folder / "boxoffice.ico", sizes=_WINDOWS)
    picture.save(folder / "boxoffice.icns")


if __name__ == "__main__":
    main()
