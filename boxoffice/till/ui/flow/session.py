"""What all pages share: the sale at hand, which page is up, who is there, and how the till stands."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from boxoffice.core.ids import OrderId
from boxoffice.core.pricing import CartLine
from boxoffice.core.rights import Answer, Right, may
from boxoffice.core.staff import Acting, Person
from boxoffice.till.ui.actions import Destination, Sound
from boxoffice.till.ui.flow.destinations import AT_A_GATE, CheckIn, Next, Opening, SignIn
from boxoffice.till.ui.flow.drawing import Drawing
from boxoffice.till.ui.flow.hardware import Hardware
from boxoffice.till.ui.flow.kiosk_places import KIOSK_PLACES, KioskStart, place_of
from boxoffice.till.ui.flow.moments import MomentKind
from boxoffice.till.ui.flow.page_port import Page
from boxoffice.till.ui.flow.sale_at_hand import FIRST_LANGUAGE, SaleAtHand
from boxoffice.till.ui.flow.training import Trainer
from boxoffice.till.ui.flow.work import Lane, Work
from boxoffice.till.ui.speech import LANGUAGES, say, speak, speaks
from boxoffice.till.usecases.gateway.devices import ReaderState
from boxoffice.till.usecases.gateway.paying import UnknownPayment
from boxoffice.till.usecases.gateway.port import TillGateway
from boxoffice.till.usecases.gateway.standing import Ended, HandOver, Incomplete, TillStatus
from boxoffice.till.usecases.gateway.team import NO_TEAM, Team


class Session(SaleAtHand):
    """Held by every page. `on_change` draws; it is called after everything that may look different.

    `on_leave` is called when somebody leaves the till for a training, or a training.
    """

    trainer: Trainer | None = None
    """Who watches a training; nobody at a real till."""

    called: frozenset[str] = frozenset()
    """The calls for help that were told of."""
    has_gate = False
    """Whether people are let in at this till as well: then what is sold can be let in by the same press."""
    let_in_last: OrderId | None = None
    """The sale that was let in last, so that it is not asked about again."""
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
        super().__init__(till, work)
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
        self.status: TillStatus | None = None
        self.unknown: tuple[UnknownPayment, ...] = ()
        self.hand_over: HandOver | None = None
        """Where handing over stands, at a till that was revoked."""
        self.incomplete: Incomplete | None = None
        """What is missing, at a till whose file lacks records."""
        self.redirect: Callable[[Page], Next] = lambda _page: None
        """Says where to go instead of to a page, if so."""
        self._first_language = speaks().code
        """The language that was spoken before anybody chose one."""
        self.team = NO_TEAM
        """Who works here, and who has signed in."""
        self._touched_s, self._touched_at = till.elapsed_s(), till.now()
        self._on_reader: tuple[CartLine, ...] = ()
        self.drawing = Drawing(self._draw)
        self.letters: dict[int, str] = {}
        """What is printed on tile keys, where it is not the usual letter."""
        self._make = make
        self.at: Destination = Opening()
        self.page: Page = make(self, self.at)
        self.screen = place_of(self.at).screen
        """What draws the page: it stays what it was when somebody came there, whatever the till is by then."""

    @property
    def acting(self) -> Acting:
        """Who acts, within the limits of the catalogue as the pages have it."""
        acting, catalogue = self.team.acting, self.catalogue
        return acting if catalogue is None else replace(acting, limits=catalogue.limits)

    @property
    def only_scans(self) -> bool:
        """Whether whoever is here may let people in, and do nothing else."""
        person = self.team.person
        is_steward = person is not None and may(self.team.acting, Right.SELL) is Answer.NO
        return self.is_gate_only or (is_steward and self.is_idle)

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

    def forget_unknown(self, payment_id: str) -> None:
        self.unknown = tuple(each for each in self.unknown if each.id != payment_id)
        if self.status is not None:
            self.status = replace(self.status, unknown_payments=len(self.unknown))
