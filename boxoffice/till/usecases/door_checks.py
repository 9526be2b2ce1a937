"""What is looked at of papers, screens, places and people before doors open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from boxoffice.core.catalogue import code_of
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.preflight import Answer, Check, Outcome
from boxoffice.core.rights import Right, can_approve
from boxoffice.till.store import print_jobs, value_leases
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.devices import CustomerDisplay, PrinterState
from boxoffice.till.usecases.gateway.printing import DrawerOpens, JobState, PaperKind
from boxoffice.till.usecases.gateway.stock import PoolStock
from boxoffice.till.usecases.ports import NotPrinted
from boxoffice.till.usecases.printing import WORKS, Printing
from boxoffice.till.usecases.proofs import proved_at, tonight
from boxoffice.till.usecases.side_by_side import Job
from boxoffice.till.usecases.status import Status

_MOST: Final = 4
"""So many pools are named."""
_LAST_PAPERS: Final = 50
_PRINTERS: Final[Mapping[PrinterState, tuple[Outcome, str, str]]] = {
    PrinterState.READY: (Outcome.PASS, later("{printer} is ready"), ""),
    PrinterState.UNKNOWN: (
        Outcome.PASS,
        later("{printer} does not say how it is: the test page shows it"),
        "",
    ),
    PrinterState.PAPER_LOW: (
        Outcome.TO_DO,
        later("{printer}: the paper is nearly at its end"),
        later("Put in a new roll."),
    ),
}
"""What is to be said of a printer that takes what is sent."""
_NO_PRINTER_FIX: Final = later("Choose one on the printer's page. Until then papers are saved as PDF, or mailed.")


@dataclass(frozen=True, slots=True)
class DoorChecks:
    """`screens` is how many are plugged in; None where nobody can tell."""

    context: TillContext
    printing: Printing
    status: Status
    screens: int | None
    sells: bool = True

    def jobs(self) -> Mapping[Check, Job]:
        return {
            Check.PRINTER: self._printer,
            Check.TEST_PRINT: self._test_print,
            Check.DRAWER: self._drawer,
            Check.SCANNER: self._scanner,
            Check.DISPLAYS: self._displays,
            Check.PLACES: self._places,
            Check.STAFF: self._staff,
            Check.DOOR_LIST: self._door_list,
        }

    def _printer(self) -> Answer:
        printing = self.printing
        name = printing.printer.name
        if not name:
            return Answer(Check.PRINTER, Outcome.TO_DO, later("No printer is set up"), _NO_PRINTER_FIX)
        state, parts = printing.look(), {"printer": name, "papers": f"{printing.waiting:,}"}
        printing.on_change()
        if state not in WORKS:
            error = NotPrinted(state, name, may_be_out=False)
            return Answer(Check.PRINTER, Outcome.FAIL, error.what_happened, error.what_to_do)
        if printing.waiting:
            return Answer(
                Check.PRINTER,
                Outcome.TO_DO,
                later("{printer}: {papers} papers wait"),
                later("Print or leave them out, on the printer's page."),
                parts,
            )
        outcome, words, fix = _PRINTERS[state]
        return Answer(Check.PRINTER, outcome, words, fix, parts)

    def _test_print(self) -> Answer:
        if not self.printing.printer.name:
            return Answer(Check.TEST_PRINT, Outcome.UNUSED, later("No printer is set up"))
        with self.context.store.reading() as connection:
            papers = print_jobs.over(connection, _LAST_PAPERS)
        tests = [job for job in papers if (job.kind, job.state) == (PaperKind.TEST.value, JobState.PRINTED.value)]
        at = tonight(self.context, tests[0].asked_at) if tests else None
        if at is None:
            fix = later("Print one, and look at its letters and where it is cut.")
            return Answer(Check.TEST_PRINT, Outcome.TO_DO, later("Not printed tonight"), fix)
        return Answer(Check.TEST_PRINT, Outcome.PASS, later("Printed at {time}"), at=at)

    def _drawer(self) -> Answer:
        printing = self.printing
        setup = printing.setup
        if not self.sells or setup.drawer is DrawerOpens.NEVER:
            return Answer(Check.DRAWER, Outcome.UNUSED, later("It is opened by hand"))
        parts = {"till": setup.neighbour or setup.neighbour_address}
        if printing.drawer_problem:
            fix = later("Try it: look at the drawer's cable, at the printer.")
            return Answer(Check.DRAWER, Outcome.FAIL, printing.drawer_problem, fix)
        if setup.drawer is DrawerOpens.NEIGHBOUR:
            return self._neighbour(parts)
        if not printing.printer.has_drawer:
            return Answer(
                Check.DRAWER,
                Outcome.TO_DO,
                later("No drawer opens by this printer"),
                later("Say where the cash goes, on the printer's page: another till, or by hand."),
            )
        words = (
            later("Opens when the sale is done") if setup.drawer is DrawerOpens.AFTER else later("Opens at the sale")
        )
        return Answer(Check.DRAWER, Outcome.PASS, words)

    def _neighbour(self, parts: Mapping[str, str]) -> Answer:
        if not self.printing.setup.neighbour_address:
            fix = later("Give the address of its printer, on the printer's page.")
            return Answer(Check.DRAWER, Outcome.FAIL, later("Nobody has said at which till"), fix)
        if self.printing.neighbour().look() in WORKS:
            return Answer(Check.DRAWER, Outcome.PASS, later("Opens at {till}"), parts=parts)
        fix = later("Switch its printer on, or take a drawer here.")
        return Answer(Check.DRAWER, Outcome.FAIL, later("{till} can't be reached"), fix, parts)

    def _scanner(self) -> Answer:
        at = proved_at(self.context, Check.SCANNER)
        if at is None:
            fix = later("Scan any code now: a ticket, or the one on the test page.")
            return Answer(Check.SCANNER, Outcome.TO_DO, later("No code was read tonight"), fix)
        return Answer(Check.SCANNER, Outcome.PASS, later("Read a code at {time}"), at=at)

    def _displays(self) -> Answer:
        match self.status.customer_display:
            case CustomerDisplay.OFF:
                return Answer(Check.DISPLAYS, Outcome.UNUSED, later("The customer sees no screen of their own"))
            case CustomerDisplay.WINDOW:
                return Answer(Check.DISPLAYS, Outcome.PASS, later("In a window of its own"))
            case _:
                return self._second_screen()

    def _second_screen(self) -> Answer:
        if self.screens is None:
            fix = later("Look at it from this till's own window.")
            return Answer(Check.DISPLAYS, Outcome.TO_DO, later("Not looked at from here"), fix)
        if self.screens < 2:
            fix = later("Plug the second screen in and switch it on; it is found by itself.")
            return Answer(Check.DISPLAYS, Outcome.FAIL, later("Only one screen is there"), fix)
        return Answer(Check.DISPLAYS, Outcome.PASS, later("On the second screen"))

    def _places(self) -> Answer:
        if not self.sells:
            return Answer(Check.PLACES, Outcome.UNUSED, later("This machine sells nothing"))
        stock = self.status.stock()
        pools = [each for each in stock if code_of(each.pool_id) is None]
        lacking = [each for each in pools if each.here == 0 < each.overall]
        if lacking:
            parts = {"pools": _named(lacking)}
            fix = later("Keep more places here, to sell them with no network.")
            return Answer(Check.PLACES, Outcome.TO_DO, later("None on this till of: {pools}"), fix, parts)
        places = ", ".join(f"{each.here:,} {each.name}" for each in pools[:_MOST]) + (
            " …" if len(pools) > _MOST else ""
        )
        codes = sum(each.here for each in stock if code_of(each.pool_id) is not None)
        parts = {"places": places, "codes": f"{codes:,}", "value": self._value()}
        words = (
            later("{places}; {codes} uses of codes; {value} of gift cards")
            if codes or parts["value"]
            else later("{places}")
        )
        parts["value"] = parts["value"] or str(Money(0, self.context.event.catalogue.currency))
        return Answer(Check.PLACES, Outcome.PASS, words, parts=parts)

    def _value(self) -> str:
        """Returns what of gift cards can be spent here, by currency; nothing for none."""
        with self.context.store.reading() as connection:
            found = value_leases.all_left(connection)
        sums: dict[str, int] = {}
        for each in found:
            sums[each.currency] = sums.get(each.currency, 0) + each.amount - each.spent - each.returned
        return ", ".join(str(Money(minor, Currency(code))) for code, minor in sorted(sums.items()))

    def _staff(self) -> Answer:
        sync = self.status.sync
        people = [each.person for each in sync.signing_in.team().people]
        if not people:
            return Answer(Check.STAFF, Outcome.UNUSED, later("No staff is kept: nobody signs in"))
        parts = {"people": f"{len(people):,}"}
        if not any(can_approve(each, Right.REFUND) for each in people):
            fix = later("An organizer makes somebody a supervisor, at the hub, under Staff.")
            return Answer(Check.STAFF, Outcome.TO_DO, later("{people} people, and nobody to approve"), fix, parts)
        if sync.synced_at is None:
            words = later("{people} people, not compared since this till was started")
            return Answer(Check.STAFF, Outcome.TO_DO, words, later("Sync now."), parts)
        at = self.context.local(sync.synced_at)
        return Answer(Check.STAFF, Outcome.PASS, later("{people} people, as of {time}"), "", parts, at)

    def _door_list(self) -> Answer:
        at = proved_at(self.context, Check.DOOR_LIST)
        if at is None:
            fix = later("Make it and print it: with it the gate goes on when all else fails.")
            return Answer(Check.DOOR_LIST, Outcome.TO_DO, later("Not made tonight"), fix)
        return Answer(Check.DOOR_LIST, Outcome.PASS, later("Made at {time}"), at=at)


def _named(pools: Sequence[PoolStock]) -> str:
    return ", ".join(each.name for each in pools[:_MOST])
