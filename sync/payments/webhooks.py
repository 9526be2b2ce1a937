"""Events of providers: stored first and answered, then worked on as jobs. Late, twice or in any order: one result."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from sync.ledger.hub import Hub
from sync.payments.provider_events import EventReader, EventWork, work_on
from sync.ports import NoSubject, ProviderEvent
from sync.provider_states import provider_of
from sync.store import payment_events
from sync.store import tables as t
from sync.store.payment_events import EventStatus
from sync.store.queue import defer_all

MAX_ATTEMPTS: Final = 8
_e: Final = t.payment_events.c


def store_events(hub: Hub, reader: EventReader, events: Sequence[ProviderEvent]) -> None:
    """Stores events and their jobs in one transaction; those that were there before change nothing."""
    rows = [
        {
            "provider": reader.provider,
            "event_id": event.id,
            "event_type": event.type,
            "payload": event.body,
            "status": "received" if event.type in reader.handled else "ignored",
        }
        for event in sorted(events, key=lambda event: event.id)
    ]
    with hub.database.transaction() as connection:
        new = insert(t.payment_events).values(rows).on_conflict_do_nothing().returning(_e.id, _e.status)
        jobs = [{"row_id": row.id} for row in connection.execute(new) if row.status == "received"]
        defer_all(connection, "work_on_event", jobs)


def work_on_event(work: EventWork, row_id: int) -> None:
    """Does what an event asks for; doing it again changes nothing.

    Raises:
        TryAgainLater: if the provider can't be reached.
        UnreadableEvent: if the event is not as its provider documents it.
    """
    hub = work.hub
    with hub.database.transaction() as connection:
        event = payment_events.count_try(connection, row_id)
    if event.status in (EventStatus.PROCESSED, EventStatus.IGNORED):
        return
    reader = work.readers[provider_of(event.provider)]
    try:
        changes = reader.changes(event)
    except NoSubject as error:
        note_failure(hub, row_id, error, is_last=True)
        return
    orders = [work_on(work, reader, change) for change in changes]
    with hub.database.transaction() as connection:
        payment_events.end(connection, row_id, next((order for order in orders if order is not None), None))


def note_failure(hub: Hub, row_id: int, error: Exception, *, is_last: bool) -> None:
    """Keeps why an event could not be worked on; the last time puts it on the dead-letter list, before a person."""
    values: dict[str, Any] = {"last_error": f"{type(error).__name__}: {error}"[:1000]}
    with hub.database.transaction() as connection:
        if is_last:
            values["status"] = "dead"
            detail = f"An event of a provider could not be worked on: {values['last_error']}"
            hub.raise_exception(
                connection, "dead_event", detail, subject_id=str(row_id), remedies=("work_on_it_again", "seen")
            )
        connection.execute(update(t.payment_events).where(_e.id == row_id).values(values))
