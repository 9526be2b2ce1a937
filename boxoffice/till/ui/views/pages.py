"""What the screens outside a sale draw: setting up, orders, problems, the till itself."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, RowView, StepView, TagView


@dataclass(frozen=True, slots=True)
class StartView:
    """While the till opens; `text` says what is slow when it is."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PairView:
    hub_url: str
    code: str
    problem: str
    advice: str
    is_busy: bool


@dataclass(frozen=True, slots=True)
class EventsView:
    title: str
    hint: str
    events: tuple[RowView, ...]
    problem: str
    is_loading: bool
    back: ButtonView | None


@dataclass(frozen=True, slots=True)
class StoppedView:
    notice: NoticeView
    advice: tuple[AdviceView, ...]
    button: ButtonView


@dataclass(frozen=True, slots=True)
class OrderView:
    title: str
    detail: str
    amount: str
    tag: TagView
    lines: tuple[RowView, ...]
    tenders: tuple[RowView, ...]
    facts: tuple[AdviceView, ...]
    papers: tuple[RowView, ...]
    buttons: tuple[ButtonView, ...]
    acts: tuple[ButtonView, ...]
    """What can be done with it."""
    looks: tuple[ButtonView, ...]
    """What may show that it is theirs who collect it."""
    hand_over: ButtonView | None
    email: str
    email_problem: str
    email_note: str
    is_sending: bool
    can_email: bool


@dataclass(frozen=True, slots=True)
class OrdersView:
    search: str
    found: str
    rows: tuple[RowView, ...]
    empty_title: str
    empty_text: str
    is_loading: bool
    order: OrderView | None
    more: ButtonView | None = None
    chips: tuple[ButtonView, ...] = ()
    """Where they were sold that are looked for."""


@dataclass(frozen=True, slots=True)
class ProblemsView:
    """Payments whose outcome is unknown: after a restart they come first, before anything is sold."""

    title: str
    hint: str
    rows: tuple[RowView, ...]
    empty_title: str
    empty_text: str
    advice: tuple[AdviceView, ...]
    buttons: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class TillView:
    title: str
    hint: str
    sections: tuple[tuple[str, tuple[RowView, ...]], ...]


@dataclass(frozen=True, slots=True)
class HandOverView:
    """Where the till stands on its way to a new beginning, and the one button that leads on."""

    notice: NoticeView
    steps: tuple[StepView, ...]
    advice: tuple[AdviceView, ...]
    left: ButtonView | None
    right: tuple[ButtonView, ...]
