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
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"
    F8 = "F8"
    F9 = "F9"
    F10 = "F10"
    F11 = "F11"
    F12 = "F12"
    TILL = "Ctrl T"
    SHIFT = "Ctrl D"
    LARGER = "Ctrl +"
    SMALLER = "Ctrl −"
    HINT = "Ctrl H"
    AGAIN = "Ctrl R"
    SKIP = "Ctrl K"
    SHOW = "Ctrl G"
    LEAVE = "Ctrl Q"


@dataclass(frozen=True, slots=True)
class Key:
    """One key press. `tile` is 0 to 11 where the key stands at the place of a tile letter."""

    name: Named | None = None
    text: str = ""
    tile: int | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that a scanner typed. `by_place` is what its keys type by their places on a US keyboard, where known.

    Scanners press the keys of such a keyboard, whatever layout this machine is set to.
    """

    text: str
    by_place: str = ""

    @property
    def readings(self) -> tuple[str, ...]:
        """Returns what the code may say, likeliest first: as typed, by places, and each without Caps Lock's doing."""
        both = (self.text, self.by_place)
        return tuple(dict.fromkeys(text for text in (*both, *(each.swapcase() for each in both)) if text))


ADDRESS_KEYS: Final = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm._@")
"""What a keyboard on the screen has to write an address with, row by row."""
ADDRESS_ENDS: Final = ("@gmail.com", ".com")
TILE_LETTERS: Final = "QWERASDFZXCV"

# The places of the twelve keys, in the order of TILE_LETTERS, as each platform numbers them.
_EVDEV: Final = (24, 25, 26, 27, 38, 39, 40, 41, 52, 53, 54, 55)
_WINDOWS: Final = (0x10, 0x11, 0x12, 0x13, 0x1E, 0x1F, 0x20, 0x21, 0x2C, 0x2D, 0x2E, 0x2F)
_COCOA: Final = (12, 13, 14, 15, 0, 1, 2, 3, 6, 7, 8, 9)
_PLACES: Final = {"windows": _WINDOWS, "cocoa": _COCOA}
"""All other window systems run on Linux, which numbers keys in one way: `xcb`, `wayland-egl`, a kiosk's `eglfs`."""


def tile_at(platform: str, native: int, text: str) -> int | None:
    """Returns which tile key was pressed: by its place where the platform tells, else by its letter.

    Args:
        platform: Qt's name of the window system.
        native: the scan code, or on macOS the virtual key code.
        text: what the key types.
    """
    if native or platform == "cocoa":
        places = _PLACES.get(platform, _EVDEV)
        return places.index(native) if native in places else None
    letter = text.upper()
    return TILE_LETTERS.index(letter) if len(letter) == 1 and letter in TILE_LETTERS else None


_US_PLAIN: Final = "1234567890-=qwertyuiop[]asdfghjkl;'`\\zxcvbnm,./ "
_US_SHIFTED: Final = '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"~|ZXCVBNM<>? '
# The places of those keys, in the same order, as each platform numbers them.
_US_EVDEV: Final = (*range(10, 22), *range(24, 36), *range(38, 49), 49, 51, *range(52, 62), 65)
_US_WINDOWS: Final = (*range(0x02, 0x0E), *range(0x10, 0x1C), *range(0x1E, 0x29), 0x29, 0x2B, *range(0x2C, 0x36), 0x39)
_US_COCOA: Final = (
    *(18, 19, 20, 21, 23, 22, 26, 28, 25, 29, 27, 24),
    *(12, 13, 14, 15, 17, 16, 32, 34, 31, 35, 33, 30),
    *(0, 1, 2, 3, 5, 4, 38, 40, 37, 41, 39),
    *(50, 42),
    *(6, 7, 8, 9, 11, 45, 46, 43, 47, 44),
    49,
)
_US_PLACES: Final = {"windows": _US_WINDOWS, "cocoa": _US_COCOA}


def us_char(platform: str, native: int, *, is_shifted: bool) -> str:
    """Returns what a key types on a US keyboard, by its place; nothing where the platform does not tell.

    Args:
        platform: Qt's name of the window system.
        native: the scan code, or on macOS the virtual key code.
        is_shifted: whether Shift is held. Caps Lock plays no part: a scanner does not know of it.
    """
    places = _US_PLACES.get(platform, _US_EVDEV)
    if not (native or platform == "cocoa") or native not in places:
        return ""
    return (_US_SHIFTED if is_shifted else _US_PLAIN)[places.index(native)]
