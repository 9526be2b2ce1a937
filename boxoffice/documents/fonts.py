"""The brand's two faces for ReportLab: registered once, and texts measured and cut with them."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from boxoffice.resources import resource_path

HEAD: Final = "BebasNeue-Regular"
TEXT: Final = "OpenSans-Regular"
SEMIBOLD: Final = "OpenSans-SemiBold"
BOLD: Final = "OpenSans-Bold"
FACES: Final = (HEAD, TEXT, SEMIBOLD, BOLD)


@cache
def register() -> None:
    """Registers the faces with ReportLab; again costs nothing."""
    rl_config.useA85 = 0  # plain binary streams: a fifth smaller, and no time spent on making text of them
    for face in FACES:
        pdfmetrics.registerFont(TTFont(face, str(resource_path("fonts", f"{face}.ttf"))))


def printable(text: str, face: str) -> str:
    """Returns the text with every letter that the face lacks as `?`, and no control characters."""
    known = pdfmetrics.getFont(face).face.charToGlyph
    return "".join(letter if ord(letter) in known else "?" for letter in text if letter >= " ")


def width(text: str, face: str, size: float) -> float:
    """Returns the width in points."""
    return float(pdfmetrics.stringWidth(text, face, size))


def fitted(text: str, face: str, size: float, limit: float, smallest: float = 6.0) -> float:
    """Returns the largest size up to `size` at which the text is within `limit` points, but no less than smallest."""
    wide = width(text, face, size)
    return size if wide <= limit else max(smallest, size * limit / wide)


def wrapped(text: str, face: str, size: float, limit: float) -> list[str]:
    """Returns the text as lines within `limit` points; a word that is too long alone is broken."""
    lines: list[str] = []
    line = ""
    for word in _pieces(text, face, size, limit):
        longer = f"{line} {word}" if line else word
        if width(longer, face, size) <= limit:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line] if line or not lines else lines


def _pieces(text: str, face: str, size: float, limit: float) -> Iterator[str]:
    for word in text.split():
        rest = word
        while width(rest, face, size) > limit:
            cut = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or width(rest[:n], face, size) <= limit)
            yield rest[:cut]
            rest = rest[cut:]
        yield rest
