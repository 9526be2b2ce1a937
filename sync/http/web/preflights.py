"""How tills were found before doors opened, in words: `green at 5:42 PM, by Ana`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.languages import later
from boxoffice.core.preflight import CHECKS, Check
from boxoffice.documents.languages import Language
from sync.http.web.times import when
from sync.tills.preflights import LookedAt

_WORDS: Final = {
    (True, True): later("Green at {time}, by {who}"),
    (True, False): later("Green at {time}"),
    (False, True): later("{passed} of {counted} well at {time}, by {who}"),
    (False, False): later("{passed} of {counted} well at {time}"),
}
"""By whether it is green, and whether somebody has signed in."""
_FAILED: Final = later("Failed: {checks}")
_TO_DO: Final = later("To do: {checks}")
_OPEN: Final = later("The doors were opened on it.")


@dataclass(frozen=True, slots=True)
class LookLine:
    """One till: what its tag says and how it is coloured, when and by whom it was looked at, and what is wrong."""

    till: str
    tag: str
    tone: str
    words: str
    wrong: tuple[str, ...]


def look_lines(looks: Iterable[LookedAt], zone: str, now: datetime, speaks: Language) -> list[LookLine]:
    """Returns a line for each till, in the order given; of another day than today, with the day."""
    return [_line(each, zone, now, speaks) for each in looks]


def _line(look: LookedAt, zone: str, now: datetime, speaks: Language) -> LookLine:
    say, local = speaks.say, look.at.astimezone(ZoneInfo(zone))
    is_today = local.date() == now.astimezone(ZoneInfo(zone)).date()
    words = say(_WORDS[look.is_green, bool(look.by)]).format(
        time=speaks.time(local) if is_today else when(look.at, zone, speaks),
        who=look.by,
        passed=look.passed,
        counted=look.counted,
    )
    wrong = [
        say(text).format(checks=", ".join(_names(checks, speaks)))
        for text, checks in ((_FAILED, look.failed), (_TO_DO, look.to_do))
        if checks
    ]
    if look.is_open:
        wrong.append(say(_OPEN))
    tag, tone = _tag(look)
    return LookLine(look.till, say(tag), tone, words, tuple(wrong))


def _tag(look: LookedAt) -> tuple[str, str]:
    if look.is_green:
        return later("Green"), "ok"
    return (later("To do"), "warn") if look.to_do and not look.failed else (later("Failed"), "danger")


def _names(checks: Iterable[Check], speaks: Language) -> list[str]:
    return [speaks.say(CHECKS[check].words) for check in checks]
