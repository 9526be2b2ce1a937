"""A refund onto a new gift card: what goes back of an order pays for a card, which is mailed to who bought.

It is a swap: the things end, and an order with the card takes what was paid for them, all at one moment. No provider is
asked, and what is on the card is owed from then on.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, text

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue, Product, ProductKind
from boxoffice.core.door_refunds import Plan, Share
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.gift_cards import problem_of
from boxoffice.core.ids import EventId, OrderId, order_number
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.orders import OrderPlaced, SwapPart
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.refunds import RefundRequested
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.refunds import still_there, tickets_to_void, units_back
from boxoffice.core.sales import cards_issued, changed, finish, place
from boxoffice.core.swaps import moved_into
from boxoffice.documents.languages import language
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.payments.giving_back import (
    NewOrderRefund,
    known_as_sold,
    missing_parts,
    over_lease,
    parts_in,
    problems_of,
    products_of,
    voidings_of,
)
from sync.payments.over_capacity import count_what_fits
from sync.shop.holding import WEB_CODE, new_cards
from sync.store import gifts
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.contacts import copy_contact
from sync.store.gifts import Gift
from sync.store.ledger import load_books, lock_orders

_NUMBER: Final = text("SELECT nextval('web_orders')")
_FROM: Final = later("For what was given back of order {number}.")


@dataclass(frozen=True, slots=True)
class Card:
    """The order that has the card."""

    order_id: str
    number: str


def why_no_card(hub: Hub, connection: Connection, books: Books, order_id: str, amount: int) -> str | None:
    """Returns why so much can't go onto a gift card; None if it can."""
    order = books.orders[order_id]
    if _product(catalogue_on_sale(hub, connection, order.event_id)) is None:
        return "its event sells no gift cards of any amount"
    if not connection.execute(select(t.orders.c.customer_email).where(t.orders.c.id == order_id)).scalar_one():
        return "the order has no e-mail address that the card could go to"
    return problem_of(Money(amount, Currency(order.currency))) or None


def refund_onto_card(hub: Hub, new: NewOrderRefund) -> Card:
    """Gives back of an order onto a new gift card; the same again is the same card.

    Raises:
        BadInput: if it is more than what was paid, a part is not there to be given back, or no card can have so much.
        NoSuchOrder: if there is no such order.
    """
    return hub.database.run(lambda connection: _refund(hub, connection, new))


def _refund(hub: Hub, connection: Connection, new: NewOrderRefund) -> Card:
    lock_orders(connection, [new.order_id])
    books = load_books(connection, [new.order_id])
    if new.order_id not in books.orders:
        raise NoSuchOrder
    known = next((each for each in books.asked.get(new.order_id, ()) if each.refund_id == new.id), None)
    if known is not None:
        number = connection.execute(select(t.orders.c.order_number).where(t.orders.c.id == known.into)).scalar_one()
        return Card(str(known.into), number)
    there = still_there(books, new.order_id, parts_in(connection, books, new.order_id))
    chosen = tuple(part for part in there if part.key in set(new.parts))
    problems = [*problems_of(books, new), *missing_parts(connection, new, chosen)]
    if not problems and (why := why_no_card(hub, connection, books, new.order_id, new.amount)):
        problems = [FieldError("amount", why)]
    if problems:
        raise BadInput(problems)
    placed = _place(hub, connection, books, new)
    planned = Plan(chosen, (Share(books.payments[new.payment_id], new.amount),))
    _end(hub, connection, new, planned, placed)
    count_what_fits(hub, connection, books.orders[new.order_id].event_id)
    return Card(placed.order_id, placed.order_number)


def _place(hub: Hub, connection: Connection, books: Books, new: NewOrderRefund) -> OrderPlaced:
    """Places the card's order, for whom the old one was."""
    old = books.orders[new.order_id]
    catalogue = catalogue_on_sale(hub, connection, old.event_id)
    product = _product(catalogue)
    if product is None:
        raise ValueError("no gift card is sold")
    order_id = OrderId(new_id())
    number = order_number(WEB_CODE, int(connection.execute(_NUMBER).scalar_one()))
    cart = Cart((CartLine(product.id, 1, Money(new.amount, catalogue.currency)),))
    priced = price(catalogue, cart, at=utc_now(), channel=Channel.WEB)
    cards = new_cards(hub, order_id, priced)
    made = place(priced, order_id=order_id, order_number=number, channel=Channel.WEB, source="pool", cards=cards)
    placed = made.model_copy(
        update={"swap": SwapPart(order_id=new.order_id, parts=tuple(new.parts), credit=new.amount)}
    )
    begun = changed(order_id, OrderState.PENDING, OrderState.PROCESSING)
    hub.write(connection, [placed, begun], old.event_id, Books())
    spoken = connection.execute(select(t.holds.c.language).where(t.holds.c.order_id == new.order_id)).scalar() or "en"
    hold = {"order_id": order_id, "attempt": order_id, "buyer": "onto a gift card", "expires_at": utc_now()}
    connection.execute(insert(t.holds).values(**hold, language=spoken))
    copy_contact(connection, new.order_id, order_id)
    words = language(spoken).say(_FROM).format(number=old.order_number)
    gifts.say(connection, Gift(placed.cards[0].card_id, order_id, words=words))
    return placed


def _end(hub: Hub, connection: Connection, new: NewOrderRefund, planned: Plan, placed: OrderPlaced) -> None:
    """Moves the money, ends what goes back, and issues the card."""
    books = load_books(connection, [new.order_id, placed.order_id])
    event_id = books.orders[new.order_id].event_id
    products, over = products_of(connection, event_id), over_lease(connection, new.order_id)
    units = known_as_sold(units_back(books, new.order_id, planned.parts, products), over)
    moved = moved_into(planned, placed, new.amount, lambda: new.id)
    written: list[Payload] = [_asked(each, new, units) for each in moved.written]
    written += voidings_of(books, tickets_to_void(books, planned.parts), products, "refunded", over)
    written.append(changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED))
    written.append(finish(placed, EventId(event_id), hub.issuer(connection, event_id), []))
    hub.write(connection, [*written, *cards_issued(placed)], event_id, books)
    gifts.queue_all(connection, placed.order_id, [card.card_id for card in placed.cards])


def _asked(each: Payload, new: NewOrderRefund, units: dict[str, int]) -> Payload:
    """Returns the wish among what moves the money as organizers wish it: with who asked, and why."""
    is_wish = isinstance(each, RefundRequested)
    return each.model_copy(update={"why": new.why, "by": new.by, "units": units}) if is_wish else each


def _product(catalogue: Catalogue) -> Product | None:
    kinds = (each for each in catalogue.products if each.kind is ProductKind.GIFT_CARD)
    return next((each for each in kinds if each.price is None and not each.options), None)
