"""Reads codes in a picture, as a camera gives it: QR and the other kinds that tickets and badges are printed with."""

from collections.abc import Sequence
from functools import cache
from typing import Any


def codes_in(grey: bytes | memoryview, width: int, height: int, stride: int) -> Sequence[str]:
    """Returns what the codes in a picture say, each once.

    Args:
        grey: one byte a pixel, row by row.
        width: in pixels.
        height: in pixels.
        stride: how many bytes a row has, which may be more than its pixels.
    """
    whole = memoryview(grey)
    if stride != width:
        whole = memoryview(b"".join(whole[y * stride : y * stride + width] for y in range(height)))
    zxing, kinds = _reader()
    found = zxing.read_barcodes(whole.cast("B", (height, width)), formats=kinds)
    return list(dict.fromkeys(each.text for each in found if each.text))


@cache
def _reader() -> tuple[Any, Any]:
    """Returns the library, and the kinds of codes to look for: fewer are found faster."""
    import zxingcpp  # noqa: PLC0415  # 20 ms of a till's start

    kinds = zxingcpp.BarcodeFormat
    return zxingcpp, [kinds.QRCode, kinds.Aztec, kinds.DataMatrix, kinds.PDF417, kinds.Code128]
