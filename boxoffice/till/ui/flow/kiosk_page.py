"""What all pages of a kiosk have in common: the controls at the foot, a patience, and no way out but through staff."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import ClassVar, Final

from boxoffice.core.credentials import read_badge
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.texts import Texts
from boxoffice.till.ui.actions import Action, Destination, Do, GoTo
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.kiosk import PATIENCE_S, Kiosk
from boxoffice.till.ui.flow.kiosk_places import HelpComes, KioskStart, LeaveKiosk, StillThere
from boxoffice.till.ui.flow.leaving import left
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import give_up
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import code, later, say
from boxoffice.till.ui.views.kiosk import HeadView
from boxoffice.till.ui.views.parts import ButtonView, SummaryLine
from boxoffice.till.ui.words import money, weekdays

TEXT_PERCENTS: Final = (100, 150, 200)


class KioskPage(BasePage):
    """A page that customers stand at. Whatever staff does at a till has no action here."""

    is_bare = True
    patience_s: ClassVar[float] = PATIENCE_S
    doing: ClassVar[str] = later("looking around")
    """What is told to whoever is called."""

    @property
    def can_time_out(self) -> bool:
        """Whether what is here ends by itself once nobody is there any more; never what may be taking money."""
        return True

    @property
    def has_something(self) -> bool:
        """Whether anything would be lost by that, so that it is asked about first."""
        return True

    def time_out(self) -> Next:
        """Ends what is here, safely, and says where that leads."""
        return start_over(self.session)

    def tick(self) -> None:
        session = self.session
        if session.cover is not None or not self.can_time_out or session.away_s < self.patience_s:
            return
        if self.has_something:
            session.put_over(StillThere())
        else:
            session.go(self.time_out())

    @property
    def head_event(self) -> str:
        return texts(self.session).event_name

    # What is pressed

    def act(self, action: Action) -> Next:
        look = _LOOKS.get(action) if isinstance(action, Do) else None
        if look is not None:
            look(self.kiosk)
            self.session.on_look()
            return None
        match action:
            case Do.CALL_HELP:
                self.session.put_over(HelpComes())
            case Do.STAFF if not self.why_stay:
                self.session.put_over(LeaveKiosk())
            case Do.START_OVER if self.can_time_out:
                return self.time_out()
            case GoTo(destination):
                return destination
            case _:
                return self.pressed(action)
        return None

    def pressed(self, action: Action) -> Next:
        """Does what only this page can."""
        return None

    def typed(self, key: Key) -> Next:
        """F12 and the words of a window's close button lead to the staff's question, and nothing leads past it."""
        if key.name is Named.F12:
            return self.act(Do.STAFF)
        if key.name is Named.F1:
            return self.act(Do.CALL_HELP)
        return None

    def scanned(self, readings: Sequence[str]) -> bool:
        """Takes a badge of the staff; the page may want other codes."""
        session = self.session
        if any(map(read_badge, readings)) and not self.why_stay:
            session.call(
                lambda: session.till.kiosk.leave_by_badge(readings),
                lambda _: left(session),
                failed=_unheard,
                lane=Lane.CONTROL,
                keys_wait=True,
            )
            return True
        return self.wants(readings)

    def wants(self, readings: Sequence[str]) -> bool:
        """Takes a scanned code that is no badge; returns whether the page wants it."""
        return False

    @property
    def kiosk(self) -> Kiosk:
        """The kiosk, as the customer of now has it."""
        return self.session.kiosk or Kiosk()

    # Words

    def controls(self, *first: ButtonView) -> tuple[ButtonView, ...]:
        """Returns the buttons at the foot: this page's own, and those that every page has."""
        kiosk = self.kiosk
        larger = say("Bigger text") if kiosk.text_percent < TEXT_PERCENTS[-1] else say("Normal text")
        return (
            *first,
            ButtonView(larger, Do.LARGER_TEXT),
            ButtonView(say("Higher screen") if kiosk.is_low else say("Lower screen"), Do.LOWER),
            ButtonView(say("Softer colors") if kiosk.has_contrast else say("More contrast"), Do.CONTRAST),
            ButtonView(say("Help"), Do.CALL_HELP, icon="help"),
        )

    def foot(self) -> tuple[str, str]:
        return say("Card and phone only"), say("Cash? Go to the box office.")

    def head(self, title: str, *lines: str, amount: str = "", icon: str = "") -> HeadView:
        return HeadView(self.head_event, title, tuple(line for line in lines if line), amount, icon)


def _larger(kiosk: Kiosk) -> None:
    at = TEXT_PERCENTS.index(kiosk.text_percent) + 1
    kiosk.text_percent = TEXT_PERCENTS[at % len(TEXT_PERCENTS)]


def _lower(kiosk: Kiosk) -> None:
    kiosk.is_low = not kiosk.is_low


def _contrast(kiosk: Kiosk) -> None:
    kiosk.has_contrast = not kiosk.has_contrast


_LOOKS: Final[dict[Do, Callable[[Kiosk], None]]] = {
    Do.LARGER_TEXT: _larger,
    Do.LOWER: _lower,
    Do.CONTRAST: _contrast,
}


def _unheard(_error: BoxofficeError) -> Next:
    """A badge that is not good here changes nothing, and says nothing to whoever stands there."""
    return None


def start_over(session: Session) -> Destination:
    """Ends the order at hand where nothing is paid of it: its places go back at once. The next finds nothing of it."""
    give_up(session)
    return KioskStart()


def texts(session: Session) -> Texts:
    """Returns the event's texts in the customer's language."""
    if session.catalogue is None:
        raise RuntimeError("a kiosk sells for an event")
    return Texts(session.catalogue, code())


def lines_of(session: Session) -> tuple[SummaryLine, ...]:
    """Returns what is being bought, in the customer's language, at what it comes to with all that is mandatory."""
    bill = session.bill
    if bill is not None and bill.quote is not None:
        return tuple(_quoted(session, texts(session)))
    if bill is not None and bill.order is not None:
        named = texts(session)
        ids = {product.name: product.id for product in named.catalogue.products}
        return tuple(
            SummaryLine(
                f"{line.count}×", named.name_of(ids.get(line.name, ""), line.name), line.detail, money(line.total)
            )
            for line in bill.order.lines
        )
    return ()


def _quoted(session: Session, named: Texts) -> Iterator[SummaryLine]:
    quote = session.due_bill.quote
    for line in () if quote is None else quote.lines:
        product = line.product
        option = None if line.option is None else named.option_of(product.id, line.option)
        detail = option or named.detail_of(product.id, product.detail) or days_words(product.days)
        yield SummaryLine(f"{line.quantity}×", named.name_of(product.id, product.name), detail, money(line.total))


def days_words(days: Sequence[date]) -> str:
    return weekdays(days) if days else ""
