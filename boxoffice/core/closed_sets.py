"""Words of closed sets, for tables and queries: which members a set has stands in the core, and SQL is made of it."""

from collections.abc import Iterable
from enum import Enum


def names_of(members: Iterable[Enum]) -> tuple[str, ...]:
    """Returns the members' words, in an order that is always the same."""
    return tuple(sorted(str(each.value) for each in members))


def listed(members: Iterable[Enum]) -> str:
    """Returns the members' words as SQL lists them, such as `'failed', 'succeeded'`."""
    return ", ".join(f"'{name}'" for name in names_of(members))
