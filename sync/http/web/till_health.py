"""How well every till is, in words: a headline, four numbers, and one line for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from boxoffice.core.languages import later
from boxoffice.documents.languages import Language
from sync.store.tills import ListedTill, TillStatus

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86_400
_ONLINE_S: Final = 120.0
_LOST_S: Final = 1200.0


class Health(Enum):
    """A till that answers; one that is silent for a moment; one that is lost; one never heard; and two by rights."""

    ONLINE = "online"
    SILENT = "silent"
    LOST = "lost"
    NEVER = "never"
    SUSPECT = "suspect"
    REVOKED = "revoked"


_WORDS: Final[Mapping[Health, tuple[str, str]]] = {
    Health.ONLINE: (later("Online"), "ok"),
    Health.SILENT: (later("Silent"), "warn"),
    Health.LOST: (later("Lost"), "danger"),
    Health.NEVER: (later("Not heard yet"), "info"),
    Health.SUSPECT: (later("suspect"), "warn"),
    Health.REVOKED: (later("revoked"), "danger"),
}
_HEADS: Final = (later("Every till sells"), later("One till is lost, the rest sell"), later("{count} tills are lost"))


@dataclass(frozen=True, slots=True)
class Number:
    """One key number, with a word to it."""

    name: str
    value: str
    words: str


def health_of(till: ListedTill) -> Health:
    """Returns how well a till is, by how long it was silent on the database's clock."""
    if till.status is not TillStatus.ACTIVE:
        return Health.REVOKED if till.status is TillStatus.REVOKED else Health.SUSPECT
    if till.silent_s is None:
        return Health.NEVER
    if till.silent_s <= _ONLINE_S:
        return Health.ONLINE
    return Health.SILENT if till.silent_s < _LOST_S else Health.LOST


def words_of(health: Health, speaks: Language) -> tuple[str, str]:
    """Returns what a state is called, and its tone."""
    words, tone = _WORDS[health]
    return speaks.say(words), tone


def ago(seconds: float, speaks: Language) -> str:
    """Returns such as `22 min ago`."""
    steps = (
        (_MINUTE, 1, later("{n} s ago")),
        (_HOUR, _MINUTE, later("{n} min ago")),
        (_DAY, _HOUR, later("{n} h ago")),
    )
    for most, unit, words in steps:
        if seconds < most:
            return speaks.say(words).format(n=int(seconds) // unit)
    return speaks.say("{n} days ago").format(n=int(seconds) // _DAY)


def overview(tills: Sequence[ListedTill], speaks: Language) -> dict[str, Any]:
    """Returns the headline and the four numbers; nothing where no till is at work."""
    at_work = [each for each in tills if each.status is not TillStatus.REVOKED]
    if not at_work:
        return {"head": "", "numbers": []}
    by: dict[Health, list[ListedTill]] = {}
    for each in at_work:
        by.setdefault(health_of(each), []).append(each)
    lost, online = by.get(Health.LOST, []), by.get(Health.ONLINE, [])
    unsent = [each for each in at_work if each.unsent]
    most = max(at_work, key=lambda each: each.places)
    versions = sorted({each.version for each in at_work if each.version}, key=_by_number)
    older = [each.name for each in at_work if versions and each.version not in ("", versions[-1])]
    say = speaks.say
    silent = ", ".join(each.name for each in at_work if each not in online)
    numbers = [
        Number(say("Answering"), say("{n} of {all}").format(n=len(online), all=len(at_work)), silent),
        Number(
            say("Places with tills"),
            f"{sum(each.places for each in at_work):,}",
            say("{n} of them at {till}").format(n=f"{most.places:,}", till=most.name) if most.places else "",
        ),
        Number(
            say("Still to send"),
            f"{sum(each.unsent or 0 for each in at_work):,}",
            ", ".join(each.name for each in unsent),
        ),
        Number(
            say("Software"),
            versions[-1] if versions else say("unknown"),
            say("Older: {tills}").format(tills=", ".join(older)) if older else "",
        ),
    ]
    head = say(_HEADS[min(len(lost), 2)]).format(count=len(lost))
    return {"head": head, "numbers": numbers}


def _by_number(version: str) -> tuple[tuple[int, str], ...]:
    """Returns what versions are sorted by: 2.10 comes after 2.9."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.split("."))
