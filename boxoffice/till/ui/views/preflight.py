"""What the screen before doors open draws: checks by their groups, and beside them what they come to."""

from dataclasses import dataclass

from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView


@dataclass(frozen=True, slots=True)
class PreflightView:
    """`big` is `10 / 12`, and `percent` how much of the bar below it is full."""

    title: str
    back: ButtonView
    again: ButtonView
    sections: tuple[tuple[str, tuple[RowView, ...]], ...]
    big: str
    caption: str
    percent: int
    notices: tuple[NoticeView, ...]
    buttons: tuple[ButtonView, ...]
    papers: tuple[ButtonView, ...]
    foot: str = ""
