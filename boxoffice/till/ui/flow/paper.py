"""An order's receipt and tickets: print, save as PDF, send by e-mail; never in the way of the next sale."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from boxoffice.core.email_addresses import BadAddress, Wrong, read_email
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.orders import OrderState
from boxoffice.till.ui.actions import Action, PrintPaper, SavePaper, SendEmail
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.views.parts import ButtonView, RowView
from boxoffice.till.ui.words import clock, count
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.orders import Order, Paperwork

_WRONG: Final = {Wrong.EMPTY: "Write the whole address, such as ana@example.org."}
_KEYS: Final = {Paperwork.RECEIPT: "F9", Paperwork.TICKETS: "F10"}
_TROUBLE: Final = {
    PrinterState.PAPER_OUT: "Printer is out of paper. Save or send instead.",
    PrinterState.OFFLINE: "Printer is offline. Save or send instead.",
}


def print_paper(session: Session, order: Order, what: Paperwork) -> None:
    """Prints and says so, or says why not."""
    session.call(
        lambda: session.till.print(order.id, what),
        lambda copy: session.say(f"{_named(what.value, copy)} of order {order.number} printed.", icon="printer"),
        lane=Lane.PAPER,
    )


def _named(word: str, copy: int) -> str:
    return f"{word.capitalize()} (copy {copy})" if copy else word.capitalize()


_LOST: Final = ("bounced", "failed")
_MAIL_NOTES: Final = {
    "waiting": "Waits on this till; goes to {address} when online.",
    "queued": "On its way to {address}.",
    "sent": "Sent to {address}.",
    "delivered": "Delivered to {address}.",
}


class Papers:
    """One order's paperwork on a page: what was done with it, and what is under way."""

    def __init__(self, session: Session, order: Order) -> None:
        self.session, self.order = session, order
        self.notes: dict[Paperwork, str] = {}
        self.email_problem = "The mail did not arrive. Check the address, or print it." if order.mail in _LOST else ""
        self.email_note = _MAIL_NOTES.get(order.mail, "").format(address=order.email)
        self.is_sending = False

    @property
    def kinds(self) -> tuple[Paperwork, ...]:
        """A sale of T-shirts alone has no tickets."""
        has_tickets = self.order.ticket_count and self.order.state is not OrderState.FAILED
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
                count(self.order.ticket_count, "ticket") if what is Paperwork.TICKETS else "Receipt",
                self.notes.get(what) or _TROUBLE.get(self.printer) or self._hint(what),
                "ticket" if what is Paperwork.TICKETS else "receipt",
                button=self._button(what),
            )
            for what in self.kinds
        )

    def _hint(self, what: Paperwork) -> str:
        return "One page each, with its code" if what is Paperwork.TICKETS else "Only if they ask"

    def _button(self, what: Paperwork) -> ButtonView:
        verb = "Save" if self.printer is PrinterState.NONE else "Print"
        return ButtonView(f"{verb} {what.value}", self.main(what), key=_KEYS[what])

    def save_buttons(self) -> tuple[ButtonView, ...]:
        """Returns the buttons that save PDFs, where the rows already print."""
        if self.printer is PrinterState.NONE:
            return ()
        return tuple(ButtonView(f"Save {what.value} PDF", SavePaper(what), icon="save") for what in self.kinds)

    def act(self, action: Action) -> None:
        match action:
            case PrintPaper(what):
                self._run(what, "Printing")
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
            lambda copy: self._note(what, f"{_named('Printed', copy)} at {clock(till.now())}"),
            failed=lambda error: self._failed(what, "Not printed", error),
            lane=Lane.PAPER,
        )

    def _save(self, what: Paperwork) -> None:
        till, order_id = self.session.till, self.order.id

        def saved(path: Path) -> None:
            self._note(what, f"Saved as {path.name}")
            self.session.say(f"Saved as {path}.", icon="save")

        self.notes[what] = "Saving"
        self.session.call(
            lambda: till.save_pdf(order_id, what),
            saved,
            failed=lambda error: self._failed(what, "Not saved", error),
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
            self.email_problem = _WRONG.get(error.wrong, error.wrong.value)
            return
        self.email_problem, self.email_note, self.is_sending = "", "", True
        till, order_id = self.session.till, self.order.id

        def sent(is_at_hub: bool) -> None:
            self.is_sending = False
            self.order = replace(self.order, email=address)
            self.email_note = (
                f"On its way to {address}." if is_at_hub else f"Waits on this till; goes to {address} when online."
            )

        self.session.call(lambda: till.send_email(order_id, address), sent, failed=self._not_sent, lane=Lane.PAPER)

    def _not_sent(self, error: BoxofficeError) -> None:
        self.is_sending = False
        self.session.say_failed(error)
