"""What stands round every page of a training, beside the one that is practised on, and on the page of the drills."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import ButtonView, RowView, StepView


@dataclass(frozen=True, slots=True)
class BandView:
    """The band over the whole window: it is never switched off."""

    word: str
    text: str
    leave: ButtonView
    drills: ButtonView | None = None


@dataclass(frozen=True, slots=True)
class DrillView:
    """The drill under way. `text` is the one thing to do now, `steps` are all of them."""

    place: str
    tried: str
    title: str
    text: str
    steps: tuple[StepView, ...]
    time: str
    time_label: str
    presses: str
    presses_label: str
    hint: ButtonView
    again: ButtonView
    skip: ButtonView
    show: ButtonView | None = None
    """Something that a customer does, where there is none."""
    keys: str = ""
    """The keys to press, once a hint is shown."""


@dataclass(frozen=True, slots=True)
class ScoreView:
    """How a drill went; before the first one, what is to come."""

    points: str
    words: str
    detail: str
    percent: int
    is_passed: bool
    lines: tuple[RowView, ...]
    measures: tuple[tuple[str, str], ...]
    """What was measured, each with what it is."""
    next: ButtonView | None
    again: ButtonView | None = None
    card: ButtonView | None = None


@dataclass(frozen=True, slots=True)
class DrillsView:
    title: str
    hint: str
    languages: tuple[ButtonView, ...]
    rows: tuple[RowView, ...]
    foot: str
    score: ScoreView
