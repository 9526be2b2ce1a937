"""The hub's open problems at the till: taken when the hub says that they have changed, read offline with their age."""

from dataclasses import replace
from datetime import datetime

from boxoffice.core.errors import OperationFailed
from boxoffice.core.facts import instant
from boxoffice.core.wire.problems import ProblemDecision, ProblemMessage, ProblemsAnswer
from boxoffice.till.store import problems_kept
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.problems import HubProblem, HubProblems, HubRemedy
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.ports import HubRefused, Unreachable


class NotDecided(OperationFailed):
    """The hub did not do a remedy; the problem is as it was."""


class ProblemsOfTheHub:
    """One per till. `compared_at` is when the hub said last that what is kept is what is open."""

    def __init__(self, context: TillContext, link: Link) -> None:
        self._context = context
        self._link = link
        self._compared_at: datetime | None = None

    def compare(self, tag: str) -> None:
        """Takes what is open if it is another than what is kept; a hub of an older version tells no tag, and nothing.

        Raises:
            Unreachable: if the hub does not answer; what is kept stays.
        """
        if not tag:
            return
        with self._context.store.reading() as connection:
            kept = problems_kept.tag(connection)
        if kept != tag:
            self._keep(self._link.call(lambda hub: hub.problems()))
        self._compared_at = self._context.clock.now()

    def now(self) -> HubProblems:
        """Returns what is open as far as this till knows."""
        local = self._context.local
        with self._context.store.reading() as connection:
            told = problems_kept.read(connection)
            at, tag, more = (
                problems_kept.told_at(connection),
                problems_kept.tag(connection),
                problems_kept.has_more(connection),
            )
        as_of = self._compared_at or at
        problems = tuple(_problem(each, local(instant(each.raised_at))) for each in told)
        return HubProblems(problems, None if as_of is None else local(as_of), tag, has_more=more)

    def decide(self, problem_id: str, remedy: str) -> HubProblems:
        """Does a remedy at the hub, which writes it down with this till's name; returns what is open then.

        Raises:
            NotDecided: if it can't be reached or will not do it; nothing was changed.
        """
        decision = ProblemDecision(remedy=remedy)
        try:
            answer = self._link.call(lambda hub: hub.decide(problem_id, decision))
        except Unreachable as error:
            raise NotDecided(
                "The hub can't be reached, so nothing was decided.",
                "The problem stays open, and nothing else changed.",
                "Press it again when the till is online.",
            ) from error
        except HubRefused as error:
            raise NotDecided(error.what_happened, "The problem stays open.", "") from error
        self._keep(answer)
        return replace(self.now(), made=answer.made)

    def _keep(self, answer: ProblemsAnswer) -> None:
        at = self._context.clock.now()
        with self._context.store.transaction() as connection:
            problems_kept.keep(connection, answer, at)
        self._compared_at = at


def _problem(told: ProblemMessage, at: datetime) -> HubProblem:
    remedies = tuple(HubRemedy(r.name, r.label, r.effect, r.why_not, r.at_till) for r in told.remedies)
    number, spoken = told.order_number or "", {code: _problem(each, at) for code, each in told.spoken.items()}
    return HubProblem(told.id, told.title, told.detail, told.safe, told.affects, at, number, remedies, spoken)
