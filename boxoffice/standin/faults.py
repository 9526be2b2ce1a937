"""Faults on request: slow answers, answers that never come, errors, and webhooks that go astray."""

import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

KINDS: Final = (
    "delay",
    "timeout_after_success",
    "error_500",
    "error_503",
    "rate_limit",
    "drop_webhook",
    "duplicate_webhook",
    "reorder_webhooks",
)


@dataclass(slots=True)
class Rule:
    """Acts on the next `times` things that `match` is the beginning of: `POST /v1/payment_intents`, or `webhook`."""

    match: str
    kind: str
    times: int = 1
    delay_s: float = 1.0


class Faults:
    """The rules that are still to act."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def set(self, rules: Sequence[Rule]) -> None:
        """Replaces all rules.

        Raises:
            ValueError: for a kind of fault that there is not.
        """
        for rule in rules:
            if rule.kind not in KINDS:
                raise ValueError(f"there is no fault “{rule.kind}”: it is one of {', '.join(KINDS)}")
        with self._lock:
            self._rules = list(rules)

    def all(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def take(self, what: str) -> Rule | None:
        """Returns the rule that acts on this request, and counts it down."""
        return self._take(what, None)

    def takes(self, what: str, kind: str) -> bool:
        return self._take(what, kind) is not None

    def _take(self, what: str, kind: str | None) -> Rule | None:
        with self._lock:
            for rule in self._rules:
                if what.startswith(rule.match) and (kind is None or rule.kind == kind):
                    rule.times -= 1
                    if rule.times <= 0:
                        self._rules.remove(rule)
                    return rule
        return None
