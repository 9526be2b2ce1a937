"""Loads what the receipt and the tickets of an order are made from."""

from sqlalchemy import Connection, select

from boxoffice.core.texts import Texts
from boxoffice.documents.languages import language
from boxoffice.documents.model import Receipt, Ticket
from boxoffice.documents.papers import Heading
from boxoffice.documents.papers import papers_of as papers_from
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.store import tables as t
from sync.store.chain import read_facts


def papers_of(
    hub: Hub, connection: Connection, order_id: str, code: str | None = None
) -> tuple[Receipt, tuple[Ticket, ...]]:
    """Returns the receipt and the tickets of an order that the hub knows, in the buyer's language or in another."""
    order = connection.execute(
        select(t.orders, t.devices.c.name.label("till"), t.holds.c.language)
        .join(t.devices, t.devices.c.id == t.orders.c.placed_by)
        .outerjoin(t.holds, t.holds.c.order_id == t.orders.c.id)
        .where(t.orders.c.id == order_id)
    ).one()
    mine = t.facts.c.payload["order_id"].astext == order_id
    facts = read_facts(connection, select(t.facts).where(mine, t.facts.c.is_applied).order_by(t.facts.c.position))
    event, speaks = catalogue_on_sale(hub, connection, order.event_id), language(code or order.language or "en")
    texts = Texts(event, speaks.code)
    heading = Heading(
        event_name=texts.event_name,
        venue=(event.venue, event.address, event.city),
        days=event.days,
        timezone=event.timezone,
        sold_by=speaks.say("web shop") if order.channel == "web" else order.till,
        customer_name=order.customer_name,
        customer_email=order.customer_email,
        language=speaks.code,
    )
    return papers_from(heading, facts, texts=texts)
