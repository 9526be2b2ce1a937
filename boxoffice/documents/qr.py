"""The one place that makes QR codes. Everyone draws from its matrix, as vectors."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import zxingcpp

QUIET_MODULES = 4
"""White modules that must stay around a code (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class QrMatrix:
    """A code's modules, true for black, without the quiet zone."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        return len(self.rows)

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Yields (row, first column, length) of each horizontal run of black modules."""
        for y, row in enumerate(self.rows):
            x = 0
            while x < len(row):
                if not row[x]:
                    x += 1
                    continue
                start = x
                while x < len(row) and row[x]:
                    x += 1
                yield y, start, x - start


def qr_matrix(text: str, *, ecc: str = "M") -> QrMatrix:
    """Returns the QR code of a text at an error correction level (L, M, Q or H).

    Raises:
        ValueError: if the text is empty or too long for any QR code.
    """
    if not text:
        raise ValueError("an empty QR code says nothing")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=ecc)
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image)
    return QrMatrix(tuple(tuple(value == 0 for value in row) for row in rows.tolist()))


def qr_svg(text: str, *, ecc: str = "M") -> str:
    """Returns an SVG of the code with its quiet zone, one unit a module, that takes the size that it is given.

    It has no name for those who can't see it: what is around it says what it is.
    """
    matrix = qr_matrix(text, ecc=ecc)
    side = matrix.size + 2 * QUIET_MODULES
    path = "".join(f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h{n}v1h-{n}z" for y, x, n in matrix.runs())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" '
        f'aria-hidden="true"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def qr_table(text: str, *, module: int = 6) -> str:
    """Returns the code as a table of HTML, for mail programs: they show no SVG, and no picture before they are asked.

    Rows are drawn as runs of one colour; every module is `module` pixels wide.
    """
    matrix = qr_matrix(text)
    quiet = (False,) * QUIET_MODULES
    empty = (False,) * (matrix.size + 2 * QUIET_MODULES)
    rows = [*[empty] * QUIET_MODULES, *((*quiet, *row, *quiet) for row in matrix.rows), *[empty] * QUIET_MODULES]
    side = len(empty) * module
    lines = "".join(
        '<tr height="{0}" style="height:{0}px">{1}</tr>'.format(module, "".join(_cells(row, module))) for row in rows
    )
    return (
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="{side}" bgcolor="#ffffff" '
        f'style="width:{side}px;table-layout:fixed;border-collapse:collapse;background:#ffffff;line-height:0;'
        f'font-size:0"><tr height="0">{f"""<td width="{module}" style="width:{module}px"></td>""" * len(empty)}</tr>'
        f"{lines}</table>"
    )


def _cells(row: tuple[bool, ...], module: int) -> Iterator[str]:
    for is_black, run in groupby(row):
        length = len(list(run))
        colour = "#000000" if is_black else "#ffffff"
        yield (
            f'<td colspan="{length}" height="{module}" bgcolor="{colour}" '
            f'style="background:{colour};height:{module}px;padding:0"></td>'
        )
