"""A payment that did not happen: what the answer was, that nothing was charged, and the ways on."""

from collections.abc import Mapping
from typing import ClassVar, Final

from boxoffice.core.declines import Refusal
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next, Refused
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.sell_view import WAYS, why_not_now
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import summary
from boxoffice.till.ui.flow.tenders import leave_order, start_tender
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, State
from boxoffice.till.ui.views.pay import AnswerView
from boxoffice.till.ui.words import count

_WAYS: Final = {
    Do.PHONE: ("Phone", "Show a new code", "phone", "F7"),
    Do.CASH: ("Cash", "Cash", "cash", "F5"),
    Do.CARD: ("Card", "Try card again", "card", "F6"),
}

_NOT_PAID: Final[tuple[str, State, str]] = ("Not paid", "danger", "cross")
_TITLES: Final[Mapping[Refusal, tuple[str, State, str]]] = {
    Refusal.CARD: ("Card declined", "danger", "cross"),
    Refusal.CANCELLED: ("Cancelled", "info", "info"),
    Refusal.EXPIRED: ("Code ended", "warn", "clock"),
}


class RefusedPage(PaymentPage):
    """Nothing was charged, for sure."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {
        Named.ENTER: Do.TRY_AGAIN,
        Named.ESC: Do.BACK,
        Named.F5: Do.CASH,
        Named.F6: Do.CARD,
        Named.F7: Do.PHONE,
    }
    help_lines = (("Enter", "try the same way again"), ("F5 F6 F7", "cash, card, phone"), ("Esc", "back to the sale"))

    def __init__(self, session: Session, to: Refused) -> None:
        super().__init__(session, to)
        self.refused, self.retry = to.outcome, to.retry

    def view(self) -> AnswerView:
        others = [way for way in (Do.PHONE, Do.CASH, Do.CARD) if way is not self.retry and self._can(way)]
        is_part_paid = bool(self.refused.order.paid.minor)
        return AnswerView(
            summary=summary(self.session, self.bill),
            notice=self._notice(),
            steps=(),
            advice=(
                AdviceView("safe", f"**Safe:** the sale is still here{self._held()}."),
                AdviceView("card" if self.retry is Do.CARD else "phone", f"**Next:** {self._next()}"),
            ),
            left=ButtonView(
                "The rest another way" if is_part_paid else "Back to sale", Do.BACK, "plain", "back", "Esc"
            ),
            right=(
                *(_button(way) for way in others),
                ButtonView(
                    _WAYS[self.retry][1],
                    self.retry,
                    "primary",
                    _WAYS[self.retry][2],
                    _WAYS[self.retry][3],
                    is_on=self._can(self.retry),
                ),
            ),
        )

    def _can(self, way: Do) -> bool:
        return not why_not_now(WAYS[way], self.session.status)

    def _notice(self) -> NoticeView:
        title, state, icon = _TITLES.get(self.refused.why, _NOT_PAID)
        text = "Nobody paid in time." if self.refused.why is Refusal.EXPIRED else self.refused.message
        return NoticeView(f"{title}. Nothing was charged.", text, state, icon)

    def _held(self) -> str:
        order = self.refused.order
        if not order.ticket_count:
            return ""
        are = "is" if order.ticket_count == 1 else "are"
        return f" and {count(order.ticket_count, 'place')} {are} held"

    def _next(self) -> str:
        if self.retry is Do.CARD:
            return "try the same card again, another card, cash or their phone."
        return "show a new code, or take card or cash."

    def act(self, action: Action) -> Next:
        match action:
            case Do.TRY_AGAIN:
                return start_tender(self.session, self.retry)
            case Do.CASH | Do.CARD | Do.PHONE:
                return start_tender(self.session, action)
            case Do.BACK:
                return leave_order(self.session)
            case _:
                return None


def _button(way: Do) -> ButtonView:
    label, _, icon, key = _WAYS[way]
    return ButtonView(label, way, "strong", icon, key)
