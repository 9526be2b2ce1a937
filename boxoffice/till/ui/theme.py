"""The tokens made into fonts, sizes and one style sheet, at the window's size and the person's text size."""

from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase

from boxoffice.resources import FALLBACK_FACES, resource_path
from boxoffice.till.ui import tokens
from boxoffice.till.ui.icons import Icons

_MOST_AT_A_KIOSK: Final = 2.0
_LEAST_AT_A_KIOSK: Final = 0.5


class Size(Enum):
    """How much room the window has; decides columns and which words shorten."""

    COMPACT = "compact"
    NORMAL = "normal"
    LARGE = "large"


class Theme(QObject):
    """What every widget asks for colours, fonts and sizes. Says `changed` when the answers change."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._fallbacks = load_fonts()
        self.icons = Icons()
        self.size = Size.NORMAL
        self.text_percent = 100
        self._zoom = self._most_scale = 1.0
        self._fonts: dict[tuple[int, int, bool], QFont] = {}
        self.is_kiosk = self.has_contrast = False
        """Whether customers stand before it, who read it from further away; and whether they need stronger colours."""
        self._window = (0, 0)
        self.is_low = False
        """Whether the window is lower than the design's lowest: big words then don't grow at all."""

    @property
    def zoom(self) -> float:
        """How many pixels of this window one of the design is."""
        return self._zoom

    @property
    def text_scale(self) -> float:
        """How large the text is: as chosen, or as large as this window can show whole."""
        return min(self.text_percent / 100, _MOST_AT_A_KIOSK if self.is_kiosk else self._most_scale)

    @property
    def is_text_large(self) -> bool:
        """Whether the text is so large that payments keep the sale in a bar instead of a column."""
        return self.text_scale > (1.1 if self.is_compact else 1.25)

    @property
    def is_text_huge(self) -> bool:
        """Whether only what is needed can stay on the screen beside the text."""
        return self.text_scale > 1.5

    @property
    def is_text_tight(self) -> bool:
        """Whether the text is huge, or large in a low window: what only explains gives way."""
        return self.is_text_huge or (self.is_low and self.is_text_large)

    def big(self, size: float) -> float:
        """Returns the size of words that are big anyway: with the text they grow by a quarter at most."""
        return size * min(1.0, (1.0 if self.is_low else 1.25) / self.text_scale)

    @property
    def is_compact(self) -> bool:
        return self.size is Size.COMPACT

    @property
    def is_large(self) -> bool:
        return self.size is Size.LARGE

    def pick(self, compact: int, normal: int, large: int) -> int:
        """Returns the value for the window's size, in pixels of the screen."""
        return self.px({Size.COMPACT: compact, Size.NORMAL: normal, Size.LARGE: large}[self.size])

    def px(self, size: float) -> int:
        """Returns a length of the design in pixels of this window (larger on a 4K screen)."""
        return round(size * self._zoom)

    def tall(self, size: float) -> int:
        """Returns a length that grows with the text, such as the height of a row."""
        return round(size * self._zoom * self.text_scale)

    def colour(self, name: str) -> QColor:
        return QColor(self._colours[name])

    @property
    def _colours(self) -> Mapping[str, str]:
        return {**tokens.COLOURS, **tokens.STRONGER} if self.has_contrast else tokens.COLOURS

    @property
    def is_upright(self) -> bool:
        """Whether the window is higher than wide."""
        return self._window[1] > self._window[0]

    def look(self, percent: int, *, is_kiosk: bool, has_contrast: bool) -> None:
        """Looks as customers at a kiosk want it, or as a till again."""
        if (percent, is_kiosk, has_contrast) != (self.text_percent, self.is_kiosk, self.has_contrast):
            self.text_percent, self.is_kiosk, self.has_contrast = percent, is_kiosk, has_contrast
            self._measure()
            self.changed.emit()

    def font(self, size: float, weight: int = 400, *, head: bool = False) -> QFont:
        """Returns the text font, or the heading font, with figures of one width."""
        key = max(1, self.tall(size)), weight, head
        if key not in self._fonts:
            self._fonts[key] = self._make_font(*key)
        return QFont(self._fonts[key])  # whoever makes its font smaller does it to its own

    def _make_font(self, pixels: int, weight: int, head: bool) -> QFont:
        font = QFont([tokens.HEAD, tokens.TEXT, *self._fallbacks] if head else [tokens.TEXT, *self._fallbacks])
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight(400 if head else weight))
        font.setFeature(QFont.Tag("tnum"), 1)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if head:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, pixels * 0.02)
        return font

    def fit(self, width: int, height: int) -> None:
        """Takes the window's size: past full HD everything grows together, so that 4K is not tiny.

        In one that is smaller than the smallest that the design has room in, everything shrinks together.
        """
        if (width, height) != self._window:
            self._window = (width, height)
            if self._measure():
                self.changed.emit()

    def _measure(self) -> bool:
        """Makes of the window how large all is; returns whether it is another size than before."""
        width, height = self._window
        if not width or not height:
            return False
        zoom = max(1.0, min(width / 1920, height / 1080)) * min(
            1.0, width / tokens.LEAST_WIDE, height / tokens.LEAST_TALL
        )
        if self.is_kiosk:
            across, down = tokens.KIOSK if self.is_upright else tokens.KIOSK[::-1]
            zoom = max(_LEAST_AT_A_KIOSK, min(width / across, height / down))
        wide = width / zoom
        size = Size.COMPACT if wide < tokens.COMPACT_BELOW else Size.LARGE if wide >= tokens.LARGE_FROM else Size.NORMAL
        is_low, most = height / zoom < tokens.LOW_BELOW, max(1.0, height / zoom / tokens.LOWEST_AT_NORMAL_TEXT)
        is_other = (size, zoom, is_low, most) != (self.size, self._zoom, self.is_low, self._most_scale)
        self.size, self._zoom, self.is_low, self._most_scale = size, zoom, is_low, most
        return is_other

    def step_text(self, steps: int) -> None:
        """Makes the text larger or smaller by so many steps."""
        at = tokens.TEXT_SCALES.index(self.text_percent) + steps
        self.set_text(tokens.TEXT_SCALES[min(max(at, 0), len(tokens.TEXT_SCALES) - 1)])

    def set_text(self, percent: int) -> None:
        """Sets the text size, one of `tokens.TEXT_SCALES`."""
        if percent != self.text_percent:
            self.text_percent = percent
            self.changed.emit()

    def style_sheet(self) -> str:
        """Returns the one style sheet of the program: grounds and edges by property, never by name."""
        c = self._colours
        radius_card, radius = self.px(tokens.RADIUS_CARD), self.px(tokens.RADIUS_CONTROL)
        return "\n".join(
            (
                "QLabel { background: transparent; }",
                *(f'QWidget[ground="{name}"] {{ background: {c[name]}; }}' for name in _GROUNDS),
                (
                    f'QFrame[part="card"] {{ background: {c["white"]}; border: 1px solid {c["line"]};'
                    f" border-radius: {radius_card}px; }}"
                ),
                f'QFrame[part="well"] {{ background: {c["cream-2"]}; border-radius: {radius}px; }}',
                (
                    f'QFrame[part="poster"] {{ background: {c["white"]}; border: {self.px(3)}px solid {c["ink"]};'
                    f" border-radius: {radius_card}px; }}"
                ),
                (
                    f'QFrame[part="paid"] {{ background: {c["ok-tint"]}; border: {self.px(3)}px solid {c["ok"]};'
                    f" border-radius: {radius_card}px; }}"
                ),
                *(
                    f'QFrame[part="notice"][state="{state}"] {{ background: {c[state + "-tint"]};'
                    f" border: 2px solid {c[state]}; border-radius: {radius_card}px; }}"
                    for state in _STATES
                ),
                *(
                    f'QFrame[part="gate"][state="{state}"] {{ background: {c[state + "-tint"]};'
                    f" border: none; border-top: {self.px(14)}px solid {c[state]}; }}"
                    for state in _STATES
                ),
                *(
                    f'QFrame[part="tinted"][state="{state}"] {{ background: {c[state + "-tint"]};'
                    f" border-radius: {radius}px; }}"
                    for state in _STATES
                ),
                (
                    f"QLineEdit {{ background: transparent; border: none; color: {c['ink']};"
                    f" selection-background-color: {c['focus']}; selection-color: {c['white']}; }}"
                ),
                "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }",
                f"QScrollBar:vertical {{ background: transparent; width: {self.px(10)}px; margin: 0; }}",
                (
                    f"QScrollBar::handle:vertical {{ background: {c['line-strong']}; border-radius: {self.px(4)}px;"
                    f" min-height: {self.px(48)}px; margin: 1px; }}"
                ),
                (
                    "QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page"
                    " { background: transparent; height: 0; }"
                ),
            )
        )


_GROUNDS = ("cream", "cream-2", "white", "ink", "ok-tint", "warn-tint", "danger-tint", "coral-tint", "coral", "line")
_STATES = ("ok", "warn", "danger", "info", "unknown")


@cache
def load_fonts() -> tuple[str, ...]:
    """Loads the program's own fonts, so that every machine draws the same, and names of any script.

    Returns the families for what the text font lacks.

    Raises:
        FileNotFoundError: if the installation lacks one of them.
    """
    for name in tokens.FONT_FILES:
        _load(name)
    return tuple(family for face in FALLBACK_FACES for family in _load(f"{face}.ttf"))


def _load(name: str) -> list[str]:
    path = resource_path("fonts", name)
    loaded = QFontDatabase.addApplicationFont(str(path))
    if loaded < 0:
        raise FileNotFoundError(f"the font {path} is missing or damaged")
    return QFontDatabase.applicationFontFamilies(loaded)
