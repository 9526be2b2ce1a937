"""The last calls that came, for the control page and for tests."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from boxoffice.sandbox.faults import Rule

_KEPT: Final = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came; its status is 0 if it got no answer."""

    request_id: str
    method: str
    path: str
    status: int
    fault: str
    at: int


class CallLog:
    """The calls of every provider's API, newest last."""

    def __init__(self) -> None:
        self.calls: deque[Asked] = deque(maxlen=_KEPT)

    def note(self, request: Request, request_id: str, status: int, rule: Rule | None, at: int) -> None:
        fault = "" if rule is None else rule.kind.value
        self.calls.append(Asked(request_id, request.method, request.url.path, status, fault, at))
