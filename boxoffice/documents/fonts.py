"""The brand's two faces for ReportLab: registered once, and texts of any script measured, wrapped and cut with them."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from reportlab import rl_config

from boxoffice.documents.runs import load, runs_of

HEAD: Final = "BebasNeue-Regular"
TEXT: Final = "OpenSans-Regular"
SEMIBOLD: Final = "OpenSans-SemiBold"
BOLD: Final = "OpenSans-Bold"
FACES: Final = (HEAD, TEXT, SEMIBOLD, BOLD)
ELLIPSIS: Final = "…"
NOTHING: Final = 0.001
"""What a width may differ by for reasons of arithmetic."""
LEAST_SHARE: Final = 0.65
"""How much smaller a line may be made before it is broken."""


@cache
def register() -> None:
    """Registers the faces with ReportLab; again costs nothing."""
    rl_config.useA85 = 0  # plain binary streams: a fifth smaller, and no time spent on making text of them
    for face in FACES:
        load(face)


def width(text: str, face: str, size: float) -> float:
    """Returns the width in points."""
    return sum(run.width(size) for run in runs_of(text, face))


def fitted(text: str, face: str, size: float, limit: float, smallest: float = 6.0) -> float:
    """Returns the largest size up to `size` at which the text is within `limit` points, but no less than smallest."""
    wide = width(text, face, size)
    return size if wide <= limit else max(smallest, size * limit / wide)


def cut(text: str, face: str, size: float, limit: float) -> str:
    """Returns the text, or as much of it as is within `limit` points with an ellipsis behind it."""
    if width(text, face, size) <= limit + NOTHING:
        return text
    fits = 0
    for end in range(1, len(text)):
        if width(f"{text[:end].rstrip()}{ELLIPSIS}", face, size) > limit:
            break
        fits = end
    return f"{text[:fits].rstrip()}{ELLIPSIS}"


def lines_within(text: str, face: str, size: float, limit: float, most: int) -> tuple[list[str], float]:
    """Returns at most so many lines within `limit` points, and their size: made smaller, then wrapped, then cut."""
    smaller = fitted(text, face, size, limit, size * LEAST_SHARE)
    if width(text, face, smaller) <= limit + NOTHING:
        return [text], smaller
    lines = wrapped(text, face, smaller, limit)
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        lines = [*lines[: most - 1], cut(rest, face, smaller, limit)]
    return lines, smaller


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
