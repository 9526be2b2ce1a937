"""Keys as the screens know them, free of Qt: named keys, typed text, and the twelve tile keys by position."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Named(Enum):
    ENTER = "Enter"
    ESC = "Esc"
    DELETE = "Del"
    BACKSPACE = "Backspace"
    UP = "Up"
    DOWN = "Down"
    PAGE_UP = "PgUp"
    PAGE_DOWN = "PgDn"
    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"
    F8 = "F8"
    F9 = "F9"
    F10 = "F10"
    F11 = "F11"
    F12 = "F12"
    LARGER = "Ctrl +"
    SMALLER = "Ctrl −"


@dataclass(frozen=True, slots=True)
class Key:
    """One key press. `tile` is 0 to 11 where the key stands at the place of a tile letter."""

    name: Named | None = None
    text: str = ""
    tile: int | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that a scanner typed."""

    text: str


TILE_LETTERS: Final = "QWERASDFZXCV"

# The places of the twelve keys, in the order of TILE_LETTERS, as each platform numbers them.
_EVDEV: Final = (24, 25, 26, 27, 38, 39, 40, 41, 52, 53, 54, 55)
_WINDOWS: Final = (0x10, 0x11, 0x12, 0x13, 0x1E, 0x1F, 0x20, 0x21, 0x2C, 0x2D, 0x2E, 0x2F)
_COCOA: Final = (12, 13, 14, 15, 0, 1, 2, 3, 6, 7, 8, 9)
_PLACES: Final = {"xcb": _EVDEV, "wayland": _EVDEV, "windows": _WINDOWS, "cocoa": _COCOA}


def tile_at(platform: str, native: int, text: str) -> int | None:
    """Returns which tile key was pressed: by its place where the platform tells, else by its letter.

    Args:
        platform: Qt's name of the window system.
        native: the scan code, or on macOS the virtual key code.
        text: what the key types.
    """
    places = _PLACES.get(platform)
    if places is not None and (native or platform == "cocoa"):
        return places.index(native) if native in places else None
    letter = text.upper()
    return TILE_LETTERS.index(letter) if len(letter) == 1 and letter in TILE_LETTERS else None
