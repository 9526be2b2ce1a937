"""Sells what this till has too little of: asks the hub for the rest, and says what is where if it does not come."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.pricing import PricedOrder
from boxoffice.till.usecases.gateway.standing import TillStatus
from boxoffice.till.usecases.gateway.stock import NotEnoughHere
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.wakeups import Wakeups

T = TypeVar("T")
_ASKS: Final = 4
"""How often a sale asks: what the hub says of one moment may be over when the till comes to use it."""
_REFUSALS: Final = 2
"""After so many it is so: the hub itself has waited each time for what other tills give back."""
_PAUSE_S: Final = 0.5

_TOO_MANY: Final = 422
"""The hub's answer to a till that wants more than one till may hold; its words say what to do."""


@dataclass(frozen=True, slots=True)
class Refilling:
    """The use case of a sale that takes more than the till holds. `status` is as the screens are told it."""

    sync: Sync
    wakeups: Wakeups
    status: Callable[[], TillStatus]

    def with_enough(self, quote: PricedOrder, sell: Callable[[], T]) -> T:
        """Sells; if units are missing here, asks the hub for them and tries again.

        Raises:
            NotEnoughHere: if they don't come; it says what is here and what is elsewhere by then.
            HubRefused: if one till may not hold so many, in the hub's words.
        """
        returns = self.sync.returns
        returns.note_use(quote.units())
        with returns.kept_for_a_sale(quote.units()):
            try:
                return sell()
            except NotEnoughLeft as short:
                missing = _missing(quote, short.shortages)
            return self._refilled(quote, sell, missing)

    def _refilled(self, quote: PricedOrder, sell: Callable[[], T], missing: Mapping[str, int]) -> T:
        """Asks the hub for what is missing, and for what is missing by then if it changes meanwhile."""
        refused: list[HubRefused] = []
        for _ in range(_ASKS):
            seen = self.wakeups.wait(-1, 0)
            try:
                return self.sync.lease_for(missing, sell)
            except NotEnoughLeft as short:  # another sale was faster, or the hub has had back what it asked for
                missing = _missing(quote, short.shortages)
                continue
            except Unreachable:
                break
            except HubRefused as error:
                refused.append(error)
                self._hear()
            try:
                return sell()
            except NotEnoughLeft as short:  # by now this till may have more of it, or less
                missing = _missing(quote, short.shortages)
            if len(refused) == _REFUSALS or not self._may_come(missing):
                break
            self.wakeups.wait(seen, _PAUSE_S)
        if refused and refused[-1].status == _TOO_MANY:
            raise refused[-1]
        raise self._short(missing)

    def _hear(self) -> None:
        """Tells the hub what it does not know yet, which may be what it lacks; and hears what is left by now."""
        with suppress(Unreachable, HubRefused):
            self.sync.push()
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
