"""The use cases of a paired till, built over what it is put into."""

from dataclasses import dataclass
from pathlib import Path

from boxoffice.documents.model import Paper
from boxoffice.till.services import identity
from boxoffice.till.services.desk import Desk, new_uuid7
from boxoffice.till.services.giving_back import GivingBack
from boxoffice.till.services.handing_over import HandingOver
from boxoffice.till.services.link import Link
from boxoffice.till.services.orders import Orders
from boxoffice.till.services.paperwork import Papers
from boxoffice.till.services.phone_payment import PhonePayment, Wakeups
from boxoffice.till.services.ports import Clock, Connections, Printer, Vault
from boxoffice.till.services.reader_payment import ReaderPayment
from boxoffice.till.services.recovery import Recovery
from boxoffice.till.services.scans import Scans
from boxoffice.till.services.selling import Selling
from boxoffice.till.services.status import Readers, Status
from boxoffice.till.services.stripe_key import KeyedTerminal
from boxoffice.till.services.syncing import Sync
from boxoffice.till.services.tenders import Tenders
from boxoffice.till.services.unknown import UnknownPayments
from boxoffice.till.store.database import Store
from boxoffice.till.store.journal import Journal


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a till is put into: folders, vault, ways out, printer, clock."""

    folder: Path
    documents: Path
    paper: Paper
    vault: Vault
    connections: Connections
    printer: Printer
    clock: Clock
    hub_url: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """The use cases of a paired till."""

    desk: Desk
    link: Link
    sync: Sync
    selling: Selling
    tenders: Tenders
    orders: Orders
    readers: Readers
    reader_payment: ReaderPayment
    phone_payment: PhonePayment
    wakeups: Wakeups
    unknown: UnknownPayments
    papers: Papers
    status: Status
    recovery: Recovery
    handing_over: HandingOver
    giving_back: GivingBack
    scans: Scans

    @classmethod
    def build(cls, store: Store, who: identity.Identity, around: Surroundings) -> "Parts":
        clock = around.clock
        journal = Journal(who.device.id, who.key, clock.now, lambda: new_uuid7(clock))
        desk = Desk(store, who.device, journal, clock)
        link = Link(around.connections.hub(who.hub_url, who.token), clock)
        terminal = KeyedTerminal(around.vault, around.connections, who.stripe_base, who.stripe_key)
        sync, wakeups = Sync(desk, link, terminal), Wakeups()
        selling = Selling(desk, sync.hub_time.surely_off_sale)
        tenders, orders, readers = Tenders(desk, selling), Orders(desk), Readers(desk, terminal)
        reader_payment = ReaderPayment(terminal, tenders, clock)
        phone_payment = PhonePayment(desk, link, sync, tenders, wakeups)
        return cls(
            desk=desk,
            link=link,
            sync=sync,
            selling=selling,
            tenders=tenders,
            orders=orders,
            readers=readers,
            reader_payment=reader_payment,
            phone_payment=phone_payment,
            wakeups=wakeups,
            unknown=UnknownPayments(tenders, orders, reader_payment, phone_payment),
            papers=Papers(desk, sync, around.printer, around.documents, around.paper),
            status=Status(desk, link, sync, tenders, readers, around.printer, who.hub_url),
            recovery=Recovery(orders, selling),
            handing_over=HandingOver(desk, link, sync, tenders, around.documents, who.hub_url),
            giving_back=GivingBack(desk),
            scans=Scans(desk, orders),
        )

    def close(self) -> None:
        self.link.close()
        if self.readers.terminal is not None:
            self.readers.terminal.close()
