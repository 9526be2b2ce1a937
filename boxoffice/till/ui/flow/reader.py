"""A card payment on a reader: wait, cancel, or change to another way. Only the reader's own answer ends the wait."""

from datetime import datetime
from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.moments import Moment, MomentKind
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.pay_buttons import why_no_phone
from boxoffice.till.ui.flow.payment_places import ReaderPayment
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import summary
from boxoffice.till.ui.flow.tenders import lost, settle, start_tender
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.parts import ButtonView, StepView
from boxoffice.till.ui.views.pay import ReaderView
from boxoffice.till.ui.words import clock_s, explain, money
from boxoffice.till.usecases.gateway.paying import Progress, Stage, TenderOutcome, TenderRefused

_WAITS_S = 60
"""How long a reader waits for a card before it gives up by itself; only drawn, never decided here."""

_ORDER = (Stage.SENT, Stage.OPENED, Stage.PRESENTED, Stage.CANCELLING)


class ReaderPage(PaymentPage):
    """Waits for the reader; other ways to pay open only when the reader has let go."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ESC: Do.CANCEL, Named.F5: Do.CASH, Named.F7: Do.PHONE}
    help_lines = (
        ("Esc", later("cancel on the reader")),
        ("F5 F7", later("cancel, then take cash, or pay by phone")),
    )

    def __init__(self, session: Session, to: ReaderPayment) -> None:
        super().__init__(session, to)
        self.order, self.amount = to.order, self.bill.amount
        self.reader = (session.status.reader_name if session.status else "") or say("the reader")
        self.began_s = session.till.elapsed_s()
        self.reached: dict[Stage, datetime] = {}
        self.is_cancelling = False
        self.then: Do | None = None
        order_id, amount = to.order.id, self.amount
        session.call(
            lambda: session.till.pay_by_reader(order_id, amount, self._progress_anywhere),
            self._ended,
            failed=self._failed,
            broken=lambda error: lost(session, error),
            lane=Lane.PAYMENT,
        )

    @property
    def why_stay(self) -> str:
        return say("A card payment is under way. Cancel it on the reader first.")

    @property
    def moment(self) -> Moment:
        return Moment(MomentKind.CARD, self.amount)

    def _progress_anywhere(self, progress: Progress) -> None:
        self.session.work.post(lambda: self._progress(progress))

    def _progress(self, progress: Progress) -> None:
        self.reached.setdefault(progress.stage, progress.at)
        self.is_cancelling = self.is_cancelling or progress.stage is Stage.CANCELLING
        self.session.changed()

    def _ended(self, outcome: TenderOutcome) -> Next:
        to = settle(self.session, outcome, Do.CARD)
        if isinstance(outcome, TenderRefused) and outcome.is_cancelled and self.then is not None:
            return start_tender(self.session, self.then) or to
        return to

    def _failed(self, error: BoxofficeError) -> Next:
        happened, _ = explain(error)
        return settle(self.session, TenderRefused(self.order, happened), Do.CARD)

    def act(self, action: Action) -> Next:
        match action:
            case Do.CANCEL:
                self._cancel(None)
            case Do.CASH | Do.PHONE if action is Do.CASH or not why_no_phone(self.session.status):
                self._cancel(action)
            case _:
                pass
        return None

    def _cancel(self, then: Do | None) -> None:
        self.then = then
        if self.is_cancelling:
            return
        self.is_cancelling = True
        order_id = self.order.id
        self.session.call(
            lambda: self.session.till.cancel_payment(order_id),
            lambda _: None,
            failed=self._not_cancelled,
            lane=Lane.CONTROL,
        )

    def _not_cancelled(self, error: BoxofficeError) -> None:
        self.is_cancelling, self.then = False, None
        self.session.say_failed(error)

    # Words

    def view(self) -> ReaderView:
        waited = int(self.session.till.elapsed_s() - self.began_s)
        amount = money(self.amount)
        title, hint, screen = self._words(amount)
        return ReaderView(
            summary=summary(self.session, self.bill),
            title=title,
            hint=hint,
            amount=amount,
            reader=self.reader,
            screen_text=screen,
            steps=self._steps(waited),
            percent=0 if Stage.PRESENTED in self.reached else min(100, round(100 * waited / _WAITS_S)),
            foot=say("The reader waits up to 1 minute. Nothing is charged until it says approved."),
            cancel=ButtonView(
                say("Cancelling") if self.is_cancelling else say("Cancel on reader"),
                Do.CANCEL,
                icon="cross",
                key="" if self.is_cancelling else "Esc",
                is_on=not self.is_cancelling,
            ),
            instead=() if self.is_cancelling else self._instead(),
        )

    def _words(self, amount: str) -> tuple[str, str, str]:
        if self.is_cancelling:
            after = {Do.CASH: say(" Then it is cash."), Do.PHONE: say(" Then it is their phone.")}
            says = say("The reader must say so first. Take no other payment yet.")
            return (
                say("Cancelling on the reader"),
                says + (after.get(self.then, "") if self.then else ""),
                say("Cancelling"),
            )
        if Stage.PRESENTED in self.reached:
            return say("Card read. Waiting for the bank."), say("Leave the card where it is."), say("Processing")
        hint = say(
            "Ask them to tap, insert or swipe on **{reader}**. It shows {amount}.", reader=self.reader, amount=amount
        )
        return say("Waiting for the customer's card"), hint, say("Tap, insert or swipe")

    def _steps(self, waited: int) -> tuple[StepView, ...]:
        sent, read = self.reached.get(Stage.SENT), self.reached.get(Stage.PRESENTED)
        so_far = say("{seconds} so far", seconds=count(waited, "second"))
        return (
            StepView(say("Sent to {reader}", reader=self.reader), clock_s(sent), "done")
            if sent
            else StepView(say("Sending to {reader}", reader=self.reader), so_far, "now"),
            StepView(say("Card read"), clock_s(read), "done")
            if read
            else StepView(say("Waiting for card"), so_far if sent else "", "now" if sent else "later"),
            StepView(say("Approved by Stripe"), state="now" if read else "later"),
            StepView(say("Saved on this till")),
        )

    def _instead(self) -> tuple[ButtonView, ...]:
        if Stage.PRESENTED in self.reached:
            return ()
        phone = ButtonView(say("Use phone instead"), Do.PHONE, icon="phone", key="F7")
        cash = ButtonView(say("Use cash instead"), Do.CASH, icon="cash", key="F5")
        return (cash,) if why_no_phone(self.session.status) else (phone, cash)
