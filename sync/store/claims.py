"""Who waits for units that tills give back, in the order in which they came, and which tills may give some."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.leasing import Holder

SILENT_AFTER: Final = timedelta(seconds=2)
"""Whoever did not answer by then is waited for by nobody, until it is heard again."""
_SEEN: Final = timedelta(seconds=75)
"""A till that is there asks every few seconds, of which every thirtieth second is noted."""
_BELIEVED: Final = timedelta(seconds=2)
"""A till's word that it can give no more than so many holds so long: then a sale may have been given up there."""

_NEXT: Final = text("SELECT nextval('pool_claims_id')")
_PUT: Final = text("""
    INSERT INTO pool_claims (id, event_id, pool_id, device_id, units, ends_at)
    SELECT :claim, :event, w.id, :device, w.units, now() + CAST(:lasts AS interval)
    FROM unnest(CAST(:pools AS text[]), CAST(:units AS bigint[])) AS w (id, units)
""")
_DROP: Final = text("DELETE FROM pool_claims WHERE id = :claim OR ends_at < now() - interval '1 minute'")
_LACKING: Final = text("""
    SELECT p.id AS pool, p.available, coalesce(sum(c.units) FILTER (WHERE c.id < :claim), 0)::int AS before,
           coalesce(max(c.units) FILTER (WHERE c.id = :claim), 0)::int AS mine
    FROM pools p
    LEFT JOIN pool_claims c ON (c.event_id, c.pool_id) = (p.event_id, p.id) AND c.id <= :claim AND c.ends_at > now()
    WHERE p.event_id = :event AND p.id IN (SELECT pool_id FROM pool_claims WHERE id = :claim)
    GROUP BY p.id, p.available ORDER BY p.id
""")
# Before recalls are written, as whoever gives back does: or the one would wait for the other, and that for this one.
_KEEP: Final = text("SELECT FROM pools WHERE event_id = :event AND id = ANY(:pools) ORDER BY id FOR KEY SHARE")
# Who came before and waits too keeps what it has: of two that both lack some, one would else never get it.
_HOLDERS: Final = text("""
    SELECT l.pool_id AS pool, l.device_id AS device,
           CASE WHEN r.answered_at IS NULL AND r.ends_at > now()
                     AND r.asked_at < now() - CAST(:silent AS interval) THEN 0
                WHEN r.answered_at > now() - CAST(:believed AS interval) AND r.left_then IS NOT NULL
                THEN LEAST(r.left_then, l.granted - l.sold - l.returned)
                ELSE l.granted - l.sold - l.returned END AS free,
           coalesce(l.last_sold_at < now() - CAST(:idle AS interval), true) AS is_idle,
           CASE WHEN r.answered_at IS NULL AND r.ends_at > now() THEN r.units ELSE 0 END AS asked,
           EXISTS (SELECT FROM pool_claims c WHERE c.event_id = l.event_id AND c.pool_id = l.pool_id
                   AND c.device_id = l.device_id AND c.id < :claim AND c.ends_at > now()) AS waits_too
    FROM device_leases l JOIN devices d ON d.id = l.device_id
    LEFT JOIN lease_recalls r ON (r.device_id, r.event_id, r.pool_id) = (l.device_id, l.event_id, l.pool_id)
    WHERE l.event_id = :event AND l.pool_id = ANY(:pools) AND l.granted - l.sold - l.returned > 0
      AND d.status = 'active' AND d.last_seen_at > now() - CAST(:seen AS interval)
      AND l.device_id <> (SELECT max(c.device_id) FROM pool_claims c WHERE c.id = :claim)
""")
_RECALL: Final = text("""
    INSERT INTO lease_recalls AS r (device_id, event_id, pool_id, units, asked_at, ends_at)
    VALUES (:device, :event, :pool, :units, date_trunc('milliseconds', clock_timestamp()),
            now() + CAST(:lasts AS interval))
    ON CONFLICT (device_id, event_id, pool_id) DO UPDATE
    SET units = excluded.units, asked_at = excluded.asked_at, ends_at = excluded.ends_at, asked_by = '',
        answered_at = NULL, left_then = NULL
    WHERE r.answered_at IS NOT NULL OR r.ends_at < now() OR r.units < excluded.units
""")
_ANSWERED: Final = text("""
    UPDATE lease_recalls SET answered_at = now(), left_then = :left
    WHERE device_id = :device AND event_id = :event AND pool_id = :pool
      AND date_trunc('milliseconds', asked_at) = :asked_at
""")


@dataclass(frozen=True, slots=True)
class Lacking:
    """A pool that somebody waits for: `available` of it, what those `before` wait for, and what is wanted now.

    The `holders` can be asked; `with_others` is with tills that wait too, and came before: if they come away with
    nothing, it is free.
    """

    pool: str
    available: int
    before: int
    mine: int
    holders: Sequence[Holder]
    with_others: int = 0

    @property
    def units(self) -> int:
        """What must come back, so that all who came before and this one have theirs."""
        return self.before + self.mine - self.available

    @property
    def may_come(self) -> bool:
        """Whether it can still come to it: what those before wait for is theirs only once they have it."""
        return self.available + self.with_others + sum(each.free for each in self.holders) >= self.mine


def put(connection: Connection, event: str, units: Mapping[str, int], device: str, lasts: timedelta) -> int:
    """Notes that somebody waits for so many units of each pool; returns the number of the claim."""
    claim = int(connection.execute(_NEXT).scalar_one())
    values = {"event": event, "pools": list(units), "units": list(units.values()), "lasts": lasts}
    connection.execute(_PUT, values | {"claim": claim, "device": device})
    return claim


def drop(connection: Connection, claim: int) -> None:
    """Forgets who waits no more, and whoever's process died while they waited."""
    connection.execute(_DROP, {"claim": claim})


def lacking(connection: Connection, event: str, claim: int, idle: timedelta) -> Sequence[Lacking]:
    """Returns how the pools of a claim stand for it, with the tills that answer and have some of it."""
    rows = connection.execute(_LACKING, {"event": event, "claim": claim}).all()
    values = {"event": event, "claim": claim, "pools": [row.pool for row in rows], "idle": idle}
    values |= {"silent": SILENT_AFTER, "seen": _SEEN, "believed": _BELIEVED}
    connection.execute(_KEEP, values)
    holders: defaultdict[str, list[Holder]] = defaultdict(list)
    with_others = Counter[str]()
    for row in connection.execute(_HOLDERS, values):
        if row.waits_too:
            with_others[row.pool] += row.free
        else:
            holders[row.pool].append(Holder(row.device, row.free, row.is_idle, row.asked))
    return [
        Lacking(row.pool, row.available, row.before, row.mine, holders[row.pool], with_others[row.pool]) for row in rows
    ]


def recall(connection: Connection, event: str, pool: str, device: str, units: int, lasts: timedelta) -> bool:
    """Asks a till for so many units in all; returns whether that is news to it."""
    values = {"event": event, "pool": pool, "device": device, "units": units, "lasts": lasts}
    return connection.execute(_RECALL, values).rowcount > 0


def note_answer(connection: Connection, device: str, event: str, pool: str, asked_at: object, left: int) -> None:
    """Notes that a till heeded what it was asked at that time, and how many units it could still give."""
    values = {"device": device, "event": event, "pool": pool, "asked_at": asked_at, "left": left}
    connection.execute(_ANSWERED, values)
