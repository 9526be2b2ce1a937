"""What was bought at a kiosk: tickets on paper, on the customer's phone, or by mail, and then the next customer."""

from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.actions import Action, Do, PrintPaper, SendEmail, TypeLetters
from boxoffice.till.ui.flow.destinations import Next, PhonePaid, SaleComplete
from boxoffice.till.ui.flow.kiosk_page import KioskPage, texts
from boxoffice.till.ui.flow.kiosk_places import KioskStart, MailTickets
from boxoffice.till.ui.flow.moments import Moment, MomentKind
from boxoffice.till.ui.flow.paper import Papers
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import ADDRESS_ENDS, ADDRESS_KEYS, Key, Named
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.kiosk import CodePart, KioskView, LinesPart, NoticePart, Part, TilesPart, TypingPart
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, SummaryLine
from boxoffice.till.ui.words import money
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.orders import Order, Paperwork

_PRINTS: Final = (PrinterState.READY, PrinterState.UNKNOWN, PrinterState.PAPER_LOW)
_NO_PRINTER: Final = later("There is no printer here")
_WHY_NOT: Final = {
    PrinterState.PAPER_OUT: later("The printer is out of paper"),
    PrinterState.COVER_OPEN: later("The printer is open"),
}


class PaidPage(KioskPage):
    """The sale is saved before this is shown. It ends by itself: nothing of it is left for the next."""

    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.NEXT, Named.ESC: Do.NEXT}
    doing = later("after paying: tickets and receipt")

    def __init__(self, session: Session, to: PhonePaid | SaleComplete) -> None:
        super().__init__(session, to)
        order = to.paid.order if isinstance(to, PhonePaid) else to.order
        self.papers, self.link, self.has_link_come = Papers(session, order), "", False
        self.kiosk.wrong_codes = 0
        if self.order.ticket_count:
            session.call(
                lambda: session.till.kiosk.tickets_link(order.id), self._came, failed=self._no_link, lane=Lane.LOOK
            )

    @property
    def order(self) -> Order:
        return self.papers.order

    @property
    def moment(self) -> Moment:
        return Moment(MomentKind.PAID, self.order.total, tickets=self.order.ticket_count)

    @property
    def has_something(self) -> bool:
        return False

    def time_out(self) -> Next:
        return KioskStart()

    def _came(self, link: str) -> None:
        self.link, self.has_link_come = link, True

    def _no_link(self, _error: BoxofficeError) -> Next:
        self.has_link_come = True
        return None

    def view(self) -> KioskView:
        order = self.order
        tickets = count(order.ticket_count, "ticket") if order.ticket_count else ""
        return KioskView(
            head=self.head(
                say("Paid. Thank you"),
                " · ".join(each for each in (tickets, order.number) if each),
                amount=money(order.total),
                icon="check",
            ),
            parts=(
                *self._phone(),
                TilesPart("", (self._print(), self._mail())),
                *self._notes(),
                LinesPart(self._lines()),
            ),
            total=None,
            controls=self.controls(ButtonView(say("Done"), Do.NEXT, "primary", "check")),
            safe=say("Order {number} is saved.", number=order.number),
            is_low=self.kiosk.is_low,
        )

    def _phone(self) -> tuple[Part, ...]:
        if not self.link:
            return ()
        text = say("Point your phone’s camera at this code.")
        return (CodePart(say("Tickets on your phone"), text, say("Keep the page open, or save it."), link=self.link),)

    def _print(self) -> ButtonView:
        papers = self.papers
        what = papers.kinds[0]
        can = papers.printer in _PRINTS
        words = say("Print my tickets") if what is Paperwork.TICKETS else say("Print my receipt")
        why = say(_WHY_NOT.get(papers.printer, _NO_PRINTER))
        sub = papers.notes.get(what) or (say("With your receipt") if can else why)
        return ButtonView(words, PrintPaper(what), "plain", "printer", sub=sub, is_on=can)

    def _mail(self) -> ButtonView:
        sub = self.papers.email_note or say("Receipt and tickets")
        return ButtonView(say("Send by e-mail"), Do.SEND, "plain", "mail", sub=sub)

    def _notes(self) -> tuple[Part, ...]:
        can_print = self.papers.printer in _PRINTS
        if can_print or self.link or not self.has_link_come or not self.order.ticket_count:
            return ()
        notice = NoticeView(
            say("No paper and no network here just now"),
            say("Write down order {number}, or take a picture: the box office prints it.", number=self.order.number),
            "warn",
            "info",
        )
        return (NoticePart(notice),)

    def _lines(self) -> tuple[SummaryLine, ...]:
        named = texts(self.session)
        ids = {product.name: product.id for product in named.catalogue.products}
        return tuple(
            SummaryLine(
                f"{each.count}×", named.name_of(ids.get(each.name, ""), each.name), each.detail, money(each.total)
            )
            for each in self.order.lines
        )

    def pressed(self, action: Action) -> Next:
        match action:
            case PrintPaper():
                for what in self.papers.kinds:
                    self.papers.act(PrintPaper(what))
            case Do.SEND:
                return MailTickets(self.order)
            case Do.NEXT:
                return KioskStart()
            case _:
                pass
        return None


_LONGEST: Final = 120


class MailPage(KioskPage):
    """An address, typed on the screen or on a keyboard."""

    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK, Named.BACKSPACE: Do.DELETE_DIGIT}
    doing = later("typing an e-mail address")

    def __init__(self, session: Session, to: MailTickets) -> None:
        super().__init__(session, to)
        self.papers, self.text = Papers(session, to.order), to.order.email

    @property
    def has_something(self) -> bool:
        return False

    def time_out(self) -> Next:
        return KioskStart()

    def view(self) -> KioskView:
        papers = self.papers
        done = (
            (NoticePart(NoticeView(say("On its way"), papers.email_note, "ok", "mail")),) if papers.email_note else ()
        )
        send = ButtonView(say("Send"), Do.FINISH, "primary", "mail", is_on=bool(self.text) and not papers.is_sending)
        return KioskView(
            head=self.head(say("Send by e-mail"), say("Order {number}", number=papers.order.number)),
            parts=(
                *done,
                TypingPart(say("Your e-mail address"), self.text, papers.email_problem, _keys()),
                TilesPart("", (send,)),
            ),
            total=None,
            controls=self.controls(ButtonView(say("Back"), Do.BACK, icon="back")),
            is_low=self.kiosk.is_low,
        )

    def typed(self, key: Key) -> Next:
        if len(key.text) == 1 and key.text.isprintable() and key.text != " ":
            return self.act(TypeLetters(key.text))
        return super().typed(key)

    def pressed(self, action: Action) -> Next:
        match action:
            case TypeLetters(text) if len(self.text) + len(text) <= _LONGEST:
                self.text += text
                self.papers.email_problem = self.papers.email_note = ""
            case Do.DELETE_DIGIT:
                self.text = self.text[:-1]
            case Do.FINISH:
                self.papers.act(SendEmail(self.text))
            case Do.BACK:
                return SaleComplete(self.papers.order)
            case _:
                pass
        return None


def _keys() -> tuple[tuple[ButtonView, ...], ...]:
    letters = tuple(tuple(ButtonView(each, TypeLetters(each)) for each in row) for row in ADDRESS_KEYS)
    last = (
        *(ButtonView(each, TypeLetters(each)) for each in ADDRESS_ENDS),
        ButtonView("", Do.DELETE_DIGIT, icon="delete", name=say("Delete last letter")),
    )
    return (*letters, last)
