"""What the screen of a gift card draws."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, SummaryView


@dataclass(frozen=True, slots=True)
class GiftCardView:
    """A card that is to pay (`summary` is the sale beside it), or that somebody looks at.

    `here` is empty until the card is known; `balance` stands beside it, where anybody knows it.
    """

    summary: SummaryView | None
    title: str
    hint: str
    typed: str
    problem: str
    is_asking: bool
    here_label: str
    here: str
    balance_label: str
    balance: str
    advice: tuple[AdviceView, ...]
    note: NoticeView | None
    finish: ButtonView | None
    other: ButtonView | None
    back: ButtonView
