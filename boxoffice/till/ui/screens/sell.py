"""The sell screen: tiles at the left, the sale and the ways to pay at the right (below, when the text is large)."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from boxoffice.till.ui.actions import SearchFor, SubmitSearch
from boxoffice.till.ui.screens.pay import new_button
from boxoffice.till.ui.screens.screen import Screen
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.theme import Theme
from boxoffice.till.ui.views.sell import SectionView, SellView
from boxoffice.till.ui.widgets.button import Button
from boxoffice.till.ui.widgets.cart_panel import CartPanel
from boxoffice.till.ui.widgets.empty import Icon
from boxoffice.till.ui.widgets.field import Field
from boxoffice.till.ui.widgets.listing import keep_count
from boxoffice.till.ui.widgets.tabs import Tabs
from boxoffice.till.ui.widgets.text import Elided, Text, plain_ground, set_part
from boxoffice.till.ui.widgets.tile import Tile


class TileSection(QWidget):
    """A heading over rows of tiles."""

    did = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tiles: list[Tile] = []
        self._columns = 0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._title = Text(theme, "", 24 if theme.is_large else 20, head=True, colour="ink-2")
        self._grid = QGridLayout()
        self._fillers = [QWidget(self) for _ in range(3)]
        self._layout.addWidget(self._title)
        self._layout.addLayout(self._grid)
        theme.changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        theme = self._theme
        self._title.set_size(24 if theme.is_large else 20)
        self._layout.setSpacing(theme.px(8))
        self._grid.setSpacing(theme.pick(8, 12, 16))
        self._share_width()

    def show_view(self, view: SectionView, columns: int) -> None:
        self._title.set_text(view.title)
        if (len(view.tiles), columns) != (len(self._tiles), self._columns):
            self._place(view, columns)
        for tile, each in zip(self._tiles, view.tiles, strict=True):
            tile.show_view(each)

    def _place(self, view: SectionView, columns: int) -> None:
        """Lays out as many tiles as are wanted. It lays out all of the screen anew: most keys only change words."""
        self._columns = columns
        while len(self._tiles) > len(view.tiles):
            gone = self._tiles.pop()
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for each in view.tiles[len(self._tiles) :]:
            self._tiles.append(Tile(self._theme, each))
            self._tiles[-1].did.connect(self.did)
        for i, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, i // columns, i % columns)
        self._fill(len(view.tiles), columns)
        self._share_width()

    def _share_width(self) -> None:
        least = self._theme.px(96)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
            self._grid.setColumnMinimumWidth(column, least if column < self._columns else 0)

    def _fill(self, tiles: int, columns: int) -> None:
        """Keeps the columns of a section with few tiles as wide as those of the others."""
        for i, filler in enumerate(self._fillers):
            self._grid.removeWidget(filler)
            if tiles <= i + 1 < columns:
                self._grid.addWidget(filler, 0, i + 1)
                filler.show()
            else:
                filler.hide()

    @property
    def title_height(self) -> int:
        return self._title.sizeHint().height() + self._theme.px(8)

    def set_tile_height(self, height: int) -> None:
        for tile in self._tiles:
            tile.set_height(height)


class SellScreen(Screen):
    """Draws a `SellView`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        plain_ground(self, "cream")
        self._view: SellView | None = None
        self._sections: list[TileSection] = []
        self._columns = QHBoxLayout(self)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.setSpacing(0)
        self._left = QFrame()
        self._left_layout = QVBoxLayout(self._left)
        self._top = QHBoxLayout()
        self.search = Field(theme, icon="search", hint=say("Search name, order or product, or scan"), key="/")
        self.search.typed.connect(lambda text: self.did.emit(SearchFor(text)))
        self.search.submitted.connect(self._submit)
        self._tabs = Tabs(theme)
        self._tabs.did.connect(self.did)
        self._parked = new_button(self, 16, 56)
        self._top.addWidget(self.search, 1)
        self._top.addWidget(self._parked)
        self._left_layout.addLayout(self._top)
        self._left_layout.addWidget(self._tabs)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self._tiles = QVBoxLayout(inner)
        self._tiles.addStretch(1)
        self._scroll.setWidget(inner)
        self._left_layout.addWidget(self._scroll, 1)
        self._left_layout.addWidget(self._make_strip())
        self._cart = CartPanel(theme)
        self._cart.did.connect(self.did)
        self._columns.addWidget(self._left, 1)
        self._columns.addWidget(self._cart)
        theme.changed.connect(self.restyle)
        self.restyle()

    def _make_strip(self) -> QWidget:
        """Makes the line under the tiles: the last sale, and what can be done with it. Messages take its place."""
        theme = self.theme
        self._strip = QFrame()
        self._strip_row = row = QHBoxLayout(self._strip)
        row.setSpacing(theme.px(8))
        self._last_icon, self._last = Icon(theme, "receipt", 20, "ink"), Elided(theme, "", 13, colour="ink-2")
        self._last_paid = Elided(theme, "", 15, weight=700)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        for each in (self._last, self._last_paid):
            each.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        words.addWidget(self._last)
        words.addWidget(self._last_paid)
        words.addStretch(1)
        self._after: list[Button] = []
        self._after_row = QHBoxLayout()
        self._after_row.setSpacing(theme.px(8))
        row.addWidget(self._last_icon)
        row.addLayout(words, 1)
        row.addLayout(self._after_row)
        return self._strip

    def restyle(self) -> None:
        theme = self.theme
        is_stacked = theme.text_scale > 1.5
        self._columns.setDirection(QBoxLayout.Direction.TopToBottom if is_stacked else QBoxLayout.Direction.LeftToRight)
        self._cart.set_bar(is_bar=is_stacked)
        side = theme.px(20)
        self._left_layout.setContentsMargins(side, theme.px(14), side, theme.px(8))
        self._left_layout.setSpacing(theme.px(8))
        self._strip.setFixedHeight(theme.tall(60))
        self._strip.setVisible(not is_stacked)
        self._strip_row.setContentsMargins(theme.px(14), theme.px(6), theme.px(8), theme.px(6))
        self._top.setSpacing(theme.px(12))
        self._tiles.setContentsMargins(0, 0, 0, theme.px(4))
        self._tiles.setSpacing(theme.px(14))
        if self._view is not None:
            self.refresh(self._view)

    def _make_section(self) -> TileSection:
        section = TileSection(self.theme)
        section.did.connect(self.did)
        return section

    def _submit(self, text: str) -> None:
        self.search.edit.clearFocus()
        self.did.emit(SubmitSearch(text))

    def focus_search(self) -> QWidget | None:
        return self.search.edit

    def refresh(self, view: object) -> None:
        if not isinstance(view, SellView):
            return
        self._view = view
        self.search.show_text(view.search)
        self._tabs.show_titles(view.pages, view.page)
        columns = _columns(self.theme)
        keep_count(self._sections, len(view.sections), self._tiles, self._make_section)
        for shown, section in zip(self._sections, view.sections, strict=True):
            shown.show_view(section, columns)
        self._cart.refresh(view)
        for label, text, short in zip(
            (self._last, self._last_paid), (view.last, view.last_paid), view.last_short, strict=True
        ):
            label.shorter = (short,)
            label.set_text(text)
        self._last_icon.setVisible(bool(view.last) and not self.theme.is_compact)
        set_part(self._strip, "card" if view.last else "")
        keep_count(self._after, len(view.after), self._after_row, self._make_after)
        for button, each in zip(self._after, view.after, strict=True):
            button.show_view(each)
        self._parked.show_view(view.parked)
        self._share_height()

    def _make_after(self) -> Button:
        button = new_button(self, 15, 46)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_height()

    def _share_height(self) -> None:
        """Gives each row the same height, so that three rows fill the screen and nothing scrolls if it fits."""
        if self._view is None or not self._sections:
            return
        theme = self.theme
        columns = _columns(theme)
        rows = [-(-len(section.tiles) // columns) for section in self._view.sections]
        gap = theme.pick(8, 12, 16)
        titles = sum(section.title_height for section in self._sections)
        between = theme.px(14) * len(rows) + gap * sum(max(each - 1, 0) for each in rows) + theme.px(4)
        room = self._scroll.viewport().height() - titles - between
        for section in self._sections:
            section.set_tile_height(room // max(sum(rows), 1))

    def toast_place(self) -> QRect:
        if self._strip.isHidden():
            return self.search.geometry().translated(self._left.pos())
        return self._strip.geometry().translated(self._left.pos())


def _columns(theme: Theme) -> int:
    """Returns how many tiles stand side by side, so that no word of a name is broken."""
    return 3 if theme.text_scale > (1.0 if theme.is_compact else 1.25) else 4
