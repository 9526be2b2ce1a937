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
