"""What the payment screens draw."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, RowView, StepView, SummaryView, TagView


@dataclass(frozen=True, slots=True)
class CashView:
    summary: SummaryView
    title: str
    hint: str
    due: str
    given: str
    quick: tuple[ButtonView, ...]
    change_label: str
    change: str
    is_enough: bool
    give_back: tuple[tuple[str, str], ...]
    finish: ButtonView
    split: ButtonView | None
    let_in: ButtonView | None = None
    due_note: str = ""
    """How what is due was rounded for cash, if it was."""


@dataclass(frozen=True, slots=True)
class ReaderView:
    """Waiting for a card on a reader."""

    summary: SummaryView
    title: str
    hint: str
    amount: str
    reader: str
    screen_text: str
    steps: tuple[StepView, ...]
    percent: int
    foot: str
    cancel: ButtonView
    instead: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class PickReaderView:
    summary: SummaryView
    title: str
    hint: str
    readers: tuple[RowView, ...]
    buttons: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class AnswerView:
    """Declined, cancelled or unknown: a notice, steps if any, what is safe, and the ways on.

    `left` stands alone at the left; the last of `right` is the primary.
    """

    summary: SummaryView
    notice: NoticeView
    steps: tuple[StepView, ...]
    advice: tuple[AdviceView, ...]
    left: ButtonView | None
    right: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class PhoneView:
    """The code to scan; `qr` is empty until the hub has answered."""

    summary: SummaryView
    title: str
    hint: str
    qr: str
    poster_title: str
    poster_text: str
    time_left: str
    percent: int
    is_ending: bool
    steps: tuple[StepView, ...]
    question: str
    buttons: tuple[ButtonView, ...]
    """Drawn from the bottom: one row of two, or a question's answers."""
    leave: ButtonView | None = None
    """Serves the next customer while this one pays."""


@dataclass(frozen=True, slots=True)
class PhonePaidView:
    summary: SummaryView
    title: str
    hint: str
    amount: str
    steps: tuple[StepView, ...]
    more: ButtonView
    next: ButtonView


@dataclass(frozen=True, slots=True)
class SplitView:
    summary: SummaryView
    title: str
    paid: tuple[RowView, ...]
    paid_total: str
    due: str
    typed: str
    quick: tuple[ButtonView, ...]
    problem: str
    pay: tuple[ButtonView, ...]
    back: ButtonView
    park: ButtonView | None = None
    other: ButtonView | None = None
    gift_card: ButtonView | None = None


@dataclass(frozen=True, slots=True)
class GivenView:
    """A payment that a word is enough for: `ways` where there are several, then why, by a button or `typed`."""

    summary: SummaryView
    title: str
    ways: tuple[ButtonView, ...]
    question: str
    reasons: tuple[ButtonView, ...]
    typed: str
    amount_label: str
    amount: str
    what: str
    advice: tuple[AdviceView, ...]
    finish: ButtonView


@dataclass(frozen=True, slots=True)
class GiveBackView:
    """The rest can't be paid: park the sale, or give back what was paid."""

    summary: SummaryView
    title: str
    back: ButtonView
    paid: str
    due: str
    tags: tuple[TagView, ...]
    park_lines: tuple[AdviceView, ...]
    park: ButtonView
    ways: tuple[RowView, ...]
    reasons: tuple[ButtonView, ...]
    reason: str
    give_back: ButtonView
    foot: str


@dataclass(frozen=True, slots=True)
class ParkedView:
    """Sales that wait: each with what is paid of it, and the way back to it."""

    title: str
    hint: str
    waiting: tuple[RowView, ...]
    parked: tuple[RowView, ...]
    empty_title: str
    empty_text: str
    back: ButtonView


@dataclass(frozen=True, slots=True)
class CompleteView:
    """`big_label` and `big` are the change, or what was paid where no change is due."""

    title: str
    big_label: str
    big: str
    given: str
    saved: str
    papers: tuple[RowView, ...]
    email: str
    email_problem: str
    email_note: str
    is_sending: bool
    buttons: tuple[ButtonView, ...]
    next: ButtonView
