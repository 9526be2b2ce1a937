"""Events that never came: Stripe's own list is read again, and what was missed is worked on like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, func, select, update

from sync.services.hub import Hub
from sync.services.ports import EventList
from sync.services.webhooks import HANDLED, PROVIDER, store_events
from sync.store import tables as t
from sync.store.queue import defer_all

_OVERLAP: Final = timedelta(hours=1)
_LONGEST: Final = timedelta(days=29)
"""Stripe keeps events for 30 days."""
_e: Final = t.payment_events.c


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The use cases of catching up. `events` is None where the hub has no key for Stripe."""

    hub: Hub
    events: EventList | None

    def read_again(self) -> int:
        """Stores what Stripe has told since shortly before the newest event here; returns how many were new.

        Raises:
            TryAgainLater: if Stripe can't be reached.
        """
        if self.events is None:
            return 0
        with self.hub.database.transaction() as connection:
            newest = select(func.max(_e.received_at), func.now()).where(_e.provider == PROVIDER)
            last, now = connection.execute(newest).one()
            before = _count(connection)
        since = max((last or now) - _OVERLAP, now - _LONGEST)
        found = self.events.since(int(since.timestamp()), sorted(HANDLED))
        for start in range(0, len(found), 100):
            store_events(self.hub, found[start : start + 100])
        with self.hub.database.transaction() as connection:
            return _count(connection) - before

    def work_again(self) -> Sequence[int]:
        """Puts every event that was not worked on back into the queue, the dead ones too; returns their numbers."""
        with self.hub.database.transaction() as connection:
            stuck = select(_e.id).where(_e.status.in_(["received", "dead"])).order_by(_e.id)
            rows = list(connection.scalars(stuck.with_for_update()))
            connection.execute(update(t.payment_events).where(_e.id.in_(rows)).values(status="received"))
            defer_all(connection, "work_on_event", [{"row_id": row} for row in rows])
        return rows


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(t.payment_events)).scalar_one())
