"""What a label would show, drawn from its layout: for who sets a printer up, and to try a till out without one."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from boxoffice.documents.labels import Label, Words, face, wide
from boxoffice.documents.qr import qr_matrix

_WHITE, _BLACK, _GREY = 255, 0, 205
_BETWEEN: Final = 24


def picture_of(label: Label) -> Image.Image:
    """Returns the label as it is read: a wristband lies on its side."""
    picture = Image.new("L", (label.width, label.height), _WHITE)
    draw = ImageDraw.Draw(picture)
    for words in label.words:
        _write(draw, words)
    code = label.code
    for y, x, run in qr_matrix(code.text, ecc=code.ecc).runs():
        left, top = code.left + x * code.module, code.top + y * code.module
        draw.rectangle((left, top, left + run * code.module - 1, top + code.module - 1), fill=_BLACK)
    return picture


def _write(draw: ImageDraw.ImageDraw, words: Words) -> None:
    left = words.left + (words.width - wide(words.text, words.tall)) / 2 if words.is_centred else words.left
    draw.text((left, words.top + words.tall * 0.8), words.text, _BLACK, face(words.tall), anchor="ls")


def png_of(label: Label) -> bytes:
    return _png(picture_of(label).convert("1"))


def below_each_other(pngs: Sequence[bytes]) -> bytes:
    """Returns one picture of papers, all as wide as the widest at most, each on the same grey."""
    pictures = [Image.open(io.BytesIO(each)).convert("L") for each in pngs]
    width = max(each.width for each in pictures)
    height = sum(each.height for each in pictures) + _BETWEEN * (len(pictures) - 1)
    whole, top = Image.new("L", (width, height), _GREY), 0
    for each in pictures:
        whole.paste(each, ((width - each.width) // 2, top))
        top += each.height + _BETWEEN
    return _png(whole)


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
