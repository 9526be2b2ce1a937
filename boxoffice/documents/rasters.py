"""A line of text as dots, for printers that have no letters of its script."""

from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageChops, ImageDraw

from boxoffice.documents.fonts import SEMIBOLD, cut, fitted, width
from boxoffice.documents.runs import outline_font, runs_of, shaped

_FINER: Final = 4
"""Dots are decided on a finer picture."""
_STEPS: Final = 6
_BASE: Final = 0.74
_SIZE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Bitmap:
    """Rows of dots, true for black."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def line_bitmap(text: str, high: int, widest: int) -> Bitmap:
    """Returns the text on one line of `high` dots, made smaller and then cut if it is wider than `widest`."""
    size = fitted(text, SEMIBOLD, high * _SIZE, widest, high * _SIZE / 2)
    text = cut(text, SEMIBOLD, size, widest)
    wide = min(widest, int(width(text, SEMIBOLD, size)) + 1)
    if wide <= 1:
        return Bitmap(())
    picture = Image.new("1", (wide * _FINER, high * _FINER))
    x, base = 0.0, high * _BASE * _FINER
    for run in runs_of(text, SEMIBOLD):
        for glyph in run.glyphs or shaped(run.text, run.face):
            scale = size * _FINER / outline_font(run.face).face.upem
            left = x + glyph.x * size * _FINER / 1000
            picture = _with(picture, run.face, glyph.number, scale, left, base - glyph.y * size * _FINER / 1000)
            x += glyph.advance * size * _FINER / 1000
    dots = picture.convert("L").resize((wide, high), Image.Resampling.BOX)
    return Bitmap(tuple(tuple(dots.getpixel((i, j)) > 96 for i in range(wide)) for j in range(high)))  # type: ignore[operator]


def _with(picture: Image.Image, face: str, glyph: int, scale: float, left: float, base: float) -> Image.Image:
    """Returns the picture with one more glyph; what lies within another outline is a hole."""
    shape = Image.new("1", picture.size)
    for outline in _outlines(face, glyph):
        if len(outline) > 2:
            one = Image.new("1", picture.size)
            points = [(left + x * scale, base - y * scale) for x, y in outline]
            ImageDraw.Draw(one).polygon(points, fill=1)
            shape = ImageChops.logical_xor(shape, one)
    return ImageChops.logical_or(picture, shape)


def _outlines(face: str, glyph: int) -> list[list[tuple[float, float]]]:
    """Returns the outlines of a glyph as corners, in units of the face."""
    import uharfbuzz as hb  # type: ignore[import-untyped]  # noqa: PLC0415  # 13 ms of a till's start

    found: list[list[tuple[float, float]]] = []

    def move(x: float, y: float, _: Any) -> None:
        found.append([(x, y)])

    def line(x: float, y: float, _: Any) -> None:
        found[-1].append((x, y))

    def curve(cx: float, cy: float, x: float, y: float, _: Any) -> None:
        x0, y0 = found[-1][-1]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
            found[-1].append((a * x0 + b * cx + c * x, a * y0 + b * cy + c * y))

    def close(_: Any) -> None:
        """Polygons are closed already."""

    draws = hb.DrawFuncs()
    draws.set_move_to_func(move)
    draws.set_line_to_func(line)
    draws.set_quadratic_to_func(curve)
    draws.set_close_path_func(close)
    outline_font(face).draw_glyph(glyph, draws)
    return found
