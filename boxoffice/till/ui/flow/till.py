"""The whole till as the window sees it: opens it, routes keys, taps, scans and told, and keeps keys in order."""

from collections import deque
from typing import assert_never

from boxoffice.core.credentials import read_badge
from boxoffice.core.errors import BoxofficeError, OperationFailed, TillStopped
from boxoffice.core.gift_cards import read_scanned
from boxoffice.till.ui.actions import Action, BeginDrill, Do, Drill, GoTo, UseToast
from boxoffice.till.ui.flow.arriving import enter, instead_of, section
from boxoffice.till.ui.flow.coaching import Coaching
from boxoffice.till.ui.flow.destinations import GiftCard, Next, Orders, Sell, Stopped
from boxoffice.till.ui.flow.help_calls import tell_calls
from boxoffice.till.ui.flow.making import make_page
from boxoffice.till.ui.flow.page_port import Page
from boxoffice.till.ui.flow.payment_places import Split
from boxoffice.till.ui.flow.resolved import say_resolved
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shell_view import shell_view
from boxoffice.till.ui.flow.work import Lane, Work
from boxoffice.till.ui.keys import Key, Named, Scan
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.till_actions import SpeakToCustomer
from boxoffice.till.ui.views.shell import HelpView, ShellView
from boxoffice.till.usecases.gateway.orders import Scanned
from boxoffice.till.usecases.gateway.port import TillGateway
from boxoffice.till.usecases.gateway.standing import (
    CatalogueChanged,
    HandOver,
    Incomplete,
    PaymentResolved,
    TillEvent,
    TillStatus,
)
from boxoffice.till.usecases.gateway.team import Team

_EVERYWHERE: dict[Named, Do] = {
    Named.F1: Do.HELP,
    Named.F2: Do.SELL,
    Named.F3: Do.ORDERS,
    Named.F4: Do.CHECK_IN,
    Named.SHIFT: Do.SHIFT,
    Named.F11: Do.PROBLEMS,
    Named.F12: Do.TILL,
    Named.TILL: Do.TILL,
    Named.LARGER: Do.LARGER_TEXT,
    Named.SMALLER: Do.SMALLER_TEXT,
}


_IN_TRAINING: dict[Named, Drill] = {
    Named.HINT: Drill.HINT,
    Named.AGAIN: Drill.AGAIN,
    Named.SKIP: Drill.SKIP,
    Named.SHOW: Drill.SHOW,
    Named.LEAVE: Drill.LEAVE,
}
"""Keys that no page of the till has: what is practised stays as it is at the real one."""


class TillFlow:
    """One per window. Free of Qt: the window hands in what happened and draws what the views say."""

    def __init__(
        self,
        till: TillGateway,
        work: Work,
        *,
        is_gate_only: bool = False,
        is_kiosk: bool = False,
        trainer: Coaching | None = None,
    ) -> None:
        self.session = Session(till, work, make_page, is_gate_only=is_gate_only, is_kiosk=is_kiosk)
        self.session.trainer = trainer
        if trainer is not None:
            trainer.meet(self.session)
        self.session.redirect = lambda page: instead_of(self.session, page)
        self.is_help_open = False
        self._keys: deque[Key | Scan] = deque()
        self._is_draining = False

    @property
    def page(self) -> Page:
        """The page that answers: the one that lies over the other, if one does."""
        return self.session.cover or self.session.page

    @property
    def below(self) -> Page:
        """The page that fills the window: what is over it may leave some of it to be seen."""
        return self.page if self.page.is_bare else self.session.page

    @property
    def screen(self) -> str:
        """Which screen draws the page that fills the window."""
        return self.session.screen if self.below is self.session.page else self.session.cover_screen

    @property
    def dialog(self) -> tuple[Page, str] | None:
        """The page that lies over another which is still to be seen, and the screen that draws it."""
        over = self.session.cover
        return None if over is None or over.is_bare else (over, self.session.cover_screen)

    def start(self) -> None:
        """Opens the till in the background and goes to the page that it calls for."""
        session = self.session
        session.till.subscribe(lambda told: session.work.post(lambda: self.on_till_event(told)))
        session.call(session.till.open, lambda state: enter(session, state), failed=_could_not_open)

    def shell(self) -> ShellView:
        return shell_view(self.session)

    def help(self) -> HelpView | None:
        if not self.is_help_open:
            return None
        always = (
            ("F2 F3 F4", say("sell, orders, check-in")),
            (say("Ctrl D"), say("the shift and its cash")),
            ("F11 F12", say("problems, this till")),
            ("Ctrl + Ctrl −", say("text size")),
            ("F1", say("close this help")),
        )
        return HelpView(say("Keys for this screen"), (*self.page.help(), *always))

    def on_key(self, key: Key | Scan) -> None:
        """Takes a key; while an answer is on its way the key waits its turn."""
        self._touch()
        self._keys.append(key)
        self.drain()

    def drain(self) -> None:
        """Works off the keys that waited, in their order."""
        if self._is_draining:
            return
        self._is_draining = True
        try:
            while self._keys and not self.session.is_busy:
                key = self._keys.popleft()
                with self.session.drawing.gathered():
                    if isinstance(key, Scan):
                        self._scan(key)
                    else:
                        self._key(key)
        finally:
            self._is_draining = False

    def _key(self, key: Key) -> None:
        if self.session.kiosk is not None:  # no key leads anywhere but where the page goes
            self.session.go(self.page.key(key))
        elif self.is_help_open and key.name in (Named.ESC, Named.ENTER):
            self.is_help_open = False
            self.session.changed()
        elif key.name in _IN_TRAINING and self.session.trainer is not None:
            self.session.go(self._do(_IN_TRAINING[key.name]))
        elif key.name in _EVERYWHERE and not self.page.has_own(key.name):
            self.session.go(self._do(self._everywhere(key.name)))
        else:
            self.session.go(self.page.key(key))

    def _everywhere(self, key: Named) -> Do:
        """F12 locks where staff signs in."""
        return Do.LOCK if key is Named.F12 and self.session.team.is_kept else _EVERYWHERE[key]

    def _scan(self, scan: Scan) -> None:
        """Shows what was scanned; never in the middle of a payment."""
        session = self.session
        if self.page.scanned(scan.readings) or self.page.is_bare or session.kiosk is not None:
            return
        card = read_scanned(scan.readings)
        if card is not None and isinstance(session.at, Sell | Split):
            session.go(GiftCard(card.shown))
            return
        if any(map(read_badge, scan.readings)) and session.bill is None and not self.page.why_stay:
            session.sign_in_by_badge(scan.readings)
            return
        if session.bill is not None or self.page.why_stay:
            session.say(say("A code was scanned. Finish the payment first."), icon="scan")
            return
        session.call(lambda: session.till.look_up(scan.readings), self._scanned, lane=Lane.LOOK)

    def _scanned(self, scanned: Scanned) -> Next:
        session = self.session
        if session.bill is not None or self.page.why_stay:
            return None
        if scanned.order is not None:
            return Orders(scanned.order.number)
        if scanned.product:
            text = say("A good ticket: {product}.", product=scanned.product)
            session.say(text, state="info", icon="ticket", detail=say("Another till or the web shop sold it."))
        else:
            detail = say("It is no ticket of this event and no order of this till.")
            session.say(say("That code is not known here."), state="warn", icon="scan", detail=detail)
        return None

    def on_action(self, action: Action) -> None:
        """Does what a tap asks for."""
        self._touch()
        with self.session.drawing.gathered():
            self.session.go(self._do(action))

    def _touch(self) -> None:
        self.session.touch()
        if self.session.trainer is not None:
            self.session.trainer.pressed()

    def _do(self, action: Action) -> Next:
        """At a kiosk nothing has an answer but the page's."""
        if self.session.kiosk is not None and not isinstance(action, UseToast):
            return self.page.act(action)
        return self._do_at_a_till(action)

    def _do_at_a_till(self, action: Action) -> Next:
        session = self.session
        match action:
            case UseToast():
                session.use_toast(action)
            case Do.HELP:
                self.is_help_open = not self.is_help_open
            case Do.LARGER_TEXT | Do.SMALLER_TEXT:
                session.on_text_size(1 if action is Do.LARGER_TEXT else -1)
            case Do.LOCK:
                session.lock()
            case Drill() | BeginDrill() if session.trainer is not None:
                return session.trainer.act(action)
            case Do.SYNC_NOW:
                session.call(session.till.sync_now, lambda _: None, lane=Lane.LOOK)
            case SpeakToCustomer(language):
                session.customer_language = language
            case Do.SELL | Do.ORDERS | Do.CHECK_IN | Do.SHIFT | Do.PROBLEMS | Do.TILL:
                return section(session, action) if self._may_leave() else None
            case GoTo(destination):
                return destination if self._may_leave() else None
            case _:
                return self.page.act(action)
        return None

    def _may_leave(self) -> bool:
        why = self.page.why_stay
        if why and not self.page.is_bare:
            self.session.say(why, state="warn", icon="info")
        return not why and not self.page.is_bare

    def on_till_event(self, told: TillEvent) -> None:
        """Takes what the till says by itself."""
        session = self.session
        match told:
            case TillStatus():
                session.update_status(told)
                tell_calls(session, told.calls)
            case CatalogueChanged(catalogue):
                session.set_catalogue(catalogue)
            case PaymentResolved():
                self._resolved(told)
            case Team():
                session.hear_team(told)
            case HandOver():
                session.hand_over = told
                session.go(instead_of(session, self.page))
            case Incomplete():
                session.incomplete = None if told.is_done else told
                session.go(instead_of(session, self.page))
            case _:
                assert_never(told)
        session.go(session.page.heard(told))

    def _resolved(self, told: PaymentResolved) -> None:
        self.session.forget_unknown(told.payment_id)
        say_resolved(self.session, told)


def _could_not_open(error: BoxofficeError) -> Next:
    stopped = error if isinstance(error, OperationFailed) else TillStopped(str(error), say("Nothing was changed."), "")
    return Stopped(stopped)
