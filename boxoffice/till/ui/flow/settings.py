"""This till: its readers, printer, hub and event, and how far its sales have got."""

from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Destination, Do, GoTo
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import BeforeDoors, BeginKiosk, EventChoices, Next, PrinterSettings
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.places import KEEPS, moved_words, place_rows
from boxoffice.till.ui.flow.readers import reader_rows
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shell_view import printer_words, sync_chip
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import LANGUAGES, count, later, say, speaks
from boxoffice.till.ui.till_actions import ChooseReader, LockAfter, ShowCustomer, Speak, UseCamera
from boxoffice.till.ui.views.pages import TillView
from boxoffice.till.ui.views.parts import ButtonView, RowView, TagView
from boxoffice.till.ui.words import days, explain
from boxoffice.till.usecases.gateway.devices import CustomerDisplay, Reader
from boxoffice.till.usecases.gateway.standing import Ended, TillStatus
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.gateway.team import waiting_words

_LOCK_AFTER: Final = (60, 120, 300, 900)
"""Seconds to choose from."""
_KEEP_WORDS: Final = {
    Keeping.STOCK: later("More places are kept here, for a bad network"),
    Keeping.USUAL: later("The usual places are kept here"),
    Keeping.NOTHING: later("The places here are given back"),
}


class TillPage(BasePage):
    section = Do.TILL
    keys: ClassVar = {Named.ENTER: Do.SYNC_NOW, Named.ESC: Do.BACK}
    help_lines = (
        ("Tab", later("next reader or button")),
        ("Enter", later("sync now")),
        ("M", later("more places for a bad network")),
        ("G", later("give back what no sale needs")),
        ("P", later("the printer")),
        ("T", later("practise with drills")),
        ("B", later("all that is looked at before doors open")),
        ("Esc", later("back to the sale")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.readers: tuple[Reader, ...] = ()
        self.readers_note = say("Asking for the readers.")
        self.cameras: tuple[str, ...] | None = None
        self._look()

    def _look(self) -> None:
        def found(readers: tuple[Reader, ...]) -> None:
            self.readers = readers
            self.readers_note = "" if readers else say("No reader is registered for this place.")

        def failed(error: BoxofficeError) -> None:
            self.readers_note = " ".join(explain(error))

        self.session.call(self.session.till.readers, found, failed=failed, lane=Lane.LOOK)

    def view(self) -> TillView:
        status = self.session.status
        name = status.device_name if status else say("This till")
        is_training = self.session.trainer is not None
        return TillView(
            title=name,
            hint=say("Readers, printer, hub, event and places of this till."),
            sections=(
                (say("Card readers"), (*self._reader_rows(), _doors_row())),
                (say("Printer"), _printer_rows(status)),
                (say("Customer's screen"), _customer_rows(status)),
                (say("Hub"), self._hub_rows(status)),
                (say("Camera"), self._camera_rows(status)),
                (say("Selling for"), self._event_rows()),
                *(() if is_training else ((say("Kiosk"), (_kiosk_row(),)),)),
                (say("Language"), _language_rows()),
                (say("Text size"), _text_rows()),
                (say("To sell with no network"), place_rows(status, self.session.catalogue)),
                *(((say("Staff"), (self._lock_row(),)),) if self.session.team.is_kept else ()),
                *(() if is_training else ((say("Training"), (_training_row(),)),)),
            ),
        )

    def _reader_rows(self) -> tuple[RowView, ...]:
        again = ButtonView(say("Look again"), Do.TRY_AGAIN, icon="sync")
        if not self.readers:
            return (RowView(say("Readers"), self.readers_note, "card", button=again),)
        return reader_rows(self.readers, next((i for i, each in enumerate(self.readers) if each.is_chosen), -1))

    def _hub_rows(self, status: TillStatus | None) -> tuple[RowView, ...]:
        if status is None:
            return ()
        chip = sync_chip(status, self.session.till.now())
        tag = TagView(f"{chip.word} {chip.more}".strip(), chip.state, chip.icon)
        backlog = (
            say("{records} to send", records=count(status.unsent, "record"))
            if status.unsent
            else say("Everything is sent")
        )
        return (
            RowView(say("Hub"), status.hub_url, "sync", tag=tag),
            RowView(
                backlog,
                say("Sales are safe on this till until the hub has them."),
                "safe",
                button=ButtonView(say("Sync now"), Do.SYNC_NOW, "primary", key="Enter"),
            ),
        )

    def _camera_rows(self, status: TillStatus | None) -> tuple[RowView, ...]:
        """Looks for cameras when somebody asks: until then nothing of them is loaded."""
        chosen = "" if status is None else status.camera
        found = [name for name in self.cameras or () if name != chosen]
        title = chosen or say("No camera reads codes here")
        detail = say("No camera is plugged in.") if self.cameras == () else say("At the gate, beside a scanner.")
        button = (
            ButtonView(say("Use none"), UseCamera(""))
            if chosen
            else ButtonView(say("Look for cameras"), Do.FIND_CAMERAS)
        )
        rows = (RowView(name, "", "scan", button=ButtonView(say("Use it"), UseCamera(name))) for name in found)
        return (RowView(title, detail, "check" if chosen else "info", button=button), *rows)

    def _lock_row(self) -> RowView:
        after = self.session.team.lock_after_s
        next_ = next((each for each in _LOCK_AFTER if each > after), _LOCK_AFTER[0])
        title = (
            say("Asks who is there after {time}", time=waiting_words(after))
            if after
            else say("Asks who is there only when it is locked")
        )
        button = ButtonView(say("After {time}", time=waiting_words(next_)), LockAfter(next_), "plain")
        return RowView(title, say("Once nobody has touched it for so long. The sale stays."), "lock", button=button)

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
                button=ButtonView(say("Sell for another event"), Do.SWITCH_EVENT, "plain"),
            ),
        )

    def act(self, action: Action) -> Next:
        session = self.session
        match action:
            case ChooseReader(reader_id):
                session.call(lambda: session.till.choose_reader(reader_id), lambda _: self._look(), lane=Lane.LOOK)
            case Speak(language):
                self._speak(language)
            case ShowCustomer() | UseCamera() | Do.FIND_CAMERAS:
                self._set_up(action)
            case Do.TRY_AGAIN:
                self._look()
            case Do.SYNC_NOW:
                session.call(session.till.sync_now, lambda _: None, lane=Lane.LOOK)
            case Do() if action in KEEPS:
                self._keep(KEEPS[action])
            case LockAfter(seconds):
                act = Act(
                    Right.SETTINGS,
                    say("to change"),
                    say("This till locks itself after {time}", time=waiting_words(seconds)),
                )
                allowed(session, act, lambda: session.till.lock_after(seconds), lambda _: None, lane=Lane.CONTROL)
            case Do.SWITCH_EVENT | Do.KIOSK | Do.TRAIN | Do.BACK:
                return self._leave(action)
            case _:
                pass
        return None

    def _leave(self, action: Do) -> Next:
        if action is Do.TRAIN:
            return self._train()
        ways = {Do.SWITCH_EVENT: EventChoices(can_go_back=True), Do.KIOSK: BeginKiosk()}
        return self._leave_for(ways[action]) if action in ways else to_sale(self.session)

    def _set_up(self, action: Action) -> None:
        """Sets up what stands beside the till."""
        session = self.session
        match action:
            case ShowCustomer(display):
                act = Act(Right.SETTINGS, say("to change"), say("The customer's screen"))
                allowed(session, act, lambda: session.till.show_customer(display), lambda _: None, lane=Lane.LOOK)
            case UseCamera(name):
                session.call(lambda: session.till.choose_camera(name), lambda _: None, lane=Lane.LOOK)
            case Do.FIND_CAMERAS:
                self.cameras = session.hardware.cameras()
            case _:
                pass

    def typed(self, key: Key) -> Next:
        """Takes the letters of the buttons, where these are on."""
        if key.text.upper() == "B":
            return BeforeDoors()
        if key.text.upper() == "P":
            return PrinterSettings()
        if key.text.upper() == "T" and self.session.trainer is None:
            return self.act(Do.TRAIN)
        rows = place_rows(self.session.status, self.session.catalogue)
        buttons = [row.button for row in rows if row.button is not None]
        pressed = next((each for each in buttons if each.is_on and each.key == key.text.upper() != ""), None)
        return None if pressed is None else self.act(pressed.action)

    def _train(self) -> Next:
        """Leaves the till for a training; its file is shut before that begins."""
        session = self.session
        if not session.is_idle:
            session.say(say("Finish the sale first, or park it."), state="warn", icon="training")
            return None
        act = Act(Right.DRILL, say("to practise"), say("This till is shut meanwhile"))
        allowed(session, act, lambda: None, lambda _: session.on_leave(Ended.FOR_TRAINING), lane=Lane.CONTROL)
        return None

    def _keep(self, how: Keeping, *, can_undo: bool = True) -> Next:
        session = self.session
        before = Keeping.USUAL if session.status is None else session.status.keeping

        def moved(units: int) -> Next:
            undo = (lambda: self._keep(before, can_undo=False)) if can_undo and before is not how else None
            session.say(moved_words(units), icon="ticket", undo=undo)
            return None

        act, lane = Act(Right.SETTINGS, say("to change"), say(_KEEP_WORDS[how])), Lane.LOOK
        failed = session.say_failed
        allowed(session, act, lambda: session.till.keep_places(how), moved, failed=failed, lane=lane, keys_wait=False)
        return None

    def _speak(self, language: str) -> None:
        """Speaks it at once, and whenever this till is opened."""
        session = self.session
        session.call(lambda: session.till.choose_language(language), lambda _: None, lane=Lane.LOOK)
        session.speak(language)

    def _leave_for(self, to: Destination) -> Next:
        """Goes where no sale may be open."""
        if self.session.is_idle:
            return to
        self.session.say(say("Finish or clear the sale first."), state="warn", icon="info")
        return None


def _doors_row() -> RowView:
    button = ButtonView(say("Look"), GoTo(BeforeDoors()), key="B")
    return RowView(say("Before doors open"), say("all that must work tonight"), "check", button=button)


def _printer_rows(status: TillStatus | None) -> tuple[RowView, ...]:
    if status is None:
        return ()
    words, state = printer_words(status.printer)
    name = status.printer_name or say("No printer")
    detail = "" if status.printer_name else say("Receipts and tickets are saved as PDF, or sent by e-mail.")
    tag = TagView(words.capitalize(), state, "check" if state == "ok" else "info")
    button = ButtonView(say("Set up"), GoTo(PrinterSettings()), key="P")
    return (RowView(name, detail, "printer", tag=tag, button=button),)


_CUSTOMER: Final = {
    CustomerDisplay.OFF: (later("Off"), later("The customer sees no screen of their own.")),
    CustomerDisplay.SCREEN: (later("Second screen"), later("The cart, the total, the change: nothing of yours.")),
    CustomerDisplay.WINDOW: (later("Window"), later("In a window of its own, to try it out.")),
}


def _customer_rows(status: TillStatus | None) -> tuple[RowView, ...]:
    if status is None:
        return ()
    return tuple(
        RowView(
            say(words),
            say(detail),
            "check" if display is status.customer_display else "info",
            button=None if display is status.customer_display else ButtonView(say(words), ShowCustomer(display)),
        )
        for display, (words, detail) in _CUSTOMER.items()
    )


def _kiosk_row() -> RowView:
    detail = say("Customers serve themselves, by card and phone. Staff ends it by PIN or badge.")
    return RowView(say("Self-service"), detail, "cart", button=ButtonView(say("Begin the kiosk"), Do.KIOSK, "plain"))


def _language_rows() -> tuple[RowView, ...]:
    """Returns a row for each language that this till speaks, in its own words."""
    return tuple(
        RowView(
            name,
            say("Receipts and tickets stay as the event has them.") if code == speaks().code else "",
            "check" if code == speaks().code else "info",
            button=None if code == speaks().code else ButtonView(name, Speak(code), "plain"),
        )
        for code, name in LANGUAGES.items()
    )


def _training_row() -> RowView:
    return RowView(
        say("Practise with drills"),
        say("No real money, no real tickets. This till is shut meanwhile, and comes back as it is."),
        "training",
        button=ButtonView(say("Practise"), Do.TRAIN, "plain", key="T"),
    )


def _text_rows() -> tuple[RowView, ...]:
    return (
        RowView(say("Larger text"), "Ctrl +", "plus", button=ButtonView(say("Larger"), Do.LARGER_TEXT)),
        RowView(say("Smaller text"), "Ctrl −", "minus", button=ButtonView(say("Smaller"), Do.SMALLER_TEXT)),
    )
