"""What the screens after a sale draw."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView


@dataclass(frozen=True, slots=True)
class RefundView:
    """What can go back of an order, what will happen, and the one button that does it; or (`done`) what happened."""

    title: str
    close: ButtonView
    rows: tuple[RowView, ...]
    is_loading: bool
    problem: NoticeView | None
    way: str
    detail: str
    amount_label: str
    amount: str
    amounts: tuple[ButtonView, ...]
    keep: ButtonView | None
    go: ButtonView
    done: NoticeView | None = None


@dataclass(frozen=True, slots=True)
class SwapView:
    """What is given back and what for, the choice of both, and what is to be paid or goes back."""

    title: str
    close: ButtonView
    rows: tuple[RowView, ...]
    is_loading: bool
    problem: NoticeView | None
    gives: RowView
    gets: RowView
    products: tuple[ButtonView, ...]
    note: str
    detail: str
    amount_label: str
    amount: str
    ways: tuple[ButtonView, ...]


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note about an order, or whose it is, and what is wrong with it.

    What is typed stays as long as it is for the same `subject`.
    """

    subject: object
    title: str
    hint: str
    label: str
    example: str
    note: str
    problem: str
    back: ButtonView
    keep: ButtonView
