"""Text of any script, as runs of glyphs in the order in which they are drawn.

Each letter is in the face that was asked for, or else in a fallback face that has it; what no face has (an emoji, an
invisible mark) is left out, so that nobody ever reads a box or a question mark for a name. Letters that join, stack or
run from right to left are shaped by HarfBuzz and ordered by Unicode's bidirectional algorithm.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from boxoffice.resources import FALLBACK_FACES, resource_path

_PLAIN: Final = frozenset({"NotoSans-Regular", "DroidSansFallbackFull", "NanumSquareR"})
"""Fallback faces whose letters stand for themselves, one beside the other."""
_PRIVATE: Final = 0xE000
"""Where a glyph that has no letter of its own is found: its number behind this, in Unicode's private area."""
_JOINERS: Final = "\u200c\u200d"
_EM: Final = 1000


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph: `letter` draws it in its face, `number` is its own; in thousandths of the size."""

    letter: str
    number: int
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one face and direction; `glyphs` are there if they need to be set one by one. `text` is as read."""

    text: str
    face: str
    glyphs: tuple[Glyph, ...] = ()

    def width(self, size: float) -> float:
        if self.glyphs:
            return sum(glyph.advance for glyph in self.glyphs) * size / _EM
        return float(pdfmetrics.stringWidth(self.text, self.face, size))


@cache
def load(face: str) -> TTFont:
    """Returns a face, registered with ReportLab when it is first needed."""
    font = TTFont(face, str(resource_path("fonts", f"{face}.ttf")))
    pdfmetrics.registerFont(font)
    return font


def is_plain(text: str, face: str) -> bool:
    """Returns whether the face has all of the text, and none of it must be shaped or turned."""
    known = load(face).face.charToGlyph
    return all(ord(letter) in known and letter >= " " and not _is_mark(letter) for letter in text) and not _turns(text)


@lru_cache(maxsize=2048)
def runs_of(text: str, face: str) -> tuple[Run, ...]:
    """Returns the runs of a line in the order in which they are drawn, from left to right."""
    text = "".join(letter for letter in unicodedata.normalize("NFC", text) if _can_be_seen(letter))
    if is_plain(text, face):
        return (Run(text, face),) if text else ()
    clusters = list(_faced(text, face))
    levels = _levels("".join(cluster for cluster, _ in clusters))
    parts: list[tuple[str, str, int]] = []
    at = 0
    for cluster, its_face in clusters:
        level = levels[at]
        at += len(cluster)
        if parts and parts[-1][1:] == (its_face, level):
            parts[-1] = (parts[-1][0] + cluster, its_face, level)
        else:
            parts.append((cluster, its_face, level))
    return tuple(_run(part, its_face, level) for part, its_face, level in _in_order(parts))


def shaped(text: str, face: str, *, is_rtl: bool = False) -> tuple[Glyph, ...]:
    """Returns the glyphs of letters of one face, as HarfBuzz sets them."""
    import uharfbuzz as hb  # type: ignore[import-untyped]  # noqa: PLC0415  # 13 ms of a till's start

    font, buffer = _harfbuzz(face), hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if is_rtl else "ltr"
    hb.shape(font, buffer)
    scale = _EM / font.face.upem
    return tuple(
        Glyph(
            _letter(face, info.codepoint, font.get_glyph_h_advance(info.codepoint) * scale),
            info.codepoint,
            place.x_offset * scale,
            place.y_offset * scale,
            place.x_advance * scale,
        )
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


@cache
def _harfbuzz(face: str) -> Any:
    import uharfbuzz as hb  # noqa: PLC0415  # 13 ms of a till's start

    return hb.Font(hb.Face(hb.Blob.from_file_path(str(resource_path("fonts", f"{face}.ttf")))))


def outline_font(face: str) -> Any:
    """Returns HarfBuzz's font of a face, for who draws its outlines."""
    return _harfbuzz(face)


def _letter(face: str, number: int, advance: float) -> str:
    """Returns the letter by which ReportLab draws a glyph: the same for the same glyph, whatever was drawn before."""
    code = _PRIVATE + number
    font = load(face).face
    if code not in font.charToGlyph:
        font.charWidths[code] = advance
        font.charToGlyph[code] = number
    return chr(code)


def _run(text: str, face: str, level: int) -> Run:
    needs = level % 2 or (face in FALLBACK_FACES and face not in _PLAIN) or any(map(_is_mark, text))
    return Run(text, face, shaped(text, face, is_rtl=bool(level % 2)) if needs else ())


def _faced(text: str, face: str) -> Iterator[tuple[str, str]]:
    """Yields each letter with its marks, and the face that has them; what no face has is left out."""
    before, last, is_gap = face, "", False
    for word in _words(text):
        whole = next((each for each in (face, FALLBACK_FACES[0]) if _has(each, word)), None)
        for cluster in _clusters(word):
            if is_gap and cluster == " " and last in ("", " "):
                continue  # what stood between these two blanks is left out
            found = (
                (_blank_face(before, face), cluster) if cluster == " " else _face_for(cluster, whole or face, before)
            )
            is_gap = is_gap if cluster == " " else found is None
            if found is not None:
                before, last = found[0], cluster
                yield found[1], found[0]


def _blank_face(before: str, face: str) -> str:
    """Returns the face of a blank: that of the word before, so that a line of one script is one run."""
    return before if _has(before, " ") else face


def _words(text: str) -> Iterator[str]:
    """Yields words and the blanks between them, so that no word changes its face in the middle without need."""
    word = ""
    for letter in text:
        if letter.isspace() != word[-1:].isspace() and word:
            yield word
            word = ""
        word += " " if letter.isspace() else letter
    if word:
        yield word


def _clusters(word: str) -> Iterator[str]:
    cluster = ""
    for letter in word:
        if cluster and not (_is_mark(letter) or letter in _JOINERS):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


def _face_for(cluster: str, face: str, before: str) -> tuple[str, str] | None:
    """Returns the face for a letter with its marks and what of it is drawn: all, or without its marks, or plainer."""
    faces = (face, before, *FALLBACK_FACES)
    bare = cluster.rstrip(_JOINERS)
    plainer = unicodedata.normalize("NFKC", bare)
    for text in (cluster, bare, plainer, unicodedata.normalize("NFKD", bare)[:1]):
        found = next((each for each in faces if text and _has(each, text)), None)
        if found is not None:
            return found, text
    return None


def _has(face: str, text: str) -> bool:
    known = load(face).face.charToGlyph
    return all(ord(letter) in known for letter in text if letter not in _JOINERS) and not text.startswith(
        tuple(_JOINERS)
    )


def _can_be_seen(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co")


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Mc", "Me")


def _turns(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in text)


def _levels(text: str) -> list[int]:
    """Returns each letter's level (Unicode Standard Annex 9): odd ones run from right to left."""
    if not _turns(text):
        return [0] * len(text)
    from bidi import algorithm  # type: ignore[import-untyped]  # noqa: PLC0415  # most texts need none; 2 ms of a till's start

    bare = "".join(letter for letter in text if letter not in _JOINERS)  # the algorithm takes them out
    base = algorithm.get_base_level(bare)
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = base, ("L", "R")[base]
    algorithm.get_embedding_levels(bare, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    found, level = iter(storage["chars"]), base
    levels = []
    for letter in text:
        level = level if letter in _JOINERS else next(found)["level"]
        levels.append(level)
    return levels


def _in_order(parts: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Returns the parts in the order in which they are seen (rule L2)."""
    order = list(parts)
    for level in range(max((part[2] for part in parts), default=0), 0, -1):
        at = 0
        while at < len(order):
            end = at
            while end < len(order) and order[end][2] >= level:
                end += 1
            order[at:end] = order[at:end][::-1]
            at = end + 1
    return order
