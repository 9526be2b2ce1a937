"""Finds the files that ship beside the code: in a checkout, in an installed wheel, and in a packaged till."""

import sys
from functools import cache
from pathlib import Path
from typing import Final

FALLBACK_FACES: Final = (
    "NotoSans-Regular",
    *(f"NotoSans{script}-Regular" for script in ("Hebrew", "Arabic", "Armenian", "Georgian", "Thai", "Lao", "Khmer")),
    *(f"NotoSans{script}-Regular" for script in ("Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Tamil", "Telugu")),
    *(f"NotoSans{script}-Regular" for script in ("Kannada", "Malayalam", "Sinhala", "Myanmar", "Ethiopic")),
    "DroidSansFallbackFull",
    "NanumSquareR",
)
"""Faces for what the brand's own lack, on papers and on screens, by the order in which they are asked; the files in
`resources/fonts` have their names."""


@cache
def _root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    here = Path(__file__).resolve().parent
    places = [Path(bundle) / "resources"] if bundle else [here.parent / "resources", here / "_resources"]
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the resources folder is missing: looked in {', '.join(map(str, places))}")


def resource_path(*parts: str) -> Path:
    """Returns the path of a file or folder under `resources/`.

    Raises:
        FileNotFoundError: if the program was installed without its resources.
    """
    return _root().joinpath(*parts)
