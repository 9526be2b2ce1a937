"""Faults that a person or a test asks for: rules that say which calls or events go wrong, how, and how often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, Final

from boxoffice.sandbox.paypal.errors import CODES as PAYPAL_CODES
from boxoffice.sandbox.refusals import REFUSALS


class Fault(Enum):
    """What can go wrong."""

    DELAY = "delay"
    NO_ANSWER = "timeout_after_success"
    DROPPED = "drop_before_work"
    ERROR_500 = "error_500"
    ERROR_500_KEPT = "error_500_kept"
    ERROR_503 = "error_503"
    RATE_LIMIT = "rate_limit"
    LOCKED = "lock_timeout"
    REFUSED = "refuse"
    DROP_WEBHOOK = "drop_webhook"
    DELAY_WEBHOOK = "delay_webhook"
    DUPLICATE_WEBHOOK = "duplicate_webhook"
    REORDER_WEBHOOKS = "reorder_webhooks"
    BAD_SIGNATURE = "bad_signature"
    OLD_TIMESTAMP = "old_timestamp"


WORDS: Final = {
    Fault.DELAY: "the call takes so many seconds longer",
    Fault.NO_ANSWER: "the work is done, and no answer comes (the line breaks after the seconds)",
    Fault.DROPPED: "the line breaks before any work",
    Fault.ERROR_500: "500 before any work",
    Fault.ERROR_500_KEPT: "500 that the idempotency key keeps, as once work had begun",
    Fault.ERROR_503: "503 before any work",
    Fault.RATE_LIMIT: "429 with its reason",
    Fault.LOCKED: "429 lock_timeout",
    Fault.REFUSED: "refused before any work, with the error that `code` names",
    Fault.DROP_WEBHOOK: "the event is never sent",
    Fault.DELAY_WEBHOOK: "the event is sent so many seconds later",
    Fault.DUPLICATE_WEBHOOK: "the event is sent twice",
    Fault.REORDER_WEBHOOKS: "the events are held and sent last first",
    Fault.BAD_SIGNATURE: "the event is sent once more before, wrongly signed",
    Fault.OLD_TIMESTAMP: "the event is sent once more before, signed an hour ago",
}
WEBHOOK_FAULTS: Final = frozenset(
    {
        Fault.DROP_WEBHOOK,
        Fault.DELAY_WEBHOOK,
        Fault.DUPLICATE_WEBHOOK,
        Fault.REORDER_WEBHOOKS,
        Fault.BAD_SIGNATURE,
        Fault.OLD_TIMESTAMP,
    }
)


class BadRule(ValueError):
    """A rule that says nothing that can be done."""


@dataclass(slots=True)
class Rule:
    """`match` is `POST /v1/payment_intents` for calls, an event type for webhooks; `*` stands for anything.

    `code` says which error a refusal is, by the provider's own name for it.
    """

    match: str
    kind: Fault
    times: int | None = None
    delay_s: float = 0.0
    code: str | None = None

    def view(self) -> dict[str, Any]:
        code = {} if self.code is None else {"code": self.code}
        return {"match": self.match, "kind": self.kind.value, "times": self.times, "delay_s": self.delay_s, **code}


class Faults:
    """The rules in force, in the order in which they were made."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, raw: Mapping[str, Any]) -> None:
        """Adds a rule.

        Raises:
            BadRule: if it is none.
        """
        self._rules.append(_rule(raw))

    def replace(self, raw: Sequence[Mapping[str, Any]]) -> None:
        """Puts these rules in the place of all. Raises as `add`."""
        self._rules = [_rule(each) for each in raw]

    def clear(self) -> None:
        self._rules = []

    def view(self) -> list[dict[str, Any]]:
        return [rule.view() for rule in self._rules]

    def take_for_call(self, method: str, path: str) -> Rule | None:
        """Returns what goes wrong with this call, and counts it."""
        return self._take(f"{method} {path}", is_webhook=False)

    def take_for_event(self, type: str) -> Rule | None:
        """Returns what goes wrong with sending this event, and counts it."""
        return self._take(type, is_webhook=True)

    def is_held_on(self, rule: Rule) -> bool:
        """Returns whether the rule will still match."""
        return rule in self._rules

    def _take(self, subject: str, *, is_webhook: bool) -> Rule | None:
        for rule in self._rules:
            if (rule.kind in WEBHOOK_FAULTS) == is_webhook and fnmatchcase(subject, rule.match):
                if rule.times is not None:
                    rule.times -= 1
                    if rule.times <= 0:
                        self._rules.remove(rule)
                return rule
        return None


def _rule(raw: Mapping[str, Any]) -> Rule:
    try:
        kind = Fault(raw["kind"])
    except (KeyError, ValueError) as error:
        known = ", ".join(fault.value for fault in Fault)
        raise BadRule(f"kind must be one of: {known}") from error
    match = str(raw.get("match") or ("*" if kind in WEBHOOK_FAULTS else "* /v1/*"))
    times, delay_s = raw.get("times"), raw.get("delay_s") or 0
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
        raise BadRule("times must be a whole number of 1 or more, or nothing for always")
    if not isinstance(delay_s, int | float) or isinstance(delay_s, bool) or not 0 <= delay_s <= 600:
        raise BadRule("delay_s must be seconds from 0 to 600")
    code = raw.get("code")
    if kind is Fault.REFUSED and code not in REFUSALS and code not in PAYPAL_CODES:
        raise BadRule("code must name an error of Stripe's or PayPal's")
    return Rule(match, kind, times, float(delay_s), code)
