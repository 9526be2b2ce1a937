"""A payment that did not happen: what the answer was, that nothing was charged, and the ways on."""

from typing import ClassVar, Final

from boxoffice.services.gateway import TenderRefused
from boxoffice.ui.actions import Action, Do
from boxoffice.ui.flow.page import PaymentPage
from boxoffice.ui.flow.sell_view import WAYS, why_not_now
from boxoffice.ui.flow.session import Session
from boxoffice.ui.flow.tenders import leave_order, start_tender, summary
from boxoffice.ui.keys import Named
from boxoffice.ui.views.parts import AdviceView, ButtonView, NoticeView
from boxoffice.ui.views.pay import AnswerView
from boxoffice.ui.words import clock, count

_WAYS: Final = {
    Do.PHONE: ("Phone", "Show a new code", "phone", "F7"),
    Do.CASH: ("Cash", "Cash", "cash", "F5"),
    Do.CARD: ("Card", "Try card again", "card", "F6"),
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

    def __init__(self, session: Session, refused: TenderRefused, retry: Do) -> None:
        super().__init__(session)
        self.refused, self.retry = refused, retry

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
        refused = self.refused
        if refused.is_cancelled:
            return NoticeView("Cancelled. Nothing was charged.", refused.message, "info", "info")
        is_bank = self.retry is Do.CARD and any(word in refused.message.lower() for word in ("bank", "card", "pin"))
        if is_bank:
            return NoticeView("Card declined. Nothing was charged.", refused.message, "danger", "cross")
        if "code ended" in refused.message.lower():
            return NoticeView("Code ended. Nothing was charged.", "Nobody paid in time.", "warn", "clock")
        return NoticeView("Not paid. Nothing was charged.", refused.message, "danger", "cross")

    def _held(self) -> str:
        order = self.refused.order
        until = f" until {clock(order.held_until)}" if order.held_until else ""
        if not order.ticket_count:
            return ""
        are = "is" if order.ticket_count == 1 else "are"
        return f" and {count(order.ticket_count, 'place')} {are} held{until}"

    def _next(self) -> str:
        if self.retry is Do.CARD:
            return "try the same card again, another card, cash or their phone."
        return "show a new code, or take card or cash."

    def act(self, action: Action) -> None:
        match action:
            case Do.TRY_AGAIN:
                start_tender(self.session, self.retry)
            case Do.CASH | Do.CARD | Do.PHONE:
                start_tender(self.session, action)
            case Do.BACK:
                leave_order(self.session)
            case _:
                pass


def _button(way: Do) -> ButtonView:
    label, _, icon, key = _WAYS[way]
    return ButtonView(label, way, "strong", icon, key)
