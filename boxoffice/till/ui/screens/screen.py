"""What every screen has: it draws a view, says what was done, and knows its first focus."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from boxoffice.till.ui.theme import Theme


class Screen(QFrame):
    """A dumb widget over a view."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def refresh(self, view: object) -> None:
        """Draws the view; each screen takes one kind."""

    def first_focus(self) -> QWidget | None:
        """Returns where typing should start, or None where keys go to the screen itself."""
        return None

    def focus_search(self) -> QWidget | None:
        """Returns the field that `/` goes to."""
        return None

    def finder_place(self) -> QVBoxLayout | None:
        """Returns the empty column in which the picture of a camera may stand, if there is one."""
        return None

    def toast_place(self) -> QRect:
        """Returns the part of the screen at whose foot messages may stand: over no amount, tile or way to pay."""
        return self.rect()
