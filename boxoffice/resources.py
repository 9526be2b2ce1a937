"""Finds the files that ship beside the code: in a checkout, in an installed wheel, and in a packaged till."""

import sys
from functools import cache
from pathlib import Path


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
