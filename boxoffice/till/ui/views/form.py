"""What a form draws: lines, rows, counts, choices and amounts, and beside them what they come to."""

from dataclasses import dataclass

from boxoffice.till.ui.till_actions import ChangePiece, ChoosePiece
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView, StepView, TagView


@dataclass(frozen=True, slots=True)
class CountView:
    """How many there are of one bill or coin, and what that comes to."""

    label: str
    hint: str
    value: str
    amount: str
    choose: ChoosePiece
    less: ChangePiece
    more: ChangePiece
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class ChoicesView:
    """Choices under one question, in so many columns."""

    label: str
    buttons: tuple[ButtonView, ...]
    columns: int = 2


@dataclass(frozen=True, slots=True)
class LineView:
    """A label with what it comes to; a strong one is a sum."""

    label: str
    text: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class CardView:
    """Lines under a title."""

    title: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class FigureView:
    """One number that a report comes to; `tone` is a state's name where it wants to be looked at."""

    label: str
    value: str
    detail: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ComparedView:
    """What two say of the same money."""

    name: str
    detail: str
    here: str
    there: str
    tag: TagView | None = None


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Rows under four heads: what it is, here, there, and whether that agrees."""

    heads: tuple[str, str, str, str]
    rows: tuple[ComparedView, ...]


@dataclass(frozen=True, slots=True)
class SideView:
    """The column at the right: what it comes to, and the one button that does it."""

    title: str
    hint: str = ""
    lines: tuple[LineView, ...] = ()
    rows: tuple[RowView, ...] = ()
    steps: tuple[StepView, ...] = ()
    note: NoticeView | None = None
    total_label: str = ""
    total: str = ""
    buttons: tuple[ButtonView, ...] = ()
    foot: str = ""


@dataclass(frozen=True, slots=True)
class FormView:
    """A page from top to bottom; what is empty is not there. `typed` is an amount with a keypad."""

    title: str
    hint: str = ""
    back: ButtonView | None = None
    tabs: tuple[ButtonView, ...] = ()
    tiles: tuple[ButtonView, ...] = ()
    figures: tuple[FigureView, ...] = ()
    comparison: ComparisonView | None = None
    rows: tuple[RowView, ...] = ()
    counts: tuple[CountView, ...] = ()
    typed: tuple[str, str] | None = None
    quick: tuple[ButtonView, ...] = ()
    note: NoticeView | None = None
    choices: tuple[ChoicesView, ...] = ()
    reason: str | None = None
    """What was typed as a reason; None where none is asked for."""
    cards: tuple[CardView, ...] = ()
    foot: str = ""
    side: SideView | None = None
