"""The hub's open problems at the till: rows, and beside the chosen one whom it hits and what can be done."""

from datetime import datetime

from boxoffice.till.ui.speech import code, later, say
from boxoffice.till.ui.till_actions import ChooseProblem, Decide
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, RowView
from boxoffice.till.ui.words import ago, clock
from boxoffice.till.usecases.gateway.problems import HubProblem, HubProblems, HubRemedy

ORGANIZER_DECIDES = later("**An organizer decides this** on the hub's page, under Problems.")


def rows_of(known: HubProblems, chosen: HubProblem | None) -> tuple[RowView, ...]:
    """Returns a row for each problem, in the hub's order."""
    return tuple(_row(each.said_in(code()), is_chosen=each is chosen) for each in known.problems)


def _row(problem: HubProblem, *, is_chosen: bool) -> RowView:
    is_named = not problem.order_number or problem.order_number in problem.detail
    order = "" if is_named else say("Order {order_number} · ", order_number=problem.order_number)
    detail = f"{order}{clock(problem.at)}. {problem.detail}"
    return RowView(problem.title, detail, "warning", "warn", action=ChooseProblem(problem.id), is_chosen=is_chosen)


def advice_on(problem: HubProblem, *, is_online: bool) -> tuple[AdviceView, ...]:
    """Returns whom a problem hits, what is safe, and what each remedy will do; offline, that all of them wait."""
    lines, problem = [], problem.said_in(code())
    if problem.affects:
        lines.append(AdviceView("person", say("**Affects:** {affects}", affects=problem.affects)))
    if problem.safe:
        lines.append(AdviceView("safe", say("**Safe:** {safe}", safe=problem.safe)))
    here = [each for each in problem.remedies if each.at_till]
    lines += [AdviceView("check", _words(each)) for each in here]
    if here and not is_online:
        lines.append(AdviceView("offline", say("**Not now:** the hub does it, and this till is offline.")))
    others = [each for each in problem.remedies if not each.at_till and each.name not in ("seen", "leave_them_valid")]
    if others or not here:
        lines.append(AdviceView("info", say(ORGANIZER_DECIDES)))
    return (*lines, *(AdviceView("next", _words(each)) for each in others))


def _words(remedy: HubRemedy) -> str:
    return f"**{remedy.label}:** {remedy.why_not or remedy.effect}"


def buttons_for(problem: HubProblem, *, is_online: bool, is_busy: bool) -> tuple[ButtonView, ...]:
    """Returns what this till may do."""
    return tuple(
        ButtonView(
            each.label,
            Decide(problem.id, each.name),
            "strong",
            is_on=is_online and not is_busy and not each.why_not,
        )
        for each in problem.said_in(code()).remedies
        if each.at_till
    )


def age_of(known: HubProblems, now: datetime, *, is_online: bool) -> str:
    """Returns how old what is known is, where it may have changed since; nothing online, where it is as it is now."""
    if is_online:
        return ""
    if known.as_of is None:
        return say("the hub has not told its problems yet")
    return say("as of {time}, {ago}", time=clock(known.as_of), ago=ago(now - known.as_of))
