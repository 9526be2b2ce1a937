"""What one event file says otherwise than another, place by place: to be shown, left out, or carried to a third."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Path = tuple[str, ...]
"""Keys from the outside in; items of a list go by their own id or code, those without one by their number."""
ORDER: Final = "@order"
"""Stands at the end of the path of a list whose items only stand in another order."""
NAMED: Final = frozenset({"pools", "taxes", "places", "products", "promos", "price_kinds", "zones"})
"""Lists whose items go by their own id, or code."""
_NUMBERED: Final = frozenset({"prices", "parts", "floats", "hours", "days", "sizes"})
"""Lists whose items have no name; days and sizes are so in forms alone."""
_WITHIN: Final = frozenset({"zones"})


@dataclass(frozen=True, slots=True)
class Change:
    """One place that two files say differently; None where one of them says nothing."""

    path: Path
    before: Any
    after: Any


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """Returns what is new, gone or different in `after`; what is empty is as good as not said."""
    return tuple(_walk((), before, after))


def with_value(file: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Returns the file with this at the end of the path, which is made where it is not there; None takes it away."""
    return _with(file, path, value, NAMED)


def _with(file: Mapping[str, Any], path: Path, value: Any, named: frozenset[str]) -> dict[str, Any]:
    """Returns the same of a part of a file; `named` are its lists whose items have names; not a product's pools."""
    head, rest = path[0], path[1:]
    inner = file.get(head)
    if not rest:
        said = value
    elif head in named | _NUMBERED and not isinstance(inner, Mapping):
        said = _in_list(head, inner or (), rest, value)
    else:
        said = _with(inner if isinstance(inner, Mapping) else {}, rest, value, _WITHIN)
    kept = {**file, head: said}
    return {what: given for what, given in kept.items() if what != head or not is_empty(given)}


def value_at(file: Mapping[str, Any], path: Path) -> Any:
    """Returns what stands at the end of the path; None where nothing does."""
    found: Any = file
    for key in path:
        if isinstance(found, Mapping):
            found = found.get(key)
        elif isinstance(found, Sequence) and not isinstance(found, str):
            found = next((item for i, item in enumerate(found) if name_of(item, i) == key), None)
        else:
            return None
    return found


def merged(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Returns `theirs` with all that `mine` says otherwise than `base`: where both do, mine holds."""
    out = dict(theirs)
    for change in changes(base, mine):
        out = with_value(out, change.path, change.after)
    return out


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | Mapping) and not value)


def name_of(item: Any, number: int) -> str:
    """Returns by what an item of a list goes."""
    name = item.get("id", item.get("code")) if isinstance(item, Mapping) else None
    return name if isinstance(name, str) and name else str(number)


def _is_named(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(_has_name(item) for item in value)


def _has_name(item: Any) -> bool:
    return isinstance(item, Mapping) and isinstance(item.get("id", item.get("code")), str)


def _walk(path: Path, before: Any, after: Any) -> Iterator[Change]:
    if before == after or (is_empty(before) and is_empty(after)):
        return
    is_some = _is_named(before) or _is_named(after)
    if is_some and all(_is_named(each) or is_empty(each) for each in (before, after)):
        yield from _items(path, before or (), after or ())
        return
    if all(isinstance(each, Mapping) or is_empty(each) for each in (before, after)):
        old, new = before or {}, after or {}
        for key in dict.fromkeys([*old, *new]):
            yield from _walk((*path, key), old.get(key), new.get(key))
        return
    yield Change(path, None if is_empty(before) else before, None if is_empty(after) else after)


def _items(path: Path, before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    old = {name_of(item, 0): item for item in before}
    new = {name_of(item, 0): item for item in after}
    for name in dict.fromkeys([*new, *old]):
        if name in old and name in new:
            yield from _walk((*path, name), old[name], new[name])
        else:
            yield Change((*path, name), old.get(name), new.get(name))
    kept = [name for name in old if name in new]
    if kept != (again := [name for name in new if name in old]):
        yield Change((*path, ORDER), kept, again)


def _in_list(head: str, items: Sequence[Any], path: Path, value: Any) -> list[Any]:
    name, rest = path[0], path[1:]
    if name == ORDER:
        return _ordered(items, value or ())
    there = [name_of(item, i) for i, item in enumerate(items)]
    if name in there:
        at = there.index(name)
        new = _with(items[at], rest, value, _WITHIN) if rest else value
        return [*items[:at], *([] if new is None else [new]), *items[at + 1 :]]
    if not rest:
        return [*items, *([] if value is None else [value])]
    own = {"code" if head == "promos" else "id": name} if head in NAMED else {}
    return [*items] if is_empty(value) else [*items, _with(own, rest, value, _WITHIN)]


def _ordered(items: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """Returns the items in the order of these names; those that are not among them stay where they stand."""
    by_name = {name_of(item, i): item for i, item in enumerate(items)}
    wanted = iter([by_name[name] for name in names if name in by_name])
    return [next(wanted) if name_of(item, i) in names else item for i, item in enumerate(items)]
