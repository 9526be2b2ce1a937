"""What is open at the hub, as the screens show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HubRemedy:
    """What can be done about a problem of the hub; `at_till` if this till may. `why_not` stands against it now."""

    name: str
    label: str
    effect: str
    why_not: str = ""
    at_till: bool = False


@dataclass(frozen=True, slots=True)
class HubProblem:
    """Something open at the hub that concerns this till or its orders, in the hub's words."""

    id: str
    title: str
    detail: str
    safe: str
    affects: str
    at: datetime
    order_number: str = ""
    remedies: tuple[HubRemedy, ...] = ()
    spoken: Mapping[str, "HubProblem"] = field(default_factory=dict)
    """The same in other languages, where the hub has said it in them."""

    def said_in(self, language: str) -> "HubProblem":
        """Returns it in the language, or in English."""
        return self.spoken.get(language, self)


@dataclass(frozen=True, slots=True)
class HubProblems:
    """What was open `as_of` then; None if the hub has never said. Another `tag` says that it has changed.

    `made` is the number of an order that a decision has just made.
    """

    problems: tuple[HubProblem, ...] = ()
    as_of: datetime | None = None
    tag: str = ""
    has_more: bool = False
    made: str = ""
