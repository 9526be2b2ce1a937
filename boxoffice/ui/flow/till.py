"""The whole till as the window sees it: opens it, routes keys, taps, scans and news, and keeps keys in order."""

from collections import deque

from boxoffice.core.errors import BoxofficeError, OperationFailed, TillStopped
from boxoffice.services.gateway import (
    CatalogueChanged,
    HandOver,
    NeedsEvent,
    NeedsPairing,
    News,
    PaymentResolved,
    Ready,
    Scanned,
    TillGateway,
    TillState,
    TillStatus,
)
from boxoffice.ui.actions import Action, Do, UseToast
from boxoffice.ui.flow.handing_over import HandOverPage, redirected
from boxoffice.ui.flow.session import Page, Session
from boxoffice.ui.flow.setup import EventsPage, PairPage, StartPage, StoppedPage
from boxoffice.ui.flow.shell_view import shell_view
from boxoffice.ui.flow.work import Lane, Work
from boxoffice.ui.keys import Key, Named, Scan
from boxoffice.ui.views.shell import HelpView, ShellView
from boxoffice.ui.words import count

_EVERYWHERE: dict[Named, Do] = {
    Named.F1: Do.HELP,
    Named.F2: Do.SELL,
    Named.F3: Do.ORDERS,
    Named.F11: Do.PROBLEMS,
    Named.F12: Do.TILL,
    Named.LARGER: Do.LARGER_TEXT,
    Named.SMALLER: Do.SMALLER_TEXT,
}


class TillFlow:
    """One per window. Free of Qt: the window hands in what happened and draws what the views say."""

    def __init__(self, till: TillGateway, work: Work) -> None:
        self.session = Session(till, work, StartPage)
        self.session.redirect = lambda page: redirected(self.session, page)
        self.is_help_open = False
        self._keys: deque[Key | Scan] = deque()
        self._is_draining = False

    @property
    def page(self) -> Page:
        return self.session.page

    def start(self) -> None:
        """Opens the till in the background and goes to the page that it calls for."""
        session = self.session
        session.till.subscribe(lambda news: session.work.post(lambda: self.on_news(news)))
        session.call(session.till.open, self.enter, failed=self._could_not_open, keys_wait=False)

    def _could_not_open(self, error: BoxofficeError) -> None:
        stopped = error if isinstance(error, OperationFailed) else TillStopped(str(error), "Nothing was changed.", "")
        self.session.go(StoppedPage(self.session, stopped))

    def enter(self, state: TillState) -> None:
        enter(self.session, state)

    def shell(self) -> ShellView:
        return shell_view(self.session)

    def help(self) -> HelpView | None:
        if not self.is_help_open:
            return None
        always = (
            ("F2 F3", "sell, orders"),
            ("F11 F12", "problems, this till"),
            ("Ctrl + Ctrl −", "text size"),
            ("F1", "close this help"),
        )
        return HelpView("Keys for this screen", (*self.page.help(), *always))

    def on_key(self, key: Key | Scan) -> None:
        """Takes a key; while an answer is on its way the key waits its turn."""
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
                if isinstance(key, Scan):
                    self._scan(key)
                else:
                    self._key(key)
                self.session.changed()
        finally:
            self._is_draining = False

    def _key(self, key: Key) -> None:
        if self.is_help_open and key.name in (Named.ESC, Named.ENTER):
            self.is_help_open = False
        elif key.name in _EVERYWHERE:
            self.on_action(_EVERYWHERE[key.name])
        else:
            self.page.key(key)

    def _scan(self, scan: Scan) -> None:
        """Shows what was scanned; never in the middle of a payment."""
        session = self.session
        if self.page.is_bare:
            return
        if session.bill is not None or self.page.why_stay:
            session.say("A code was scanned. Finish the payment first.", icon="scan")
            return
        session.call(lambda: session.till.look_up(scan.readings), self._scanned, lane=Lane.LOOK)

    def _scanned(self, scanned: Scanned) -> None:
        session = self.session
        if session.bill is not None or self.page.why_stay:
            return
        if scanned.order is not None:
            from boxoffice.ui.flow.orders import OrdersPage

            session.go(OrdersPage(session, scanned.order.number))
        elif scanned.product:
            text = f"A good ticket: {scanned.product}."
            session.say(text, state="info", icon="ticket", detail="Another till or the web shop sold it.")
        else:
            detail = "It is no ticket of this event and no order of this till."
            session.say("That code is not known here.", state="warn", icon="scan", detail=detail)

    def on_action(self, action: Action) -> None:
        """Does what a tap or a key asks for."""
        session = self.session
        match action:
            case Do.HELP:
                self.is_help_open = not self.is_help_open
            case Do.LARGER_TEXT:
                session.on_text_size(1)
            case Do.SMALLER_TEXT:
                session.on_text_size(-1)
            case UseToast():
                session.use_toast(action)
            case Do.SYNC_NOW:
                session.call(session.till.sync_now, lambda _: None, lane=Lane.LOOK)
            case Do.SELL | Do.ORDERS | Do.PROBLEMS | Do.TILL:
                self._go_to(action)
            case _:
                self.page.act(action)
        session.changed()

    def _may_leave(self) -> bool:
        why = self.page.why_stay
        if why:
            self.session.say(why, state="warn", icon="info")
        return not why

    def _go_to(self, section: Do) -> None:
        if self.page.is_bare or not self._may_leave():
            return
        go_to(self.session, section)

    def on_news(self, news: News) -> None:
        """Takes what the till says by itself."""
        session = self.session
        match news:
            case TillStatus():
                session.update_status(news)
            case CatalogueChanged(catalogue):
                session.set_catalogue(catalogue)
            case PaymentResolved():
                self._resolved(news)
            case HandOver():
                session.hand_over = news
                session.go(session.page)
        self.page.news(news)
        session.changed()

    def _resolved(self, news: PaymentResolved) -> None:
        from boxoffice.ui.flow.unknown import say_resolved

        self.session.forget_unknown(news.payment_id)
        say_resolved(self.session, news)


def enter(session: Session, state: TillState) -> None:
    """Goes to the page that the till's state calls for."""
    session.hand_over = state if isinstance(state, HandOver) else None
    match state:
        case HandOver():
            session.go(HandOverPage(session, state))
        case NeedsPairing(hub_url):
            session.go(PairPage(session, hub_url))
        case NeedsEvent():
            session.go(EventsPage(session))
        case Ready(catalogue, status, unknown, parked):
            session.set_catalogue(catalogue)
            session.update_status(status)
            session.unknown = unknown
            waiting = [order for order in parked if order.paid.minor]
            if waiting:
                text = f"{count(len(waiting), 'sale')} {'waits' if len(waiting) == 1 else 'wait'}, paid in part."
                detail = "F10 shows what is parked: take it up, or give the money back."
                session.say(text, state="warn", icon="pause", detail=detail, stays=True)
            session.call(session.till.last_sale, session.note_last_sale, lane=Lane.LOOK)
            if unknown:
                from boxoffice.ui.flow.problems import ProblemsPage

                session.go(ProblemsPage(session, is_start=True))
            else:
                go_to(session, Do.SELL)


def go_to(session: Session, section: Do) -> None:
    """Goes to the page of a rail entry; a sale that is partly paid comes back as it was."""
    match section:
        case Do.SELL:
            from boxoffice.ui.flow.tenders import sale_page

            session.go(sale_page(session))
        case Do.ORDERS:
            from boxoffice.ui.flow.orders import OrdersPage

            session.go(OrdersPage(session))
        case Do.PROBLEMS:
            from boxoffice.ui.flow.problems import ProblemsPage

            session.go(ProblemsPage(session))
        case _:
            from boxoffice.ui.flow.settings import TillPage

            session.go(TillPage(session))
