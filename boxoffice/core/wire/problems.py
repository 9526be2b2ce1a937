"""The messages about what is open at the hub that concerns a till."""

from typing import Annotated

from pydantic import StringConstraints

from boxoffice.core.wire.message import Message


class ProblemRemedy(Message):
    """What can be done about a problem: `label` as its button says it, `effect` what pressing it will do.

    `at_till` says whether this till may do it; an organizer decides all else. `why_not` is what stands against it now.
    """

    name: str
    label: str
    effect: str
    why_not: str = ""
    at_till: bool = False


class ProblemMessage(Message):
    """An open exception in the hub's words: what happened, what is safe meanwhile, whom it `affects`.

    `spoken` is the same in each other language that tills speak, by its code: people change at a till with no network.
    """

    id: str
    kind: str
    title: str
    detail: str
    safe: str = ""
    affects: str = ""
    raised_at: str
    order_number: str | None = None
    remedies: tuple[ProblemRemedy, ...] = ()
    spoken: dict[str, "ProblemMessage"] = {}


class ProblemsAnswer(Message):
    """`GET /api/till/problems`, and what is left after `POST /api/till/problems/{id}`.

    What concerns the till or its orders, or all where the hub says so: the first hundred, and whether there are `more`.
    Another `tag` in the feed says that it has changed. `made` is the number of an order that the decision has made.
    """

    tag: str
    problems: tuple[ProblemMessage, ...] = ()
    more: bool = False
    made: str = ""


class ProblemDecision(Message):
    """`POST /api/till/problems/{id}`: does the remedy. Pressed again, or once another has decided, nothing happens."""

    remedy: Annotated[str, StringConstraints(max_length=200)]
