"""The use cases of a paired till, built over what it is put into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from boxoffice.documents.model import Paper
from boxoffice.till.store.backups import KEPT, Backups
from boxoffice.till.store.database import Store
from boxoffice.till.store.elsewhere import NAME as ELSEWHERE
from boxoffice.till.store.elsewhere import Elsewhere
from boxoffice.till.store.journal import Journal
from boxoffice.till.usecases import identity
from boxoffice.till.usecases.asking import Asking
from boxoffice.till.usecases.at_the_drawer import AtTheDrawer
from boxoffice.till.usecases.at_the_gate import AtTheGate
from boxoffice.till.usecases.at_the_printer import AtThePrinter, TrialPages
from boxoffice.till.usecases.check_in import CheckIn
from boxoffice.till.usecases.collecting import Collecting
from boxoffice.till.usecases.context import TillContext, new_uuid7
from boxoffice.till.usecases.door_list import DoorLists
from boxoffice.till.usecases.gate_reader import GateReader
from boxoffice.till.usecases.gateway.devices import CustomerDisplay
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.gateway.printing import PaperKind, PrinterSetup
from boxoffice.till.usecases.gift_cards import GiftCards
from boxoffice.till.usecases.giving_back import GivingBack
from boxoffice.till.usecases.handing_over import HandingOver
from boxoffice.till.usecases.keeping import KeepPlaces
from boxoffice.till.usecases.kiosk import AtTheKiosk
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.machine_checks import MachineChecks
from boxoffice.till.usecases.mending import Mending
from boxoffice.till.usecases.money_checks import MoneyChecks
from boxoffice.till.usecases.noting import Noting
from boxoffice.till.usecases.offering import Offering
from boxoffice.till.usecases.operator import Operator
from boxoffice.till.usecases.orders import Orders
from boxoffice.till.usecases.paperwork import OrderPapers, Papers
from boxoffice.till.usecases.phone_payment import POLL_S, PhonePayment
from boxoffice.till.usecases.ports import Clock, Connections, Printer, Printers, Vault
from boxoffice.till.usecases.preflight import Preflight
from boxoffice.till.usecases.printing import Printing, Source
from boxoffice.till.usecases.provider_list import ProviderList
from boxoffice.till.usecases.reader_display import ReaderDisplay
from boxoffice.till.usecases.reader_payment import ReaderPayment
from boxoffice.till.usecases.recovery import Recovery
from boxoffice.till.usecases.refilling import Refilling
from boxoffice.till.usecases.refunding import Refunding
from boxoffice.till.usecases.scans import Scans
from boxoffice.till.usecases.selling import Selling
from boxoffice.till.usecases.shifts import Shifts
from boxoffice.till.usecases.status import Readers, Status
from boxoffice.till.usecases.stripe_key import KeyedTerminal
from boxoffice.till.usecases.swapping import Swapping
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.tenders import Tenders
from boxoffice.till.usecases.transferring import Transferring
from boxoffice.till.usecases.trial_payment import TrialPayment
from boxoffice.till.usecases.unknown import UnknownPayments
from boxoffice.till.usecases.voiding import Voiding
from boxoffice.till.usecases.wakeups import Wakeups


@dataclass(frozen=True, slots=True)
class Environment:
    """What a till is put into: folders, vault, ways out, printer, clock."""

    folder: Path
    documents: Path
    paper: Paper
    vault: Vault
    connections: Connections
    printer: Printer
    clock: Clock
    hub_url: str = ""
    backups: Path | None = None
    """Where the backups lie; without one, beside the till's file."""
    backup_every_s: float = 600.0
    backups_kept: int = KEPT
    printers: Printers | None = None
    """From which another printer may be chosen than `printer`, which is of `printer_setup`."""
    customer_display: CustomerDisplay = CustomerDisplay.OFF
    """Where the customer sees the sale, until that is chosen on the screen."""
    printer_setup: PrinterSetup = field(default_factory=PrinterSetup)
    sells: bool = True
    """Whether it takes places to sell; a machine that only lets people in takes none."""

    def backups_with(self, key_hex: str) -> Backups:
        """Returns this till's backups, under the key of its file."""
        return Backups(self.backups or self.folder / "backups", key_hex, self.backups_kept)


@dataclass(frozen=True, slots=True)
class TillServices:
    """The use cases of a paired till: made with it if they remember anything, else where they are asked for."""

    documents: Path
    """Where papers and lists are saved."""
    context: TillContext
    link: Link
    sync: Sync
    mending: Mending
    selling: Selling
    tenders: Tenders
    orders: Orders
    readers: Readers
    reader_payment: ReaderPayment
    phone_payment: PhonePayment
    offering: Offering
    wakeups: Wakeups
    unknown: UnknownPayments
    papers: Papers
    status: Status
    recovery: Recovery
    handing_over: HandingOver
    shifts: Shifts
    at_the_drawer: AtTheDrawer
    printing: Printing
    reader_display: ReaderDisplay
    kiosk: AtTheKiosk
    money_checks: MoneyChecks
    machine_checks: MachineChecks
    paper: Paper

    @classmethod
    def build(cls, store: Store, who: identity.Identity, environment: Environment) -> "TillServices":
        clock, file_key = environment.clock, identity.file_key(environment.vault, environment.folder)
        context = _context(store, who, environment, file_key)
        link = Link(environment.connections.hub(who.hub_url, who.token), clock)
        terminal = KeyedTerminal(environment.vault, environment.connections, who.stripe_base, who.stripe_key)
        mending = Mending(context, link, environment.backups_with(file_key))
        sync, wakeups = Sync(context, link, terminal, mending, takes_places=environment.sells), Wakeups()
        selling = Selling(context, sync.hub_time.surely_off_sale)
        tenders, orders, readers = Tenders(context, selling), Orders(context), Readers(context, terminal)
        reader_payment = ReaderPayment(terminal, tenders, clock)
        shifts = Shifts(context)
        printing = Printing(context, environment.printer, environment.printers, environment.printer_setup)
        status = Status(context, link, sync, tenders, readers, printing, who.hub_url)
        papers = Papers(context, sync, printing, environment.documents, environment.paper)
        offering = Offering(context, link, sync, tenders, wakeups, POLL_S)
        phone_payment = PhonePayment(context, link, sync, tenders, wakeups, offering)
        at_the_drawer = AtTheDrawer(
            context,
            shifts,
            ProviderList(terminal, lambda: link.is_online),
            printing,
            environment.documents,
            environment.paper,
            Asking(context, sync),
            unknown=lambda: len(tenders.unknown()),
            people=lambda: [each.person for each in sync.signing_in.team().people],
        )
        printing.sources = sources(context, printing, papers, at_the_drawer)
        reader_display = ReaderDisplay(terminal, lambda: readers.chosen_id)
        trial = TrialPayment(context, terminal, readers, reader_display.put_away)
        services = cls(
            documents=environment.documents,
            context=context,
            link=link,
            sync=sync,
            mending=mending,
            selling=selling,
            tenders=tenders,
            orders=orders,
            readers=readers,
            reader_payment=reader_payment,
            phone_payment=phone_payment,
            offering=offering,
            wakeups=wakeups,
            unknown=UnknownPayments(tenders, orders, reader_payment, phone_payment),
            papers=papers,
            status=status,
            recovery=Recovery(orders, selling),
            handing_over=HandingOver(context, link, sync, tenders, environment.documents, who.hub_url),
            shifts=shifts,
            at_the_drawer=at_the_drawer,
            printing=printing,
            kiosk=AtTheKiosk(context, sync, shifts),
            reader_display=reader_display,
            money_checks=MoneyChecks(context, link, terminal, readers, shifts, trial, environment.sells),
            machine_checks=MachineChecks(
                context,
                link,
                sync,
                mending,
                environment.connections,
                who.hub_url,
                who.stripe_base,
                environment.folder,
                lambda: bool(terminal.key_id),
            ),
            paper=environment.paper,
        )
        printing.sources = {**printing.sources, PaperKind.PREFLIGHT: services.preflight}
        return services

    @property
    def preflight(self) -> Preflight:
        """What is looked at before doors open, and where its paper comes from."""
        lists = DoorLists(self.check_in, self.documents)
        return Preflight(
            self.context,
            self.status,
            self.printing,
            self.money_checks,
            self.machine_checks,
            lists,
            self.keep_places,
            self.documents,
            self.paper,
            self.money_checks.sells,
        )

    @property
    def giving_back(self) -> GivingBack:
        return GivingBack(self.context)

    @property
    def gift_cards(self) -> GiftCards:
        return GiftCards(self.context, self.sync, self.selling)

    @property
    def refunding(self) -> Refunding:
        return Refunding(self.context, self.asking)

    @property
    def swapping(self) -> Swapping:
        return Swapping(self.context, self.selling)

    @property
    def collecting(self) -> Collecting:
        return Collecting(self.context)

    @property
    def noting(self) -> Noting:
        return Noting(self.context, self.asking)

    @property
    def voiding(self) -> Voiding:
        return Voiding(self.context, self.asking)

    @property
    def transferring(self) -> Transferring:
        return Transferring(self.context, self.asking, GateReader(self.context, self.orders))

    @property
    def refilling(self) -> Refilling:
        return Refilling(self.sync, self.wakeups, self.status.now)

    @property
    def scans(self) -> Scans:
        return Scans(self.context, self.orders)

    @property
    def check_in(self) -> CheckIn:
        return CheckIn(self.context, GateReader(self.context, self.orders), self.selling)

    @property
    def at_the_gate(self) -> AtTheGate:
        return AtTheGate(self.check_in, DoorLists(self.check_in, self.documents))

    @property
    def keep_places(self) -> KeepPlaces:
        return KeepPlaces(self.context, self.sync)

    @property
    def at_the_printer(self) -> AtThePrinter:
        return AtThePrinter(self.context, self.printing)

    @property
    def asking(self) -> Asking:
        return Asking(self.context, self.sync)

    def close(self) -> None:
        self.reader_display.close()
        self.link.close()
        self.context.elsewhere.close()
        if self.readers.terminal is not None:
            self.readers.terminal.close()


def _context(store: Store, who: identity.Identity, environment: Environment, file_key: str) -> TillContext:
    clock, operator = environment.clock, Operator()
    journal = Journal(who.device.id, who.key, clock.now, lambda: new_uuid7(clock), lambda: operator.acting)
    elsewhere = Elsewhere(environment.folder / ELSEWHERE, file_key)
    return TillContext(store, elsewhere, who.device, journal, clock, operator)


def sources(
    context: TillContext, printing: Printing, papers: Papers, at_the_drawer: AtTheDrawer
) -> Mapping[PaperKind, Source]:
    """Returns what makes each kind of paper that waits for the printer."""
    return {
        PaperKind.RECEIPT: OrderPapers(papers, Paperwork.RECEIPT),
        PaperKind.TICKETS: OrderPapers(papers, Paperwork.TICKETS),
        PaperKind.REPORT: at_the_drawer,
        PaperKind.TEST: TrialPages(context, printing),
    }
