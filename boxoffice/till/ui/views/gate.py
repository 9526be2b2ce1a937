"""What the gate's screen draws: one answer as large as the screen, who is inside, and what was scanned just now."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, RowView, State


@dataclass(frozen=True, slots=True)
class GateAnswerView:
    """The answer: its word is the biggest thing on the screen. `guests` are the rows of a party, to be ticked off."""

    state: State
    icon: str
    word: str
    text: str
    title: str = ""
    aside: str = ""
    lines: tuple[AdviceView, ...] = ()
    guests: tuple[RowView, ...] = ()
    choices: tuple[ButtonView, ...] = ()
    note: NoticeView | None = None
    buttons: tuple[ButtonView, ...] = ()


@dataclass(frozen=True, slots=True)
class GateBarView:
    """One gate: how full its bar is, in percent, and who passed it."""

    name: str
    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class InsideView:
    """How many are inside; `percent` is None where nobody has said how many may be."""

    count: str
    of: str
    room: str
    detail: str
    percent: int | None
    gates: tuple[GateBarView, ...]


@dataclass(frozen=True, slots=True)
class GateView:
    """`places` are the zones and gates to stand at, `ways` in and out; `answer` is None while the gate is ready."""

    places: tuple[ButtonView, ...]
    ways: tuple[ButtonView, ...]
    title: str
    text: str
    answer: GateAnswerView | None
    inside: InsideView | None
    numbers: tuple[tuple[str, str], ...]
    search: str
    found: tuple[RowView, ...]
    found_text: str
    just_now: str
    last: tuple[RowView, ...]
    foot: str
    list_button: ButtonView
