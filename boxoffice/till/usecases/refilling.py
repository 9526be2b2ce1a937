"""Sells what this till has too little of: asks the hub for the rest, and says what is where if it does not come."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from boxoffice.core.ids import OrderId, PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.pricing import PricedOrder
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import NotEnoughHere
from boxoffice.till.usecases.phone_payment import Wakeups
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.syncing import Sync

_RECALL_WAITS_S: Final = (0.5, 0.0)
"""The hub waits for what other tills give back; a sale asks again where that came to nothing."""

_TOO_MANY: Final = 422
"""The hub's answer to a till that wants more than one till may hold; its words say what to do."""


@dataclass(frozen=True, slots=True)
class Refilling:
    """The use case of a sale that takes more than the till holds. `status` is as the screens are told it."""

    sync: Sync
    wakeups: Wakeups
    status: Callable[[], TillStatus]

    def with_enough(self, quote: PricedOrder, sell: Callable[[], OrderId]) -> OrderId:
        """Sells; if units are missing here, asks the hub for them and tries again.

        Raises:
            NotEnoughHere: if they don't come; it says what is here and what is elsewhere by then.
            HubRefused: if one till may not hold so many, in the hub's words.
        """
        self.sync.returns.note_use(quote.units())
        try:
            return sell()
        except NotEnoughLeft as short:
            missing = _missing(quote, short.shortages)
        for patience_s in _RECALL_WAITS_S:
            seen = self.wakeups.wait(-1, 0)
            try:
                return self.sync.lease_for(missing, sell)
            except NotEnoughLeft as short:  # another sale was faster, or this till gave back what was here meanwhile
                missing = _missing(quote, short.shortages)
                continue
            except Unreachable:
                break
            except HubRefused as refused:
                if refused.status == _TOO_MANY:
                    raise
                self._hear()
            if not self._may_come(missing):
                break
            self.wakeups.wait(seen, patience_s)
        raise self._short(missing)

    def _hear(self) -> None:
        """Hears what is left by now: what this till knew before was too much."""
        with suppress(Unreachable, HubRefused):
            self.sync.pull()

    def _may_come(self, missing: Mapping[str, int]) -> bool:
        """Returns whether others have what is missing: the hub has then asked them for it."""
        status = self.status()
        stock = {str(pool.pool_id): pool for pool in status.stock}
        return status.is_online and all(
            pool in stock and stock[pool].elsewhere >= units for pool, units in missing.items()
        )

    def _short(self, missing: Mapping[str, int]) -> NotEnoughHere:
        status = self.status()
        short = tuple(pool for pool in status.stock if str(pool.pool_id) in missing)
        return NotEnoughHere(short, is_online=status.is_online)


def _missing(quote: PricedOrder, left: Mapping[PoolId, int]) -> dict[str, int]:
    units = quote.units()
    return {str(pool): units[pool] - here for pool, here in left.items() if units[pool] > here}
