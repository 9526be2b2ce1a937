"""Facts in the till's file: this till's own chain, and what the hub wrote about its orders."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, Head, instant, instant_text, payload_text
from boxoffice.core.ids import DeviceId, EventId, FactId, StaffId
from boxoffice.core.witness import Mark
from boxoffice.till.store import settings

COLUMNS: Final = "id, device_id, epoch, seq, kind, event_id, staff_id, occurred_at, payload, prev_hash, hash, signature"
_ADD: Final = f"INSERT INTO facts (order_id, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_HUB: Final = (
    f"INSERT INTO hub_facts (after_position, is_applied, order_id, {COLUMNS})"
    " SELECT coalesce(max(position), 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM facts WHERE true"
    " ON CONFLICT DO NOTHING"
)
_NEWEST: Final = """
    SELECT f.device_id, f.epoch, f.seq, f.hash,
           (SELECT value FROM settings WHERE name = 'next_epoch'),
           (SELECT value FROM settings WHERE name = 'orders_placed'),
           (SELECT value FROM settings WHERE name = 'device_id')
    FROM (SELECT 1) LEFT JOIN (SELECT * FROM facts ORDER BY position DESC LIMIT 1) f
"""
COPIED_AT: Final = "copied_at"
"""The setting of a file that is a copy of the till's: what was written after it was made may be missing."""
TWO_COPIES: Final = "two copies"
"""Its value where another copy has sold too; else it is when the copy was made."""
_AT: Final = "SELECT hash FROM facts WHERE device_id = ? AND epoch = ? AND seq = ?"
_AFTER: Final = f"SELECT {COLUMNS} FROM facts WHERE position > ? ORDER BY position LIMIT ?"
_OF_ORDER: Final = f"""
    SELECT {COLUMNS} FROM (
        SELECT {COLUMNS}, position AS at, 0 AS hub_at FROM facts WHERE order_id = ?
        UNION ALL SELECT {COLUMNS}, after_position, position FROM hub_facts WHERE order_id = ?
    ) ORDER BY at, hub_at
"""
_APPLIED_OF_ORDER: Final = f"""
    SELECT {COLUMNS} FROM (
        SELECT {COLUMNS}, position AS at, 0 AS hub_at FROM facts WHERE order_id = ?
        UNION ALL
        SELECT {COLUMNS}, after_position, position FROM hub_facts WHERE order_id = ? AND is_applied
    ) ORDER BY at, hub_at
"""
_HUB_IDS: Final = """
    SELECT position, id FROM hub_facts WHERE ? IS NULL OR position < ? ORDER BY position DESC LIMIT ?
"""
_TO_TELL_AGAIN: Final = f"""
    WITH wanted AS (SELECT * FROM hub_facts WHERE id IN (SELECT value FROM json_each(?)))
    SELECT {COLUMNS} FROM (
        SELECT {COLUMNS}, position AS at, 0 AS hub_at FROM facts
        WHERE position > ? AND position <= (SELECT max(after_position) FROM wanted)
        UNION ALL SELECT {COLUMNS}, after_position, position FROM wanted
    ) ORDER BY at, hub_at
"""
_ALL: Final = f"""
    SELECT {COLUMNS}, is_applied, hub_at = 0 FROM (
        SELECT {COLUMNS}, 1 AS is_applied, position AS at, 0 AS hub_at FROM facts
        UNION ALL SELECT {COLUMNS}, is_applied, after_position, position FROM hub_facts
    ) ORDER BY at, hub_at
"""


def own_head(connection: Connection, device_id: DeviceId) -> Head:
    """Returns the end of this till's chain; of one that goes on in a new epoch, the beginning of that."""
    mark = chain_mark(connection)
    return Head(device_id) if mark is None else replace(mark.head, device_id=device_id)


def chain_mark(connection: Connection) -> Mark | None:
    """Returns how far this till has come; None before it was paired."""
    device, epoch, seq, hash_, next_epoch, orders, paired = connection.exec_driver_sql(_NEWEST).one()
    if device is None and paired is None:
        return None
    head = Head(DeviceId(device or paired))
    if device is not None:
        head = Head(DeviceId(device), epoch, seq, hash_)
    if next_epoch is not None and int(next_epoch) > head.epoch:
        head = Head(head.device_id, int(next_epoch))
    return Mark(head, int(orders or 0))


def hash_at(connection: Connection, place: Head) -> str | None:
    """Returns the hash of this till's fact with the number of `place`; None if there is none."""
    found = connection.exec_driver_sql(_AT, (place.device_id, place.epoch, place.seq)).scalar()
    return None if found is None else str(found)


def go_on_in(connection: Connection, epoch: int, orders: int) -> None:
    """Begins a new epoch of this till's chain, and numbers orders after `orders` of them from now on.

    Whatever is missing of those before is not waited for any more, and the file is no copy any more.
    """
    settings.put(connection, "next_epoch", str(epoch))
    settings.drop(connection, COPIED_AT)
    before = int(settings.get(connection, "orders_placed") or 0)
    settings.put(connection, "orders_placed", str(max(before, orders)))


def add_own(connection: Connection, facts: Sequence[Fact]) -> None:
    """Adds sealed facts to this till's chain."""
    connection.exec_driver_sql(_ADD, [_values(fact) for fact in facts])


def add_hub(connection: Connection, fact: Fact, *, is_applied: bool) -> bool:
    """Keeps a fact of the hub; returns whether it is new here."""
    return connection.exec_driver_sql(_ADD_HUB, (int(is_applied), *_values(fact))).rowcount > 0


def own_after(connection: Connection, position: int, limit: int) -> list[Fact]:
    """Returns this till's facts after the one at `position`, in order."""
    return [fact_of(row) for row in connection.exec_driver_sql(_AFTER, (position, limit))]


def of_order(connection: Connection, order_id: str) -> list[Fact]:
    """Returns all facts of an order, the hub's too, with causes before effects."""
    return [fact_of(row) for row in connection.exec_driver_sql(_OF_ORDER, (order_id, order_id))]


def applied_of_order(connection: Connection, order_id: str) -> list[Fact]:
    """Returns the facts that an order rests on, with causes before effects: without those that did not fit."""
    return [fact_of(row) for row in connection.exec_driver_sql(_APPLIED_OF_ORDER, (order_id, order_id))]


def hub_ids_before(connection: Connection, position: int | None, limit: int) -> list[tuple[int, str]]:
    """Returns positions and ids of the hub's facts before one of them, or of the last ones, the newest first."""
    return [(row[0], row[1]) for row in connection.exec_driver_sql(_HUB_IDS, (position, position, limit))]


def to_tell_again(connection: Connection, position: int, ids: Sequence[str]) -> Iterator[Fact]:
    """Yields facts of the hub, and of this till's own after `position` what they rest on: causes before effects."""
    values = (json.dumps(list(ids)), position)
    return (fact_of(row) for row in connection.exec_driver_sql(_TO_TELL_AGAIN, values))


@dataclass(frozen=True, slots=True)
class Kept:
    """A fact in the file: whether it was applied, and whether this till wrote it."""

    fact: Fact
    is_applied: bool
    is_own: bool


def all_facts(connection: Connection) -> Iterable[Kept]:
    """Returns every fact in the file, with causes before effects."""
    return (Kept(fact_of(row), bool(row[12]), bool(row[13])) for row in connection.exec_driver_sql(_ALL))


def position_of(connection: Connection, device_id: DeviceId, epoch: int, seq: int) -> int:
    """Returns where the newest fact stands up to this number of the chain; 0 for none."""
    found = connection.exec_driver_sql(
        "SELECT position FROM facts WHERE device_id = ? AND epoch = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
        (device_id, epoch, seq),
    ).scalar()
    return int(found or 0)


def acknowledged_position(connection: Connection) -> int:
    """Returns where the newest of this till's facts stands that the hub has."""
    return int(settings.get(connection, "acked_position") or 0)


def count_unacknowledged(connection: Connection) -> int:
    """Returns how many of this till's facts the hub does not have."""
    return count_after(connection, acknowledged_position(connection))


def count_after(connection: Connection, position: int) -> int:
    """Returns how many of this till's facts come after `position`."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM facts WHERE position > ?", (position,)).scalar_one())


def newest_position(connection: Connection) -> int:
    """Returns where this till's newest fact stands; 0 for none."""
    return int(connection.exec_driver_sql("SELECT coalesce(max(position), 0) FROM facts").scalar_one())


def last_position(connection: Connection, order_id: str) -> int:
    """Returns where this till's newest fact about an order stands."""
    return int(
        connection.exec_driver_sql("SELECT max(position) FROM facts WHERE order_id = ?", (order_id,)).scalar_one()
    )


def _values(fact: Fact) -> tuple[Any, ...]:
    return (
        fact.payload.get("order_id"),
        fact.id,
        fact.device_id,
        fact.epoch,
        fact.seq,
        fact.kind.value,
        fact.event_id,
        fact.staff_id,
        instant_text(fact.occurred_at),
        payload_text(fact),
        fact.prev_hash,
        fact.hash,
        fact.signature,
    )


def fact_of(row: Any) -> Fact:
    """Returns the fact of a row of `COLUMNS`."""
    return Fact(
        id=FactId(row[0]),
        device_id=DeviceId(row[1]),
        epoch=row[2],
        seq=row[3],
        kind=FactKind(row[4]),
        event_id=None if row[5] is None else EventId(row[5]),
        staff_id=None if row[6] is None else StaffId(row[6]),
        occurred_at=instant(row[7]),
        payload=json.loads(row[8]),
        prev_hash=row[9],
        hash=row[10],
        signature=row[11],
    )
