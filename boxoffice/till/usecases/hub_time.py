"""What time it surely is: the hub's word, and what has passed since by a clock that only goes forward.

This computer's own clock may be wrong, so that nothing is refused because of it.
"""

import threading
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.facts import instant
from boxoffice.core.ids import ProductId
from boxoffice.core.sale_times import SaleState, SaleTimes, off_sale
from boxoffice.till.store import settings
from boxoffice.till.store.database import Store
from boxoffice.till.usecases.ports import Clock

_NAME: Final = "hub_time"


class HubTime:
    """The hub's time since it was heard in this run, and before that how late it is at least."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._heard: tuple[datetime, float] | None = None

    def hear(self, connection: Connection, hub_time: str) -> None:
        """Notes what the hub says that it is, and keeps it for a start without the hub: it is that late at least."""
        with self._lock:
            self._heard = instant(hub_time), self._clock.monotonic()
        settings.put(connection, _NAME, hub_time)

    def now(self) -> datetime | None:
        """Returns the hub's time, or None if it was not heard since the till was started."""
        with self._lock:
            if self._heard is None:
                return None
            at, heard = self._heard
            return at + timedelta(seconds=self._clock.monotonic() - heard)

    def surely_off_sale(self, catalogue: Catalogue) -> tuple[datetime, dict[ProductId, SaleTimes]]:
        """Returns the time that is gone by, and the products that are surely not sold at it, with when they are."""
        now = self.now()
        if now is not None:
            return now, off_sale(catalogue, now)
        at_least = self._at_least()
        if at_least is None:
            return self._clock.now(), {}
        over = {
            product: times
            for product, times in off_sale(catalogue, at_least).items()
            if times.state(at_least) is SaleState.ENDED
        }
        return at_least, over

    def _at_least(self) -> datetime | None:
        with self._store.reading() as connection:
            kept = settings.get(connection, _NAME)
        return None if kept is None else instant(kept)
