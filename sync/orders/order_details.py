"""What an order's page shows of it beside its books: who bought, what, for which event, and all facts about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from boxoffice.core.event_file import catalogue_from
from boxoffice.core.facts import Fact
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.texts import Texts
from sync.store import tables as t
from sync.store.chain import read_facts

_o: Final = t.orders.c
_f: Final = t.facts.c


@dataclass(frozen=True, slots=True)
class OrderHead:
    """An order without its lines, and the event that it is for, by its name and time zone."""

    id: str
    number: str
    channel: str
    status: str
    total: int
    name: str | None
    email: str | None
    phone: str | None
    created_at: datetime
    event: str
    timezone: str

    @property
    def customer(self) -> list[str]:
        """Returns what is known of who bought."""
        return [each for each in (self.name, self.email, self.phone) if each]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of an order as it was sold; prices are minor units."""

    product_id: str
    name: str
    quantity: int
    unit_price: int
    subtotal: int


def placed_in(connection: Connection, placed: OrderPlaced, event_id: str, language: str) -> OrderPlaced:
    """Returns an order with its lines in a reader's words, where the event has them."""
    e = t.events.c
    row = connection.execute(select(e.file, e.revision).where(e.id == event_id)).one()
    return Texts(catalogue_from(row.file, row.revision), language).order(placed)


def order_head(connection: Connection, order_id: str) -> OrderHead | None:
    """Returns an order without its lines, or None if there is no such order."""
    e = t.events.c
    query = select(t.orders, e.timezone, e.name.label("event")).join(t.events, e.id == _o.event_id)
    row = connection.execute(query.where(_o.id == order_id)).one_or_none()
    if row is None:
        return None
    return OrderHead(
        id=row.id,
        number=row.order_number,
        channel=row.channel,
        status=row.status,
        total=row.total_amount,
        name=row.customer_name,
        email=row.customer_email,
        phone=row.customer_phone,
        created_at=row.created_at,
        event=row.event,
        timezone=row.timezone,
    )


def order_status(connection: Connection, order_id: str) -> str | None:
    """Returns the state of an order, or None if there is no such order."""
    return connection.execute(select(_o.status).where(_o.id == order_id)).scalar_one_or_none()


def items_of(connection: Connection, order_id: str) -> Sequence[Item]:
    """Returns the lines of an order."""
    i = t.order_items.c
    rows = connection.execute(select(t.order_items).where(i.order_id == order_id).order_by(i.line))
    return [Item(row.product_id, row.item_name, row.quantity, row.unit_price, row.subtotal) for row in rows]


def valid_tickets(connection: Connection, order_id: str) -> int:
    """Returns how many tickets of an order work."""
    k = t.tickets.c
    query = select(func.count()).select_from(t.tickets).where(k.order_id == order_id, k.status == "valid")
    return connection.execute(query).scalar_one()


def facts_about(connection: Connection, order_id: str) -> list[Fact]:
    """Returns all facts about an order that fit, in the order in which they came."""
    mine = _f.payload["order_id"].astext == order_id
    return read_facts(connection, select(t.facts).where(mine, _f.is_applied).order_by(_f.position))


def last_digits(connection: Connection, order_ids: Sequence[str]) -> dict[str, str]:
    """Returns the last four digits of the cards that paid these orders, by tender."""
    card = _f.payload["card"]["last4"].astext
    query = select(_f.payload["tender_id"].astext.label("tender"), card.label("last4")).where(
        _f.payload["order_id"].astext.in_(order_ids), _f.kind == "payment_captured", card.is_not(None)
    )
    return {row.tender: row.last4 for row in connection.execute(query)}
