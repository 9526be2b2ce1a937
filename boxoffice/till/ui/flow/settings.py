"""This till: its readers, printer, hub and event, and how far its sales have got."""

from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, ChooseReader, Destination, Do, LockAfter
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import EventChoices, Next
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.places import KEEPS, moved_words, place_rows
from boxoffice.till.ui.flow.readers import reader_rows
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shell_view import PRINTER_WORDS, sync_chip
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.views.pages import TillView
from boxoffice.till.ui.views.parts import ButtonView, RowView, TagView
from boxoffice.till.ui.words import count, days, explain
from boxoffice.till.usecases.gateway.devices import Reader
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.gateway.team import waiting_words

_LOCK_AFTER: Final = (60, 120, 300, 900)
"""Seconds to choose from."""
_KEEP_WORDS: Final = {
    Keeping.STOCK: "More places are kept here, for a bad network",
    Keeping.USUAL: "The usual places are kept here",
    Keeping.NOTHING: "The places here are given back",
}


class TillPage(BasePage):
    section = Do.TILL
    keys: ClassVar = {Named.ENTER: Do.SYNC_NOW, Named.ESC: Do.BACK}
    help_lines = (
        ("Tab", "next reader or button"),
        ("Enter", "sync now"),
        ("M", "more places for a bad network"),
        ("G", "give back what no sale needs"),
        ("Esc", "back to the sale"),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.readers: tuple[Reader, ...] = ()
        self.readers_note = "Asking for the readers."
        self._look()

    def _look(self) -> None:
        def found(readers: tuple[Reader, ...]) -> None:
            self.readers = readers
            self.readers_note = "" if readers else "No reader is registered for this place."

        def failed(error: BoxofficeError) -> None:
            self.readers_note = " ".join(explain(error))

        self.session.call(self.session.till.readers, found, failed=failed, lane=Lane.LOOK)

    def view(self) -> TillView:
        status = self.session.status
        name = status.device_name if status else "This till"
        return TillView(
            title=name,
            hint="Readers, printer, hub, event and places of this till.",
            sections=(
                ("Card readers", self._reader_rows()),
                ("Printer", _printer_rows(status)),
                ("Hub", self._hub_rows(status)),
                ("Selling for", self._event_rows()),
                ("Text size", _text_rows()),
                ("To sell with no network", place_rows(status, self.session.catalogue)),
                *((("Staff", (self._lock_row(),)),) if self.session.team.is_kept else ()),
            ),
        )

    def _reader_rows(self) -> tuple[RowView, ...]:
        again = ButtonView("Look again", Do.TRY_AGAIN, icon="sync")
        if not self.readers:
            return (RowView("Readers", self.readers_note, "card", button=again),)
        return reader_rows(self.readers, next((i for i, each in enumerate(self.readers) if each.is_chosen), -1))

    def _hub_rows(self, status: TillStatus | None) -> tuple[RowView, ...]:
        if status is None:
            return ()
        chip = sync_chip(status, self.session.till.now())
        tag = TagView(f"{chip.word} {chip.more}".strip(), chip.state, chip.icon)
        backlog = f"{count(status.unsent, 'record')} to send" if status.unsent else "Everything is sent"
        return (
            RowView("Hub", status.hub_url, "sync", tag=tag),
            RowView(
                backlog,
                "Sales are safe on this till until the hub has them.",
                "safe",
                button=ButtonView("Sync now", Do.SYNC_NOW, "primary", key="Enter"),
            ),
        )

    def _lock_row(self) -> RowView:
        after = self.session.team.lock_after_s
        next_ = next((each for each in _LOCK_AFTER if each > after), _LOCK_AFTER[0])
        title = (
            f"Asks who is there after {waiting_words(after)}" if after else "Asks who is there only when it is locked"
        )
        button = ButtonView(f"After {waiting_words(next_)}", LockAfter(next_), "plain")
        return RowView(title, "Once nobody has touched it for so long. The sale stays.", "lock", button=button)

    def _event_rows(self) -> tuple[RowView, ...]:
        catalogue = self.session.catalogue
        if catalogue is None:
            return ()
        on = [each for product in catalogue.products for each in product.days]
        when = f"{days(min(on), max(on))} · " if on else ""
        return (
            RowView(
                catalogue.name,
                f"{when}{catalogue.venue}",
                "calendar",
                button=ButtonView("Sell for another event", Do.SWITCH_EVENT, "plain"),
            ),
        )

    def act(self, action: Action) -> Next:
        session = self.session
        match action:
            case ChooseReader(reader_id):
                session.call(lambda: session.till.choose_reader(reader_id), lambda _: self._look(), lane=Lane.LOOK)
            case Do.TRY_AGAIN:
                self._look()
            case Do.SYNC_NOW:
                session.call(session.till.sync_now, lambda _: None, lane=Lane.LOOK)
            case Do() if action in KEEPS:
                self._keep(KEEPS[action])
            case LockAfter(seconds):
                act = Act(Right.SETTINGS, "to change", f"This till locks itself after {waiting_words(seconds)}")
                session.allowed(act, lambda: session.till.lock_after(seconds), lambda _: None, lane=Lane.CONTROL)
            case Do.SWITCH_EVENT:
                return self._switch()
            case Do.BACK:
                return to_sale(session)
            case _:
                pass
        return None

    def typed(self, key: Key) -> Next:
        """Takes the letters of the buttons, where these are on."""
        rows = place_rows(self.session.status, self.session.catalogue)
        buttons = [row.button for row in rows if row.button is not None]
        pressed = next((each for each in buttons if each.is_on and each.key == key.text.upper() != ""), None)
        return None if pressed is None else self.act(pressed.action)

    def _keep(self, how: Keeping, *, can_undo: bool = True) -> Next:
        session = self.session
        before = Keeping.USUAL if session.status is None else session.status.keeping

        def moved(units: int) -> Next:
            undo = (lambda: self._keep(before, can_undo=False)) if can_undo and before is not how else None
            session.say(moved_words(units), icon="ticket", undo=undo)
            return None

        act, lane = Act(Right.SETTINGS, "to change", _KEEP_WORDS[how]), Lane.LOOK
        failed = session.say_failed
        session.allowed(act, lambda: session.till.keep_places(how), moved, failed=failed, lane=lane, keys_wait=False)
        return None

    def _switch(self) -> Next:
        if self.session.is_idle:
            return EventChoices(can_go_back=True)
        self.session.say("Finish or clear the sale first.", state="warn", icon="info")
        return None


def _printer_rows(status: TillStatus | None) -> tuple[RowView, ...]:
    if status is None:
        return ()
    words, state = PRINTER_WORDS[status.printer]
    name = status.printer_name or "No printer"
    detail = "" if status.printer_name else "Receipts and tickets are saved as PDF, or sent by e-mail."
    tag = TagView(words.capitalize(), state, "check" if state == "ok" else "info")
    return (RowView(name, detail, "printer", tag=tag),)


def _text_rows() -> tuple[RowView, ...]:
    return (
        RowView("Larger text", "Ctrl +", "plus", button=ButtonView("Larger", Do.LARGER_TEXT)),
        RowView("Smaller text", "Ctrl −", "minus", button=ButtonView("Smaller", Do.SMALLER_TEXT)),
    )
