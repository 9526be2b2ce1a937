"""A payment at a kiosk that did not happen, and one of which nobody knows yet."""

from typing import ClassVar, Final

from boxoffice.core.declines import Refusal
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.answer import RefusedPage
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.help_calls import call_help
from boxoffice.till.ui.flow.kiosk_page import KioskPage, lines_of
from boxoffice.till.ui.flow.kiosk_places import KioskStart
from boxoffice.till.ui.flow.kiosk_ways import can_take_card, can_take_phone
from boxoffice.till.ui.flow.payment_places import PaymentUnknown
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import leave_order, start_tender
from boxoffice.till.ui.flow.unknown import UnknownPage
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import later, say, told
from boxoffice.till.ui.views.kiosk import KioskView, LinesPart, NoticePart, TilesPart
from boxoffice.till.ui.views.parts import ButtonView, NoticeView
from boxoffice.till.ui.words import money

_NOT_PAID: Final = later("Not paid")
_TITLES: Final = {
    Refusal.CARD: later("Card declined"),
    Refusal.CANCELLED: later("Cancelled"),
    Refusal.EXPIRED: later("Time is up"),
}


class NotPaidPage(KioskPage, RefusedPage):
    """Nothing was charged, for sure; the places are still kept."""

    keys: ClassVar = {Named.ENTER: Do.TRY_AGAIN, Named.ESC: Do.BACK}
    doing = later("a payment was refused")

    def view(self) -> KioskView:  # type: ignore[override]  # a kiosk's screen draws it
        return KioskView(
            head=self.head(say(_TITLES.get(self.refused.why, _NOT_PAID)), amount=money(self.bill.amount)),
            parts=(
                NoticePart(
                    NoticeView(say("Nothing was charged."), told(self.refused.message), "danger", "cross"),
                ),
                TilesPart("", self._ways()),
                LinesPart(lines_of(self.session)),
            ),
            total=None,
            controls=self.controls(ButtonView(say("Back to my tickets"), Do.BACK, icon="back")),
            safe=say("Your places are still kept for you."),
            is_low=self.kiosk.is_low,
        )

    def _ways(self) -> tuple[ButtonView, ...]:
        status = self.session.status
        card = ButtonView(
            say("Try a card again") if self.retry is Do.CARD else say("Pay with a card"),
            Do.CARD,
            "primary" if self.retry is Do.CARD else "plain",
            "card",
            sub=say("This one, or another") if can_take_card(status) else say("The reader can’t be reached"),
            is_on=can_take_card(status),
        )
        phone = ButtonView(
            say("Show a new code") if self.retry is Do.PHONE else say("Pay with your phone"),
            Do.PHONE,
            "primary" if self.retry is Do.PHONE else "plain",
            "phone",
            sub=say("Card, Apple Pay or Google Pay") if can_take_phone(status) else say("There is no network just now"),
            is_on=can_take_phone(status),
        )
        return (card, phone) if self.retry is Do.CARD else (phone, card)

    def pressed(self, action: Action) -> Next:
        status = self.session.status
        wanted = self.retry if action is Do.TRY_AGAIN else action
        if (wanted is Do.CARD and can_take_card(status)) or (wanted is Do.PHONE and can_take_phone(status)):
            return start_tender(self.session, wanted)
        return leave_order(self.session) if action is Do.BACK else None


class NotKnownPage(KioskPage, UnknownPage):
    """Somebody is called at once: nobody may pay again before it is known."""

    keys: ClassVar = {Named.ENTER: Do.CHECK_AGAIN}
    doing = later("nobody knows yet whether a payment was taken")
    patience_s: ClassVar[float] = 180.0

    def __init__(self, session: Session, to: PaymentUnknown) -> None:
        super().__init__(session, to)
        call_help(session, self.doing)

    @property
    def has_something(self) -> bool:
        return False

    def time_out(self) -> Next:
        """The till goes on asking, and staff sees it at every till; whoever comes next does not."""
        self.session.new_sale()
        return KioskStart()

    def view(self) -> KioskView:  # type: ignore[override]  # a kiosk's screen draws it
        payment = self.payment
        check = ButtonView(
            say("Checking") if self.is_checking else say("Check again now"),
            Do.CHECK_AGAIN,
            "plain",
            "sync",
            sub=self._checks(),
            is_on=not self.is_checking,
        )
        return KioskView(
            head=self.head(
                say("One moment"), say("Order {number}", number=payment.order.number), amount=money(payment.amount)
            ),
            parts=(
                NoticePart(
                    NoticeView(
                        say("We don’t know yet whether it was paid."),
                        say("Don’t pay again. This page says so as soon as it is known. Somebody has been called."),
                        "unknown",
                        "unknown",
                    )
                ),
                TilesPart("", (check,)),
            ),
            total=None,
            controls=self.controls(),
            safe=say("Your order is saved with its number. It is never charged twice."),
            is_low=self.kiosk.is_low,
        )

    def pressed(self, action: Action) -> Next:
        if action is Do.CHECK_AGAIN and not self.is_checking:
            self._check()
        return None
