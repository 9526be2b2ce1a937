"""An order's receipt and tickets: print, save as PDF, send by e-mail; never in the way of the next sale."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from boxoffice.core.email_addresses import BadAddress, Wrong, read_email
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.orders import OrderState
from boxoffice.till.ui.actions import Action
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.order_actions import PrintPaper, SavePaper, SendEmail
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.parts import ButtonView, RowView
from boxoffice.till.ui.words import clock
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.orders import Order, Paperwork

_WRONG: Final = {Wrong.EMPTY: later("Write the whole address, such as ana@example.org.")}
_KEYS: Final = {Paperwork.RECEIPT: "F9", Paperwork.TICKETS: "F10"}
_PRINT: Final = {Paperwork.RECEIPT: later("Print receipt"), Paperwork.TICKETS: later("Print tickets")}
_SAVE: Final = {Paperwork.RECEIPT: later("Save receipt"), Paperwork.TICKETS: later("Save tickets")}
_SAVE_PDF: Final = {Paperwork.RECEIPT: later("Save receipt PDF"), Paperwork.TICKETS: later("Save tickets PDF")}
_PRINTED: Final = {
    Paperwork.RECEIPT: later("Receipt of order {number} printed."),
    Paperwork.TICKETS: later("Tickets of order {number} printed."),
}
_TROUBLE: Final = {
    PrinterState.PAPER_OUT: later("Printer is out of paper. Save or send instead."),
    PrinterState.COVER_OPEN: later("The printer's cover is open. Save or send instead."),
    PrinterState.FAULT: later("The printer has stopped. Save or send instead."),
    PrinterState.OFFLINE: later("Printer is offline. Save or send instead."),
}


def print_paper(session: Session, order: Order, what: Paperwork) -> None:
    """Prints and says so, or says why not."""
    session.call(
        lambda: session.till.print(order.id, what),
        lambda copy: session.say(
            say(_PRINTED[what], number=order.number) + _copy(copy),
            icon="printer",
        ),
        lane=Lane.PAPER,
    )


def _copy(copy: int) -> str:
    """Returns which copy it is, if it is not the first one."""
    return say(" (copy {copy})", copy=copy) if copy else ""


_LOST: Final = ("bounced", "failed")
_MAIL_NOTES: Final = {
    "waiting": later("Waits on this till; goes to {address} when online."),
    "queued": later("On its way to {address}."),
    "sent": later("Sent to {address}."),
    "delivered": later("Delivered to {address}."),
}


class Papers:
    """One order's paperwork on a page: what was done with it, and what is under way."""

    def __init__(self, session: Session, order: Order) -> None:
        self.session, self.order = session, order
        self.notes: dict[Paperwork, str] = {}
        self.email_problem = (
            say("The mail did not arrive. Check the address, or print it.") if order.mail in _LOST else ""
        )
        self.email_note = say(_MAIL_NOTES.get(order.mail, ""), address=order.email)
        self.is_sending = False

    @property
    def kinds(self) -> tuple[Paperwork, ...]:
        """A sale of T-shirts alone has no tickets."""
        has_codes = self.order.ticket_count or self.order.card_count
        has_tickets = has_codes and self.order.state is not OrderState.FAILED
        return (Paperwork.TICKETS, Paperwork.RECEIPT) if has_tickets else (Paperwork.RECEIPT,)

    @property
    def printer(self) -> PrinterState:
        return self.session.status.printer if self.session.status else PrinterState.NONE

    def main(self, what: Paperwork) -> PrintPaper | SavePaper:
        """Returns what F9 and F10 do: print, or save where there is no printer."""
        return SavePaper(what) if self.printer is PrinterState.NONE else PrintPaper(what)

    def rows(self) -> tuple[RowView, ...]:
        """Returns a row for the tickets and one for the receipt."""
        return tuple(
            RowView(
                self._codes() if what is Paperwork.TICKETS else say("Receipt"),
                self.notes.get(what) or say(_TROUBLE.get(self.printer, "")) or self._hint(what),
                "ticket" if what is Paperwork.TICKETS else "receipt",
                button=self._button(what),
            )
            for what in self.kinds
        )

    def _codes(self) -> str:
        """Returns what has a page of its own with a code."""
        order = self.order
        tickets = count(order.ticket_count, "ticket") if order.ticket_count else ""
        cards = count(order.card_count, "gift card") if order.card_count else ""
        return ", ".join(each for each in (tickets, cards) if each)

    def _hint(self, what: Paperwork) -> str:
        return say("One page each, with its code") if what is Paperwork.TICKETS else say("Only if they ask")

    def _button(self, what: Paperwork) -> ButtonView:
        words = _SAVE if self.printer is PrinterState.NONE else _PRINT
        return ButtonView(say(words[what]), self.main(what), key=_KEYS[what])

    def save_buttons(self) -> tuple[ButtonView, ...]:
        """Returns the buttons that save PDFs, where the rows already print."""
        if self.printer is PrinterState.NONE:
            return ()
        return tuple(ButtonView(say(_SAVE_PDF[what]), SavePaper(what), icon="save") for what in self.kinds)

    def act(self, action: Action) -> None:
        match action:
            case PrintPaper(what):
                self._run(what, say("Printing"))
            case SavePaper(what):
                self._save(what)
            case SendEmail(address):
                self._send(address)
            case _:
                pass

    def _run(self, what: Paperwork, doing: str) -> None:
        if self.notes.get(what) == doing:
            return
        self.notes[what] = doing
        till, order_id = self.session.till, self.order.id
        self.session.call(
            lambda: till.print(order_id, what),
            lambda copy: self._note(what, say("Printed at {time}", time=clock(till.now())) + _copy(copy)),
            failed=lambda error: self._failed(what, say("Not printed: it waits at the printer's page"), error),
            lane=Lane.PAPER,
        )

    def _save(self, what: Paperwork) -> None:
        till, order_id = self.session.till, self.order.id

        def saved(path: Path) -> None:
            self._note(what, say("Saved as {name}", name=path.name))
            self.session.say(say("Saved as {path}.", path=path), icon="save")

        self.notes[what] = say("Saving")
        self.session.call(
            lambda: till.save_pdf(order_id, what),
            saved,
            failed=lambda error: self._failed(what, say("Not saved"), error),
            lane=Lane.PAPER,
        )

    def _note(self, what: Paperwork, text: str) -> None:
        self.notes[what] = text

    def _failed(self, what: Paperwork, text: str, error: BoxofficeError) -> None:
        self.notes[what] = text
        self.session.say_failed(error)

    def _send(self, typed: str) -> None:
        if self.is_sending:
            return
        try:
            address = read_email(typed)
        except BadAddress as error:
            self.email_problem = say(_WRONG.get(error.wrong, error.wrong.value))
            return
        self.email_problem, self.email_note, self.is_sending = "", "", True
        till, order_id = self.session.till, self.order.id

        def sent(is_at_hub: bool) -> None:
            self.is_sending = False
            self.order = replace(self.order, email=address)
            self.email_note = (
                say("On its way to {address}.", address=address)
                if is_at_hub
                else say("Waits on this till; goes to {address} when online.", address=address)
            )

        self.session.call(lambda: till.send_email(order_id, address), sent, failed=self._not_sent, lane=Lane.PAPER)

    def _not_sent(self, error: BoxofficeError) -> None:
        self.is_sending = False
        self.session.say_failed(error)
