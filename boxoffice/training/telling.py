"""What the coach shows: the band, the drill under way, and the page of the scores, in the language of now."""

from collections.abc import Mapping, Sequence
from typing import Final

from boxoffice.core.money import Money
from boxoffice.core.training import TRAINING
from boxoffice.till.ui.actions import BeginDrill, Drill
from boxoffice.till.ui.speech import LANGUAGES, code, later, say
from boxoffice.till.ui.views.parts import ButtonView, RowView, StepView, TagView
from boxoffice.till.ui.views.training import BandView, DrillsView, DrillView, ScoreView
from boxoffice.till.ui.words import money
from boxoffice.training.course import FAULT_WORDS, DrillPlan, Step
from boxoffice.training.goals import COSTS, MOST, PASSES, Score
from boxoffice.training.hub import PIN
from boxoffice.training.moments import Finished, Running
from boxoffice.training.results import Result, best_in_team, best_of

_ALL: Final = later("No real money. No real tickets. All paper says TRAINING.")
_MOST_KEPT: Final = 2


def band(*, wants_pin: bool, has_drills: bool) -> BandView:
    """Returns what stands over every page."""
    return BandView(
        word=say(TRAINING),
        text=say("Practice: everybody's PIN is {pin} here.", pin=PIN) if wants_pin else say(_ALL),
        leave=ButtonView(say("Leave training"), Drill.LEAVE, key="Ctrl Q"),
        drills=ButtonView(say("Drills"), Drill.SKIP, icon="list", key="Ctrl K") if has_drills else None,
    )


def panel(running: Running, now_s: float, drills_: int, *, is_hinted: bool, is_sold: bool) -> DrillView:
    """Returns the drill under way; where something was just sold, the next customer comes first."""
    plan, done = running.plan, running.progress.done
    step = plan.steps[done] if done < len(plan.steps) else None
    until_s = now_s if running.ended_s is None else running.ended_s
    keys = "" if step is None else _said(step.keys, step)
    if step is not None and is_sold and step.is_at_tiles:
        keys = f"Enter, {keys}"
    return DrillView(
        place=say("Drill {number} of {all}", number=running.number, all=drills_),
        tried=say("try {number}", number=running.tried),
        title=say(plan.title),
        text=say("Done.") if step is None else _said(step.sentence, step),
        steps=tuple(
            StepView(
                _said(each.title, each),
                _said(each.keys, each) if i < done else "",
                "done" if i < done else "now" if i == done else "later",
            )
            for i, each in enumerate(plan.steps)
        ),
        time=_clock(round(until_s - running.began_s)),
        time_label=say("time"),
        presses=str(running.presses),
        presses_label=say("presses"),
        hint=ButtonView(say("Show me a hint"), Drill.HINT, icon="info", key="Ctrl H", is_on=not is_hinted),
        again=ButtonView(say("Again"), Drill.AGAIN, icon="sync", key="Ctrl R"),
        skip=ButtonView(say("Skip"), Drill.SKIP, key="Ctrl K"),
        show=ButtonView(say("A guest shows a ticket"), Drill.SHOW, "strong", "scan", "Ctrl G")
        if step is not None and step.shows is not None
        else None,
        keys=say("Press {keys}", keys=keys) if is_hinted and keys else "",
    )


def _said(text: str, step: Step) -> str:
    return say(text, **_parts(step.parts)) if step.parts else say(text)


def _parts(parts: Mapping[str, object]) -> dict[str, object]:
    return {name: money(part) if isinstance(part, Money) else part for name, part in parts.items()}


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def drills(
    plans: Sequence[DrillPlan], results: Sequence[Result], who: str, last: Finished | None, next_number: int
) -> DrillsView:
    """Returns the page of the scores."""
    best = best_of(results, who)
    chosen = next_number if last is None else last.number
    return DrillsView(
        title=say("Drills"),
        hint=say("about 10 minutes, in English or Spanish"),
        languages=tuple(
            ButtonView(name, Drill.LANGUAGE, "strong" if each == code() else "plain", key="" if each == code() else "E")
            for each, name in LANGUAGES.items()
        ),
        rows=tuple(
            RowView(
                f"{i}  {say(plan.title)}",
                say(plan.detail),
                tag=_tag(best.get(i), is_next=i == next_number),
                action=BeginDrill(i),
                is_chosen=i == chosen,
            )
            for i, plan in enumerate(plans, 1)
        ),
        foot=_foot(plans, results, who, best),
        score=_welcome(plans, next_number) if last is None else _score(plans, last, next_number),
    )


def passed(results: Sequence[Result], who: str) -> frozenset[int]:
    """Returns the drills that somebody has passed."""
    return frozenset(drill for drill, points in best_of(results, who).items() if points >= PASSES)


def _tag(points: int | None, *, is_next: bool) -> TagView:
    if points is not None:
        words = say("{points} of {most}", points=points, most=MOST)
        return TagView(words, "ok", "check") if points >= PASSES else TagView(words, "warn", "warning")
    return TagView(say("Next"), "plain", "clock") if is_next else TagView(say("Not yet"), "plain", "minus")


def _foot(plans: Sequence[DrillPlan], results: Sequence[Result], who: str, best: Mapping[int, int]) -> str:
    mine = say("{name} · {done} of {all} drills", name=who, done=len(best), all=len(plans))
    most = best_in_team(results)
    if not most:
        return mine
    return f"{mine} · {say('best in this team: {points} of {most}', points=most, most=MOST * len(plans))}"


def _welcome(plans: Sequence[DrillPlan], next_number: int) -> ScoreView:
    lines = (
        RowView(say("One goal at a time"), say("It stands beside the till, with its keys after a while."), "list"),
        RowView(say("Nothing can break"), say("This till has its own file, and reaches nothing real."), "safe"),
        RowView(say("Things go wrong on purpose"), say("That is what the drills are for."), "warning"),
    )
    return ScoreView(
        "",
        say("Learn it in ten minutes"),
        say("Six drills, each of them a minute or two."),
        0,
        is_passed=False,
        lines=lines,
        measures=(),
        next=_next(plans, next_number, say("Begin: {drill}", drill=say(plans[next_number - 1].title))),
    )


def _next(plans: Sequence[DrillPlan], next_number: int, words: str = "") -> ButtonView:
    label = words or say("Next: {drill}", drill=say(plans[next_number - 1].title))
    return ButtonView(label, Drill.NEXT, "primary", "next", "Enter")


def _score(plans: Sequence[DrillPlan], last: Finished, next_number: int) -> ScoreView:
    score = last.score
    words = say("of {most}. Passed", most=MOST) if score.is_passed else say("of {most}. Try again", most=MOST)
    return ScoreView(
        points=str(score.points),
        words=words,
        detail=say("Drill {number}: {title}", number=last.number, title=say(last.plan.title)),
        percent=100 * score.points // MOST,
        is_passed=score.is_passed,
        lines=(*_kept(last.plan, score), *_lost(score)),
        measures=(
            (_clock(score.time_s), say("goal {time}", time=_clock(score.goal_s))),
            (str(score.presses), say("presses, best {best}", best=score.best)),
            _drawer(last),
        ),
        next=_next(plans, next_number),
        again=ButtonView(say("Do it again"), Drill.AGAIN, "plain", "sync", "R"),
        card=ButtonView(say("Print card"), Drill.CARD, "plain", "printer", "F9"),
    )


def _kept(plan: DrillPlan, score: Score) -> tuple[RowView, ...]:
    faults = frozenset(score.faults)
    kept = [each for each in plan.kept if not each.unless & faults]
    return tuple(RowView(say(each.title), say(each.detail), "check", "ok") for each in kept[:_MOST_KEPT])


def _lost(score: Score) -> tuple[RowView, ...]:
    """Returns what cost points, each with how many."""
    rows = []
    for fault in dict.fromkeys(score.faults):
        title, detail = FAULT_WORDS[fault]
        cost = COSTS[fault] * score.faults.count(fault)
        rows.append(RowView(say(title), f"{say(detail)} −{cost}", "warning", "warn"))
    if score.lost_to_time:
        over = score.time_s - score.goal_s
        detail = say("{seconds} s over the goal.", seconds=over)
        rows.append(RowView(say("It took long"), f"{detail} −{score.lost_to_time}", "clock", "warn"))
    if score.lost_to_presses:
        rows.append(
            RowView(
                say("Many presses"), f"{say('A hint shows the short way.')} −{score.lost_to_presses}", "info", "warn"
            )
        )
    return tuple(rows)


def _drawer(last: Finished) -> tuple[str, str]:
    return money(Money(last.score.off_minor, last.currency)), say(
        "drawer is right"
    ) if not last.score.off_minor else say("drawer is off")
