"""The printer: what waits for it, which one it is, how it prints, and a test page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final, TypeVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.rights import Right
from boxoffice.core.tenders import TENDERS, TenderKind
from boxoffice.documents.rolls import Letters, RollWidth
from boxoffice.documents.stocks import Density, Stock
from boxoffice.documents.trial_page import CODE
from boxoffice.till.ui.actions import Action, Destination, Do, Of, Pick, WriteAddress
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.addresses import address_of, neighbour_of, written
from boxoffice.till.ui.flow.destinations import Next, ThisTill
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.printer_rows import found_rows, job_rows, note_of, paper_words
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import code, count, later, say
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.printer import PrinterView, SettingView
from boxoffice.till.usecases.gateway.devices import PrinterState
from boxoffice.till.usecases.gateway.printing import (
    Cuts,
    DrawerOpens,
    FoundPrinter,
    Job,
    JobState,
    Plug,
    PrinterNow,
    PrinterSetup,
)
from boxoffice.till.usecases.gateway.standing import TillEvent, TillStatus

T = TypeVar("T")

_WIDTHS: Final = {RollWidth.MM_58: "58 mm", RollWidth.MM_80: "80 mm"}
_CUTS: Final = {Cuts.EACH: later("Each ticket"), Cuts.END: later("At the end"), Cuts.NEVER: later("Never")}
_LETTERS: Final = {Letters.CP858: "CP858", Letters.CP1252: "CP1252", Letters.PICTURE: later("Picture")}
_DRAWERS: Final = {
    DrawerOpens.HERE: later("Before"),
    DrawerOpens.AFTER: later("After"),
    DrawerOpens.NEIGHBOUR: later("Other till"),
    DrawerOpens.NEVER: later("Never"),
}
_STOCKS: Final = {
    Stock.ROLL: later("The roll"),
    Stock.TICKET: later("Ticket stock"),
    Stock.WRISTBAND: later("Bands"),
}
_DENSITIES: Final = {Density.DPI_203: "203 dpi", Density.DPI_300: "300 dpi"}
_TICKET_LETTERS: Final = {False: later("With accents"), True: later("Plain")}
_NO_PRINTER: Final = FoundPrinter("", "", Plug.NONE)
_IN_A_ROW: Final = 3
_BESIDES_CASH: Final = tuple(kind for kind, row in TENDERS.items() if not row.is_cash and kind is not TenderKind.SWAP)
_KEYS: Final = "QWERTYU"


class PrinterPage(BasePage):
    section = Do.TILL
    keys: ClassVar[Mapping[Named, Action]] = {Named.ENTER: Do.PRINT_WAITING, Named.ESC: Do.BACK}
    help_lines = (
        ("Q W E R", later("which printer")),
        ("A S D F", later("paper, cut, drawer, letters")),
        ("G", later("what tickets are printed on")),
        ("Enter", later("print what waits")),
        ("X", later("leave out what is half done")),
        ("B", later("send it to the other till")),
        ("P", later("print a test page")),
        ("O", later("try the drawer")),
        ("L", later("look again")),
        ("Esc", later("back to this till")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.port = session.till.printing
        self.now = PrinterNow("", PrinterState.NONE, PrinterSetup(), ())
        self.found: tuple[FoundPrinter, ...] = ()
        self.is_looking = True
        self._wanted: PrinterSetup | None = None
        self.picture = b""
        self._pictured: tuple[PrinterSetup, str] | None = None
        session.call(self.port.now, self._took, lane=Lane.LOOK)
        self._look()

    def _look(self) -> None:
        self.is_looking = True

        def found(printers: tuple[FoundPrinter, ...]) -> None:
            self.found, self.is_looking = printers, False

        self.session.call(self.port.find, found, lane=Lane.LOOK)
        self.session.call(self.port.look, self._took, lane=Lane.LOOK)

    @property
    def setup(self) -> PrinterSetup:
        """The set-up as it is, or will be once the till has it: what is chosen next changes that."""
        return self._wanted or self.now.setup

    def _took(self, now: PrinterNow) -> None:
        self.now = now
        drawn = replace(now.setup, address="", ticket_address="", neighbour="", neighbour_address=""), code()
        if drawn != self._pictured:
            self._pictured = drawn
            self.session.call(lambda: self.port.picture(*drawn), self._draw, lane=Lane.LOOK)

    def _draw(self, picture: bytes) -> None:
        self.picture = picture

    def heard(self, told: TillEvent) -> Next:
        if isinstance(told, TillStatus):
            self.session.call(self.port.now, self._took, lane=Lane.LOOK)
        return None

    @property
    def choices(self) -> tuple[FoundPrinter, ...]:
        """What may be chosen: the printer that is, those that were found, and none."""
        setup = self.now.setup
        known = [each for each in self.found if each.address != setup.address]
        chosen = next((each for each in self.found if each.address == setup.address), None)
        if chosen is None and setup.address:
            chosen = FoundPrinter(setup.address, self.now.name, Plug(setup.address.partition(":")[0]))
        return (*([chosen] if chosen is not None else []), *known, _NO_PRINTER)[: len(_KEYS)]

    @property
    def stopped(self) -> Job | None:
        """The job that a person must look at first."""
        return next((each for each in self.now.jobs if each.state is JobState.STOPPED), None)

    def view(self) -> PrinterView:
        now, status = self.now, self.session.status
        setup, stopped = now.setup, self.stopped
        return PrinterView(
            title=say("Printer"),
            hint=say("{till}, tickets and receipts", till=status.device_name if status else ""),
            back=ButtonView(say("Back"), Do.BACK, "quiet", "back", "Esc"),
            note=note_of(now, drawer_problem=status.drawer_problem if status else ""),
            waiting=say("Waiting, {jobs}", jobs=len(now.jobs)) if now.jobs else say("Printed last"),
            jobs=job_rows(now.jobs or now.recent),
            aside=(
                ButtonView(
                    say("Send to {till}", till=setup.neighbour or say("the other till")),
                    Do.SEND_AWAY,
                    icon="next",
                    key="B",
                    is_on=bool(setup.neighbour_address and now.jobs),
                ),
                ButtonView(
                    say("It came out: skip it") if stopped is not None else say("Leave the first one out"),
                    Do.SKIP_PAPER,
                    icon="cross",
                    key="X",
                    is_on=bool(now.jobs),
                ),
            ),
            main=ButtonView(self._main_words(), Do.PRINT_WAITING, "primary", "printer", "Enter", is_on=bool(now.jobs)),
            foot=self._foot(stopped),
            found=found_rows(self.choices, setup.address, _KEYS),
            again=ButtonView(
                say("Looking") if self.is_looking else say("Look again"), Do.TRY_AGAIN, "plain", "sync", "L"
            ),
            address=setup.address,
            neighbour=written(setup.neighbour, setup.neighbour_address),
            ticket_address=None if setup.stock is Stock.ROLL else setup.ticket_address,
            settings=self._settings(setup),
            test=ButtonView(say("Print a test page"), Do.TEST_PAGE, "strong", "printer", "P", is_on=bool(now.name)),
            picture=self.picture,
            paper=paper_words(setup.width),
        )

    def _main_words(self) -> str:
        first = self.stopped or next(iter(self.now.jobs), None)
        if first is None:
            return say("Nothing waits")
        if first.pieces > 1 and first.done:
            return say("Print the rest, from ticket {number}", number=first.done + 1)
        return say("Print {papers}", papers=count(len(self.now.jobs), "paper that waits", "papers that wait"))

    def _foot(self, stopped: Job | None) -> str:
        if stopped is None:
            return say("Nothing prints by itself, and nothing twice.") if self.now.jobs else ""
        if stopped.pieces > 1:
            text = say("Ticket {number} prints again in full, as a copy.", number=stopped.done + 1)
        else:
            text = say("It prints again in full, as a copy.")
        return f"{text} {say('A torn one is not a second ticket: it has the same code.')}"

    def _settings(self, setup: PrinterSetup) -> tuple[SettingView, ...]:
        def row(label: str, key: str, of: Of, words: Sequence[str], chosen: int) -> SettingView:
            buttons = tuple(
                ButtonView(each, Pick(of, i), "strong" if i == chosen else "plain", name=f"{label}: {each}")
                for i, each in enumerate(words)
            )
            return SettingView(label, key, buttons)

        drawers = [say(each) for each in _DRAWERS.values()]
        if setup.neighbour:
            drawers[list(_DRAWERS).index(DrawerOpens.NEIGHBOUR)] = say("At {till}", till=setup.neighbour)
        opens = tuple(
            ButtonView(
                _short(kind),
                Pick(Of.OPENS_FOR, i),
                "strong" if kind in setup.drawer_tenders else "plain",
                name=say("The drawer opens for {tender}", tender=_short(kind)),
            )
            for i, kind in enumerate(_BESIDES_CASH)
        )
        return (
            row(say("Paper"), "A", Of.WIDTH, tuple(_WIDTHS.values()), list(_WIDTHS).index(setup.width)),
            row(say("Cut"), "S", Of.CUTS, [say(each) for each in _CUTS.values()], list(_CUTS).index(setup.cuts)),
            row(say("Drawer opens"), "D", Of.DRAWER, drawers, list(_DRAWERS).index(setup.drawer)),
            *(
                SettingView(say("Besides cash, for") if not i else "", "", opens[i : i + _IN_A_ROW])
                for i in range(0, len(opens), _IN_A_ROW)
            ),
            row(
                say("Letters"),
                "F",
                Of.LETTERS,
                [say(each) for each in _LETTERS.values()],
                list(_LETTERS).index(setup.letters),
            ),
            row(
                say("Tickets on"), "G", Of.STOCK, [say(each) for each in _STOCKS.values()], _place(_STOCKS, setup.stock)
            ),
            *(self._of_tickets(setup, row) if setup.stock is not Stock.ROLL else ()),
        )

    def _of_tickets(self, setup: PrinterSetup, row: Callable[..., SettingView]) -> tuple[SettingView, ...]:
        """Returns what is asked of a printer that tickets have for themselves."""
        letters = [say(each) for each in _TICKET_LETTERS.values()]
        density = _place(_DENSITIES, setup.ticket_density)
        return (
            row(say("Its head"), "", Of.DENSITY, tuple(_DENSITIES.values()), density),
            row(say("Its letters"), "", Of.TICKET_LETTERS, letters, _place(_TICKET_LETTERS, setup.plain_tickets)),
        )

    def act(self, action: Action) -> Next:
        setup = self.setup
        match action:
            case Do.BACK:
                return ThisTill()
            case Do.TRY_AGAIN:
                self._look()
            case Pick(Of.PRINTER, index):
                self._choose(replace(setup, address=self.choices[index].address))
            case Pick(Of.OPENS_FOR, index):
                kind = _BESIDES_CASH[index]
                kept = tuple(each for each in setup.drawer_tenders if each is not kind)
                self._choose(replace(setup, drawer_tenders=kept if kind in setup.drawer_tenders else (*kept, kind)))
            case Pick(of, index):
                self._choose(_with(setup, of, index))
            case WriteAddress(text, is_for_tickets=True):
                self._choose(replace(setup, ticket_address=address_of(text)))
            case WriteAddress(text, is_neighbour=False):
                self._choose(replace(setup, address=address_of(text)))
            case WriteAddress(text):
                name, address = neighbour_of(text)
                self._choose(replace(setup, neighbour=name, neighbour_address=address))
            case Do():
                self._do(action)
            case _:
                pass
        return None

    def _do(self, action: Do) -> None:
        first = self.stopped or next(iter(self.now.jobs), None)
        match action:
            case Do.PRINT_WAITING if self.now.jobs:
                self._run(self.port.go_on)
            case Do.SEND_AWAY if self.now.jobs and self.now.setup.neighbour_address:
                self._run(self.port.send_away)
            case Do.SKIP_PAPER if first is not None:
                self._run(lambda: self.port.skip(first.id))
            case Do.TEST_PAGE if self.now.name:
                language = code()
                self._run(lambda: self.port.test_page(language))
            case Do.TRY_DRAWER:
                act = Act(Right.OPEN_DRAWER, say("to try"), say("Open the drawer without a sale"))
                allowed(self.session, act, self.port.open_drawer, lambda _: None, lane=Lane.CONTROL)
            case _:
                pass

    def typed(self, key: Key) -> Next:
        letter = key.text.upper()
        if letter in _KEYS and letter and _KEYS.index(letter) < len(self.choices):
            return self.act(Pick(Of.PRINTER, _KEYS.index(letter)))
        if letter in _CYCLES:
            answers, chosen, _ = _ANSWERS[_CYCLES[letter]]
            place = answers.index(chosen(self.setup))
            return self.act(Pick(_CYCLES[letter], (place + 1) % len(answers)))
        action = _LETTER_KEYS.get(letter)
        return None if action is None else self.act(action)

    def scanned(self, readings: Sequence[str]) -> bool:
        """Takes the code of the test page."""
        if any(each.startswith(CODE) for each in readings):
            self.session.say(say("The test page reads well."), icon="scan")
            return True
        return False

    def _choose(self, setup: PrinterSetup) -> None:
        if setup != self.setup:
            act = Act(Right.SETTINGS, say("to change"), say("The printer of this till"))

            def begun() -> None:
                self._wanted = setup

            def failed(error: BoxofficeError) -> Next:
                self._wanted = None
                self.session.say_failed(error)
                return None

            allowed(
                self.session,
                act,
                lambda: self.port.choose(setup),
                self._chosen,
                failed=failed,
                begun=begun,
                lane=Lane.CONTROL,
            )

    def _chosen(self, now: PrinterNow) -> None:
        if self._wanted == now.setup:
            self._wanted = None
        self._took(now)
        self.session.call(self.port.look, self._took, lane=Lane.LOOK)

    def _run(self, job: Callable[[], PrinterNow]) -> None:
        def failed(error: BoxofficeError) -> Next:
            self.session.say_failed(error)
            self.session.call(self.port.now, self._took, lane=Lane.LOOK)
            return None

        self.session.call(job, self._took, failed=failed, lane=Lane.PAPER)


_ANSWERS: Final[Mapping[Of, tuple[Sequence[Any], Callable[[PrinterSetup], object], Callable[..., PrinterSetup]]]] = {
    Of.WIDTH: (tuple(_WIDTHS), lambda setup: setup.width, lambda setup, to: replace(setup, width=to)),
    Of.CUTS: (tuple(_CUTS), lambda setup: setup.cuts, lambda setup, to: replace(setup, cuts=to)),
    Of.DRAWER: (tuple(_DRAWERS), lambda setup: setup.drawer, lambda setup, to: replace(setup, drawer=to)),
    Of.LETTERS: (tuple(_LETTERS), lambda setup: setup.letters, lambda setup, to: replace(setup, letters=to)),
    Of.STOCK: (tuple(_STOCKS), lambda setup: setup.stock, lambda setup, to: replace(setup, stock=to)),
    Of.DENSITY: (
        tuple(_DENSITIES),
        lambda setup: setup.ticket_density,
        lambda setup, to: replace(setup, ticket_density=to),
    ),
    Of.TICKET_LETTERS: (
        tuple(_TICKET_LETTERS),
        lambda setup: setup.plain_tickets,
        lambda setup, to: replace(setup, plain_tickets=to),
    ),
}
"""The answers to each question in the order in which they stand, which of them holds, and the set-up with another."""
_CYCLES: Final = {"A": Of.WIDTH, "S": Of.CUTS, "D": Of.DRAWER, "F": Of.LETTERS, "G": Of.STOCK}
"""Keys that take the next answer."""
_LETTER_KEYS: Final[Mapping[str, Do]] = {
    "X": Do.SKIP_PAPER,
    "B": Do.SEND_AWAY,
    "P": Do.TEST_PAGE,
    "O": Do.TRY_DRAWER,
    "L": Do.TRY_AGAIN,
}


def _with(setup: PrinterSetup, of: Of, index: int) -> PrinterSetup:
    if of not in _ANSWERS:
        return setup
    answers, _, change = _ANSWERS[of]
    return change(setup, answers[index])


def _place(choices: Mapping[T, object], chosen: T) -> int:
    return list(choices).index(chosen)


def _short(kind: TenderKind) -> str:
    words = TENDERS[kind].words
    return say(words.short or words.name)
