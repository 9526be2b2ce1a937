"""Shifts in the till's file: the one that is open, those before, and the facts that each is made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.closed_sets import listed
from boxoffice.core.columns import row_of
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.ids import DeviceId
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.rows import ShiftRow, ShiftStatus
from boxoffice.core.shift_report import COUNTED, Placed
from boxoffice.till.store.facts import COLUMNS, fact_of

_OPEN: Final = (
    "SELECT * FROM shifts WHERE device_id = ? AND status = ? ORDER BY first_epoch DESC, first_seq DESC LIMIT 1"
)
_ONE: Final = "SELECT * FROM shifts WHERE id = ?"
_CLOSED: Final = """
    SELECT * FROM shifts WHERE device_id = ? AND status = ? ORDER BY z_number DESC LIMIT ?
"""
_NEXT_Z: Final = "SELECT coalesce(max(z_number), 0) + 1 FROM shifts WHERE device_id = ?"
_AT: Final = "SELECT position FROM facts WHERE device_id = ? AND epoch = ? AND seq = ?"
_BEFORE: Final = """
    SELECT max(f.position) FROM shifts s JOIN facts f
        ON f.device_id = s.device_id AND f.epoch = s.last_epoch AND f.seq = s.last_seq
    WHERE s.device_id = ? AND f.position < ?
"""
_HEARD: Final = f"""
    SELECT id FROM hub_facts WHERE (is_applied OR kind LIKE 'refund%') AND kind IN ({listed(COUNTED)})
        AND after_position >= ? AND after_position < ?
    ORDER BY after_position, position
"""  # noqa: S608  # of the words of closed sets
_OF_NO_SUM: Final = (FactKind.ORDER_STATE_CHANGED, FactKind.PAYMENT_STARTED)
"""Every sale writes them, and no report tells of them."""
_FACTS: Final = f"""
    SELECT {COLUMNS} FROM (
        SELECT {COLUMNS}, position AS at, 0 AS hub_at FROM facts
        WHERE position BETWEEN ? AND ? AND kind NOT IN ({listed(_OF_NO_SUM)})
        UNION ALL SELECT {COLUMNS}, after_position, position FROM hub_facts
        WHERE id IN (SELECT value FROM json_each(?))
    ) ORDER BY at, hub_at
"""  # noqa: S608  # of constants
_PLACED: Final = """
    SELECT json_extract(payload, '$.order_id'), payload, staff_id FROM facts
    WHERE kind = 'order_placed' AND order_id IN (SELECT value FROM json_each(?))
"""
_NEVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    """The facts of a shift in order, with those of the hub that it `heard`; `placed` are the orders of before."""

    facts: Sequence[Fact]
    heard: tuple[str, ...]
    placed: Mapping[str, Placed]


def open_shift(connection: Connection, device_id: DeviceId) -> ShiftRow | None:
    found = connection.exec_driver_sql(_OPEN, (device_id, ShiftStatus.OPEN.value)).mappings().first()
    return None if found is None else row_of(ShiftRow, found)


def shift(connection: Connection, shift_id: str) -> ShiftRow | None:
    found = connection.exec_driver_sql(_ONE, (shift_id,)).mappings().first()
    return None if found is None else row_of(ShiftRow, found)


def closed_shifts(connection: Connection, device_id: DeviceId, most: int) -> Sequence[ShiftRow]:
    """Returns the shifts of this till that are closed, the last one first."""
    rows = connection.exec_driver_sql(_CLOSED, (device_id, ShiftStatus.CLOSED.value, most)).mappings()
    return [row_of(ShiftRow, row) for row in rows]


def next_z(connection: Connection, device_id: DeviceId) -> int:
    return int(connection.exec_driver_sql(_NEXT_Z, (device_id,)).scalar_one())


def facts_of(connection: Connection, shift: ShiftRow) -> ShiftFacts:
    """Returns what a shift is made of: all of it so far, or all that it was when it was closed."""
    first = _position(connection, shift, shift.first_epoch, shift.first_seq)
    last = _NEVER
    if shift.last_epoch is not None and shift.last_seq is not None:
        last = _position(connection, shift, shift.last_epoch, shift.last_seq)
    heard = _heard(connection, shift, first, last)
    rows = connection.exec_driver_sql(_FACTS, (first, last, json.dumps(heard)))
    facts = [fact_of(row) for row in rows]
    here = {fact.payload["order_id"] for fact in facts if fact.kind.value == "order_placed"}
    named = {str(fact.payload["order_id"]) for fact in facts if "order_id" in fact.payload} - here
    placed = {
        order: Placed(OrderPlaced.model_validate_json(payload), staff)
        for order, payload, staff in connection.exec_driver_sql(_PLACED, (json.dumps(sorted(named)),))
    }
    return ShiftFacts(facts, heard, placed)


def _position(connection: Connection, shift: ShiftRow, epoch: int, seq: int) -> int:
    return int(connection.exec_driver_sql(_AT, (shift.device_id, epoch, seq)).scalar_one())


def _heard(connection: Connection, shift: ShiftRow, first: int, last: int) -> tuple[str, ...]:
    """Returns what was heard of the hub since the last shift was closed, so that no money falls between two."""
    before = connection.exec_driver_sql(_BEFORE, (shift.device_id, first)).scalar()
    since = first if before is None else int(before)
    return tuple(str(row[0]) for row in connection.exec_driver_sql(_HEARD, (since, last)))
