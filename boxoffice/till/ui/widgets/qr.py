"""The code to scan, drawn as whole pixels in black on white with its quiet zone, as large as there is room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from boxoffice.documents.qr import QUIET_MODULES, QrMatrix, qr_matrix
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme


class QrCode(QWidget):
    """Each module is a whole number of pixels of the screen, so that no phone sees a blurred edge."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._text = theme, ""
        self._matrix: QrMatrix | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.setMinimumSize(self._theme.px(240), self._theme.px(240))

    def show_text(self, text: str) -> None:
        """Shows the code of a text; nothing for an empty one."""
        if text != self._text:
            self._text = text
            self._matrix = qr_matrix(text) if text else None
            self.setAccessibleName(say("Code for {text}", text=text) if text else "")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._matrix is None:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        side = int(min(self.width(), self.height()) * ratio)
        modules = self._matrix.size + 2 * QUIET_MODULES
        module = side // modules
        whole = module * modules
        left, top = (int(self.width() * ratio) - whole) // 2, (int(self.height() * ratio) - whole) // 2
        painter.fillRect(left, top, whole, whole, Qt.GlobalColor.white)
        for row, first, length in self._matrix.runs():
            x, y = left + (first + QUIET_MODULES) * module, top + (row + QUIET_MODULES) * module
            painter.fillRect(x, y, length * module, module, Qt.GlobalColor.black)
