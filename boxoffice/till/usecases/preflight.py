"""The look at a till before doors open: all checks beside each other, what they came to as a fact, and on paper."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from boxoffice.core.errors import OperationFailed
from boxoffice.core.payloads.preflight import PreflightDone
from boxoffice.core.preflight import Answer, Check, Verdict
from boxoffice.documents.model import Paper
from boxoffice.documents.preflight import preflight_slip
from boxoffice.documents.slips import Slip
from boxoffice.till.store import settings
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.door_checks import DoorChecks
from boxoffice.till.usecases.door_list import DoorLists
from boxoffice.till.usecases.gateway.preflight import Look
from boxoffice.till.usecases.gateway.printing import PaperKind
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.keeping import KeepPlaces
from boxoffice.till.usecases.machine_checks import MachineChecks
from boxoffice.till.usecases.money_checks import MoneyChecks
from boxoffice.till.usecases.ports import Piece
from boxoffice.till.usecases.printing import Printing
from boxoffice.till.usecases.proofs import note_proof, tonight
from boxoffice.till.usecases.saving import save
from boxoffice.till.usecases.side_by_side import Job, Tell, side_by_side
from boxoffice.till.usecases.status import Status

_LAST: Final = "preflight"


class NothingLookedAt(OperationFailed):
    """There is no look of tonight to open the doors on, or to print."""

    def __init__(self) -> None:
        super().__init__("Nothing was looked at yet.", "Nothing was changed.", "Check all first.")


@cache
def _looks() -> TypeAdapter[tuple[str, Look]]:
    """Returns what reads the last look, with the event that it was for; it takes a while to be made."""
    return TypeAdapter(tuple[str, Look])


@dataclass(frozen=True, slots=True)
class Preflight:
    """Implements `gateway.preflight.PreflightPort`."""

    context: TillContext
    status: Status
    printing: Printing
    money: MoneyChecks
    machine: MachineChecks
    door_lists: DoorLists
    keep_places: KeepPlaces
    folder: Path
    paper: Paper
    sells: bool = True
    changed: Callable[[], None] = lambda: None
    limit_s: Callable[[Check], float] | None = None

    def look(self, screens: int | None, tell: Tell, only: Sequence[Check] = ()) -> Look:
        jobs = self._jobs(screens)
        wanted = {check: job for check, job in jobs.items() if not only or check in only}
        before = self.last() if only else None
        found: list[Answer] = [] if before is None else list(before.verdict.answers)

        def told(answer: Answer) -> None:
            found.append(answer)
            tell(answer)

        side_by_side(wanted, told, self.limit_s)
        look = Look(Verdict.of(found), self.context.local_now(), self._who())
        if before is None or before.verdict.outcomes != look.verdict.outcomes:
            self._keep(look, is_news=True)
        else:
            self._keep(replace(look, is_open=before.is_open), is_news=False)
        return look

    def _jobs(self, screens: int | None) -> Mapping[Check, Job]:
        doors = DoorChecks(self.context, self.printing, self.status, screens, self.sells)
        return {**self.money.jobs(), **self.machine.jobs(), **doors.jobs()}

    def last(self) -> Look | None:
        with self.context.store.reading() as connection:
            kept = settings.get(connection, _LAST)
        if kept is None:
            return None
        try:
            event_id, look = _looks().validate_json(kept)
        except ValidationError:  # one of another version
            return None
        if event_id != self.context.event.catalogue.id or tonight(self.context, look.at) is None:
            return None
        return look

    def open_doors(self) -> Look:
        look = self.last()
        if look is None:
            raise NothingLookedAt
        look = replace(look, at=self.context.local_now(), by=self._who(), is_open=True)
        self._keep(look, is_news=True)
        return look

    def _keep(self, look: Look, *, is_news: bool) -> None:
        """Keeps it for the page and for paper; what is news is a fact too, in the same transaction."""
        event_id = self.context.event.catalogue.id
        with self.context.store.transaction() as connection:
            settings.put(connection, _LAST, _looks().dump_json((event_id, look)).decode())
            if is_news:
                done = PreflightDone(outcomes=look.verdict.outcomes, opened=look.is_open)
                self.context.write(connection, [done])
        self.changed()

    def _who(self) -> str:
        person = self.context.operator.acting.person
        return "" if person is None else person.name

    # What a check asks for

    def note_scan(self) -> None:
        note_proof(self.context, Check.SCANNER)

    def mend(self, check: Check, language: str) -> str:
        match check:
            case Check.TEST_PRINT:
                self.printing.ask(PaperKind.TEST, language, "")
            case Check.TEST_PAYMENT:
                self.money.trial.run()
            case Check.DOOR_LIST:
                return str(self.door_lists.save(language))
            case Check.DRAWER:
                self.printing.open_drawer()
            case Check.PLACES:
                self.keep_places(Keeping.STOCK)
            case Check.HUB | Check.STAFF:
                self.status.sync.everything()
            case _:
                pass  # looking again is all that can be done from here
        return ""

    # On paper

    def print(self, language: str) -> None:
        self.printing.ask(PaperKind.PREFLIGHT, language, self._slip(language).title)

    def save_pdf(self, language: str) -> Path:
        from boxoffice.documents.slip_pdf import slip_pdf  # noqa: PLC0415  # 84 ms of a till's start

        slip, at = self._slip(language), self.context.local_now()
        path = self.folder / f"{self.context.device.name} {slip.title} {at:%Y-%m-%d %H%M}.pdf"
        return save(path, slip_pdf(slip, self.paper), "Nothing was changed.")

    def counted_as(self, about: str) -> str:  # noqa: ARG002  # the port has it
        """Counts no copies: the next look is another paper."""
        return ""

    def note_outside(self, about: str) -> None:
        """It proves no sale."""

    def pieces(self, about: str, copy: int) -> Sequence[Piece]:  # noqa: ARG002  # the port has it
        return (self._slip(about),)

    def _slip(self, language: str) -> Slip:
        look, catalogue = self.last(), self.context.event.catalogue
        if look is None:
            raise NothingLookedAt
        head = (catalogue.name, f"{self.context.device.name} · {catalogue.venue}")
        return preflight_slip(head, look.verdict, self.context.local(look.at), look.by, language)
