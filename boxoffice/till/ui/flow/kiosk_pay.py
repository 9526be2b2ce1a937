"""The two ways to pay at a kiosk: a card on the reader, or the customer's own phone. One at a time, never both.

A payment under way is not ended by a clock while it may be taking money; where nobody has begun to pay, it is cancelled
first, and what comes of that is shown: paid is paid.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.kiosk_page import KioskPage, lines_of, start_over
from boxoffice.till.ui.flow.kiosk_ways import can_take_card, can_take_phone
from boxoffice.till.ui.flow.payment_places import PhonePayment, ReaderPayment
from boxoffice.till.ui.flow.phone import PhonePage
from boxoffice.till.ui.flow.reader import ReaderPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import leave_order, start_tender
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.kiosk import CodePart, HeadView, KioskView, LinesPart, NoticePart, Part, TimePart
from boxoffice.till.ui.views.parts import ButtonView, NoticeView
from boxoffice.till.ui.words import explain, left, money
from boxoffice.till.usecases.gateway.paying import Stage, TenderOutcome, TenderRefused


class CardPage(KioskPage, ReaderPage):
    """Waits for the reader."""

    keys: ClassVar = {Named.ESC: Do.BACK}
    doing = later("paying by card")

    def __init__(self, session: Session, to: ReaderPayment) -> None:
        self.is_timed_out = False
        super().__init__(session, to)

    @property
    def can_time_out(self) -> bool:
        """Once a card was read, only the bank ends it."""
        return not self.is_cancelling and Stage.PRESENTED not in self.reached

    def time_out(self) -> Next:
        self.is_timed_out = True
        self._cancel(None)
        return None

    def _ended(self, outcome: TenderOutcome) -> Next:
        return _after_cancel(self.session, outcome, self.is_timed_out, self.is_cancelling, self.then) or super()._ended(
            outcome
        )

    def pressed(self, action: Action) -> Next:
        if action is Do.BACK and self.can_time_out:
            self._cancel(None)
        elif action is Do.PHONE and self.can_time_out and can_take_phone(self.session.status):
            self._cancel(Do.PHONE)
        return None

    def view(self) -> KioskView:  # type: ignore[override]  # a kiosk's screen draws it
        return KioskView(
            head=self._head(),
            parts=(LinesPart(lines_of(self.session)), *self._or_phone()),
            total=None,
            controls=self.controls(ButtonView(say("Go back"), Do.BACK, icon="back", is_on=self.can_time_out)),
            safe=say("Nothing is charged until the reader says so."),
            is_low=self.kiosk.is_low,
        )

    def _head(self) -> HeadView:
        amount = money(self.amount)
        if self.is_cancelling:
            says = say("Cancelling on the reader"), say("One moment. Nothing is paid twice.")
        elif Stage.PRESENTED in self.reached:
            says = say("Card read. Waiting for the bank."), say("Leave the card where it is.")
        else:
            says = say("Tap, insert or swipe your card"), say("The reader is beside this screen.")
        return self.head(say("To pay"), *says, amount=amount, icon="card")

    def _or_phone(self) -> tuple[Part, ...]:
        if not self.can_time_out or not can_take_phone(self.session.status):
            return ()
        button = ButtonView(say("Show the code"), Do.PHONE, "strong", "phone")
        text = say("Card, Apple Pay or Google Pay on your phone.")
        return (CodePart(say("Or with your phone"), text, icon="phone", button=button),)


class OwnPhonePage(KioskPage, PhonePage):
    """Shows the code until it is paid, has ended, or nobody knows."""

    keys: ClassVar = {Named.ESC: Do.BACK}
    doing = later("paying by phone")

    def __init__(self, session: Session, to: PhonePayment) -> None:
        self.is_timed_out, self.problem = False, ""
        self.then: Do | None = None
        super().__init__(session, to)

    @property
    def can_time_out(self) -> bool:
        """Nobody has opened it yet; of an offer nobody can know, so it has all its time."""
        if self.is_cancelling or self.is_reading or not self.link:
            return False
        if self.is_offer:
            return self.session.till.elapsed_s() >= self.ends_s
        return not {Stage.OPENED, Stage.PRESENTED} & self.reached.keys()

    @property
    def can_cancel(self) -> bool:
        return not self.is_cancelling and not self.is_reading

    def time_out(self) -> Next:
        self.is_timed_out = True
        self._cancel()
        return None

    def _ended(self, outcome: TenderOutcome) -> Next:
        return _after_cancel(self.session, outcome, self.is_timed_out, self.is_cancelling, self.then) or super()._ended(
            outcome
        )

    def wants(self, readings: Sequence[str]) -> bool:
        """Takes the code by which a phone shows that an offer was paid."""
        self.problem = ""
        return PhonePage.scanned(self, readings)

    def _read(self, is_taken: bool) -> None:
        self.is_reading = False
        self.problem = "" if is_taken else say("That is not a paid code.")

    def _not_read(self, error: BoxofficeError) -> None:
        self.is_reading = False
        self.problem = " ".join(explain(error))

    def pressed(self, action: Action) -> Next:
        if action is Do.BACK and self.can_cancel:
            self._cancel()
        elif action is Do.CARD and self.can_cancel and can_take_card(self.session.status):
            self.then = Do.CARD
            self._cancel()
        elif action is Do.MORE_TIME:
            self._more_time()
        return None

    def view(self) -> KioskView:  # type: ignore[override]  # a kiosk's screen draws it
        return KioskView(
            head=self._head(),
            parts=(*self._notes(), LinesPart(lines_of(self.session)), *self._code(), *self._time()),
            total=None,
            controls=self.controls(
                ButtonView(say("Go back"), Do.BACK, icon="back", is_on=self.can_cancel), *self._more()
            ),
            safe=say("This code works once. Nothing is paid twice."),
            is_low=self.kiosk.is_low,
        )

    def _head(self) -> HeadView:
        amount = money(self.amount)
        if self.is_cancelling:
            says = say("Cancelling"), say("The code is being closed. If it was just paid, that counts.")
        elif not self.link:
            says = say("Making your code"), ""
        elif Stage.PRESENTED in self.reached:
            says = say("You are paying now"), say("This page goes on by itself.")
        elif self.is_offer:
            says = say("Pay with your phone"), say("This machine has no network. Yours is enough.")
        else:
            says = say("Pay with your phone"), say("Card, Apple Pay or Google Pay.")
        return self.head(say("To pay"), *says, amount=amount, icon="phone")

    def _notes(self) -> tuple[Part, ...]:
        if not self.problem:
            return ()
        text = say("Nothing was taken by it here. Call somebody if your phone says that you have paid.")
        return (NoticePart(NoticeView(self.problem, text, "warn", "scan")),)

    def _code(self) -> tuple[Part, ...]:
        if self.is_cancelling:
            return ()
        scan = say("Point your phone’s camera at this code.")
        if self.is_offer:
            then = say("When your phone says paid, hold its code in front of the scanner here.")
        else:
            then = say("This page goes on by itself.")
        card = None
        if can_take_card(self.session.status):
            card = ButtonView(say("Use a card instead"), Do.CARD, "plain", "card", is_on=self.can_cancel)
        return (CodePart(say("Scan this code"), scan, then, link=self.link, button=card),)

    def _time(self) -> tuple[Part, ...]:
        if not self.link or self.is_cancelling:
            return ()
        remaining = max(0.0, self.ends_s - self.session.till.elapsed_s())
        whole = max(1.0, self.ends_s - self.began_s)
        percent = min(100, round(100 * remaining / whole))
        return (TimePart(say("Your places are kept"), left(timedelta(seconds=remaining)), percent),)

    def _more(self) -> tuple[ButtonView, ...]:
        if self.is_offer or not self.link or self.is_cancelling:
            return ()
        return (ButtonView(say("More time"), Do.MORE_TIME, icon="clock", is_on=not self.is_extending),)


def _after_cancel(
    session: Session, outcome: TenderOutcome, is_timed_out: bool, is_cancelling: bool, then: Do | None
) -> Next:
    """Returns where a payment leads that was cancelled here, for sure; whatever else came of it is shown as it is."""
    if not isinstance(outcome, TenderRefused) or not is_cancelling:
        return None
    session.note_order(outcome.order)
    if is_timed_out:
        return start_over(session)
    if then is None:
        return leave_order(session)
    return start_tender(session, then) if outcome.is_cancelled else None
