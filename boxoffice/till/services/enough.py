"""Sells what is not on this till's lease yet: the hub is asked for it, and recalls it from others if they have it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.ids import OrderId, PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.pricing import PricedOrder
from boxoffice.till.services.link import Link
from boxoffice.till.services.phone_payment import Wakeups
from boxoffice.till.services.ports import HubRefused, Unreachable
from boxoffice.till.services.status import Status
from boxoffice.till.services.syncing import Sync

_RECALL_WAITS_S: Final = (0.5, 0.0)
"""The hub waits for what other tills give back; a sale asks again where that came to nothing."""
_TOO_MANY: Final = 422
"""The hub's answer to a till that wants more than one till may hold; its words say what to do."""


@dataclass(frozen=True, slots=True)
class Enough:
    """The use case of having enough for a sale."""

    link: Link
    sync: Sync
    status: Status
    wakeups: Wakeups

    def sell(self, quote: PricedOrder, write: Callable[[], OrderId]) -> OrderId:
        """Sells; if units are missing here, asks the hub for them once and tries again."""
        self.sync.returns.note_use(quote.units())
        try:
            return write()
        except NotEnoughLeft as short:
            missing = _missing(quote, short.shortages)
            for patience_s in _RECALL_WAITS_S:
                seen = self.wakeups.wait(-1, 0)
                try:
                    return self.sync.lease_for(missing, write)
                except NotEnoughLeft as shorter:  # while it waited, this till gave back what was here
                    missing = _missing(quote, shorter.shortages)
                    continue
                except Unreachable:
                    break
                except HubRefused as refused:
                    if refused.status == _TOO_MANY:
                        raise
                if not self._may_come(missing):
                    break
                self.wakeups.wait(seen, patience_s)
            raise

    def _may_come(self, missing: Mapping[str, int]) -> bool:
        """Returns whether others have what is missing: the hub has then asked them for it."""
        stock = {str(pool.pool_id): pool for pool in self.status.now().stock}
        return self.link.is_online and all(
            pool in stock and stock[pool].elsewhere >= units for pool, units in missing.items()
        )


def _missing(quote: PricedOrder, left: Mapping[PoolId, int]) -> dict[str, int]:
    units = quote.units()
    return {str(pool): units[pool] - here for pool, here in left.items() if units[pool] > here}
