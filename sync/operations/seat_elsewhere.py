"""Tickets that were sold beyond a pool's capacity, moved to another product that has places: a swap by an organizer.

It is one press, and all of it happens at that moment or nothing does: the tickets end, and a new order has others, paid
by what was paid for the first. Where the new ones cost more, the house makes it good; where they cost less, the rest
stays paid with the first order, and can be given back as anything else of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, text

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.door_refunds import Plan, Wish, plan
from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.ids import EventId, OrderId, ProductId, TicketId, order_number
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.over_capacity import SEATED
from boxoffice.core.payloads.exceptions import ExceptionResolved
from boxoffice.core.payloads.orders import SwapPart
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.refunds import Part
from boxoffice.core.rows import ExceptionStatus, TicketStatus
from boxoffice.core.sales import changed, finish, place, ticket_count
from boxoffice.core.swaps import moved_into
from boxoffice.core.tenders import COMP_REASONS, THE_HOUSE
from sync.ledger.hub import Hub
from sync.operations.exceptions import NotDone
from sync.payments.giving_back import over_lease, parts_in, products_of, voidings_of
from sync.payments.over_capacity import count_what_fits
from sync.shop.holding import WEB_CODE
from sync.store import exceptions, lives
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.contacts import copy_contact
from sync.store.exceptions import Raised
from sync.store.ledger import load_books, lock_orders

MOST: Final = 4
"""So many products are offered: those whose price is the nearest."""
MADE_GOOD: Final = COMP_REASONS[-1]
"""Why the house pays what the new tickets cost more."""
_NUMBER: Final = text("SELECT nextval('web_orders')")


@dataclass(frozen=True, slots=True)
class Seat:
    """Another product that has places for the tickets of a problem, and what the new ones cost more (or less)."""

    product_id: str
    name: str
    tickets: int
    more: Money


@dataclass(frozen=True, slots=True)
class Made:
    """The order that has the new tickets."""

    order_id: str
    number: str


def remedy_for(product_id: str) -> str:
    """Returns the name of the remedy that moves tickets to a product."""
    return f"{SEATED}:{product_id}"


def product_in(remedy: str) -> str | None:
    """Returns the product that a remedy moves tickets to; None for any other remedy."""
    name, _, product_id = remedy.partition(":")
    return product_id if name == SEATED else None


def seats_of(connection: Connection, row: Raised, books: Books) -> Sequence[Seat]:
    """Returns the products that have places for all tickets of an order that were sold beyond a pool."""
    if row.kind != "over_capacity" or row.order_id not in books.issued or row.subject_id is None:
        return ()
    catalogue = _catalogue(connection, books.orders[row.order_id].event_id)
    try:
        planned = _planned(connection, books, row.order_id, row.subject_id)
    except (BadInput, NotDone):
        return ()
    count, left = len(planned.parts), _left(connection, catalogue)
    found = []
    for product in catalogue.products:
        uses = {str(pool): units for pool, units in product.uses.items()}
        fits = bool(uses) and all(left.get(pool, 0) >= units * count for pool, units in uses.items())
        if product.kind is ProductKind.TICKET and not product.options and fits and row.subject_id not in uses:
            total = price(catalogue, _cart(product, count), at=utc_now(), channel=Channel.WEB).total
            found.append(Seat(str(product.id), product.name, count, total - Money(planned.total, total.currency)))
    return sorted(found, key=lambda seat: abs(seat.more.minor))[:MOST]


def seat_elsewhere(hub: Hub, exception_id: str, product_id: str, by: str) -> Made | None:
    """Moves the tickets of a problem to another product; returns the new order, None if another has decided it.

    Raises:
        NotDone: if it can't be done; nothing was changed.
    """
    return hub.database.run(lambda connection: _seat(hub, connection, exception_id, product_id, by))


def _seat(hub: Hub, connection: Connection, exception_id: str, product_id: str, by: str) -> Made | None:
    found = exceptions.order_of(connection, exception_id)
    if found is None or found[0] is None:
        raise NotDone("This problem has no such remedy.")
    old = found[0]
    lock_orders(connection, [old])
    row = exceptions.locked(connection, exception_id)
    if row.status is ExceptionStatus.RESOLVED:
        return None
    if row.kind != "over_capacity" or row.subject_id is None:
        raise NotDone("This problem has no such remedy.")
    if not lives.is_healed(connection):
        raise NotDone("The hub was restored, and still asks its tills what has happened since.")
    books = load_books(connection, [old])
    event_id = books.orders[old].event_id
    catalogue = _catalogue(connection, event_id)
    product = catalogue.products_by_id.get(ProductId(product_id))
    if product is None or product.kind is not ProductKind.TICKET:
        raise NotDone("There is no such ticket any more.")
    try:
        planned = _planned(connection, books, old, row.subject_id)
        new = _place(hub, connection, catalogue, product, planned, old)
        _end(hub, connection, planned, old, new.order_id, event_id)
    except BadInput as error:
        raise NotDone(str(error)) from error
    except NotEnoughLeft as error:
        raise NotDone(f"Its places are gone: {error}") from error
    hub.write(connection, [ExceptionResolved(exception_id=exception_id, remedy=SEATED, by=by)], event_id, Books())
    count_what_fits(hub, connection, event_id)
    return new


def _planned(connection: Connection, books: Books, order_id: str, pool_id: str) -> Plan:
    """Returns the tickets of an order that take places of a pool, and what was paid for them.

    Raises:
        NotDone: if there are none, or something else of it takes places there.
        BadInput: if nothing was paid for them.
    """
    products = products_of(connection, books.orders[order_id].event_id)
    parts = parts_in(connection, books, order_id)
    mine = [part for part in parts if _is_valid(books, part)]
    taking = [part for part in mine if _takes(products.get(books.tickets[part.ticket_id or ""].product_id), pool_id)]
    goods = [line for line in books.placed[order_id].lines if line.kind != "ticket"]
    if not taking or any(_takes(products.get(line.product_id), pool_id) for line in goods):
        raise NotDone("None of its tickets can be moved.")
    return plan(books, order_id, parts, Wish(tuple(part.key for part in taking)))


def _is_valid(books: Books, part: Part) -> bool:
    ticket = books.tickets.get(part.ticket_id or "")
    return ticket is not None and ticket.status is TicketStatus.VALID


def _takes(product: Product | None, pool_id: str) -> bool:
    return product is not None and any(str(pool) == pool_id and units for pool, units in product.uses.items())


def _place(hub: Hub, connection: Connection, catalogue: Catalogue, product: Product, planned: Plan, old: str) -> Made:
    """Places the new order, with the contact of the old one: its buyer is the same."""
    order_id = OrderId(new_id())
    number = order_number(WEB_CODE, int(connection.execute(_NUMBER).scalar_one()))
    priced = price(catalogue, _cart(product, len(planned.parts)), at=utc_now(), channel=Channel.WEB)
    credit = min(planned.total, priced.total.minor)
    swap = SwapPart(order_id=old, parts=tuple(part.key for part in planned.parts), credit=credit)
    placed = place(priced, order_id=order_id, order_number=number, channel=Channel.WEB, source="pool")
    begun = changed(order_id, OrderState.PENDING, OrderState.PROCESSING)
    hub.write(connection, [placed.model_copy(update={"swap": swap}), begun], catalogue.id, Books())
    hold = {"order_id": order_id, "attempt": order_id, "buyer": "seated elsewhere", "expires_at": utc_now()}
    connection.execute(insert(t.holds).values(hold))
    copy_contact(connection, old, order_id)
    return Made(order_id, number)


def _end(hub: Hub, connection: Connection, planned: Plan, old: str, new: str, event_id: str) -> None:
    """Moves the money, ends the old tickets and issues the new ones."""
    books = load_books(connection, [old, new])
    placed = books.placed[new]
    if placed.swap is None:
        raise ValueError(f"order {new} takes the place of nothing")
    written: list[Payload] = list(moved_into(planned, placed, placed.swap.credit, new_id).written)
    more = placed.total - placed.swap.credit
    if more:
        written.append(
            PaymentCaptured(
                order_id=new,
                tender_id=new_id(),
                tender=THE_HOUSE.value,
                amount=more,
                currency=placed.currency,
                reason=MADE_GOOD,
            )
        )
    tickets = [part.ticket_id for part in planned.parts if part.ticket_id is not None]
    products = products_of(connection, event_id)
    written += voidings_of(books, tickets, products, "seated elsewhere", over_lease(connection, old))
    issued = [TicketId(new_id()) for _ in range(ticket_count(placed))]
    done = changed(OrderId(new), OrderState.PROCESSING, OrderState.COMPLETED)
    written += [done, finish(placed, EventId(event_id), hub.issuer(connection, event_id), issued)]
    hub.write(connection, written, event_id, books)


def _cart(product: Product, count: int) -> Cart:
    return Cart((CartLine(product.id, count),))


def _left(connection: Connection, catalogue: Catalogue) -> dict[str, int]:
    p = t.pools.c
    rows = connection.execute(select(p.id, p.available).where(p.event_id == catalogue.id))
    return {row.id: row.available for row in rows}


def _catalogue(connection: Connection, event_id: str) -> Catalogue:
    row = connection.execute(select(t.events.c.file, t.events.c.revision).where(t.events.c.id == event_id)).one()
    return catalogue_from(row.file, row.revision)
