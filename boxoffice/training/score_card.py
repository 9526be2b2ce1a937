"""A card with somebody's scores, on paper: it is for them, and for whoever plans the shifts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from boxoffice.documents.blocks import Block, Centered, Pair, Rule, Style
from boxoffice.documents.slips import Slip
from boxoffice.till.ui.speech import code, say
from boxoffice.training.course import DrillPlan
from boxoffice.training.goals import MOST, PASSES
from boxoffice.training.results import Result, best_of


def card(plans: Sequence[DrillPlan], results: Sequence[Result], who: str, at: datetime) -> Slip:
    """Returns the card of somebody, with the best of each drill."""
    return Slip(say("Training card"), tuple(_blocks(plans, results, who, at)), code(), is_training=True)


def _blocks(plans: Sequence[DrillPlan], results: Sequence[Result], who: str, at: datetime) -> Iterator[Block]:
    best = best_of(results, who)
    yield Centered(say("Training card").upper(), Style.TITLE)
    yield Centered(who, Style.STRONG)
    yield Centered(f"{at:%Y-%m-%d %H:%M}")
    yield Rule()
    for number, plan in enumerate(plans, 1):
        points = best.get(number)
        said = say("Not yet") if points is None else say("{points} of {most}", points=points, most=MOST)
        yield Pair(f"{number}  {say(plan.title)}", said, Style.PLAIN)
        mine = [each for each in results if each.name == who and each.drill == number]
        if mine:
            fastest = min(each.time_s for each in mine)
            yield Pair(
                f"   {say('{seconds} s, tried {times} times', seconds=fastest, times=len(mine))}", style=Style.SMALL
            )
    yield Rule()
    done = sum(points >= PASSES for points in best.values())
    yield Pair(say("Passed"), say("{points} of {most}", points=done, most=len(plans)), Style.STRONG)
    yield Pair(
        say("Points"), say("{points} of {most}", points=sum(best.values()), most=MOST * len(plans)), Style.STRONG
    )
