"""Facts that are signed and in their place, but hold what Postgres does not: kept word for word, read back the same.

A chain without them would end there, and all true facts after them would wait for ever.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from boxoffice.core.facts import Fact
from boxoffice.core.wire.message import FactMessage

_DEEPEST: Final = 64
_LONGEST: Final = 200
_WHOLE_FROM: Final = 2**53
_FIRST, _LAST = datetime(1960, 1, 1, tzinfo=UTC), datetime(2500, 1, 1, tzinfo=UTC)
_INDEXED: Final = (("order_id",), ("card", "last4"))
"""What of a payload stands in an index, whose entries Postgres does not take at any length."""


def why_odd(fact: Fact) -> str | None:
    """Returns why Postgres would not hold the fact, or not give it back as it was; None for all that is usual."""
    return next(_reasons(fact), None)


def _reasons(fact: Fact) -> Iterator[str]:
    if not _FIRST <= fact.occurred_at < _LAST:
        yield "its time is none that a clock shows"
    if any(len(each.encode()) > _LONGEST for each in (fact.id, fact.event_id or "", fact.staff_id or "")):
        yield "its names are too long"
    if not _is_flat(fact.payload):
        yield "it is nested too deep"
        return
    values = [fact.id, fact.event_id, fact.staff_id, *_values(fact.payload)]
    if any(isinstance(value, str) and "\0" in value for value in values):
        yield "it holds a character that can't be stored"
    if any(isinstance(value, float) and abs(value) >= _WHOLE_FROM and value.is_integer() for value in values):
        yield "it holds a number that can't be stored"
    if any(len(json.dumps(_at(fact.payload, path))) > _LONGEST for path in _INDEXED):
        yield "its names are too long"


def as_text(message: FactMessage) -> str:
    """Returns the whole message as text in ASCII, which every database holds."""
    return json.dumps(
        {**{name: getattr(message, name) for name in type(message).model_fields}, "kind": message.kind.value}
    )


def fact_from(text: str) -> Fact:
    """Returns the fact that was kept as text."""
    return message_from(text).fact()


def message_from(text: str) -> FactMessage:
    return FactMessage.model_validate(json.loads(text))


def stand_in(fact: Fact) -> dict[str, object]:
    """Returns what the row of such a fact shows instead of what it can't hold."""
    return {
        "id": fact.hash,
        "event_id": None,
        "staff_id": None,
        "occurred_at": min(max(fact.occurred_at, _FIRST), _LAST),
        "payload": {},
        "as_it_came": as_text(FactMessage.of(fact)),
    }


def _is_flat(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return True
    return False


def _values(value: Any) -> Iterator[Any]:
    for child in _children(value):
        yield child
        yield from _values(child)
    if isinstance(value, Mapping):
        yield from value


def _children(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def _at(payload: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = payload
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
