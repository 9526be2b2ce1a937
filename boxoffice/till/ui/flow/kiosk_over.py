"""What lies over a page of a kiosk: whether somebody is still there, help that comes, and the way out for staff."""

from collections.abc import Sequence
from typing import ClassVar

from boxoffice.core.credentials import read_badge
from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.actions import Action, Destination, Do, TypeDigits
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.help_calls import call_help
from boxoffice.till.ui.flow.kiosk import WARNING_S, Call
from boxoffice.till.ui.flow.kiosk_page import KioskPage
from boxoffice.till.ui.flow.kiosk_places import StillThere
from boxoffice.till.ui.flow.leaving import left
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import count, say
from boxoffice.till.ui.views.kiosk import OverView
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.staff import PinView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.kiosk import LONGEST_CODE, SHORTEST_CODE

_HELP_STAYS_S = 300.0
_STAFF_STAYS_S = 30.0


class _OverPage(BasePage):
    """A question that lies over the page below, which goes on."""

    @property
    def below(self) -> KioskPage | None:
        page = self.session.page
        return page if isinstance(page, KioskPage) else None

    @property
    def is_low(self) -> bool:
        return self.session.kiosk is not None and self.session.kiosk.is_low

    def scanned(self, readings: Sequence[str]) -> bool:
        return self.below is not None and self.below.scanned(readings)


class StillTherePage(_OverPage):
    """Counts down, then ends what the page below can end: nobody pays for the person before."""

    keys: ClassVar = {Named.ENTER: Do.KEEP_WAITING, Named.ESC: Do.KEEP_WAITING, Named.DELETE: Do.START_OVER}

    def __init__(self, session: Session, to: StillThere) -> None:
        super().__init__(session, to)
        self.is_asked = to.is_asked
        self.began_s = session.till.elapsed_s()

    @property
    def left_s(self) -> int:
        return max(0, WARNING_S - int(self.session.till.elapsed_s() - self.began_s))

    def tick(self) -> None:
        """A page that can't end any more, such as one whose card was just read, is left alone."""
        if self.below is None or not self.below.can_time_out:
            self.session.uncover()
        elif not self.left_s:
            self._end()

    def _end(self) -> None:
        below = self.below
        self.session.uncover()
        if below is not None and below.can_time_out:
            self.session.go(below.time_out())

    def view(self) -> OverView:
        seconds = count(self.left_s, "second")
        return OverView(
            title=say("Start over?") if self.is_asked else say("Still there?"),
            text=say("This order clears in **{seconds}**, so that nobody pays for it by mistake.", seconds=seconds),
            number=str(self.left_s),
            percent=round(100 * self.left_s / WARNING_S),
            safe=say("Nothing was charged."),
            buttons=(
                ButtonView(say("Yes, go on with my order"), Do.KEEP_WAITING, "primary"),
                ButtonView(say("Clear it and start over"), Do.START_OVER, "plain", "delete"),
            ),
            is_low=self.is_low,
        )

    def act(self, action: Action) -> Next:
        match action:
            case Do.KEEP_WAITING:
                self.session.uncover()
            case Do.START_OVER:
                self._end()
            case _:
                pass
        return None


class HelpPage(_OverPage):
    """Says whether somebody has heard the call, and who comes."""

    keys: ClassVar = {Named.ENTER: Do.BACK, Named.ESC: Do.BACK}

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        below = self.below
        call_help(session, "" if below is None else below.doing)

    @property
    def _call(self) -> Call:
        return Call.NONE if self.session.kiosk is None else self.session.kiosk.call

    @property
    def _who_comes(self) -> str:
        calls = () if self.session.status is None else self.session.status.calls
        return next((each.answered_by for each in calls if each.is_own), "")

    def tick(self) -> None:
        if self.session.away_s >= _HELP_STAYS_S:
            self.session.uncover()

    def view(self) -> OverView:
        title, text = self._words()
        end = ButtonView(say("I don’t need help any more"), Do.END_HELP, "plain")
        return OverView(
            title=title,
            text=text,
            icon="help",
            buttons=(
                ButtonView(say("Go on"), Do.BACK, "primary"),
                *((end,) if self._call in (Call.HEARD, Call.CALLING) else ()),
            ),
            is_low=self.is_low,
        )

    def _words(self) -> tuple[str, str]:
        if self._who_comes:
            return say("Somebody comes"), say("From **{till}**. Stay here.", till=self._who_comes)
        match self._call:
            case Call.HEARD:
                return say("We were told"), say("Somebody comes to you. Stay here.")
            case Call.UNHEARD:
                return say("Wave to us"), say(
                    "There is no network here just now. Wave to the staff, or ask at the door."
                )
            case _:
                return say("Calling"), say("One moment.")

    def act(self, action: Action) -> Next:
        session = self.session
        match action:
            case Do.BACK:
                session.uncover()
            case Do.END_HELP:
                if session.kiosk is not None:
                    session.kiosk.call = Call.NONE
                session.call(session.till.kiosk.end_help, lambda _: None, lane=Lane.LOOK)
                session.uncover()
            case _:
                pass
        return None


class LeavePage(_OverPage):
    """Takes a PIN, or a badge: the only way from a kiosk to anything else."""

    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK, Named.BACKSPACE: Do.DELETE_DIGIT}

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self._digits, self.problem = "", ""

    def tick(self) -> None:
        if self.session.away_s >= _STAFF_STAYS_S or (self.below is not None and self.below.why_stay):
            self.session.uncover()

    def view(self) -> OverView:
        return OverView(
            title=say("Staff only"),
            text=say("Type your PIN, or scan your badge, to leave the kiosk."),
            icon="lock",
            buttons=(
                ButtonView(say("Leave the kiosk"), Do.FINISH, "primary", is_on=len(self._digits) >= SHORTEST_CODE),
                ButtonView(say("Go on"), Do.BACK, "plain"),
            ),
            pin=PinView(
                len(self._digits), max(SHORTEST_CODE, len(self._digits)), self.problem, is_checking=self.session.is_busy
            ),
            is_low=self.is_low,
        )

    def typed(self, key: Key) -> Next:
        if len(key.text) == 1 and key.text.isascii() and key.text.isdecimal():
            return self.act(TypeDigits(key.text))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TypeDigits(text) if len(self._digits) < LONGEST_CODE:
                self._digits, self.problem = self._digits + text, ""
            case Do.DELETE_DIGIT:
                self._digits = self._digits[:-1]
            case Do.CLEAR_DIGITS:
                self._digits = ""
            case Do.FINISH if len(self._digits) >= SHORTEST_CODE:
                self._try()
            case Do.BACK:
                self.session.uncover()
            case _:
                pass
        return None

    def _try(self) -> None:
        """Looks whether the PIN is right; it is forgotten here at once."""
        session, pin, self._digits = self.session, self._digits, ""
        session.call(
            lambda: session.till.kiosk.leave(pin),
            lambda _: left(session),
            failed=self._failed,
            lane=Lane.CONTROL,
            keys_wait=True,
        )

    def scanned(self, readings: Sequence[str]) -> bool:
        session = self.session
        if any(map(read_badge, readings)):
            session.call(
                lambda: session.till.kiosk.leave_by_badge(readings),
                lambda _: left(session),
                failed=self._failed,
                lane=Lane.CONTROL,
                keys_wait=True,
            )
        return True

    def _failed(self, error: BoxofficeError) -> Next:
        self.problem = " ".join(explain(error))
        return None
