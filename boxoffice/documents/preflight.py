"""The look at a till before doors open, on paper: what passed, what did not, and what to do about it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from boxoffice.core.languages import later
from boxoffice.core.preflight import CHECKS, Answer, Group, Outcome, Verdict
from boxoffice.documents.blocks import Block, Centered, Pair, Rule, Style
from boxoffice.documents.languages import Language, language
from boxoffice.documents.slips import Slip

WORDS: Final[Mapping[Outcome, str]] = {
    Outcome.PASS: later("Pass"),
    Outcome.TO_DO: later("To do"),
    Outcome.FAIL: later("Failed"),
    Outcome.UNUSED: later("Not used"),
}


def preflight_slip(head: tuple[str, str], verdict: Verdict, at: datetime, by: str, language_code: str) -> Slip:
    """Returns the slip.

    Args:
        head: the event, and below it the till and where it stands.
        verdict: what the checks came to.
        at: when that was, by a clock at the event.
        by: who looked, or nobody.
        language_code: what it is written in.
    """
    speaks = language(language_code, "till")
    say = speaks.say
    title = say("Before doors open")
    blocks: list[Block] = [
        Centered(title.upper(), Style.TITLE),
        Centered(head[0]),
        Centered(head[1]),
        Centered(say("{time}, by {who}").format(time=speaks.instant(at), who=by) if by else speaks.instant(at)),
        Rule(),
        Pair(say("{passed} of {counted} pass").format(passed=verdict.passed, counted=verdict.counted), "", Style.TOTAL),
    ]
    if verdict.is_green:
        blocks.append(Centered(say("Green"), Style.INVERSE))
    for group in Group:
        answers = [each for each in verdict.answers if CHECKS[each.check].group is group]
        if answers:
            blocks += [Rule(), Pair(say(group.value), "", Style.STRONG)]
            blocks += [block for each in answers for block in _lines(each, speaks)]
    return Slip(title, tuple(blocks), speaks.code)


def _lines(answer: Answer, speaks: Language) -> Iterator[Block]:
    style = Style.STRONG if not answer.is_well else Style.PLAIN
    yield Pair(speaks.say(CHECKS[answer.check].words), speaks.say(WORDS[answer.outcome]), style)
    for text in (answer.words, "" if answer.is_well else answer.fix):
        if text:
            yield Pair(f"   {answer.told(text, speaks.say, speaks.time)}", style=Style.SMALL)
