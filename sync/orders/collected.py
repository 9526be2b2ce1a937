"""Orders that were handed over at a door: the first time counts, and another time is put before a person."""

from collections.abc import Sequence

from sqlalchemy import Connection

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from sync.ledger.hub import Hub
from sync.store.collected import collectable, mark_collected
from sync.store.tills import Device


def note_collected(hub: Hub, connection: Connection, device: Device, facts: Sequence[Fact]) -> None:
    """Keeps with each order that it was collected. Facts that are told again change nothing."""
    for fact in (each for each in facts if each.kind is FactKind.ORDER_COLLECTED):
        order_id = fact.payload["order_id"]
        order = collectable(connection, order_id)
        if order is None:
            continue
        if order.collected_at is None:
            mark_collected(connection, order_id, fact.occurred_at, fact.payload["seen"])
        elif order.collected_at != fact.occurred_at:
            words = f"Order {order.order_number} was handed over at {device.name} after it had been handed over before."
            hub.raise_exception(
                connection,
                "collected_twice",
                words,
                event_id=order.event_id,
                order_id=order_id,
                device_id=device.id,
                remedies=("seen",),
            )
