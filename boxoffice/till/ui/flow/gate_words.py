"""What a gate says of a ticket: a word, a colour, an icon and a sound for each answer, and the lines below."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boxoffice.core.scans import Direction, Outcome
from boxoffice.till.ui.actions import Of, Pick, Sound
from boxoffice.till.ui.speech import count, later, number, say, told
from boxoffice.till.ui.views.gate import GateBarView, InsideView
from boxoffice.till.ui.views.parts import AdviceView, RowView, State
from boxoffice.till.ui.words import ago, clock, weekdays
from boxoffice.till.usecases.gateway.gate import Entered, GateNow, Guest, JustNow, Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """How an answer looks and sounds."""

    word: str
    state: State
    icon: str
    sound: Sound
    short: str


SAID: Final[Mapping[Outcome, Said]] = {
    Outcome.ADMITTED: Said(later("Come in"), "ok", "check", Sound.GOOD, later("in")),
    Outcome.LOOK_ID: Said(later("Look: ID"), "info", "badge", Sound.LOOK, later("not let in: no ID")),
    Outcome.ALREADY_IN: Said(later("Already in"), "warn", "warning", Sound.STOP, later("already in")),
    Outcome.WRONG_DAY: Said(later("Not today"), "danger", "calendar", Sound.STOP, later("not today")),
    Outcome.WRONG_ZONE: Said(later("Not here"), "danger", "cross", Sound.STOP, later("not here")),
    Outcome.WRONG_EVENT: Said(later("Another event"), "danger", "cross", Sound.STOP, later("another event")),
    Outcome.VOID: Said(later("Void"), "danger", "stop", Sound.STOP, later("void")),
    Outcome.NOT_A_TICKET: Said(later("Not our ticket"), "danger", "cross", Sound.STOP, later("not our ticket")),
}
"""Every answer has a row."""
_OUT: Final = Said(later("See you"), "ok", "back", Sound.GOOD, later("out"))
_PARTY: Final = Said(later("Party of {people}"), "ok", "people", Sound.LOOK, "")
_REFUNDED: Final = Said(later("Refunded"), "danger", "stop", Sound.STOP, later("void"))
_TRAINING: Final = Said(later("Training ticket"), "danger", "stop", Sound.STOP, later("another event"))


def said_of(verdict: Verdict) -> Said:
    """Returns how a verdict looks and sounds."""
    if verdict.party:
        return _PARTY
    if verdict.outcome is Outcome.ADMITTED and verdict.direction is Direction.OUT:
        return _OUT
    if verdict.outcome is Outcome.VOID and verdict.is_refunded:
        return _REFUNDED
    if verdict.is_training:
        return _TRAINING
    return SAID[verdict.outcome]


def word_of(verdict: Verdict) -> str:
    said = say(said_of(verdict).word)
    return said.format(people=len(verdict.party)) if verdict.party else said


def who(verdict: Verdict) -> str:
    """Returns whose ticket it is: a name, which guest of one, or what is known of it instead."""
    if verdict.outcome in (Outcome.NOT_A_TICKET, Outcome.WRONG_EVENT):
        return say("Nobody was let in.")
    if verdict.count > 1:
        return say("{people} let in", people=count(verdict.count, "person", "people"))
    of = verdict.name or verdict.order_number
    if not of:
        return say("Checked by its signature")
    return of if verdict.guest == 1 else say("Guest {number} of {name}", number=verdict.guest, name=of)


def lines_of(verdict: Verdict, now: datetime) -> tuple[AdviceView, ...]:
    """Returns what else whoever stands there should know."""
    return tuple(AdviceView(icon, text) for icon, text in _lines(verdict, now))


def _lines(verdict: Verdict, now: datetime) -> list[tuple[str, str]]:
    lines = [] if verdict.before is None else [("clock", _came_in(verdict, now))]
    if verdict.outcome is Outcome.LOOK_ID:
        lines.append(("badge", f"**{verdict.look}**"))
    if verdict.outcome is Outcome.ADMITTED and not verdict.is_listed:
        lines.append(("info", say("Sold elsewhere a moment ago: it is not on this machine's list yet.")))
    is_dated = verdict.outcome is Outcome.WRONG_DAY or len(verdict.days) > 1
    if is_dated and verdict.outcome in (Outcome.WRONG_DAY, Outcome.ADMITTED):
        lines.append(("calendar", say("Good for {days}.", days=weekdays(verdict.days))))
    if verdict.is_training:
        return [*lines, ("warning", say("Somebody practised with it. It lets nobody in: ask for the real ticket."))]
    advice = _ADVICE.get((verdict.outcome, verdict.may_return))
    return lines if advice is None else [*lines, (advice[0], say(advice[1]))]


_ADVICE: Final[Mapping[tuple[Outcome, bool], tuple[str, str]]] = {
    (Outcome.ALREADY_IN, True): ("info", later("Same guest coming back? Check the wrist stamp.")),
    (Outcome.ALREADY_IN, False): ("info", later("Who went out must be scanned out first.")),
    (Outcome.WRONG_DAY, False): ("info", later("The ticket is real and not used. Nothing has changed.")),
    (Outcome.WRONG_ZONE, False): ("info", later("The ticket is real. It opens another door.")),
    (Outcome.WRONG_EVENT, False): (
        "info",
        later("It is a ticket of another event. Ask them for the one of tonight."),
    ),
    (Outcome.VOID, False): ("warning", later("Do not let in. Its money went back, or somebody voided it.")),
    (Outcome.NOT_A_TICKET, False): ("search", later("Ask for the code of the ticket, or find them by name.")),
}
"""What to do, by the answer, and whether a wrist stamp lets back in."""


def _came_in(verdict: Verdict, now: datetime) -> str:
    before = verdict.before
    if before is None:
        return ""
    where = f"{before.gate}, {before.where}" if before.where and before.where != before.gate else before.gate
    return say("Let in at **{time}**, {ago}, at {where}.", time=clock(before.at), ago=ago(now - before.at), where=where)


def guest_rows(party: tuple[Guest, ...], ticked: frozenset[str]) -> tuple[RowView, ...]:
    """Returns a row to tick off for each who may come in, and one that says why for each who may not."""
    return tuple(_guest_row(place, each, ticked) for place, each in enumerate(party, 1))


def _guest_row(place: int, guest: Guest, ticked: frozenset[str]) -> RowView:
    name = guest.name or say("Guest {number}", number=guest.number)
    if not guest.can_enter:
        return RowView(name, f"{guest.product} · {say(SAID[guest.outcome].short)}", tick=False)
    parts = [guest.product, say("has the code") if guest.has_the_code else "", guest.look]
    is_here = guest.ticket_id in ticked
    if not is_here:
        parts.append(say("comes later"))
    return RowView(
        name,
        " · ".join(part for part in parts if part),
        tick=is_here,
        key=str(place) if place <= 9 else "",
        action=Pick(Of.GUEST, place - 1),
    )


def last_rows(last: tuple[JustNow, ...]) -> tuple[RowView, ...]:
    """Returns the last scans, each with what came of it."""
    return tuple(_last_row(each) for each in last)


def _last_row(scan: JustNow) -> RowView:
    said = SAID[scan.outcome]
    is_out = scan.outcome is Outcome.ADMITTED and scan.direction is Direction.OUT
    short = say("undone") if scan.is_undone else say(_OUT.short if is_out else said.short)
    detail = " · ".join(part for part in (scan.product, short, clock(scan.at)) if part)
    icon, state = ("back", said.state) if is_out else (said.icon, said.state)
    name = scan.name or (say("A ticket") if scan.product or scan.outcome is Outcome.ADMITTED else say("Unknown code"))
    return RowView(name, detail, "back" if scan.is_undone else icon, "plain" if scan.is_undone else state)


def inside_view(now: GateNow, place: str) -> InsideView:
    """Returns who is inside: by gate and in all."""
    capacity = now.zone.capacity
    most = max((each.ins for each in now.at_gates), default=0)
    of = say("inside of {capacity}", capacity=number(capacity)) if capacity else say("inside, {place}", place=place)
    room = ""
    if capacity:
        left = capacity - now.inside
        room = (
            say("{people} more may come in", people=number(left))
            if left > 0
            else say("Full: {over} too many", over=number(-left))
            if left < 0
            else say("Full")
        )
    return InsideView(
        count=number(now.inside),
        of=of,
        room=room,
        detail=say("{ins} in today, {outs} out · all gates", ins=number(now.ins), outs=number(now.outs)),
        percent=None if not capacity else min(100, 100 * now.inside // capacity),
        gates=tuple(
            GateBarView(
                each.gate,
                say("**{ins}** in · **{outs}** out", ins=number(each.ins), outs=number(each.outs)),
                100 * each.ins // most if most else 0,
            )
            for each in now.at_gates
        ),
    )


UNDO_REASONS: Final = (
    later("Wrong person"),
    later("Scanned by mistake"),
    later("Did not go in"),
    later("Left again at once"),
)
"""Why a scan is undone: one press each."""


def entered_rows(lines: tuple[Entered, ...]) -> tuple[RowView, ...]:
    """Returns what became of the ticks of a list, the newest first; what did not fit says why."""
    return tuple(_entered_row(each) for each in reversed(lines))


def _entered_row(line: Entered) -> RowView:
    went = say("{people} let in", people=count(line.let_in, "person", "people")) if line.let_in else ""
    detail = " · ".join(part for part in (line.name, went, told(line.why_not) if line.why_not else "") if part)
    is_whole = bool(line.let_in) and not line.why_not
    return RowView(line.text, detail, "check" if is_whole else "warning", "ok" if is_whole else "warn")
