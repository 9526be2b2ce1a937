"""What belongs to the buyer of an order now: tickets with their own days and times, and goods to pick up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.event_page import Hours
from boxoffice.core.refunds import still_there
from boxoffice.core.rows import TicketStatus
from boxoffice.core.texts import Texts
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.payments.giving_back import parts_in
from sync.store import tables as t
from sync.store.ledger import load_books


@dataclass(frozen=True, slots=True)
class TicketDay:
    """So many tickets of one product for one day; `hours` are None if nobody has said when it begins."""

    product_id: str
    name: str
    day: date
    count: int
    hours: Hours | None


@dataclass(frozen=True, slots=True)
class Goods:
    """So many things of one kind, such as a T-shirt in one size."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Belongings:
    event: Catalogue
    days: Sequence[TicketDay]
    goods: Sequence[Goods]


def belongings(hub: Hub, connection: Connection, order_id: str, language: str) -> Belongings:
    """Returns what an order's buyer has of it, without what was given back or voided."""
    books = load_books(connection, [order_id])
    placed = books.placed[order_id]
    event_id = connection.execute(select(t.orders.c.event_id).where(t.orders.c.id == order_id)).scalar_one()
    event = catalogue_on_sale(hub, connection, event_id)
    shown = Texts(event, language).order(placed)
    tickets, goods = Counter[tuple[int, date]](), Counter[int]()
    for part in still_there(books, order_id, parts_in(connection, books, order_id)):
        number = part.key[0]
        line = placed.lines[number]
        if part.ticket_id is not None and books.tickets[part.ticket_id].status is TicketStatus.VALID:
            tickets.update((number, day) for day in _days(event, line.days))
        elif line.kind == "merchandise":
            goods[number] += 1
    days = [
        TicketDay(
            placed.lines[i].product_id, shown.lines[i].name, day, count, event.hours_of(placed.lines[i].product_id, day)
        )
        for (i, day), count in tickets.items()
    ]
    things = [(shown.lines[i], count) for i, count in goods.items()]
    named = [Goods(line.name if line.option is None else f"{line.name}, {line.option}", n) for line, n in things]
    return Belongings(event, sorted(days, key=lambda each: (each.day, each.name)), named)


def _days(event: Catalogue, of_line: Sequence[str]) -> Sequence[date]:
    """Returns the days of a ticket; one that names none is for all of the event's."""
    return event.doors.days_now(date.fromisoformat(day) for day in of_line) or event.days
