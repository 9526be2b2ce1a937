"""What all pages share: the till, the sale under way, toasts, background calls, and which page is up."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BoxofficeError, TillStopped
from boxoffice.services.gateway import HandOver, News, Order, TillGateway, TillStatus, UnknownPayment
from boxoffice.ui.actions import Action, Do, UseToast
from boxoffice.ui.flow.sale import Sale
from boxoffice.ui.flow.work import Lane, Work
from boxoffice.ui.keys import Key
from boxoffice.ui.views.parts import State
from boxoffice.ui.views.shell import ToastView
from boxoffice.ui.words import explain

T = TypeVar("T")

_TOAST_S = 6.0
_MOST_TOASTS = 2


class Page(Protocol):
    """One screen's state: what it draws, and what keys, taps, time and news do to it."""

    section: Do
    """The rail entry that it belongs to."""
    is_bare: bool
    """Whether it stands alone, without rail and status strip."""

    @property
    def why_stay(self) -> str: ...

    def view(self) -> object: ...
    def act(self, action: Action) -> None: ...
    def key(self, key: Key) -> None: ...
    def tick(self) -> None: ...
    def news(self, news: News) -> None: ...
    def help(self) -> tuple[tuple[str, str], ...]: ...


@dataclass(slots=True)
class _Toast:
    view: ToastView
    ends_s: float
    undo: Callable[[], None] | None


class Session:
    """Held by every page. `on_change` draws; it is called after everything that may look different."""

    def __init__(self, till: TillGateway, work: Work, first: Callable[["Session"], Page]) -> None:
        self.till = till
        self.work = work
        self.on_change: Callable[[], None] = lambda: None
        self.on_text_size: Callable[[int], None] = lambda _steps: None
        self.catalogue: Catalogue | None = None
        self.status: TillStatus | None = None
        self.unknown: tuple[UnknownPayment, ...] = ()
        self.last_order: Order | None = None
        self.hand_over: HandOver | None = None
        """Where handing over stands, at a till that was revoked."""
        self.redirect: Callable[[Page], Page] = lambda page: page
        self._sale: Sale | None = None
        self._waiting = 0
        self._toasts: list[_Toast] = []
        self._next_toast = 1
        self.letters: dict[int, str] = {}
        """What is printed on tile keys, where it is not the usual letter."""
        self.page: Page = first(self)

    @property
    def sale(self) -> Sale:
        if self._sale is None:
            if self.catalogue is None:
                raise RuntimeError("no sale without a catalogue")
            self._sale = Sale(self.catalogue)
        return self._sale

    def new_sale(self) -> None:
        self._sale = None

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Takes a new revision; a sale without an order keeps what is still sold."""
        self.catalogue = catalogue
        if self._sale is not None and self._sale.order is None:
            lines = tuple(line for line in self._sale.lines if line.product_id in catalogue.products_by_id)
            self._sale = Sale(catalogue, lines, len(lines) - 1)

    def go(self, page: Page) -> None:
        self.page = self.redirect(page)
        self.changed()

    def changed(self) -> None:
        self.on_change()

    @property
    def is_busy(self) -> bool:
        """While an answer is waited for that the next key depends on."""
        return self._waiting > 0

    def call(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        *,
        failed: Callable[[BoxofficeError], None] | None = None,
        lane: Lane = Lane.SALE,
        keys_wait: bool = False,
    ) -> None:
        """Runs a question to the till in the background. With `keys_wait`, keys are kept until it is answered."""
        if keys_wait:
            self._waiting += 1

        def finish(after: Callable[[], None]) -> None:
            if keys_wait:
                self._waiting -= 1
            after()
            self.changed()

        def on_failed(error: BoxofficeError) -> None:
            if isinstance(error, TillStopped):
                self.stop(error)
            elif failed is not None:
                failed(error)
            else:
                self.say_failed(error)

        self.work.run(
            lane,
            job,
            lambda value: finish(lambda: done(value)),
            lambda error: finish(lambda: on_failed(error)),
        )
        if keys_wait:
            self.changed()

    def stop(self, error: TillStopped) -> None:
        """Shows that the till must not go on."""
        from boxoffice.ui.flow.setup import StoppedPage

        self._toasts = []
        self.go(StoppedPage(self, error))

    def say(
        self,
        text: str,
        *,
        state: State = "plain",
        icon: str = "check",
        undo: Callable[[], None] | None = None,
        button: str = "Undo",
        detail: str = "",
        stays: bool = False,
    ) -> None:
        """Shows a toast for six seconds, or until it is closed."""
        view = ToastView(self._next_toast, text, state, icon, button if undo else "", detail, stays)
        self._next_toast += 1
        self._toasts = [*self._toasts, _Toast(view, self.till.elapsed_s() + _TOAST_S, undo)][-_MOST_TOASTS:]
        self.changed()

    def say_failed(self, error: BoxofficeError) -> None:
        happened, rest = explain(error, self.catalogue)
        self.say(happened, state="danger", icon="warning", detail=rest, stays=True)

    @property
    def toasts(self) -> tuple[ToastView, ...]:
        return tuple(toast.view for toast in self._toasts)

    def use_toast(self, action: UseToast) -> None:
        toast = next((each for each in self._toasts if each.view.id == action.toast_id), None)
        if toast is None:
            return
        self._toasts.remove(toast)
        if toast.undo is not None and not action.closes:
            toast.undo()
        self.changed()

    def drop_undo(self) -> None:
        """Takes away the undo of a sale that is over."""
        self._toasts = [toast for toast in self._toasts if toast.undo is None]

    def tick(self) -> None:
        """Lets time pass: called about once a second."""
        now_s = self.till.elapsed_s()
        self._toasts = [toast for toast in self._toasts if toast.view.stays or toast.ends_s > now_s]
        self.page.tick()
        self.changed()

    def update_status(self, status: TillStatus) -> None:
        self.status = status

    def note_order(self, order: Order) -> None:
        """Keeps the sale's order as it now stands."""
        self.sale.order = order
        if order.is_paid:
            self.last_order = order

    def forget_unknown(self, payment_id: str) -> None:
        self.unknown = tuple(each for each in self.unknown if each.id != payment_id)
        if self.status is not None:
            self.status = replace(self.status, unknown_payments=len(self.unknown))
