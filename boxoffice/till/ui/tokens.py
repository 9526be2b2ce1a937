"""The design tokens as tables: colours with what may stand on them, type, space, shape and targets."""

from collections.abc import Mapping
from typing import Final

COLOURS: Final[Mapping[str, str]] = {
    "coral": "#ff6b6b",
    "coral-light": "#ff8787",
    "coral-700": "#c24132",
    "coral-800": "#9c3022",
    "coral-tint": "#ffe9e5",
    "cream": "#fef9f3",
    "cream-2": "#f6ecdf",
    "white": "#ffffff",
    "ink": "#1a1a1a",
    "ink-2": "#4a4541",
    "ink-3": "#6a635d",
    "on-ink": "#fef9f3",
    "on-ink-2": "#c9c0b6",
    "line": "#e8ddcf",
    "line-2": "#d9ccbc",
    "line-strong": "#8f857b",
    "ok": "#1c6e47",
    "ok-tint": "#e2f2e8",
    "warn": "#7d5200",
    "warn-tint": "#fff0cf",
    "danger": "#8e1230",
    "danger-tint": "#fbe3e8",
    "info": "#1b568a",
    "info-tint": "#e3eef8",
    "unknown": "#553a94",
    "unknown-tint": "#ece7f7",
    "focus": "#1b568a",
}

STRONGER: Final[Mapping[str, str]] = {
    "coral-light": "#ffffff",
    "coral-700": "#6d1509",
    "coral-800": "#4d0d04",
    "coral-tint": "#ffffff",
    "cream": "#ffffff",
    "cream-2": "#ffffff",
    "ink": "#000000",
    "ink-2": "#000000",
    "ink-3": "#000000",
    "on-ink": "#ffffff",
    "on-ink-2": "#ffffff",
    "line": "#000000",
    "line-strong": "#000000",
    "ok": "#003d1f",
    "warn": "#3d2800",
    "danger": "#5c0018",
    "info": "#002a52",
    "unknown": "#2b1560",
    "ok-tint": "#ffffff",
    "warn-tint": "#ffffff",
    "danger-tint": "#ffffff",
    "info-tint": "#ffffff",
    "unknown-tint": "#ffffff",
}
"""What is otherwise where somebody needs more contrast: every pairing of text and ground then reaches 7."""

# Every pairing of text on ground that the screens use: each must reach 4.5 (WCAG 2, level AA).
TEXT_ON: Final[tuple[tuple[str, str], ...]] = (
    ("ink", "cream"),
    ("ink", "white"),
    ("ink", "coral"),
    ("ink", "coral-light"),
    ("ink", "coral-tint"),
    ("ink", "cream-2"),
    ("ink-2", "cream"),
    ("ink-2", "white"),
    ("ink-2", "cream-2"),
    ("ink-2", "coral-tint"),
    ("ink-2", "ok-tint"),
    ("ink-2", "danger-tint"),
    ("ink-2", "unknown-tint"),
    ("ink-3", "cream"),
    ("ink-3", "white"),
    ("ink-3", "cream-2"),
    ("white", "coral-700"),
    ("white", "coral-800"),
    ("coral-700", "cream"),
    ("coral-700", "white"),
    ("coral-800", "coral-tint"),
    ("coral-light", "ink"),
    ("on-ink", "ink"),
    ("on-ink-2", "ink"),
    ("white", "ok"),
    ("ok", "ok-tint"),
    ("ok", "white"),
    ("warn", "warn-tint"),
    ("danger", "danger-tint"),
    ("danger", "white"),
    ("info", "info-tint"),
    ("unknown", "unknown-tint"),
)

# Edges of controls and the focus ring: each must reach 3.
EDGE_ON: Final[tuple[tuple[str, str], ...]] = (
    ("line-strong", "white"),
    ("line-strong", "cream"),
    ("coral-700", "cream"),
    ("danger", "white"),
    ("focus", "cream"),
    ("focus", "white"),
)

HEAD: Final = "Bebas Neue"
TEXT: Final = "Open Sans"
FONT_FILES: Final = ("BebasNeue-Regular.ttf", "OpenSans-Regular.ttf", "OpenSans-SemiBold.ttf", "OpenSans-Bold.ttf")

SMALLEST_TEXT: Final = 13
TARGET: Final = 48
RADIUS_TAG: Final = 6
RADIUS_CONTROL: Final = 10
RADIUS_CARD: Final = 14
RING: Final = 3
RING_GAP: Final = 2

COMPACT_BELOW: Final = 1100
LARGE_FROM: Final = 1700
LOW_BELOW: Final = 768
KIOSK: Final = (1080, 1920)
"""The upright screen that a kiosk is drawn at; on any other all grows or shrinks together."""
LEAST_WIDE: Final = 1024
LEAST_TALL: Final = 600
"""The smallest window in which everything has its own size."""
LOWEST_AT_NORMAL_TEXT: Final = 360
"""A window of 720 shows text twice as large; one that is lower, less."""
TEXT_SCALES: Final = (100, 110, 125, 140, 150, 175, 200)

# The bar on a tile tells categories apart, in their order on the screen; the name above says which it is.
CATEGORY_COLOURS: Final = ("coral", "ink", "line-strong")
SHELF_COLOURS: Final = {
    "coral": "coral",
    "ink": "ink",
    "stone": "line-strong",
    "green": "ok",
    "blue": "info",
    "violet": "unknown",
    "amber": "warn",
}
"""What event files call the colours of a product's tile."""


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two tokens: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    return contrast_of(COLOURS[one], COLOURS[other])


def contrast_of(one: str, other: str) -> float:
    """Returns the contrast of two colours."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
