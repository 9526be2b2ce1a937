"""What changed, for tills to pull. A cursor is a transaction's id, given once none before it can still commit."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.effect_kinds import Announcement

CHANNEL: Final = "boxoffice_wake"

_ADD: Final = text("""
    WITH added AS (INSERT INTO feed (kind, event_id, device_id, fact_id) VALUES (:kind, :event, :device, :fact))
    SELECT pg_notify(:channel, :message)
""")
_WAKE: Final = text("SELECT pg_notify(:channel, :message)")

# Rows of transactions that may still be running are left for later: a till that got a later one would miss them.
_PAGE: Final = text("""
    SELECT xid, kind, event_id, fact_id FROM feed
    WHERE xid > :after AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
      AND (event_id IS NULL OR CAST(:event AS text) IS NULL OR event_id = :event)
      AND (device_id IS NULL OR device_id = :device)
    ORDER BY xid, id LIMIT :limit
""")

_ONE: Final = text("""
    SELECT xid, kind, event_id, fact_id FROM feed
    WHERE xid = :xid
      AND (event_id IS NULL OR CAST(:event AS text) IS NULL OR event_id = :event)
      AND (device_id IS NULL OR device_id = :device)
    ORDER BY id
""")

_NEWEST: Final = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")

_PRUNE: Final = text("""
    DELETE FROM feed f WHERE kind IN ('pools', 'event') AND EXISTS (
        SELECT FROM feed later WHERE later.kind = f.kind AND later.event_id = f.event_id AND later.xid > f.xid
    ) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
""")


@dataclass(frozen=True, slots=True)
class Change:
    xid: int
    kind: str
    event_id: str | None
    fact_id: str | None


def add(
    connection: Connection, kind: str, event: str | None, device: str | None = None, fact: str | None = None
) -> None:
    """Adds a change; no `device` means that it is for all. Tills hear of it when the transaction commits."""
    values = {"kind": kind, "event": event, "device": device, "fact": fact}
    connection.execute(_ADD, values | {"channel": CHANNEL, "message": _message("feed", event, device)})


def tell(connection: Connection, announcements: Iterable[Announcement]) -> None:
    """Adds what follows from facts."""
    for each in announcements:
        add(connection, each.kind.value, each.event_id, each.device_id, each.fact_id)


def wake(connection: Connection, reason: str, event: str | None, device: str | None, tender: str | None = None) -> None:
    """Wakes tills when the transaction commits; it tells them nothing but to look."""
    connection.execute(_WAKE, {"channel": CHANNEL, "message": _message(reason, event, device, tender)})


def page(connection: Connection, after: int, event: str | None, device: str, limit: int) -> tuple[list[Change], bool]:
    """Returns the next changes in whole transactions, and whether there are more."""
    values = {"after": after, "event": event, "device": device}
    changes = [Change(*row) for row in connection.execute(_PAGE, {**values, "limit": limit + 1})]
    if len(changes) <= limit:
        return changes, False
    whole = [change for change in changes if change.xid < changes[-1].xid]
    if not whole:
        whole = [Change(*row) for row in connection.execute(_ONE, {**values, "xid": changes[-1].xid})]
    return whole, True


def is_from_another_life(connection: Connection, cursor: int) -> bool:
    """Returns whether the cursor lies ahead of all transactions: the database was restored from before it."""
    return cursor > int(connection.execute(_NEWEST).scalar_one())


def prune(connection: Connection) -> int:
    """Drops changes that a later one tells as well; returns how many."""
    return connection.execute(_PRUNE).rowcount


def _message(reason: str, event: str | None, device: str | None, tender: str | None = None) -> str:
    return json.dumps({"reason": reason, "event": event, "device": device, "tender": tender})
