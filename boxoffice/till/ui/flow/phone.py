"""A payment on the customer's own phone: the code, the time left, and how far they are. Time up ends it at the hub.

With no network at the till the code is an offer: the customer's phone shows in the end what proves it paid, and that is
scanned here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Literal, assert_never

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.typed_codes import DIGITS, is_typed_code, plain, shown
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.moments import Moment, MomentKind
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.payment_places import PhonePaid, PhonePayment
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import summary
from boxoffice.till.ui.flow.tenders import lost, settle, to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.parts import ButtonView, StepView
from boxoffice.till.ui.views.pay import PhoneView
from boxoffice.till.ui.words import clock_s, left, money
from boxoffice.till.usecases.gateway.paying import (
    Progress,
    Stage,
    TenderOutcome,
    TenderPaid,
    TenderRefused,
    TenderUnknown,
    UnknownPayment,
)

_ENDING_S = 60


class PhonePage(PaymentPage):
    """Shows the code until it is paid, has ended, or nobody knows."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.KEEP_WAITING, Named.F6: Do.MORE_TIME, Named.F10: Do.SERVE_NEXT}
    help_lines = (
        ("Esc", later("cancel; asks first")),
        ("F6", later("add five minutes")),
        ("F10", later("serve the next customer; the till keeps waiting")),
        ("Enter", later("keep waiting")),
    )

    def __init__(self, session: Session, to: PhonePayment) -> None:
        """Begins a payment, or waits again for one that was left to itself."""
        super().__init__(session, to)
        again = to.again
        self.order, self.amount = to.order, self.bill.amount if again is None else again.amount
        self.reached: dict[Stage, datetime] = {}
        self.link = ""
        self.began_s = self.ends_s = session.till.elapsed_s()
        self.is_asking = self.is_cancelling = self.is_extending = self.is_leaving = False
        self.is_offer = self.is_reading = False
        self.letters = ""
        session.call(
            lambda: self._pay(again),
            self._ended,
            failed=self._failed,
            broken=lambda error: lost(session, error),
            lane=Lane.PAYMENT,
        )

    def _pay(self, again: UnknownPayment | None) -> TenderOutcome:
        till = self.session.till
        if again is not None:
            return till.wait_again(again.id, self._progress_anywhere)
        return till.pay_by_phone(self.order.id, self.amount, self._progress_anywhere)

    @property
    def why_stay(self) -> str:
        return say("A payment by phone is under way. Cancel it first.")

    @property
    def moment(self) -> Moment:
        return Moment(MomentKind.PHONE, self.amount, "" if self.is_cancelling else self.link)

    def _progress_anywhere(self, progress: Progress) -> None:
        self.session.work.post(lambda: self._progress(progress))

    def _progress(self, progress: Progress) -> None:
        self.reached.setdefault(progress.stage, progress.at)
        self.is_offer = self.is_offer or progress.is_offer
        if progress.link:
            self.link, self.began_s = progress.link, self.session.till.elapsed_s()
        if progress.seconds_left is not None:
            self.ends_s = self.session.till.elapsed_s() + progress.seconds_left
        self.is_cancelling = self.is_cancelling or progress.stage is Stage.CANCELLING
        self.session.changed()

    def _ended(self, outcome: TenderOutcome) -> Next:
        match outcome:
            case TenderUnknown() if self.is_leaving:
                return self._left(outcome)
            case TenderPaid() if outcome.order.is_paid:
                settle(self.session, outcome, Do.PHONE)
                return PhonePaid(outcome, self.amount, self.reached.get(Stage.OPENED))
            case TenderPaid() | TenderRefused() | TenderUnknown():
                return settle(self.session, outcome, Do.PHONE)
            case _:
                assert_never(outcome)

    def _failed(self, error: BoxofficeError) -> Next:
        self.session.say_failed(error)
        return settle(self.session, TenderRefused(self.order, say("The hub could not make a code.")), Do.PHONE)

    def scanned(self, readings: Sequence[str]) -> bool:
        """Takes the code by which the customer's phone shows that an offer was paid."""
        if not self.is_offer:
            return False
        till, order_id = self.session.till, self.order.id
        if not self.is_reading:
            self.is_reading = True
            self.session.call(
                lambda: till.take_paid_code(order_id, readings), self._read, failed=self._not_read, lane=Lane.CONTROL
            )
        return True

    def _read(self, is_taken: bool) -> None:
        self.is_reading = False
        if not is_taken:
            what, todo = say("That is not a paid code."), say("Ask for the code that their phone shows after paying.")
            self.session.say(what, state="warn", icon="scan", detail=todo)

    def _type(self, letters: str) -> None:
        """Takes a letter of the code under the picture, and all of them once they are there."""
        if self.is_reading:
            return
        self.letters = plain(self.letters + letters)[:DIGITS]
        if is_typed_code(self.letters):
            till, order_id, typed = self.session.till, self.order.id, self.letters
            self.is_reading = True
            self.session.call(
                lambda: till.take_typed_code(order_id, typed), self._taken, failed=self._not_read, lane=Lane.CONTROL
            )

    def _taken(self, _: None) -> None:
        self.is_reading = False

    def _not_read(self, error: BoxofficeError) -> None:
        self.is_reading, self.letters = False, ""
        self.session.say_failed(error)

    def typed(self, key: Key) -> Next:
        if key.name is Named.ESC:
            return self.act(Do.KEEP_WAITING if self.is_asking else Do.BACK)
        if key.name is Named.DELETE and self.is_asking:
            return self.act(Do.CANCEL)
        if not self.is_offer or self.is_asking or self.is_cancelling:
            return None
        if key.name is Named.BACKSPACE and not self.is_reading:
            self.letters = self.letters[:-1]
        elif len(key.text) == 1 and key.text.isascii() and key.text.isalnum():
            self._type(key.text)
        return None

    def act(self, action: Action) -> Next:
        match action:
            case Do.BACK:
                self.is_asking = not self.is_cancelling
            case Do.KEEP_WAITING:
                self.is_asking = False
            case Do.CANCEL:
                self._cancel()
            case Do.MORE_TIME:
                self._more_time()
            case Do.SERVE_NEXT if self.can_leave:
                self._leave()
            case _:
                pass
        return None

    def _cancel(self) -> None:
        self.is_asking = False
        if self.is_cancelling:
            return
        self.is_cancelling = True
        till, order_id = self.session.till, self.order.id
        self.session.call(
            lambda: till.cancel_payment(order_id), lambda _: None, failed=self._not_cancelled, lane=Lane.CONTROL
        )

    @property
    def can_leave(self) -> bool:
        """Whether the customer has a code to go on with by themselves."""
        return bool(self.link) and not self.is_cancelling and not self.is_leaving

    def _leave(self) -> None:
        """Serves the next; the payment goes on with the customer's phone, and the till asks about it by itself."""
        self.is_leaving, self.is_asking = True, False
        till, order_id = self.session.till, self.order.id
        self.session.call(lambda: till.stop_waiting(order_id), lambda _: None, failed=self._not_left, lane=Lane.CONTROL)

    def _not_left(self, error: BoxofficeError) -> None:
        self.is_leaving = False
        self.session.say_failed(error)

    def _left(self, unknown: TenderUnknown) -> Next:
        session = self.session
        session.unknown = (*session.unknown, unknown.payment)
        session.new_sale()
        text = say("Order {number} waits for its phone payment.", number=self.order.number)
        session.say(text, state="info", icon="phone", detail=say("The till keeps asking, and says when it is paid."))
        return to_sale(session)

    def _not_cancelled(self, error: BoxofficeError) -> None:
        self.is_cancelling = False
        self.session.say_failed(error)

    def _more_time(self) -> None:
        if self.is_extending or self.is_cancelling or self.is_offer or not self.link:
            return
        self.is_extending = True
        till, order_id = self.session.till, self.order.id
        self.session.call(
            lambda: till.extend_payment(order_id), self._extended, failed=self._not_extended, lane=Lane.CONTROL
        )

    def _extended(self, seconds_left: float) -> None:
        self.is_extending, self.began_s = False, self.session.till.elapsed_s()
        self.ends_s = self.began_s + seconds_left

    def _not_extended(self, error: BoxofficeError) -> None:
        self.is_extending = False
        self.session.say_failed(error)

    # Words

    def view(self) -> PhoneView:
        remaining = self.ends_s - self.session.till.elapsed_s()
        whole = max(1.0, self.ends_s - self.began_s)
        title, hint = self._words(remaining)
        return PhoneView(
            summary=summary(self.session, self.bill),
            title=title,
            hint=hint,
            qr="" if self.is_cancelling else self.link,
            poster_title=say("Scan to pay {amount}", amount=money(self.amount))
            if self.link
            else say("Making the code"),
            poster_text=self._under_the_code(),
            time_left=left(timedelta(seconds=remaining)) if self.link else "—",
            percent=min(100, max(0, round(100 * remaining / whole))) if self.link else 0,
            is_ending=bool(self.link) and remaining <= _ENDING_S,
            steps=() if self.is_asking else self._steps(),
            question=self._question() if self.is_asking else "",
            buttons=self._buttons(),
            leave=None
            if self.is_asking or self.is_cancelling
            else ButtonView(say("Serve next, keep waiting"), Do.SERVE_NEXT, key="F10", is_on=self.can_leave),
        )

    def _under_the_code(self) -> str:
        if not self.link:
            return say("The hub makes a code for this sale.")
        if self.is_offer:
            at = clock_s(self.reached[Stage.SENT])
            return say("Order **{number}**, signed by this till at {time}", number=self.order.number, time=at)
        host, _, code = self.link.partition("://")[2].rpartition("/")
        return say("Or open **{host}/{code}**", host=host, code=code)

    def _question(self) -> str:
        if self.is_offer:
            return say("End this code? Look at their phone first. If it says paid, scan the code there instead.")
        return say("End this code? The customer can't pay with it any more.")

    def _words(self, remaining: float) -> tuple[str, str]:
        if self.is_offer and not self.is_cancelling:
            in_time = say("They pay on their own network. Then scan the code that their phone shows.")
            late = say("They have had their time. The places are kept until you scan their code or cancel.")
            return say("Pay by phone, no network here"), in_time if remaining > 0 else late
        if self.is_cancelling:
            return say("Cancelling"), say("The code is being closed. Take no other payment until the till says so.")
        if not self.link:
            return say("Asking the hub"), say("It makes a code that works once.")
        if remaining <= 0:
            return say("Time is up"), say("The code is being closed. If it was just paid, that counts.")
        if Stage.PRESENTED in self.reached:
            return say("Paying now"), say("Leave the code on the screen until the till says paid.")
        return say("Waiting for payment"), say("The customer pays on their own phone. This code works once.")

    def _steps(self) -> tuple[StepView, ...]:
        if self.is_offer:
            return self._steps_of_offer()
        names = (
            (Stage.SENT, say("Code shown"), say("Making the code")),
            (Stage.OPENED, say("Opened on a phone"), say("Waiting for a phone")),
            (Stage.PRESENTED, say("Paying"), say("Paying")),
        )
        steps = []
        is_now = True
        for stage, done, doing in names:
            at = self.reached.get(stage)
            later = any(each in self.reached for each in (Stage.OPENED, Stage.PRESENTED)) and stage is Stage.SENT
            if stage is Stage.PRESENTED and at is not None:
                steps.append(StepView(done, say("We hear from the hub at once"), "now"))
            elif at is not None or later or (stage is Stage.OPENED and Stage.PRESENTED in self.reached):
                steps.append(StepView(done, clock_s(at) if at else "", "done"))
            else:
                steps.append(StepView(doing, "", "now" if is_now else "later"))
                is_now = False
        return tuple(steps)

    def _steps_of_offer(self) -> tuple[StepView, ...]:
        is_opened = Stage.OPENED in self.reached or bool(self.letters)
        pays: Literal["done", "now", "later"] = "done" if self.letters else "now" if is_opened else "later"
        return (
            StepView(
                say("They scan this code"), say("Their phone has its own network"), "done" if is_opened else "now"
            ),
            StepView(
                say("They pay on their phone"),
                say("This till can't see it, they can"),
                pays,
            ),
            StepView(say("You scan their paid code"), self._third_step(), "now" if self.letters else "later"),
        )

    def _third_step(self) -> str:
        """Returns what has been typed of the code, or that it can be."""
        if not self.letters:
            return say("Or type the letters under it. Only then it is paid")
        return say("Typed {letters}, {count} to go", letters=shown(self.letters), count=DIGITS - len(self.letters))

    def _buttons(self) -> tuple[ButtonView, ...]:
        if self.is_asking:
            return (
                ButtonView(say("End the code"), Do.CANCEL, "danger", "cross", "Del"),
                ButtonView(say("Keep waiting"), Do.KEEP_WAITING, "primary", key="Enter"),
            )
        if self.is_cancelling:
            return (ButtonView(say("Cancelling"), Do.CANCEL, icon="cross", is_on=False),)
        cancel = ButtonView(say("Cancel"), Do.BACK, icon="cross", key="Esc")
        if self.is_offer:
            return (cancel,)
        return (
            ButtonView(say("Add 5 min"), Do.MORE_TIME, key="F6", is_on=bool(self.link) and not self.is_extending),
            cancel,
        )
