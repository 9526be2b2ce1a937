"""Loads what the receipt and the tickets of an order are made from."""

from datetime import date

from sqlalchemy import Connection, select

from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.papers import Heading
from boxoffice.documents.papers import papers_of as papers_from
from sync.store import tables as t
from sync.store.chain import read_facts


def papers_of(connection: Connection, order_id: str) -> tuple[Receipt, tuple[Ticket, ...]]:
    """Returns the receipt and the tickets of an order that the hub knows."""
    order = connection.execute(
        select(t.orders, t.devices.c.name.label("till"), t.events.c.file, t.events.c.timezone)
        .join(t.devices, t.devices.c.id == t.orders.c.placed_by)
        .join(t.events, t.events.c.id == t.orders.c.event_id)
        .where(t.orders.c.id == order_id)
    ).one()
    mine = t.facts.c.payload["order_id"].astext == order_id
    facts = read_facts(connection, select(t.facts).where(mine, t.facts.c.is_applied).order_by(t.facts.c.position))
    event = order.file["event"]
    heading = Heading(
        event_name=event["name"],
        venue=(event["venue"], event["address"], event["city"]),
        days=tuple(date.fromisoformat(day) for day in event["days"]),
        timezone=order.timezone,
        sold_by="web shop" if order.channel == "web" else order.till,
        customer_name=order.customer_name,
        customer_email=order.customer_email,
    )
    return papers_from(heading, facts)
