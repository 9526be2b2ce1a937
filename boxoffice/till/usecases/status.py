"""What the status strip shows: always what is so, never what was hoped."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from boxoffice.core.inventory import LeaseCount
from boxoffice.core.leasing import asks_at
from boxoffice.core.sale_times import off_sale
from boxoffice.till.store import leases, pools_seen, problems_kept, settings
from boxoffice.till.store.orders import waiting_for_money
from boxoffice.till.store.pools_seen import Elsewhere
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.devices import CustomerDisplay, Reader, ReaderState
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import OffSale, PoolStock
from boxoffice.till.usecases.keeping import kept
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.offering import can_offer
from boxoffice.till.usecases.ports import StripeRefused, Terminal, Unreachable
from boxoffice.till.usecases.printing import Printing
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.tenders import Tenders

LOW_DISK_BYTES: Final = 200 * 1024 * 1024


@dataclass(slots=True)
class Readers:
    """The readers of the account, and the one that this till uses."""

    context: TillContext
    terminal: Terminal | None
    seen: tuple[Reader, ...] | None = None
    is_cut_off: bool = False

    @property
    def chosen_id(self) -> str | None:
        with self.context.store.reading() as connection:
            return settings.get(connection, "reader_id")

    def choose(self, reader_id: str) -> None:
        with self.context.store.transaction() as connection:
            settings.put(connection, "reader_id", reader_id)

    def look(self) -> tuple[Reader, ...]:
        """Asks Stripe for the readers; where there is only one, it is this till's."""
        if self.terminal is None:
            return ()
        try:
            found = self.terminal.readers()
        except Unreachable:
            self.is_cut_off = True
            raise
        except StripeRefused:
            self.is_cut_off, self.seen = False, ()
            return ()
        self.is_cut_off = False
        chosen = self.chosen_id
        if chosen is None and len(found) == 1:
            chosen = found[0].id
            self.choose(chosen)
        self.seen = tuple(
            Reader(r.id, r.label, ReaderState.READY if r.is_online else ReaderState.OFFLINE, r.id == chosen)
            for r in found
        )
        return self.seen

    def current(self) -> tuple[ReaderState, str]:
        """Returns the state and the name of this till's reader."""
        if self.terminal is None:
            return ReaderState.NONE, ""
        if self.seen is None and not self.is_cut_off:
            return (ReaderState.CHECKING if self.chosen_id else ReaderState.NONE), ""
        mine = next((reader for reader in self.seen or () if reader.is_chosen), None)
        if self.is_cut_off:
            return ReaderState.NEEDS_INTERNET, mine.label if mine else ""
        return (mine.state, mine.label) if mine else (ReaderState.NONE, "")


@dataclass(slots=True)
class Status:
    """Puts together what the strip shows."""

    context: TillContext
    link: Link
    sync: Sync
    tenders: Tenders
    readers: Readers
    printing: Printing
    hub_url: str
    is_reader_in_use: bool = False
    backup_problem: str = ""
    language: str = ""
    customer_display: CustomerDisplay = CustomerDisplay.OFF
    camera: str = ""

    def now(self) -> TillStatus:
        reader, reader_name = self.readers.current()
        if self.is_reader_in_use and reader is ReaderState.READY:
            reader = ReaderState.IN_USE
        with self.context.store.reading() as connection:
            problems, tag = problems_kept.count(connection), problems_kept.tag(connection)
        progress = self.sync.elsewhere.progress
        return TillStatus(
            device_name=self.context.device.name,
            hub_url=self.hub_url,
            is_online=self.link.is_online,
            can_offer=can_offer(self.context, self.link),
            offline_since=self._local(self.link.offline_since),
            unsent=self.sync.unsent_count(),
            synced_at=self._local(self.sync.synced_at),
            reader=reader,
            reader_name=reader_name,
            printer=self.printing.state,
            printer_name=self.printing.printer.name,
            papers_waiting=self.printing.waiting,
            drawer_at=self.printing.drawer_at,
            drawer_problem=self.printing.drawer_problem,
            stock=self.stock(),
            off_sale=self._off_sale(),
            keeping=kept(self.context, self.sync),
            unknown_payments=len(self.tenders.unknown()),
            hub_problems=problems,
            language=self.language,
            customer_display=self.customer_display,
            camera=self.camera,
            problems_tag=tag,
            parked=self._parked(),
            is_disk_low=shutil.disk_usage(self.context.store.path.parent).free < LOW_DISK_BYTES,
            backup_problem=self.backup_problem,
            clock_off_s=self.link.clock_off_s,
            calls=self.sync.help_calls.now(),
            orders_taken=progress.count,
            orders_to_take=progress.total if progress.is_filling else 0,
        )

    def _local(self, at: datetime | None) -> datetime | None:
        return None if at is None else self.context.local(at)

    def _parked(self) -> int:
        with self.context.store.reading() as connection:
            orders = len(waiting_for_money(connection))
        return orders + self.sync.parking.count()

    def stock(self) -> tuple[PoolStock, ...]:
        """Returns what there is of each pool, here and elsewhere."""
        if not self.context.has_event:
            return ()
        catalogue = self.context.event.catalogue
        with self.context.store.reading() as connection:
            counts = leases.counts_of(connection, catalogue.id)
            seen = pools_seen.read(connection, catalogue.id)
        elsewhere = {pool.id: seen.get(pool.id, Elsewhere(0)) for pool in catalogue.counted}
        shares = self.sync.shares.units()
        zone = self.context.event.timezone
        mine = {pool.id: counts.get(pool.id, LeaseCount()) for pool in catalogue.counted}
        return tuple(
            PoolStock(
                pool_id=pool.id,
                name=pool.name,
                capacity=pool.capacity,
                here=mine[pool.id].left,
                share=max(mine[pool.id].left, shares.get(pool.id, 0)),
                overall=mine[pool.id].left + elsewhere[pool.id].units,
                held=elsewhere[pool.id].held + mine[pool.id].held,
                retry_at=None if (at := elsewhere[pool.id].retry_at) is None else at.astimezone(zone),
                asks_at=asks_at(shares.get(pool.id, 0)),
                stock=elsewhere[pool.id].stock or 0,
            )
            for pool in catalogue.counted
        )

    def _off_sale(self) -> tuple[OffSale, ...]:
        """Returns what is not sold now: surely so by the hub's time, or else perhaps by this computer's own clock."""
        if not self.context.has_event:
            return ()
        catalogue = self.context.event.catalogue
        now, surely = self.sync.hub_time.surely_off_sale(catalogue)
        own = self.context.clock.now()
        perhaps = off_sale(catalogue, own) if self.sync.hub_time.now() is None else {}
        return tuple(
            OffSale(
                product_id=product,
                state=times.state(now if product in surely else own),
                times=times,
                is_sure=product in surely,
            )
            for product, times in {**perhaps, **surely}.items()
        )
