"""Writes what the gate's screen draws, from where the gate stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boxoffice.core.scans import Direction, Outcome
from boxoffice.till.ui.actions import Do, Of, Pick
from boxoffice.till.ui.flow.gate_words import (
    UNDO_REASONS,
    entered_rows,
    guest_rows,
    inside_view,
    last_rows,
    lines_of,
    said_of,
    who,
    word_of,
)
from boxoffice.till.ui.keys import TILE_LETTERS
from boxoffice.till.ui.order_actions import OpenOrder
from boxoffice.till.ui.speech import later, number, say
from boxoffice.till.ui.views.gate import GateAnswerView, GateView
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView
from boxoffice.till.usecases.gateway.gate import Entered, GateNow, How, Post, Verdict
from boxoffice.till.usecases.gateway.orders import Order

WAYS: Final = ((Direction.IN, later("In"), "Q"), (Direction.OUT, later("Out"), "W"))
PLACE_KEYS: Final = TILE_LETTERS[8:] + TILE_LETTERS[4:8]


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the screen is written from."""

    now: GateNow | None
    verdict: Verdict | None
    ticked: frozenset[str]
    is_undoing: bool
    is_listing: bool
    entered: tuple[Entered, ...]
    query: str
    found: tuple[Order, ...]
    only_scans: bool
    at: datetime


def entering(verdict: Verdict | None, ticked: frozenset[str]) -> tuple[str, ...]:
    """Returns the tickets of a party that are ticked."""
    party = () if verdict is None else verdict.party
    return tuple(each.ticket_id for each in party if each.ticket_id in ticked)


def gate_view(on: Standing) -> GateView:
    now = on.now
    way = say("Letting people **out**") if now and now.post.direction is Direction.OUT else say("Letting people **in**")
    place = "" if now is None else f"{now.zone.name}, {now.post.gate}"
    return GateView(
        places=_places(on),
        ways=tuple(
            ButtonView(
                say(word),
                Pick(Of.WAY, i),
                "strong" if now is not None and now.post.direction is direction else "plain",
                key=key,
            )
            for i, (direction, word, key) in enumerate(WAYS)
        ),
        title=say("Scan the next code"),
        text=f"{say('Ticket, wristband or phone.')} {way}: {place}." if place else "",
        answer=_answer(on),
        inside=None if now is None else inside_view(now, now.zone.name),
        numbers=_numbers(on),
        search=on.query,
        found=tuple(_found_row(each) for each in on.found),
        found_text=say("Nobody found. Try the number, a phone or a mail.") if on.query and not on.found else "",
        just_now=say("Just now"),
        last=() if now is None else last_rows(now.last),
        foot=_foot(on),
        list_button=ButtonView(say("Door list"), Do.DOOR_LIST, icon="list", key="L"),
    )


def _numbers(on: Standing) -> tuple[tuple[str, str], ...]:
    if on.now is None:
        return ()
    capacity = on.now.zone.capacity
    inside = say("inside of {capacity}", capacity=number(capacity)) if capacity else say("inside")
    return ((number(on.now.inside), inside), (number(on.now.to_arrive), say("to arrive")))


def _foot(on: Standing) -> str:
    if on.verdict is not None and on.verdict.party:
        return say("A code of somebody else lets these {people} in too.", people=len(entering(on.verdict, on.ticked)))
    if on.verdict is not None and on.verdict.waits:
        return say("Waits for you. The next code waits too.")
    return say("Ready for the next code. No button needed.")


def posts_of(now: GateNow | None) -> tuple[Post, ...]:
    """Returns where this machine could stand."""
    if now is None:
        return ()
    way = now.post.direction
    return tuple(Post(zone.id, gate, way) for zone in now.zones for gate in zone.gates)


def _places(on: Standing) -> tuple[ButtonView, ...]:
    posts = posts_of(on.now)
    if on.now is None or len(posts) < 2:
        return ()
    names = {zone.id: zone for zone in on.now.zones}
    return tuple(
        ButtonView(
            post.gate if len(names) == 1 else names[post.zone].name,
            Pick(Of.GATE, i),
            "strong" if (post.zone, post.gate) == (on.now.post.zone, on.now.post.gate) else "plain",
            key=PLACE_KEYS[i] if i < len(PLACE_KEYS) else "",
            sub=post.gate if len(names) > 1 and post.gate != names[post.zone].name else "",
        )
        for i, post in enumerate(posts)
    )


def _found_row(order: Order) -> RowView:
    tickets = ", ".join(f"{line.count} × {line.name}" for line in order.lines)
    return RowView(order.name or order.number, f"{order.number} · {tickets}", "person", action=OpenOrder(order.id))


def _answer(on: Standing) -> GateAnswerView | None:
    verdict = on.verdict
    if on.is_undoing:
        return _undo_view(on)
    if on.is_listing:
        return _list_view(on)
    if verdict is None:
        return None
    said = said_of(verdict)
    here = len(entering(on.verdict, on.ticked))
    text = who(verdict)
    if verdict.party:
        later_ = sum(each.can_enter for each in verdict.party) - here
        text = say("{here} are here, {later} come later", here=here, later=later_) if later_ else text
    order = say("order {number}", number=verdict.order_number) if verdict.order_number else ""
    return GateAnswerView(
        state=said.state,
        icon=said.icon,
        word=word_of(verdict),
        text=text,
        title=verdict.product,
        aside=order,
        lines=() if verdict.party else lines_of(verdict, on.at),
        guests=guest_rows(verdict.party, on.ticked),
        note=_note(verdict),
        buttons=_buttons(verdict, here, only_scans=on.only_scans),
    )


def _note(verdict: Verdict) -> NoticeView | None:
    if verdict.outcome is Outcome.VOID and verdict.before is not None:
        text = say("The hub puts it under Problems, for a supervisor. You do not have to find them.")
        return NoticeView(say("Someone is already inside on this code."), text, "warn", "warning")
    if verdict.how is How.NAME and verdict.party:
        return NoticeView(
            say("Found by name: ask for an ID, or what else shows that it is theirs."), "", "info", "info"
        )
    return None


def _buttons(verdict: Verdict, here: int, *, only_scans: bool) -> tuple[ButtonView, ...]:
    see = ButtonView(say("See order"), Do.SEE_ORDER, icon="receipt", key="O")
    ways = [] if only_scans or verdict.order_id is None else [see]
    if verdict.party:
        words = say("Let in 1 person") if here == 1 else say("Let in {people} people", people=here)
        close = ButtonView(say("Not now"), Do.BACK, icon="cross", key="Esc")
        return (close, ButtonView(words, Do.FINISH, "primary", "check", "Enter", is_on=here > 0))
    match verdict.outcome:
        case Outcome.LOOK_ID:
            refuse = ButtonView(say("No card, not in"), Do.BACK, icon="cross", key="Esc")
            return (refuse, ButtonView(say("Card is right, let in"), Do.FINISH, "primary", "check", "Enter"))
        case Outcome.ADMITTED:
            ways.insert(0, ButtonView(say("Undo this scan"), Do.UNDO, icon="back", key="U"))
        case _ if verdict.may_return:
            ways.append(ButtonView(say("Let back in, stamp seen"), Do.LET_BACK_IN, "strong", "door", "F8"))
        case _:
            pass
    return tuple(ways)


def _undo_view(on: Standing) -> GateAnswerView:
    reasons = tuple(ButtonView(say(why), Pick(Of.WHY, i), key=TILE_LETTERS[i]) for i, why in enumerate(UNDO_REASONS))
    close = ButtonView(say("Leave it as it is"), Do.BACK, icon="cross", key="Esc")
    name = who(on.verdict) if on.verdict is not None else (on.now.last[0].name if on.now else "")
    word, text = say("Undo: why?"), say("{name}: will count as not let in.", name=name or say("A ticket"))
    return GateAnswerView("warn", "back", word, text, choices=reasons, buttons=(close,))


def _list_view(on: Standing) -> GateAnswerView:
    """Returns where the ticks of a printed list are entered, with what became of each."""
    went = sum(each.let_in for each in on.entered)
    odd = sum(bool(each.why_not) for each in on.entered)
    counts = say("{went} let in, {odd} did not fit", went=number(went), odd=number(odd)) if on.entered else ""
    return GateAnswerView(
        state="info",
        icon="list",
        word=say("Door list"),
        text=counts or say("Press / and type the ends of the codes that were ticked: 4KX9, or 7GA1 x3 for three."),
        title=say("What was entered") if on.entered else "",
        guests=entered_rows(on.entered),
        buttons=(
            ButtonView(say("Back to the gate"), Do.BACK, icon="cross", key="Esc"),
            ButtonView(say("Save the list as PDF"), Do.SAVE_LIST, "strong", "save", "P"),
        ),
    )
