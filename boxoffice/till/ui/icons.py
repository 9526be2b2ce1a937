"""The icons: 24 px line drawings from `resources/icons`, tinted to the text that they stand beside."""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from boxoffice.resources import resource_path


class Icons:
    """Draws an icon in any size and colour, and keeps what it drew."""

    def __init__(self) -> None:
        self._sources: dict[str, bytes] = {}
        self._drawn: dict[tuple[str, int, str, float, float], QPixmap] = {}

    def pixmap(self, name: str, size: int, colour: QColor, ratio: float = 1.0, stroke: float = 2.0) -> QPixmap:
        """Returns the icon in a square of `size` logical pixels, for a screen with so many pixels to each."""
        key = (name, size, colour.name(), ratio, stroke)
        if key not in self._drawn:
            self._drawn[key] = self._draw(name, size, colour, ratio, stroke)
        return self._drawn[key]

    def paint(
        self, painter: QPainter, name: str, x: float, y: float, size: int, colour: QColor, stroke: float = 2.0
    ) -> None:
        """Draws the icon with its upper left corner at a point."""
        ratio = painter.device().devicePixelRatio()
        painter.drawPixmap(round(x), round(y), self.pixmap(name, size, colour, ratio, stroke))

    def _draw(self, name: str, size: int, colour: QColor, ratio: float, stroke: float) -> QPixmap:
        if name not in self._sources:
            self._sources[name] = resource_path("icons", f"{name}.svg").read_bytes()
        source = self._sources[name].replace(b"currentColor", colour.name().encode())
        source = source.replace(b'stroke-width="2"', f'stroke-width="{stroke}"'.encode())
        pixels = round(size * ratio)
        pixmap = QPixmap(pixels, pixels)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(QByteArray(source)).render(painter, QRectF(0, 0, pixels, pixels))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap
