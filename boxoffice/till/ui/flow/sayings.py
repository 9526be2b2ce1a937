"""What the till says in passing, whichever page is up."""

from collections.abc import Callable, Collection, Iterable

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.till.ui.actions import UseToast
from boxoffice.till.ui.flow.calls import Calls
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.kiosk import Kiosk
from boxoffice.till.ui.flow.toasts import TOAST_S, Toast, Toasts
from boxoffice.till.ui.flow.work import Work
from boxoffice.till.ui.speech import say
from boxoffice.till.ui.views.parts import State
from boxoffice.till.ui.views.shell import ToastView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.port import TillGateway


class Sayings(Calls):
    """Says things, and takes them away when they are no longer so."""

    kiosk: Kiosk | None = None
    """The kiosk that this till is now, as the customer of now has it."""
    catalogue: Catalogue | None = None

    def __init__(self, till: TillGateway, work: Work) -> None:
        super().__init__(work)
        self.till = till
        self._toasts = Toasts()

    def say(
        self,
        text: str,
        *,
        state: State = "plain",
        icon: str = "check",
        undo: Callable[[], Next] | None = None,
        button: str = "",
        detail: str = "",
        stays: bool = False,
        of_sale: bool = False,
        waiting: Iterable[OrderId] = (),
        call_id: str = "",
    ) -> None:
        """Shows a toast for six seconds, or until it is closed.

        One `of_sale` goes when that is being paid for, one of orders that are `waiting` when one of them is taken up,
        and one of a call for help when that is answered. At a kiosk nothing is said but what is of the sale: all else
        is for the staff, or of the customer before.
        """
        if self.kiosk is not None and not of_sale:
            return
        view = ToastView(
            self._toasts.next_id(), text, state, icon, (button or say("Undo")) if undo else "", detail, stays
        )
        self._toasts.put(Toast(view, self.till.elapsed_s() + TOAST_S, undo, of_sale, frozenset(waiting), call_id))
        self.changed()

    def say_failed(self, error: BoxofficeError, *, of_sale: bool = False) -> None:
        happened, rest = explain(error, self.catalogue)
        self.say(happened, state="danger", icon="warning", detail=rest, stays=True, of_sale=of_sale)

    def fall_silent(self) -> None:
        self._toasts.keep(lambda _: False)

    @property
    def toasts(self) -> tuple[ToastView, ...]:
        return self._toasts.views

    def use_toast(self, action: UseToast) -> None:
        toast = self._toasts.take(action.toast_id)
        if toast is not None:
            self.go(toast.press() if toast.press is not None and not action.closes else None)

    def drop_words_of_sale(self) -> None:
        """Takes away what was said of a sale that is being paid, or is over, and the buttons that would change it."""
        self._toasts.keep(lambda toast: not toast.is_of_sale)

    def drop_words_of_calls(self, open_: Collection[str]) -> None:
        """Takes away what was said of calls for help that are not open any more."""
        self._toasts.keep(lambda toast: not toast.call_id or toast.call_id in open_)

    def drop_words_of_waiting(self) -> None:
        """Takes away what was said of sales that wait, on a page that says it itself."""
        self._toasts.keep(lambda toast: not toast.waiting)
