"""Puts a training together and shows it: the only place that builds its parts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from boxoffice.core.training import TRAINING_EVENT
from boxoffice.sandbox.server import Sandbox
from boxoffice.till.app import SystemClock
from boxoffice.till.config import Settings
from boxoffice.till.devices.finding_printers import PrintersHere
from boxoffice.till.devices.printer import printer_from
from boxoffice.till.devices.sounds import SystemSounds
from boxoffice.till.store.one_writer import OneWriter
from boxoffice.till.usecases.context import new_uuid7
from boxoffice.till.usecases.gateway.devices import CustomerDisplay
from boxoffice.till.usecases.gateway.printing import PrinterSetup
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.till_services import Environment
from boxoffice.training.coach import Coach
from boxoffice.training.hub import PracticeHub
from boxoffice.training.lines import HUB_URL, PracticeLines, PracticeReaders
from boxoffice.training.printer import StampedPrinter, StampedPrinters
from boxoffice.training.results import Results
from boxoffice.training.source import Source, source_for
from boxoffice.training.stage import Stage, people_for
from boxoffice.training.staging import roles_in, staged
from boxoffice.training.workspace import OpenVault, Workspace


@dataclass(frozen=True, slots=True)
class Training:
    """A training that is set up: a till that is ready to be opened by a window, and who watches it."""

    till: Till
    coach: Coach
    hub: PracticeHub
    sandbox: Sandbox


@contextmanager
def training(settings: Settings, workspace: Workspace, source: Source) -> Iterator[Training]:
    """Sets a training up, its till shut, and takes it away again with all that was practised.

    Of the settings, only where paper comes out and where a customer looks is used: no address, no vault, no folder.
    """
    workspace.clear()
    clock = SystemClock()
    catalogue = staged(source.catalogue, clock.now())
    hub = PracticeHub(
        catalogue, people_for(source.people, lambda: new_uuid7(clock)), clock.now, lambda: new_uuid7(clock)
    )
    scarce = roles_in(catalogue).pool
    if scarce is not None:
        hub.keep_scarce(scarce)
    with Sandbox.start() as sandbox:
        readers = PracticeReaders(sandbox)
        printer = _printer(settings, workspace, clock)
        till = Till(_environment(settings, workspace, PracticeLines(hub, sandbox), printer, clock))
        try:
            _pair(till, source)
            stage = Stage(till, hub, readers, printer)
            readers.work()
            till.close()  # a window opens it anew, as it does at each start
            yield Training(till, Coach(stage, Results(workspace.folder), till.now), hub, sandbox)
        finally:
            hub.end()
            till.close()
            workspace.clear()


def _pair(till: Till, source: Source) -> None:
    """Pairs the till with the training's hub, and chooses event, reader and language as the real one has them."""
    till.open()
    till.pair(HUB_URL, "PRACTICE")
    till.choose_event(TRAINING_EVENT)
    readers = till.readers()
    if readers:
        till.choose_reader(readers[0].id)
    if source.language:
        till.choose_language(source.language)


def _printer(settings: Settings, workspace: Workspace, clock: SystemClock) -> StampedPrinter:
    """Returns the printer that the till was set up with by its settings; else one that draws what it would print."""
    address = settings.printer or f"png:{workspace.papers}"
    return StampedPrinter(printer_from(PrinterSetup(address), settings.paper, "BOXOFFICE_PRINTER"), clock.now)


def _environment(
    settings: Settings, workspace: Workspace, lines: PracticeLines, printer: StampedPrinter, clock: SystemClock
) -> Environment:
    return Environment(
        folder=workspace.practice,
        documents=workspace.papers,
        paper=settings.paper,
        vault=OpenVault(),
        connections=lines,
        printer=printer,
        printers=StampedPrinters(PrintersHere(settings.paper), printer),
        printer_setup=PrinterSetup(settings.printer),
        customer_display=CustomerDisplay(settings.customer_display),
        clock=clock,
        hub_url=HUB_URL,
        backup_every_s=24 * 3600.0,
    )


def run_training(on_shown: Callable[[], None] = lambda: None) -> int:
    """Opens a training's window, and returns when it is closed.

    Raises:
        AlreadyOpen: if a training is open already on this computer's till.
    """
    from boxoffice.till.ui.start import run_window  # noqa: PLC0415  # 0.3 s: only one that has a window loads Qt

    settings = Settings.from_environment()
    workspace = Workspace.beside(settings.data_dir)
    with OneWriter(workspace.folder):
        source = source_for(settings, workspace)
        with training(settings, workspace, source) as it:
            sounds = SystemSounds()
            try:
                return run_window(it.till, on_shown=on_shown, trainer=it.coach, play=sounds.play)
            finally:
                sounds.close()
