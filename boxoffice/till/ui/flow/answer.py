"""A payment that did not happen: what the answer was, that nothing was charged, and the ways on."""

from collections.abc import Mapping
from typing import ClassVar, Final

from boxoffice.core.declines import Refusal
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.pay_buttons import WAYS, why_not_now
from boxoffice.till.ui.flow.payment_places import Refused
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import summary
from boxoffice.till.ui.flow.tenders import leave_order, start_tender
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, State
from boxoffice.till.ui.views.pay import AnswerView

_WAYS: Final = {
    Do.PHONE: (later("Phone"), later("Show a new code"), "phone", "F7"),
    Do.CASH: (later("Cash"), later("Cash"), "cash", "F5"),
    Do.CARD: (later("Card"), later("Try card again"), "card", "F6"),
}

_NOT_PAID: Final[tuple[str, State, str]] = (later("Not paid"), "danger", "cross")
_TITLES: Final[Mapping[Refusal, tuple[str, State, str]]] = {
    Refusal.CARD: (later("Card declined"), "danger", "cross"),
    Refusal.CANCELLED: (later("Cancelled"), "info", "info"),
    Refusal.EXPIRED: (later("Code ended"), "warn", "clock"),
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
    help_lines = (
        ("Enter", later("try the same way again")),
        ("F5 F6 F7", later("cash, card, phone")),
        ("Esc", later("back to the sale")),
    )

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
                AdviceView("safe", say("**Safe:** the sale is still here{held}.", held=self._held())),
                AdviceView("card" if self.retry is Do.CARD else "phone", say("**Next:** {way}", way=self._next())),
            ),
            left=ButtonView(
                say("The rest another way") if is_part_paid else say("Back to sale"), Do.BACK, "plain", "back", "Esc"
            ),
            right=(
                *(_button(way) for way in others),
                ButtonView(
                    say(_WAYS[self.retry][1]),
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
        text = say("Nobody paid in time.") if self.refused.why is Refusal.EXPIRED else told(self.refused.message)
        return NoticeView(say("{title}. Nothing was charged.", title=say(title)), text, state, icon)

    def _held(self) -> str:
        order = self.refused.order
        if not order.ticket_count:
            return ""
        return say(" and {places}", places=count(order.ticket_count, "place is held", "places are held"))

    def _next(self) -> str:
        if self.retry is Do.CARD:
            return say("try the same card again, another card, cash or their phone.")
        return say("show a new code, or take card or cash.")

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
    return ButtonView(say(label), way, "strong", icon, key)
