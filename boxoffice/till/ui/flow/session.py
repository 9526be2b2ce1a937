"""What all pages share: the till, the sale under way, toasts, background calls, and which page is up."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import Channel
from boxoffice.core.pricing import CartLine
from boxoffice.core.rights import Answer, Right, may
from boxoffice.core.staff import Acting, Person
from boxoffice.till.ui.actions import Destination, Sound, UseToast
from boxoffice.till.ui.flow.bill import Bill, PriceChange
from boxoffice.till.ui.flow.calls import Calls
from boxoffice.till.ui.flow.destinations import AT_A_GATE, CheckIn, Next, Opening, SignIn
from boxoffice.till.ui.flow.drawing import Drawing
from boxoffice.till.ui.flow.hardware import Hardware
from boxoffice.till.ui.flow.kiosk import Kiosk
from boxoffice.till.ui.flow.kiosk_places import KIOSK_PLACES, KioskStart, place_of
from boxoffice.till.ui.flow.moments import MomentKind
from boxoffice.till.ui.flow.page_port import Page
from boxoffice.till.ui.flow.repricing import Turned, turn
from boxoffice.till.ui.flow.sale import Sale
from boxoffice.till.ui.flow.toasts import TOAST_S, Toast, Toasts
from boxoffice.till.ui.flow.training import Trainer
from boxoffice.till.ui.flow.work import Lane, Work
from boxoffice.till.ui.speech import LANGUAGES, later, say, speak, speaks
from boxoffice.till.ui.views.parts import State
from boxoffice.till.ui.views.shell import ToastView
from boxoffice.till.ui.words import explain, money
from boxoffice.till.usecases.gateway.devices import ReaderState
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.parked import TakenUp
from boxoffice.till.usecases.gateway.paying import UnknownPayment
from boxoffice.till.usecases.gateway.port import TillGateway
from boxoffice.till.usecases.gateway.standing import Ended, HandOver, Incomplete, TillStatus
from boxoffice.till.usecases.gateway.team import NO_TEAM, Team

FIRST_LANGUAGE = next(iter(LANGUAGES))
"""What a customer reads who has not chosen."""


class Session(Calls):
    """Held by every page. `on_change` draws; it is called after everything that may look different.

    `on_leave` is called when somebody leaves the till for a training, or a training.
    """

    trainer: Trainer | None = None
    """Who watches a training; nobody at a real till."""

    kiosk: Kiosk | None = None
    """The kiosk that this till is now, as the customer of now has it."""
    called: frozenset[str] = frozenset()
    """The calls for help that were told of."""
    has_gate = False
    """Whether people are let in at this till as well: then what is sold can be let in by the same press."""
    let_in_last: OrderId | None = None
    """The sale that was let in last, so that it is not asked about again."""
    revised_at: datetime | None = None
    """When the catalogue at hand came, if it came while the till was open."""
    cover: Page | None = None
    """The page over the one that is up: who is there, or who approves. That one stays as it is meanwhile."""
    cover_at: Destination | None = None
    cover_screen = ""

    def __init__(
        self,
        till: TillGateway,
        work: Work,
        make: Callable[["Session", Destination], Page],
        *,
        is_gate_only: bool = False,
        is_kiosk: bool = False,
    ) -> None:
        super().__init__(work)
        self.till = till
        self.on_change: Callable[[], None] = lambda: None
        self.on_text_size: Callable[[int], None] = lambda _steps: None
        self.on_language: Callable[[], None] = lambda: None
        """Called when all words of the window are others."""
        self.hardware = Hardware()
        self.play: Callable[[Sound], None] = lambda _sound: None
        self.on_look: Callable[[], None] = lambda: None
        """Called when a kiosk begins or ends, or is to look otherwise."""
        self.begins_as_kiosk = is_kiosk
        """Whether this program is to be a kiosk as soon as it can sell."""
        self.on_leave: Callable[[Ended], None] = lambda _how: None
        self.is_gate_only = is_gate_only
        """Whether this program lets people in, and sells nothing, whoever is at it."""
        self.catalogue: Catalogue | None = None
        self.status: TillStatus | None = None
        self.unknown: tuple[UnknownPayment, ...] = ()
        self.last_order: Order | None = None
        self.hand_over: HandOver | None = None
        """Where handing over stands, at a till that was revoked."""
        self.incomplete: Incomplete | None = None
        """What is missing, at a till whose file lacks records."""
        self.redirect: Callable[[Page], Next] = lambda _page: None
        """Says where to go instead of to a page, if so."""
        self.bill: Bill | None = None
        """What is being paid, from the first payment page to the last."""
        self._sale: Sale | None = None
        self._told_changes: tuple[PriceChange, ...] = ()
        """What has been told of prices that the sale at hand keeps."""
        self._toasts = Toasts()
        self._first_language = speaks().code
        """The language that was spoken before anybody chose one."""
        self.team = NO_TEAM
        """Who works here, and who has signed in."""
        self._touched_s, self._touched_at = till.elapsed_s(), till.now()
        self._on_reader: tuple[CartLine, ...] = ()
        self.drawing = Drawing(self._draw)
        self.customer_language = FIRST_LANGUAGE
        """What the customer of now reads."""
        self.letters: dict[int, str] = {}
        """What is printed on tile keys, where it is not the usual letter."""
        self._make = make
        self.at: Destination = Opening()
        self.page: Page = make(self, self.at)
        self.screen = place_of(self.at).screen
        """What draws the page: it stays what it was when somebody came there, whatever the till is by then."""

    @property
    def sale(self) -> Sale:
        if self._sale is None:
            if self.catalogue is None:
                raise RuntimeError("no sale without a catalogue")
            self._sale = Sale(self.catalogue, self.till.now, channel=self.channel)
        return self._sale

    @property
    def acting(self) -> Acting:
        """Who acts, within the limits of the catalogue as the pages have it."""
        acting, catalogue = self.team.acting, self.catalogue
        return acting if catalogue is None else replace(acting, limits=catalogue.limits)

    @property
    def channel(self) -> Channel:
        return Channel.DOOR if self.kiosk is None else Channel.KIOSK

    @property
    def order(self) -> Order | None:
        """The order of the sale that is being paid, once it is placed."""
        return self.bill.order if self.bill is not None else None

    @property
    def due_bill(self) -> Bill:
        """The bill, on a page that has one.

        Raises:
            RuntimeError: if nothing is being paid.
        """
        if self.bill is None:
            raise RuntimeError("nothing is being paid")
        return self.bill

    @property
    def only_scans(self) -> bool:
        """Whether whoever is here may let people in, and do nothing else."""
        person = self.team.person
        is_steward = person is not None and may(self.team.acting, Right.SELL) is Answer.NO
        return self.is_gate_only or (is_steward and self.is_idle)

    @property
    def is_idle(self) -> bool:
        """Whether no customer is being served."""
        return self.bill is None and (self._sale is None or self._sale.is_empty)

    def new_sale(self, *, is_same_customer: bool = False) -> None:
        """Begins anew; whoever has just paid is still there to be thanked."""
        self._sale = self.bill = None
        self._told_changes = ()
        if not is_same_customer:
            self.customer_language = FIRST_LANGUAGE
        self.drop_words_of_sale()

    def start_bill(self) -> Bill:
        """Fixes what the customer was told; from here on nothing that stands on the screen can change the sale."""
        if self.bill is None:
            self.bill = Bill(self.sale.priced())
            self.drop_words_of_sale()
        return self.bill

    def end_bill(self) -> None:
        """Goes back from paying to the tiles, with the prices that were quoted; says what has changed meanwhile."""
        self.bill = None
        self._reprice()

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Takes a new revision. What is being paid stays as it was; an open sale keeps the prices that were shown."""
        if self.catalogue is not None:
            self.revised_at = self.till.now()
        self.catalogue = catalogue
        if self.bill is None:
            self._reprice()

    def _reprice(self) -> None:
        """Lets an open sale go by the newest catalogue, and by this hour: what was shown of it is kept, and told."""
        before = self._sale
        if before is None or self.catalogue is None:
            return
        turned = turn(before, self.catalogue, self._told_changes)
        if turned.sale is not before:
            self.drop_words_of_sale()
        self._tell_changes(turned)

    def _tell_changes(self, turned: Turned) -> None:
        self._sale, self._told_changes = turned.sale, turned.changes
        if turned.untold:
            stays = all(change.is_kept for change in turned.untold)
            words = later("The total stays {total}.") if stays else later("The total is {total} now.")
            total = say(words, total=money(turned.sale.total))
            self.say(
                turned.text,
                state="info",
                icon="info",
                detail=total,
                stays=True,
                of_sale=True,
                undo=self.take_new_prices if turned.sale.keeps_prices else None,
                button=say("Use new prices"),
            )

    def _tell_changes_again(self) -> None:
        """Says what stands there of prices in the language of now."""
        if self._toasts.keep(lambda each: each.press != self.take_new_prices) and self._sale is not None:
            self._tell_changes(Turned(self._sale, self._told_changes, self._told_changes))

    def resume(self, up: TakenUp) -> None:
        """Goes on with a cart that waited, at the prices that it was shown, and tells what has changed meanwhile."""
        self.new_sale()
        fresh = self.sale
        lines = tuple(line for line in up.cart.lines if fresh.holds(line))
        promo = fresh.catalogue.promo(up.code) if up.code else None
        self._sale = replace(fresh, lines=lines, chosen=len(lines) - 1)
        if lines:
            self._sale = replace(self._sale, reduction=up.cart.reduction, promo=promo, adds_to=up.adds_to)
            self._sale.is_party = up.cart.is_party
        if (up.code and promo is None) or (up.cart.adds_to and up.adds_to is None):
            self.say(say("Its code, or the order that it adds to, is not known here."), state="warn", of_sale=True)
        if len(lines) < len(up.cart.lines):
            self.say(say("Something of it is no longer sold."), state="warn", icon="warning", of_sale=True)
        if lines:
            self._tell_changes(turn(self._sale, fresh.catalogue, ()))

    def take_new_prices(self) -> None:
        """Lets the sale at hand cost what it costs now."""
        self._sale, self._told_changes = self.sale.at_new_prices(), ()
        self.drop_words_of_sale()

    def go(self, to: Next) -> None:
        """Goes where something led; None stays on the page that is up."""
        if to is not None:
            self._arrive(self._within_reach(to))
            instead = self.redirect(self.page)
            if instead is not None:
                self._arrive(self._within_reach(instead))
            self._ask_at_a_pause()
        self.changed()

    def _within_reach(self, to: Destination) -> Destination:
        """Returns where somebody goes who may not go everywhere."""
        if self.kiosk is not None:
            return to if type(to) in KIOSK_PLACES else KioskStart()
        return to if not self.only_scans or type(to) in AT_A_GATE else CheckIn()

    def speak(self, language: str) -> None:
        """Says everything in this language from now on, on the page that is up too; in none that it does not speak."""
        if language not in LANGUAGES or language == speaks().code:
            return
        speak(language)
        self._toasts.keep(lambda each: each.press is not None)
        self._tell_changes_again()
        self.on_language()
        self.changed()

    def speak_theirs(self) -> None:
        """Speaks the language of who has signed in, or else the till's own."""
        self.speak(self.team.person.language if self.team.person is not None else self.language_at_rest)

    @property
    def language_at_rest(self) -> str:
        """What is spoken while nobody is there."""
        return (self.status.language if self.status is not None else "") or self._first_language

    def _arrive(self, to: Destination) -> None:
        page, was_thanked = self._make(self, to), self.page.moment.kind is MomentKind.PAID
        self.at, self.page, self.screen = to, page, place_of(to, is_kiosk=self.kiosk is not None).screen
        if self.kiosk is not None:
            self.uncover()  # a question about the page before, which is answered
        if was_thanked and page.moment.kind is not MomentKind.PAID:
            self.customer_language = FIRST_LANGUAGE

    def changed(self) -> None:
        self.drawing.ask()

    def _draw(self) -> None:
        self._show_on_reader()
        self.on_change()

    def _show_on_reader(self) -> None:
        """Shows the cart on the reader as it grows, where there is one; what is being paid is the payment's."""
        if self.status is None or self.status.reader is not ReaderState.READY or self.bill is not None:
            return
        lines = () if self._sale is None else self._sale.lines
        if lines != self._on_reader:
            self._on_reader = lines
            self.till.show_on_reader(self.sale.priced() if lines else None)

    # Who is there

    def put_over(self, to: Destination) -> None:
        """Puts a page over the one that is up."""
        self.cover, self.cover_at = self._make(self, to), to
        self.cover_screen = place_of(to, is_kiosk=self.kiosk is not None).screen

    def uncover(self) -> None:
        """Goes on with the page below."""
        self.cover = self.cover_at = None
        self.touch()

    def touch(self) -> None:
        """Notes that somebody is there."""
        self._touched_s, self._touched_at = self.till.elapsed_s(), self.till.now()

    @property
    def away_s(self) -> float:
        """How long nobody has touched the till, by whichever clock says more."""
        return max(self.till.elapsed_s() - self._touched_s, (self.till.now() - self._touched_at).total_seconds())

    def hear_team(self, team: Team) -> None:
        """Takes who works here, and who has signed in; asks who is there at the next pause, if nobody is."""
        before, self.team = self.team.person, team
        if team.person != before:
            self.speak_theirs()
            if self.only_scans and type(self.at) not in AT_A_GATE and self.kiosk is None:
                self.go(CheckIn())
        if not team.must_sign_in and isinstance(self.cover_at, SignIn):
            self.uncover()
        self._ask_at_a_pause()

    def lock(self) -> None:
        """Lets nobody act before somebody signs in. The sale stays as it is."""
        if self.team.is_kept and self.kiosk is None and not isinstance(self.cover_at, SignIn):
            self.put_over(SignIn())
            self.speak(self.language_at_rest)
            self.call(self.till.lock, lambda _: None, lane=Lane.CONTROL)

    def sign_in_by_badge(self, readings: Sequence[str]) -> None:
        """Lets whose badge was scanned go on with the sale."""
        if self.team.is_kept:
            self.call(lambda: self.till.sign_in_by_badge(readings), self._changed_hands, keys_wait=True)

    def _changed_hands(self, person: Person) -> None:
        self.say(say("{name} sells now.", name=person.name), icon="person")

    def _ask_at_a_pause(self) -> None:
        is_served = self.page.comes_to_its_end or self.page.is_bare or not self.is_idle or self.kiosk is not None
        if self.team.must_sign_in and self.cover is None and not is_served:
            self.lock()

    def _lock_if_left(self) -> None:
        """Locks a till that nobody has touched for a while, by whichever clock says so."""
        after = self.team.lock_after_s
        if after and self.away_s >= after and self.team.person is not None and not self.page.is_bare:
            self.cover = self.cover_at = None  # an approval that nobody came to give
            self.lock()

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

    def tick(self) -> None:
        """Lets time pass: called about once a second."""
        now_s = self.till.elapsed_s()
        self._toasts.keep(lambda toast: toast.view.stays or toast.ends_s > now_s)
        self._lock_if_left()
        self._ask_at_a_pause()
        if self.bill is None:
            self._reprice()
        self.page.tick()
        if self.trainer is not None:
            self.go(self.trainer.tick())
        if self.cover is not None:
            self.cover.tick()
        self.changed()

    def update_status(self, status: TillStatus) -> None:
        self.status = status

    def note_order(self, order: Order) -> None:
        """Keeps the order that is being paid as it now stands."""
        if self.bill is None:
            self.bill = Bill(None, order)
        elif self.bill.order is None or self.bill.order.id == order.id:
            self.bill = self.bill.placed(order)
        self._toasts.keep(lambda toast: order.id not in toast.waiting)
        if order.is_paid:
            self.last_order = order

    def note_last_sale(self, order: Order | None) -> None:
        """Keeps the sale before this start, so that its receipt can be printed again."""
        self.last_order = self.last_order or order

    def forget_unknown(self, payment_id: str) -> None:
        self.unknown = tuple(each for each in self.unknown if each.id != payment_id)
        if self.status is not None:
            self.status = replace(self.status, unknown_payments=len(self.unknown))
