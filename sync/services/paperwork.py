"""Loads what the receipt and the tickets of an order are made from."""

from datetime import date

from sqlalchemy import Connection, select

from boxoffice.documents.languages import language
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.papers import Heading
from boxoffice.documents.papers import papers_of as papers_from
from sync.store import tables as t
from sync.store.chain import read_facts


def papers_of(connection: Connection, order_id: str, code: str | None = None) -> tuple[Receipt, tuple[Ticket, ...]]:
    """Returns the receipt and the tickets of an order that the hub knows, in the buyer's language or in another."""
    order = connection.execute(
        select(t.orders, t.devices.c.name.label("till"), t.events.c.file, t.events.c.timezone, t.holds.c.language)
        .join(t.devices, t.devices.c.id == t.orders.c.placed_by)
        .join(t.events, t.events.c.id == t.orders.c.event_id)
        .outerjoin(t.holds, t.holds.c.order_id == t.orders.c.id)
        .where(t.orders.c.id == order_id)
    ).one()
    mine = t.facts.c.payload["order_id"].astext == order_id
    facts = read_facts(connection, select(t.facts).where(mine, t.facts.c.is_applied).order_by(t.facts.c.position))
    event, speaks = order.file["event"], language(code or order.language or "en")
    heading = Heading(
        event_name=event["name"],
        venue=(event["venue"], event["address"], event["city"]),
        days=tuple(date.fromisoformat(day) for day in event["days"]),
        timezone=order.timezone,
        sold_by=speaks.say("web shop") if order.channel == "web" else order.till,
        customer_name=order.customer_name,
        customer_email=order.customer_email,
        language=speaks.code,
    )
    return papers_from(heading, facts)
