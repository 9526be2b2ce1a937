"""Web orders begin: what is wanted is held, all of it or nothing, at prices that are the hub's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection, insert, select, text

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.gift_cards import MOST_OF_ORDER, code_of
from boxoffice.core.ids import OrderId, order_number, part_id
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import CardPart
from boxoffice.core.pricing import Cart, PricedOrder, price
from boxoffice.core.reading import read_code
from boxoffice.core.sale_times import must_be_on_sale, sale_times
from boxoffice.core.sales import cards_wanted, place
from sync.inventory.on_sale import OnSale, Wanted, catalogue_on_sale, on_sale, shortages, units_of
from sync.inventory.waiting import TooLittle
from sync.ledger.hub import Hub
from sync.orders.analytics import AnalyticsEvent, note
from sync.orders.promos import Guesser, find_promo, try_promo, use_must_be_there, used_up, uses_left
from sync.payments.switches import must_be_open, must_be_whole
from sync.payments.taking import Taking
from sync.shop.buyers_limits import check_amounts, check_buyer, places_of
from sync.shop.free_places import check_free_of_address, check_free_of_email
from sync.shop.quotes import quoted
from sync.shop.replays import Key, claim
from sync.shop.sold_out import SoldOut
from sync.shop.waiting_room import must_be_ones_turn
from sync.shop.web_orders import Customer, describe
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.contacts import EMAIL
from sync.store.queue import defer

WEB_CODE: Final = "WB"
"""Opens the numbers of web orders. Tills' codes have three letters, so that no two numbers are the same."""
_NUMBER: Final = text("SELECT nextval('web_orders'), now()")
_log: Final = structlog.get_logger()
_h: Final = t.holds.c


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What someone wants. The same `attempt` is the same order; `buyer` is who is counted, such as an address."""

    cart: Cart
    buyer: str
    attempt: str | None = None
    promo_code: str | None = None
    is_promo_tried: bool = False
    """The code was typed before, and was right: nobody else's guesses count against it."""
    event_id: str | None = None
    customer: Customer | None = None
    language: str = "en"
    analytics_client: str | None = None
    """What stands for the buyer's browser in the statistics, if the buyer allowed it."""
    line: str | None = None
    """The buyer's place in the waiting line, if there is one."""
    shown_minor: int | None = None
    """The total that the buyer was shown, where it was shown; an order that would cost another is not placed."""
    quote: str | None = None
    """What proves that it was shown, and when: such an order costs that, whatever has become dearer since."""


class PriceChanged(BoxofficeError):
    """It costs something else than what the buyer was shown; nothing was held."""

    def __init__(self) -> None:
        super().__init__("A price has changed since it was shown. Look at it again.")


def hold(hub: Hub, taking: Taking, connection: Connection, new: NewOrder, key: Key | None) -> str:
    """Places the order and holds what it wants; one that was placed by this attempt, or under this key, is it again."""
    before = order_of(connection, new.attempt)
    if before is not None:
        return before
    order_id = OrderId(new_id())
    if key is not None and (known := claim(connection, key, order_id)) is not None:
        return known
    must_be_open(connection, "web", new.buyer)
    must_be_whole(connection)
    line_number = must_be_ones_turn(hub, connection, new.line)
    catalogue = catalogue_on_sale(hub, connection, new.event_id)
    _must_all_be_there(catalogue, new.cart, new.promo_code)
    check_amounts(catalogue, new.cart)
    must_be_on_sale(catalogue, Wanted.of(new.cart.lines).products, utc_now())
    promo = find_promo(catalogue, new.promo_code)
    priced = price(catalogue, new.cart, promo, at=utc_now(), channel=Channel.WEB)
    if new.shown_minor not in (None, priced.total.minor):
        priced = _as_shown(hub, connection, catalogue, new, priced)
    taking.must_be_payable(priced.total)
    check_buyer(hub, connection, new.buyer, places_of(catalogue, new.cart))
    check_free_of_address(hub, connection, catalogue, priced.lines, new.buyer)
    counted, now = connection.execute(_NUMBER).one()
    number = order_number(WEB_CODE, counted)
    cards = new_cards(hub, order_id, priced)
    placed = place(priced, order_id=order_id, order_number=number, channel=Channel.WEB, source="pool", cards=cards)
    used = promo if priced.discount.minor else None  # a code that takes nothing off is not used up by it
    email = None if new.customer is None else new.customer.said.get(EMAIL)
    if email is not None:  # before anything is written, as where a payment begins: or two would wait for each other
        check_free_of_email(hub, connection, catalogue, placed, email)
    hub.write(connection, [placed], catalogue.id, Books())
    if priced.code_pool is not None:
        use_must_be_there(connection, catalogue.id, priced.code_pool)
    expires_at = min(now + hub.settings.checkout_lasts, _last_end(catalogue, new.cart))
    connection.execute(
        insert(t.holds).values(
            order_id=order_id,
            attempt=new.attempt or order_id,
            buyer=new.buyer,
            promo=used.code if used else None,
            language=new.language,
            analytics_client=new.analytics_client,
            line_number=line_number,
            expires_at=expires_at,
        )
    )
    if new.customer is not None:
        describe(connection, order_id, new.customer)
    defer(connection, "release_hold", {"order_id": order_id}, at=expires_at)
    if new.analytics_client is not None:
        note(hub, connection, AnalyticsEvent.BEGIN_CHECKOUT, order_id)
    _log.info("held", order_id=order_id, order_number=number)
    return order_id


def _as_shown(
    hub: Hub, connection: Connection, catalogue: Catalogue, new: NewOrder, priced: PricedOrder
) -> PricedOrder:
    """Returns the order at the price that was shown, if it would be dearer now, and the hub has shown that.

    Raises:
        PriceChanged: if not.
    """
    shown = new.shown_minor or 0
    was = quoted(hub, connection, catalogue, new.quote, shown) if shown < priced.total.minor else None
    if was is None:
        raise PriceChanged
    before = price(was.catalogue, new.cart, find_promo(was.catalogue, new.promo_code), at=was.at, channel=Channel.WEB)
    if before.total.minor != shown:
        raise PriceChanged
    return before


def new_cards(hub: Hub, order_id: str, priced: PricedOrder) -> list[CardPart]:
    """Returns the gift cards that an order makes. Of one that is lost and made again, they are the same.

    Raises:
        BadInput: if it is more than one order may buy.
    """
    lines = cards_wanted(priced)
    if len(lines) > MOST_OF_ORDER:
        raise BadInput([FieldError("items", f"must be at most {MOST_OF_ORDER} gift cards in one order")])
    cards = []
    for i, line in enumerate(lines):
        card_id = part_id(f"{order_id} card", i)
        code = code_of(card_id, hub.sealer.card_key)
        cards.append(CardPart(line=line, card_id=card_id, code_hash=code.hash, last4=code.last4))
    return cards


def must_be_left(hub: Hub, new: NewOrder, key: Key | None, claim: int | None) -> None:
    """Refuses what is sold out at once and without a lock: when a sale opens, most who ask get nothing.

    What was asked for before goes on: its own hold may be what took the last places.
    """
    wanted = Wanted.of(new.cart.lines)
    with hub.database.reading() as connection:
        catalogue = catalogue_on_sale(hub, connection, new.event_id)
        sale = on_sale(connection, catalogue, wanted, claim)
        short = shortages(sale, wanted)
        is_new = key is None and order_of(connection, new.attempt) is None
    if is_new and wanted.products.keys() & sale.closed.keys():
        must_be_on_sale(catalogue, wanted.products, sale.at)
    if short and is_new:
        raise _with_tills(sale, wanted, SoldOut(short, wanted.products, sale))
    if not new.is_promo_tried:
        try_promo(hub.database, catalogue, new.promo_code, Guesser(new.buyer))


def too_little(hub: Hub, new: NewOrder, claim: int | None) -> BoxofficeError:
    """Returns what is left, read after the hold that failed was undone: what it took would be missing."""
    wanted = Wanted.of(new.cart.lines)
    with hub.database.reading() as connection:
        sale = on_sale(connection, catalogue_on_sale(hub, connection, new.event_id), wanted, claim)
        code = find_promo(sale.catalogue, new.promo_code)
        pool = None if code is None else code.pool_id
        is_used_up = pool is not None and uses_left(connection, sale.catalogue.id, pool) <= 0
    short = shortages(sale, wanted)
    if pool is not None and is_used_up and not short:
        lacking = {**_by_pool(sale, wanted), str(pool): 1}
        return TooLittle(sale.catalogue.id, lacking, used_up()) if sale.at_tills.get(pool) else used_up()
    if short:
        return _with_tills(sale, wanted, SoldOut(short, wanted.products, sale))
    # What has come free again in this very moment can be had: it is tried once more.
    left = {product: sale.left.get(product, 0) for product in wanted.products}
    return TooLittle(sale.catalogue.id, _by_pool(sale, wanted), SoldOut(left, wanted.products, sale))


def order_of(connection: Connection, attempt: str | None) -> str | None:
    """Returns the order that the attempt has made already."""
    if attempt is None:
        return None
    return connection.execute(select(_h.order_id).where(_h.attempt == attempt)).scalar_one_or_none()


def _must_all_be_there(catalogue: Catalogue, cart: Cart, code: str | None) -> None:
    """Refuses what is not sold on the web (any more) as what is sold out: a page that is open for long may show it."""
    wanted, typed = Wanted.of(cart.lines).products, read_code(code or "")
    there = {each.id for each in catalogue.products if each.shelf.is_offered(Channel.WEB, typed)}
    gone = set(wanted) if catalogue.is_archived else wanted.keys() - there
    if gone:
        raise SoldOut(dict.fromkeys(sorted(gone), 0), wanted)


def _last_end(catalogue: Catalogue, cart: Cart) -> datetime:
    """Returns when the first of these products is not sold any more: no hold lasts longer."""
    return min(sale_times(catalogue, catalogue.products_by_id[line.product_id]).ends for line in cart.lines)


def _with_tills(sale: OnSale, wanted: Wanted, sold_out: SoldOut) -> BoxofficeError:
    """Returns that too little is there now, if tills have some of what somebody lacks; or else that it is sold out."""
    units = units_of(sale.catalogue, wanted)
    is_with_tills = any(sale.at_tills.get(pool) and units[pool] > sale.free.get(pool, 0) for pool in units)
    return TooLittle(sale.catalogue.id, _by_pool(sale, wanted), sold_out) if is_with_tills else sold_out


def _by_pool(sale: OnSale, wanted: Wanted) -> dict[str, int]:
    return {str(pool): units for pool, units in units_of(sale.catalogue, wanted).items()}
