"""JSON from outside, within bounds: how large, how deep, and nothing in it that can't be stored.

Whoever nests a thousand brackets must get a plain refusal: code that walks such a thing would not come back from it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn

DEEPEST: Final = 32
"""The deepest that any provider or till sends is a dozen."""
_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_OPENING: Final = b"[{"
_OTHER: Final = bytes(set(range(256)) - set(b"[]{}"))


class BadJson(ValueError):
    """This is not within bounds; its text says what is wrong, beginning with a verb."""


def nesting(data: bytes) -> int:
    """Returns how deep the brackets go, without following them."""
    depth = deepest = 0
    for byte in _TEXT.sub(b"", data).translate(None, _OTHER):
        if byte in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        else:
            depth -= 1
    return deepest


def read(data: bytes | str, most_bytes: int) -> Any:
    """Returns what the JSON says.

    Raises:
        BadJson: if it is no JSON, larger than `most_bytes`, nested deeper than `DEEPEST`, or holds what no database
            takes: a NUL, half of a surrogate pair, a number that is none.
    """
    try:
        raw = data.encode() if isinstance(data, str) else data
        text = raw.decode()
    except UnicodeError as error:
        raise BadJson("is not UTF-8") from error
    if len(raw) > most_bytes:
        raise BadJson(f"is larger than {most_bytes} bytes")
    if nesting(raw) > DEEPEST:
        raise BadJson(f"is nested deeper than {DEEPEST}")
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_float)
    except BadJson:
        raise
    except (ValueError, RecursionError) as error:
        raise BadJson("is not JSON") from error
    for each in _texts(found):
        if "\0" in each or not _is_storable(each):
            raise BadJson("holds a character that can't be stored")
    return found


def _no_number(_text: str) -> NoReturn:
    raise BadJson("holds a number that is none")


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise BadJson("holds a number that is too large")
    return number


def _texts(found: Any) -> Iterator[str]:
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each)
            waiting.extend(each.values())


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
