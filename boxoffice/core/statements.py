"""What a cardholder finds again on a statement: a word of the event behind the name of the seller."""

import re
import unicodedata
from typing import Final

_LONGEST: Final = 10
"""A statement has 22 letters: the seller's own name takes ten at most, and a star and a blank stand between them."""
_WORDS: Final = re.compile(r"[A-Z][A-Z0-9]*")


def suffix_of(event_id: str) -> str:
    """Returns as many words of an event's id as fit, in capitals, such as `BOULDER` of `boulder-fest-2026`.

    Nothing, if it has no word that a statement takes: a suffix needs a letter.
    """
    bare = unicodedata.normalize("NFKD", event_id).encode("ascii", "ignore").decode().upper()
    found = ""
    for word in _WORDS.findall(bare):
        more = f"{found} {word}".strip()
        if len(more) > _LONGEST:
            break
        found = more
    return found or next((word[:_LONGEST] for word in _WORDS.findall(bare)), "")


def till_of(order_number: str) -> str:
    """Returns the code of the till that placed an order, as its number begins: `WB` for the web."""
    return order_number.rpartition("-")[0]
