"""Orders that were handed over at a door: the first time counts, and another time is put before a person."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from sync.ledger.hub import Hub
from sync.store import tables as t
from sync.store.tills import Device

_o = t.orders.c


def note_collected(hub: Hub, connection: Connection, device: Device, facts: Sequence[Fact]) -> None:
    """Keeps with each order that it was collected. Facts that are told again change nothing."""
    for fact in (each for each in facts if each.kind is FactKind.ORDER_COLLECTED):
        order_id = fact.payload["order_id"]
        mine = select(_o.order_number, _o.collected_at, _o.event_id).where(_o.id == order_id)
        row = connection.execute(mine).one_or_none()
        if row is None:
            continue
        if row.collected_at is None:
            values = {"collected_at": fact.occurred_at, "collected_as": fact.payload["seen"]}
            connection.execute(update(t.orders).where(_o.id == order_id).values(values))
        elif row.collected_at != fact.occurred_at:
            words = f"Order {row.order_number} was handed over at {device.name} after it had been handed over before."
            hub.raise_exception(
                connection,
                "collected_twice",
                words,
                event_id=row.event_id,
                order_id=order_id,
                device_id=device.id,
                remedies=("seen",),
            )
