"""Asks tills for the units that they don't need: when somebody runs short, or when an organizer says so.

A recall decides nothing: the units stay the till's own until it gives them back, or is reclaimed.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.facts import instant, instant_text
from boxoffice.core.wire.leases import Recall
from boxoffice.core.wire.pushes import RecallAnswer
from sync.ledger.hub import Hub
from sync.store import claims, feed

ON_DEMAND_LASTS: Final = timedelta(minutes=2)
"""Who runs short asks again; a till that was away meanwhile keeps its units."""
BY_HAND_LASTS: Final = timedelta(days=1)
AGAIN: Final = timedelta(seconds=20)
_ONE_PROCESS_S: Final = 1.0
"""A page that everybody looks at asks no more often."""
# A till that sells gives half of what it has each time, an idle one all.
_ASK: Final = text("""
    INSERT INTO lease_recalls AS r (device_id, event_id, pool_id, units, asked_at, ends_at)
    SELECT l.device_id, l.event_id, l.pool_id,
           CASE WHEN l.last_sold_at > now() - CAST(:idle AS interval)
                THEN (l.granted - l.sold - l.returned + 1) / 2 ELSE l.granted - l.sold - l.returned END,
           now(), now() + CAST(:lasts AS interval)
    FROM device_leases l JOIN devices d ON d.id = l.device_id
    WHERE l.event_id = :event AND l.pool_id = ANY(:pools) AND l.device_id <> :but
      AND l.granted - l.sold - l.returned > 0 AND d.status = 'active'
      AND d.last_seen_at > now() - CAST(:lasts AS interval)
    ORDER BY l.device_id, l.pool_id
    ON CONFLICT (device_id, event_id, pool_id) DO UPDATE
    SET units = excluded.units, asked_at = now(), ends_at = excluded.ends_at, asked_by = '', answered_at = NULL
    WHERE (r.answered_at IS NOT NULL OR r.ends_at < now()) AND r.asked_at < now() - CAST(:again AS interval)
    RETURNING r.device_id
""")
_BY_HAND: Final = text("""
    INSERT INTO lease_recalls AS r (device_id, event_id, pool_id, units, asked_by, asked_at, ends_at)
    SELECT l.device_id, l.event_id, l.pool_id, l.granted - l.sold - l.returned, :by, now(),
           now() + CAST(:lasts AS interval)
    FROM device_leases l WHERE l.device_id = :device AND l.granted - l.sold - l.returned > 0
    ORDER BY l.event_id, l.pool_id
    ON CONFLICT (device_id, event_id, pool_id) DO UPDATE
    SET units = excluded.units, asked_at = now(), ends_at = excluded.ends_at, asked_by = excluded.asked_by,
        answered_at = NULL
    RETURNING r.event_id, r.units
""")
_OF_POOLS: Final = text("""
    INSERT INTO lease_recalls AS r (device_id, event_id, pool_id, units, asked_by, asked_at, ends_at)
    SELECT l.device_id, l.event_id, l.pool_id, l.granted - l.sold - l.returned, :by, now(),
           now() + CAST(:lasts AS interval)
    FROM device_leases l JOIN devices d ON d.id = l.device_id
    WHERE l.event_id = :event AND l.pool_id = ANY(:pools) AND l.granted - l.sold - l.returned > 0
      AND d.status = 'active'
    ORDER BY l.device_id, l.pool_id
    ON CONFLICT (device_id, event_id, pool_id) DO UPDATE
    SET units = excluded.units, asked_at = now(), ends_at = excluded.ends_at, asked_by = excluded.asked_by,
        answered_at = NULL
    RETURNING r.device_id, r.units
""")
_OPEN: Final = text("""
    SELECT r.pool_id, r.units, r.asked_at FROM lease_recalls r
    JOIN device_leases l ON (l.device_id, l.event_id, l.pool_id) = (r.device_id, r.event_id, r.pool_id)
    WHERE r.device_id = :device AND r.event_id = :event AND r.answered_at IS NULL AND r.ends_at > now()
      AND l.granted - l.sold - l.returned > 0
    ORDER BY r.pool_id
""")


def ask_tills(hub: Hub, event: str, short: Iterable[str], but: str = "") -> int:
    """Asks the tills that answer for units of pools that somebody lacks; returns how many were asked. Not too often."""
    now, last = monotonic(), hub.asked_tills
    pools = sorted(pool for pool in short if (event, pool) not in last or now - last[event, pool] >= _ONE_PROCESS_S)
    if not pools:
        return 0
    last.update({(event, pool): now for pool in pools})
    wanted = {"event": event, "pools": pools, "but": but, "lasts": ON_DEMAND_LASTS, "again": AGAIN}
    idle = timedelta(minutes=hub.settings.lease_idle_minutes)

    def ask(connection: Connection) -> int:
        asked = sorted(set(connection.scalars(_ASK, wanted | {"idle": idle})))
        for device in asked:
            feed.wake(connection, "feed", event, device)
        return len(asked)

    return hub.database.run(ask)


def recall(connection: Connection, device: str, by: str) -> int:
    """Asks one till, by hand, for all that no sale under way needs; returns how many units it has on lease."""
    asked = connection.execute(_BY_HAND, {"device": device, "by": by, "lasts": BY_HAND_LASTS}).all()
    for event in {row.event_id for row in asked}:
        feed.wake(connection, "feed", event, device)
    return sum(row.units for row in asked)


def recall_pools(connection: Connection, event: str, pools: Iterable[str], by: str) -> int:
    """Asks all tills, by hand, for what they have on lease of these pools; returns how many units those are."""
    values = {"event": event, "pools": sorted(pools), "by": by, "lasts": BY_HAND_LASTS}
    asked = connection.execute(_OF_POOLS, values).all()
    for device in sorted({row.device_id for row in asked}):
        feed.wake(connection, "feed", event, device)
    return sum(row.units for row in asked)


def note_answers(connection: Connection, device: str, answers: Sequence[RecallAnswer]) -> None:
    """Notes what a till says it can still give, after what it was asked for; what can't be read is passed over."""
    for each in sorted(answers, key=lambda answer: (answer.event_id, answer.pool_id)):
        with suppress(ValueError):
            claims.note_answer(connection, device, each.event_id, each.pool_id, instant(each.asked_at), each.left)


def open_recalls(connection: Connection, device: str, event: str) -> tuple[Recall, ...]:
    """Returns what a till is asked for now."""
    rows = connection.execute(_OPEN, {"device": device, "event": event})
    return tuple(Recall(pool_id=row.pool_id, units=row.units, asked_at=instant_text(row.asked_at)) for row in rows)
