"""What a roll would show, drawn from the bytes that its printer is sent: for tests, and for who sets a till up."""

import io
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from boxoffice.documents.escpos_reading import PAGES, Command, Did, Drew, Said, parts_of
from boxoffice.documents.rolls import DOTS_A_LETTER, Roll, RollWidth
from boxoffice.resources import resource_path

_TALL: Final = 24
"""How high a letter of font A is."""
_LINE: Final = 30
_SIZE: Final = 18
_SIDE: Final = 32
"""White beside the dots, as on the paper."""
_WHITE, _GREY, _BLACK = 255, 140, 0
_BOLD_BIT: Final = 1
_DOUBLE: Final = 0x11
_CENTRED: Final = 1
_CUT_FEED: Final = 96
"""From the head to the knife."""


def pictures_of(sent: bytes, width: RollWidth = RollWidth.MM_80) -> tuple[Image.Image, ...]:
    """Returns the papers that come out, each as it is cut off; one that is not cut off is the last."""
    head = _Head(Roll(width).dots)
    for part in parts_of(sent):
        match part:
            case Said(letters, ends):
                head.say(letters, ends=ends)
            case Drew(row_bytes, dots):
                head.draw(row_bytes, dots)
            case Did(command, numbers):
                head.do(command, numbers)
    return tuple(head.finish())


def pngs_of(sent: bytes, width: RollWidth = RollWidth.MM_80) -> tuple[bytes, ...]:
    """Returns the same as PNG files."""
    return tuple(_png(picture) for picture in pictures_of(sent, width))


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("1").save(out, "PNG")
    return out.getvalue()


@dataclass(slots=True)
class _Style:
    page: str = "cp437"
    is_centred: bool = False
    is_bold: bool = False
    scale: int = 1
    is_inverse: bool = False


class _Head:
    """The print head over the paper: strips of dots from top to bottom."""

    def __init__(self, dots: int) -> None:
        self._dots = dots
        self._style = _Style()
        self._strips: list[Image.Image] = []
        self._cut: list[Image.Image] = []
        self._line = ""

    def say(self, letters: bytes, *, ends: bool) -> None:
        self._line += letters.decode(self._style.page)
        if ends:
            self._feed_line()

    def _feed_line(self) -> None:
        style, text, self._line = self._style, self._line, ""
        step = DOTS_A_LETTER * style.scale
        columns = self._dots // step
        for start in range(0, max(len(text), 1), columns):  # a printer wraps what is too long
            row = text[start : start + columns]
            strip = self._strip(_LINE * style.scale)
            left = (self._dots - step * len(row)) // 2 if style.is_centred else 0
            for i, letter in enumerate(row):
                cell = _cell(letter, style.scale, is_bold=style.is_bold, is_inverse=style.is_inverse)
                strip.paste(cell, (_SIDE + left + i * step, 0))

    def draw(self, row_bytes: int, dots: bytes) -> None:
        high = len(dots) // row_bytes if row_bytes else 0
        picture = Image.frombytes("1", (row_bytes * 8, high), bytes(byte ^ 0xFF for byte in dots))
        left = max(0, (self._dots - picture.width) // 2) if self._style.is_centred else 0
        within = picture.crop((0, 0, min(picture.width, self._dots), high))
        self._strip(high).paste(within.convert("L"), (_SIDE + left, 0))

    def do(self, command: Command, numbers: bytes) -> None:
        style = self._style
        match command:
            case Command.RESET:
                self._style = _Style()
            case Command.PAGE:
                style.page = PAGES[numbers[0]]
            case Command.ALIGN:
                style.is_centred = numbers[0] == _CENTRED
            case Command.BOLD:
                style.is_bold = bool(numbers[0] & _BOLD_BIT)
            case Command.SIZE:
                style.scale = 2 if numbers[0] == _DOUBLE else 1
            case Command.INVERSE:
                style.is_inverse = bool(numbers[0] & 1)
            case Command.FEED:
                self._strip(_LINE * numbers[0])
            case Command.CUT:
                self._strip(_CUT_FEED)
                self._tear()
            case _:
                pass  # the drawer and questions leave no ink

    def finish(self) -> list[Image.Image]:
        self._tear()
        return self._cut

    def _strip(self, high: int) -> Image.Image:
        strip = Image.new("L", (self._dots + 2 * _SIDE, high), _WHITE)
        self._strips.append(strip)
        return strip

    def _tear(self) -> None:
        if not self._strips:
            return
        paper = Image.new("L", (self._dots + 2 * _SIDE, sum(each.height for each in self._strips)), _WHITE)
        y = 0
        for strip in self._strips:
            paper.paste(strip, (0, y))
            y += strip.height
        self._cut.append(paper)
        self._strips = []


@cache
def _cell(letter: str, scale: int, *, is_bold: bool, is_inverse: bool) -> Image.Image:
    """Returns a letter in its cell, as a printer's own: each as wide as any other."""
    ground, ink = (_BLACK, _WHITE) if is_inverse else (_WHITE, _BLACK)
    wide, high = DOTS_A_LETTER * scale, _TALL * scale
    font = _font(_SIZE * scale, is_bold=is_bold)
    drawn = max(wide, int(font.getlength(letter)) + 1)
    cell = Image.new("L", (drawn, high), ground)
    ImageDraw.Draw(cell).text((drawn / 2, high * 0.78), letter, ink, font, anchor="ms")
    return cell.resize((wide, high)).point(lambda value: _WHITE if value > _GREY else _BLACK)


@cache
def _font(size: int, *, is_bold: bool) -> ImageFont.FreeTypeFont:
    face = "OpenSans-Bold" if is_bold else "OpenSans-SemiBold"
    return ImageFont.truetype(str(resource_path("fonts", f"{face}.ttf")), size)
