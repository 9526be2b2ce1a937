"""Looks at a window as a strict designer does: text that is cut, parts that overlap or leave their parent."""

from collections.abc import Iterator

import cv2
import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QTextDocument
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QScrollArea, QWidget

from boxoffice.till.ui import tokens
from boxoffice.till.ui.screens.approve import ApproveScreen
from boxoffice.till.ui.screens.kiosk_over import OverScreen
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.focus_ring import FocusRing
from boxoffice.till.ui.widgets.help import Help
from boxoffice.till.ui.widgets.text import Amount, Elided, Text
from boxoffice.till.ui.widgets.toasts import Toasts
from boxoffice.till.ui.widgets.training import Frame

_FLOATING = (FocusRing, Toasts, Frame)
"""What lies over parts, or below all of them."""
_OVER_ALL = (ApproveScreen, Help, OverScreen)
"""What covers the whole window while it is up."""


def faults(window: QWidget) -> list[str]:
    """Returns what is wrong with how the window is laid out now, in words."""
    shown = [each for each in window.findChildren(QWidget) if each.isVisible() and not _is_floating(each, window)]
    found = [*_cut_texts(shown), *_outside(shown), *_overlaps(shown), *_wider_than_their_area(shown)]
    return list(dict.fromkeys(found))


def _is_floating(widget: QWidget, window: QWidget) -> bool:
    at: QWidget | None = widget
    while at is not None and at is not window:
        if isinstance(at, _FLOATING):
            return True
        at = at.parentWidget()
    return False


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, Text) else widget.accessibleName()
    return f"{type(widget).__name__} “{words[:40]}” {widget.width()}x{widget.height()}"


def _cut_texts(shown: list[QWidget]) -> Iterator[str]:
    for each in shown:
        if isinstance(each, Button) and not each.shows_whole_label():
            yield f"label does not fit: {each.view.label} in {each.width()}x{each.height()}"
        elif isinstance(each, Elided):
            if each.is_cut:
                yield f"cut with …: {_name(each)}"
        elif isinstance(each, Amount) and each.text() and each.height() < 0.8 * each.sizeHint().height():
            yield f"too low: {_name(each)}"
        elif isinstance(each, Text) and not isinstance(each, Amount) and each.text() and not _fits(each):
            yield f"clipped: {_name(each)}"


def _fits(label: Text) -> bool:
    """Measures with Qt's own text layout, apart from the label's."""
    document = QTextDocument()
    document.setDefaultFont(label.font())
    document.setDocumentMargin(0)
    if label.textFormat() is Qt.TextFormat.RichText:
        document.setHtml(label.text())
    else:
        document.setPlainText(label.text())
    if label.wordWrap():
        document.setTextWidth(label.width())
    # A heading font has empty space above and below its capitals, which may be cut.
    share = 0.5 if label.font().family() == tokens.HEAD else 0.15
    slack = QFontMetrics(label.font()).height() * share + 1
    return document.size().width() <= label.width() + 1.5 and document.size().height() <= label.height() + slack


def _outside(shown: list[QWidget]) -> Iterator[str]:
    for each in shown:
        parent = each.parentWidget()
        if parent is None or isinstance(parent.parentWidget(), QAbstractScrollArea) or isinstance(parent, QLineEdit):
            continue
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(each.geometry()):
            yield f"sticks out of {_name(parent)}: {_name(each)} at {each.x()},{each.y()}"


def _wider_than_their_area(shown: list[QWidget]) -> Iterator[str]:
    """Yields what is cut at the side: no area of the till scrolls sideways."""
    for area in shown:
        inner = area.widget() if isinstance(area, QScrollArea) else None
        if isinstance(area, QScrollArea) and inner is not None and inner.width() > area.viewport().width() + 1:
            yield f"cut at the side: {type(area.parentWidget()).__name__} by {inner.width() - area.viewport().width()}"


def _overlaps(shown: list[QWidget]) -> Iterator[str]:
    families: dict[int, list[QWidget]] = {}
    for each in shown:
        parent = each.parentWidget()
        if parent is not None and not isinstance(parent, (QAbstractScrollArea, QLineEdit)):
            families.setdefault(id(parent), []).append(each)
    for family in families.values():
        for i, one in enumerate(family):
            for other in family[i + 1 :]:
                both: QRect = one.geometry() & other.geometry()
                is_covered = isinstance(one, _OVER_ALL) or isinstance(other, _OVER_ALL)
                if both.width() > 1 and both.height() > 1 and not is_covered:
                    yield f"overlap: {_name(one)} and {_name(other)}"


def code_on(window: QWidget) -> str:
    """Returns what another library than the one that drew it reads in the code on the screen; empty for none."""
    shot = window.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(shot.constBits(), np.uint8).reshape(shot.height(), shot.bytesPerLine())
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(pixels[:, : shot.width()]))
    return text


def scrolls(window: QWidget) -> list[str]:
    """Returns the visible areas that a person would have to scroll."""
    return [
        f"{type(each.parentWidget()).__name__} by {each.verticalScrollBar().maximum()}"
        for each in window.findChildren(QScrollArea)
        if each.isVisible() and each.verticalScrollBar().maximum() > 0
    ]
