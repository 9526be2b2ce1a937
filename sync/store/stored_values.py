"""Reads gift cards and what tills have of them on lease; only facts change either."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from boxoffice.core.value_rows import StoredValueRow, ValueLeaseRow
from sync.store import tables as t
from sync.store.ledger import keep
from sync.store.rows import value_of

_c, _l = t.stored_values.c, t.value_leases.c


def kept(connection: Connection, code_hash: str) -> StoredValueRow | None:
    """Returns the card of a code, which nobody else changes until the transaction ends."""
    card_id = connection.execute(select(_c.id).where(_c.code_hash == code_hash)).scalar_one_or_none()
    return None if card_id is None else kept_by_id(connection, card_id)


def kept_by_id(connection: Connection, card_id: str) -> StoredValueRow | None:
    """Returns a card, which nobody else changes until the transaction ends."""
    keep(connection, "stored_values", [card_id])
    return by_id(connection, card_id)


def by_id(connection: Connection, card_id: str) -> StoredValueRow | None:
    """Returns a card as it stands."""
    row = connection.execute(select(t.stored_values).where(_c.id == card_id)).one_or_none()
    return None if row is None else value_of(StoredValueRow, row)


def by_code(connection: Connection, code_hash: str) -> StoredValueRow | None:
    """Returns the card of a code as it stands."""
    row = connection.execute(select(t.stored_values).where(_c.code_hash == code_hash)).one_or_none()
    return None if row is None else value_of(StoredValueRow, row)


def leases_of(connection: Connection, card_id: str) -> list[ValueLeaseRow]:
    """Returns what tills have, and had, of a card."""
    rows = connection.execute(select(t.value_leases).where(_l.card_id == card_id).order_by(_l.id))
    return [value_of(ValueLeaseRow, row) for row in rows]


def at_tills(connection: Connection, card_id: str) -> list[ValueLeaseRow]:
    """Returns what tills have of a card: what the hub itself keeps for a web order is none of it."""
    d = t.devices.c
    left = _l.amount - _l.spent - _l.returned > 0
    query = select(t.value_leases).join(t.devices, d.id == _l.device_id)
    rows = connection.execute(query.where(_l.card_id == card_id, left, d.kind != "hub").order_by(_l.id))
    return [value_of(ValueLeaseRow, row) for row in rows]


def kept_for_orders(connection: Connection, card_id: str) -> int:
    """Returns what of a card is kept for web orders that are being paid, in minor units."""
    d = t.devices.c
    left = func.coalesce(func.sum(_l.amount - _l.spent - _l.returned), 0)
    query = select(left).join(t.devices, d.id == _l.device_id).where(_l.card_id == card_id, d.kind == "hub")
    return int(connection.execute(query).scalar_one())


def held_by(connection: Connection, device_id: str) -> Sequence[tuple[str, ValueLeaseRow]]:
    """Returns what a till has of cards, each with the event that its card was sold at."""
    query = select(_c.event_id, t.value_leases).join(t.stored_values, _c.id == _l.card_id)
    left = _l.amount - _l.spent - _l.returned > 0
    rows = connection.execute(query.where(_l.device_id == device_id, left).order_by(_c.event_id, _l.id))
    return [(row.event_id, value_of(ValueLeaseRow, row)) for row in rows]
