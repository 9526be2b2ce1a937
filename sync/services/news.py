"""The feed: what changed elsewhere since a till last asked."""

from typing import Final

from sqlalchemy import Connection

from boxoffice.core.wire import FactMessage, FeedAnswer, FeedEntry, PoolLeft
from sync.services.hub import Hub
from sync.services.intake import Device
from sync.services.till_keys import wanted_key
from sync.store import feed, pools
from sync.store.chain import facts_by_id

PAGE: Final = 200


def news_for(hub: Hub, device: Device, after: int, event_id: str | None, hub_time: str) -> FeedAnswer:
    """Returns the next page of changes for one till; the first page always says how much is left."""
    with hub.database.transaction() as connection:
        if feed.is_from_another_life(connection, after):
            after = 0
        changes, more = feed.page(connection, after, event_id, device.id, PAGE)
        facts = {str(fact.id): fact for fact in facts_by_id(connection, [c.fact_id for c in changes if c.fact_id])}
        newest = {(c.kind, c.event_id): c for c in changes}
        stale = {"pools", "event"}
        cursor = changes[-1].xid if changes else after
        entries = [
            FeedEntry(
                cursor=change.xid,
                kind=change.kind,
                event_id=change.event_id,
                fact=FactMessage.of(facts[change.fact_id]) if change.fact_id else None,
                pools=_left(connection, change.event_id) if change.kind == "pools" else (),
            )
            for change in changes
            if change.kind not in stale or newest[change.kind, change.event_id] is change
        ]
        if after == 0 and event_id is not None and ("pools", event_id) not in newest:
            entries.append(FeedEntry(cursor=cursor, kind="pools", event_id=event_id, pools=_left(connection, event_id)))
        wanted = wanted_key(hub, connection, device.id)
    return FeedAnswer(
        cursor=cursor, entries=tuple(entries), more=more, hub_time=hub_time, stripe_key_id=wanted.id if wanted else ""
    )


def _left(connection: Connection, event_id: str | None) -> tuple[PoolLeft, ...]:
    rows = pools.left(connection, event_id or "")
    return tuple(PoolLeft(pool_id=row.pool_id, capacity=row.capacity, left=row.left) for row in rows)
