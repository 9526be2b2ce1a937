"""The table of Stripe's calls: method, path, parameters, and the function that answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from boxoffice.sandbox.account import Account, Cause
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.params import Group, shape


@dataclass(frozen=True, slots=True)
class Call:
    """One request, with its parameters read."""

    path: dict[str, str]
    params: dict[str, Any]
    cause: Cause
    url: str


Answer = Callable[[Account, Call], Document]


@dataclass(frozen=True, slots=True)
class Route:
    """One of Stripe's calls."""

    method: str
    path: str
    answer: Answer
    takes: Group = field(default_factory=shape)

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Returns the path's parameters if this is the call."""
        if method != self.method:
            return None
        found = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", self.path), path)
        return None if found is None else found.groupdict()
