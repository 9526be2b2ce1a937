"""A page in points with its origin at the top left, on ReportLab's canvas; what all our PDFs are drawn with."""

import math
import threading
from collections.abc import Sequence
from io import BytesIO
from typing import Final, Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from boxoffice.core.training import TRAINING
from boxoffice.documents.fonts import BOLD, HEAD, SEMIBOLD, cut, fitted, lines_within, register, width
from boxoffice.documents.languages import language
from boxoffice.documents.qr import QrMatrix
from boxoffice.documents.runs import Run, runs_of
from boxoffice.resources import FALLBACK_FACES

INK: Final = HexColor("#1a1a1a")
INK_2: Final = HexColor("#4a4541")
INK_3: Final = HexColor("#6a635d")
CREAM: Final = HexColor("#fef9f3")
WELL: Final = HexColor("#f6ecdf")
CORAL: Final = HexColor("#ff6b6b")
CORAL_800: Final = HexColor("#9c3022")
LINE: Final = HexColor("#e8ddcf")
OK: Final = HexColor("#1c6e47")
OK_TINT: Final = HexColor("#e2f2e8")
BLACK: Final = HexColor("#000000")
WHITE: Final = HexColor("#ffffff")

Align = Literal["left", "center", "right"]

_FILLED, _FILLED_AND_OUTLINED = 0, 2
"""How PDF draws letters."""
_BOLDER: Final = {BOLD: 0.035, HEAD: 0.035, SEMIBOLD: 0.02}
"""By how much of the size the letters of a fallback face, which has one weight, are outlined to stand beside these."""

_FONTS: Final = threading.Lock()
"""ReportLab cuts a font's subset with one shared reader: two threads at once read each other's bytes."""


_BAND: Final = 13.0


def stamp_of(code: str, *, is_training: bool) -> str:
    """Returns the word that stands across every page of a training's papers; nothing for all others."""
    return language(code).say(TRAINING) if is_training else ""


class Page:
    """One document of equal pages. The same drawing gives the same bytes: no clock and no random id goes in."""

    def __init__(self, width: float, height: float, title: str, language: str = "en", stamp: str = "") -> None:
        """`stamp` is a word that stands all across every page, over whatever is on it."""
        with _FONTS:
            register()
        self._stamp = stamp
        self.width, self.height = width, height
        self._out = BytesIO()
        self._canvas = Canvas(
            self._out,
            pagesize=(width, height),
            invariant=1,
            pageCompression=1,
            lang={"en": "en-US"}.get(language, language),
        )
        self._canvas.setTitle(title)
        self._canvas.setAuthor("Boxoffice")
        self._canvas.setCreator("Boxoffice")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        face: str,
        size: float,
        color: Color = INK,
        align: Align = "left",
        limit: float | None = None,
    ) -> float:
        """Draws one line on the baseline `y`, smaller and then cut if it is wider than `limit`. Returns its width."""
        if limit is not None:
            size = fitted(text, face, size, limit)
            text = cut(text, face, size, limit)
        wide = width(text, face, size)
        left = {"left": x, "center": x - wide / 2, "right": x - wide}[align]
        self._canvas.setFillColor(color)
        self._canvas.setStrokeColor(color)
        for run in runs_of(text, face):
            self._run(left, self.height - y, run, size, _lacks_weight(run, face))
            left += run.width(size)
        return wide

    def lines(
        self,
        x: float,
        y: float,
        text: str,
        face: str,
        size: float,
        color: Color = INK,
        align: Align = "left",
        *,
        limit: float,
        most: int,
        rise: float = 0.85,
    ) -> None:
        """Draws a text whose one line has its baseline at `y`: made smaller, then in lines, then cut.

        `rise` is how much of what further lines need is taken above.
        """
        lines, size = lines_within(text, face, size, limit, most)
        step = size * 1.15
        top = y - step * (len(lines) - 1) * rise
        for i, line in enumerate(lines):
            self.text(x, top + step * i, line, face, size, color, align)

    def _run(self, x: float, y: float, run: Run, size: float, thickness: float) -> None:
        self._canvas.setFont(run.face, size)
        self._canvas.setLineWidth(thickness * size)
        mode = _FILLED if not thickness else _FILLED_AND_OUTLINED
        if not run.glyphs:
            self._canvas.drawString(x, y, run.text, mode)
            return
        # What is read and copied out of the page is the text as it was written, not its glyphs.
        words = f"FEFF{run.text.encode('utf-16-be').hex().upper()}"
        self._canvas.addLiteral(f"/Span <</ActualText <{words}>>> BDC")
        for glyph in run.glyphs:
            self._canvas.drawString(x + glyph.x * size / 1000, y + glyph.y * size / 1000, glyph.letter, mode)
            x += glyph.advance * size / 1000
        self._canvas.addLiteral("EMC")

    def box(self, x: float, y: float, wide: float, high: float, color: Color, radius: float = 0) -> None:
        self._canvas.setFillColor(color)
        self._canvas.roundRect(x, self.height - y - high, wide, high, radius, stroke=0, fill=1)

    def frame(self, x: float, y: float, wide: float, high: float, color: Color, radius: float, line: float) -> None:
        self._canvas.setStrokeColor(color)
        self._canvas.setLineWidth(line)
        self._canvas.roundRect(x, self.height - y - high, wide, high, radius, stroke=1, fill=0)

    def rule(
        self, x: float, y: float, wide: float, color: Color = LINE, line: float = 0.75, dash: Sequence[float] = ()
    ) -> None:
        self._canvas.setStrokeColor(color)
        self._canvas.setLineWidth(line)
        self._canvas.setDash(list(dash))
        self._canvas.line(x, self.height - y, x + wide, self.height - y)
        self._canvas.setDash([])

    def qr(self, x: float, y: float, side: float, matrix: QrMatrix) -> None:
        """Draws the code as one path; `side` is without the quiet zone, which the caller leaves white."""
        # Literal operators with whole numbers: ReportLab's own path took 12 ms a code, formatting its floats.
        module = side / matrix.size
        cells = " ".join(f"{column} {-row - 1} {n} 1 re" for row, column, n in matrix.runs())
        self._canvas.addLiteral(
            f"q 0 g {module:.6f} 0 0 {module:.6f} {x:.4f} {self.height - y:.4f} cm {cells} f Q", escaped=1
        )

    def next_page(self) -> None:
        self._stamp_page()
        self._canvas.showPage()

    def _stamp_page(self) -> None:
        """Draws the stamp from corner to corner, and in a band at the head of the page."""
        if not self._stamp:
            return
        canvas, long = self._canvas, math.hypot(self.width, self.height)
        size = 0.7 * long / width(self._stamp, HEAD, 1)
        canvas.saveState()
        canvas.translate(self.width / 2, self.height / 2)
        canvas.rotate(math.degrees(math.atan2(self.height, self.width)))
        canvas.setFillColor(INK_3)
        canvas.setFillAlpha(0.35)
        canvas.setFont(HEAD, size)
        canvas.drawCentredString(0, -size * 0.35, self._stamp)
        canvas.restoreState()
        self.box(0, 0, self.width, _BAND, BLACK)
        self.text(self.width / 2, _BAND - 3.5, self._stamp, HEAD, _BAND - 2, WHITE, "center")

    def finish(self) -> bytes:
        """Ends the last page and returns the PDF."""
        self._stamp_page()
        self._canvas.showPage()
        with _FONTS:
            self._canvas.save()
        return self._out.getvalue()


def _lacks_weight(run: Run, face: str) -> float:
    """Returns how thick an outline the run needs to be as bold as the face that was asked for."""
    return _BOLDER.get(face, 0.0) if run.face in FALLBACK_FACES else 0.0
