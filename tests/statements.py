"""Counts what a piece of work sends to its database, for tests that hold it to as little as it needs."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event


@dataclass
class Statements:
    """The statements of a piece of work, each on one line, in their order; many rows of one statement are one."""

    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    def reading(self, table: str) -> list[str]:
        """Returns the statements that read a table by name, wherever it stands in them."""
        return [each for each in self.texts if each.startswith(("SELECT", "WITH")) and f" {table} " in f"{each} "]

    @property
    def repeated(self) -> dict[str, int]:
        """Returns the statements that were sent more than once, with how often."""
        return {text: count for text, count in Counter(self.texts).items() if count > 1}

    def __str__(self) -> str:
        return "\n".join(f"{i:3} {text[:240]}" for i, text in enumerate(self.texts, 1))


@contextmanager
def counted(engine: Engine) -> Iterator[Statements]:
    """Yields the statements that are sent by way of this engine until the block ends."""
    seen = Statements()

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _x: Any, _many: bool) -> None:
        seen.texts.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
