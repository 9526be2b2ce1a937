"""Places of sale that an organizer can choose: those that the program ships, and those of the hub's other events."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from boxoffice.core.event_changes import with_value
from boxoffice.resources import resource_path
from sync.editing.fields import items


@cache
def shipped() -> tuple[Mapping[str, Any], ...]:
    """Returns the places that come with the program, each with its taxes."""
    files = sorted(resource_path("places").glob("*.toml"))
    return tuple(tomllib.loads(file.read_text(encoding="utf-8")) for file in files)


def known_places(files: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Returns all places by id, each with the file that has its taxes; the first one of a name is it."""
    found: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    for file in (*files, *shipped()):
        for place in items(file, "places"):
            found.setdefault(str(place["id"]), (place, file))
    return found


def with_place(file: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Returns the file with the place that it names, and its taxes, where it has not these itself."""
    name = (file.get("event") or {}).get("place")
    if not name or any(each["id"] == name for each in items(file, "places")):
        return file
    found = known_places(others).get(name)
    if found is None:
        return file
    place, source = found
    wanted = {tax for said in place.values() if isinstance(said, Mapping) for tax in said.get("taxes", ())}
    known = {each["id"] for each in items(file, "taxes")}
    out = with_value(file, ("places", str(place["id"])), _plain(place))
    for tax in items(source, "taxes"):
        if tax["id"] in wanted and tax["id"] not in known:
            out = with_value(out, ("taxes", str(tax["id"])), _plain(tax))
    return out


def _plain(value: Any) -> Any:
    """Returns JSON's types alone: TOML has days of their own."""
    if isinstance(value, Mapping):
        return {what: _plain(each) for what, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
