"""Keeps more units at this till for a bad network, as many as usual, or none that no sale needs."""

from dataclasses import dataclass
from operator import sub
from typing import assert_never

from boxoffice.core.catalogue import code_of
from boxoffice.till.store import leases
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.syncing import Sync


def kept(context: TillContext, sync: Sync) -> Keeping:
    """Returns how many units this till keeps now."""
    if not context.has_event:
        return Keeping.USUAL
    if sync.shares.is_stocked:
        return Keeping.STOCK
    pools = context.event.catalogue.pools
    return Keeping.NOTHING if all(sync.returns.is_resting(pool.id) for pool in pools) else Keeping.USUAL


@dataclass(frozen=True, slots=True)
class KeepPlaces:
    """One press of a button; the hub bounds what a till may have."""

    context: TillContext
    sync: Sync

    def __call__(self, how: Keeping) -> int:
        """Returns how many units more are here now than before, of all pools together; fewer are below 0.

        Raises:
            Unreachable: if the hub does not answer; nothing was changed.
            HubRefused: if it will not do it.
        """
        sync = self.sync
        sync.push()  # without the hub nothing is given back: it could not be sold by anybody
        before = self._here()
        match how:
            case Keeping.STOCK:
                sync.returns.note_use()
                sync.stock_up()
            case Keeping.USUAL:
                sync.shares.keep_stock(is_stocked=False)
                sync.returns.note_use()
                sync.returns.trim(sub)
                sync.refill()
            case Keeping.NOTHING:
                sync.shares.keep_stock(is_stocked=False)
                sync.returns.all_spare()
            case _:
                assert_never(how)
        sync.push()
        return self._here() - before

    def _here(self) -> int:
        with self.context.store.reading() as connection:
            counts = leases.counts_of(connection, self.context.event.catalogue.id)
        return sum(count.left for pool, count in counts.items() if code_of(pool) is None)
