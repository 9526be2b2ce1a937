"""What the page of a revoked till draws."""

from dataclasses import dataclass

from boxoffice.ui.views.parts import AdviceView, ButtonView, NoticeView, StepView


@dataclass(frozen=True, slots=True)
class HandOverView:
    """Where the till stands on its way to a new beginning, and the one button that leads on."""

    notice: NoticeView
    steps: tuple[StepView, ...]
    advice: tuple[AdviceView, ...]
    left: ButtonView | None
    right: tuple[ButtonView, ...]
