"""Events that never came, and those that came too early: what was missed is worked on like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, func, select, text, update

from boxoffice.core.tenders import Taken, names_where
from sync.ledger.hub import Hub
from sync.payments.provider_events import EventReader, Readers
from sync.payments.webhooks import store_events
from sync.ports import EventList
from sync.provider_states import tenders_of
from sync.store import tables as t
from sync.store.queue import defer_all

_OVERLAP: Final = timedelta(hours=1)
_LONGEST: Final = timedelta(days=29)
"""Stripe keeps events for 30 days."""
_e: Final = t.payment_events.c
# A till that was offline tells of its payments long after their provider has told what became of them; and events come
# in any order. The margin is for what was looked for while the payment was being written.
_EARLY: Final = text("""
    WITH paid AS (
        SELECT payload ->> 'provider_reference' AS reference, payload ->> 'tender' AS tender, occurred_at,
               received_at + interval '10 minutes' AS known_at
        FROM facts WHERE kind IN ('payment_captured', 'payment_failed') AND kind = 'payment_captured'
          AND payload ->> 'tender' = ANY(:tenders) AND received_at > now() - interval '1 day'
    ), ignored AS (
        SELECT * FROM payment_events
        WHERE provider = :provider AND status = 'ignored' AND processed_at IS NOT NULL
    )
    SELECT e.id FROM ignored e CROSS JOIN LATERAL jsonb_path_query(e.payload, CAST(:id_at AS jsonpath)) named
    JOIN paid p ON p.reference = named #>> '{}'
    WHERE e.event_type = ANY(:types) AND e.processed_at < p.known_at
    UNION
    SELECT e.id FROM ignored e
    JOIN paid p ON p.tender = ANY(:readers) AND p.occurred_at < e.received_at AND e.processed_at < p.known_at
    WHERE e.event_type = ANY(:payouts)
    ORDER BY 1
""").bindparams(
    *(bindparam(name, type_=ARRAY(Text)) for name in ("types", "payouts", "tenders")),
    bindparam("readers", list(names_where(lambda row: row.taken is Taken.READER)), type_=ARRAY(Text)),
)


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The use cases of catching up. `events` is Stripe's own list, None where the hub has no key for it."""

    hub: Hub
    readers: Readers
    events: EventList | None

    def read_again(self) -> int:
        """Stores what Stripe has told since shortly before the newest event here; returns how many were new.

        Raises:
            TryAgainLater: if Stripe can't be reached.
        """
        if self.events is None:
            return 0
        reader = self.readers["stripe"]
        with self.hub.database.transaction() as connection:
            newest = select(func.max(_e.received_at), func.now()).where(_e.provider == reader.provider)
            last, now = connection.execute(newest).one()
            before = _count(connection)
        since = max((last or now) - _OVERLAP, now - _LONGEST)
        found = self.events.since(int(since.timestamp()), sorted(reader.handled))
        for start in range(0, len(found), 100):
            store_events(self.hub, reader, found[start : start + 100])
        with self.hub.database.transaction() as connection:
            return _count(connection) - before

    def work_on_early(self) -> Sequence[int]:
        """Puts events back into the queue that were nobody's when they came, and are of a payment that is known now.

        Returns their numbers. A payout is asked about again, since part of it may be of such a payment.
        """
        with self.hub.database.transaction() as connection:
            rows = [row for reader in self.readers.values() for row in _early(connection, reader)]
            again = update(t.payment_events).where(_e.id.in_(rows), _e.status == "ignored").values(status="received")
            rows = sorted(connection.scalars(again.returning(_e.id)))
            defer_all(connection, "work_on_event", [{"row_id": row} for row in rows])
        return rows

    def work_again(self) -> Sequence[int]:
        """Puts every event that was not worked on back into the queue, the dead ones too; returns their numbers."""
        with self.hub.database.transaction() as connection:
            stuck = select(_e.id).where(_e.status.in_(["received", "dead"])).order_by(_e.id)
            rows = list(connection.scalars(stuck.with_for_update()))
            connection.execute(update(t.payment_events).where(_e.id.in_(rows)).values(status="received"))
            defer_all(connection, "work_on_event", [{"row_id": row} for row in rows])
        return rows


def _early(connection: Connection, reader: EventReader) -> Sequence[int]:
    """Returns the events that were nobody's, and tell of a payment that the books have learned of since."""
    values = {"tenders": list(tenders_of(reader.provider)), "payouts": sorted(reader.payouts.types)}
    return connection.scalars(_EARLY, {**reader.early.values, **values}).all()


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(t.payment_events)).scalar_one())
