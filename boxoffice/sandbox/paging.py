"""Lists: newest first, `limit`, `starting_after`, `ending_before` and `created`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from boxoffice.sandbox.account import sent
from boxoffice.sandbox.errors import Document, StripeError, exclusive, invalid

_DEFAULT: Final = 10
_TESTS: Final = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}


def page(url: str, oldest_first: Iterable[Document], params: Mapping[str, Any]) -> Document:
    """Returns one page of a list.

    Raises:
        StripeError: 400, for an unknown cursor, or both cursors.
    """
    found = [each for each in oldest_first if _is_within(each, params.get("created"))]
    found.reverse()
    limit = params.get("limit", _DEFAULT)
    after, before = params.get("starting_after"), params.get("ending_before")
    if after and before:
        raise exclusive(["starting_after", "ending_before"])
    if before:
        place = _place(found, before, "ending_before")
        start = max(0, place - limit)
        data, has_more = found[start:place], start > 0
    else:
        start = _place(found, after, "starting_after") + 1 if after else 0
        data, has_more = found[start : start + limit], len(found) > start + limit
    return {"object": "list", "data": [sent(each) for each in data], "has_more": has_more, "url": url}


def _place(found: list[Document], id: str, param: str) -> int:
    for place, each in enumerate(found):
        if each["id"] == id:
            return place
    raise StripeError(400, f"No such object: '{id}'", code="resource_missing", param=param)


def _is_within(document: Document, created: Any) -> bool:
    """Returns whether the document's time fits; `created` is a time, or bounds, as strings from the form."""
    if created is None:
        return True
    bounds = created if isinstance(created, dict) else {"eq": created}
    for name, text in bounds.items():
        if not str(text).isdecimal() or (name not in _TESTS and name != "eq"):
            raise invalid(f"Invalid timestamp: {text}", "created", "parameter_invalid_integer")
        if name == "eq" and document["created"] != int(text):
            return False
        if name != "eq" and not _TESTS[name](document["created"], int(text)):
            return False
    return True
