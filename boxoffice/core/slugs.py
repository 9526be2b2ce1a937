"""Names that programs use, made of names that people gave."""

import re
import unicodedata
from collections.abc import Container
from itertools import count
from typing import Final

LONGEST: Final = 40
_NONE: Final = "item"


def slug_of(name: str, taken: Container[str] = ()) -> str:
    """Returns such as `saturday-day-pass`, with a number at its end if that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or _NONE
    if slug not in taken:
        return slug
    numbered = (f"{slug[: LONGEST - 5].rstrip('-')}-{n}" for n in count(2))
    return next(each for each in numbered if each not in taken)
