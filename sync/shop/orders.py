"""Web orders: reserved with a hold, paid on a provider's page, or given up. Prices are always the hub's own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog
from sqlalchemy import Connection, func, select

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.closed_sets import names_of
from boxoffice.core.errors import OperationFailed
from boxoffice.core.gift_cards import CardCode
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OPEN, Channel, OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentStarted
from boxoffice.core.pricing import Cart, PricedOrder, price
from boxoffice.core.sale_times import must_be_on_sale
from boxoffice.core.sales import changed
from boxoffice.core.texts import Texts
from sync.inventory.on_sale import catalogue_on_sale
from sync.inventory.waiting import with_patience
from sync.ledger.hub import Hub
from sync.orders.analytics import AnalyticsEvent, note
from sync.orders.finishing import ending
from sync.orders.promos import Guesser, give_promo_back, try_promo
from sync.payments.card_parts import TAKEN_OFF, CardNotTaken, CardPart, ask_tills_back, keep_card, let_go, spent
from sync.payments.checkouts import Checkouts, must_be
from sync.payments.settling import SWITCHED
from sync.payments.switches import must_be_open, must_be_whole
from sync.provider_states import PAGE_TENDERS, provider_of
from sync.shop.free_places import check_free_of_email
from sync.shop.holding import NewOrder, hold, must_be_left, too_little
from sync.shop.replays import Key
from sync.shop.web_orders import Customer, OrderOver, PaymentHeld, describe, look
from sync.store import checkouts, gifts
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.checkouts import Checkout, NewCheckout, Wording, live_of_order
from sync.store.contacts import EMAIL, NAME, PHONE, is_same_address
from sync.store.gifts import Gift
from sync.store.ledger import load_books, lock_orders
from sync.store.web_orders import WebOrder

_log: Final = structlog.get_logger()
_HELD: Final = "The payment of this order is on its way: its provider holds it. Don't pay it again."
_h: Final = t.holds.c


@dataclass(frozen=True, slots=True)
class Shop:
    """The use cases of buying on the web."""

    hub: Hub
    checkouts: Checkouts

    def quote(
        self, cart: Cart, promo_code: str | None, event_id: str | None, buyer: str
    ) -> tuple[Catalogue, PricedOrder]:
        """Returns what the cart costs now.

        Raises:
            BadInput: with every problem of the cart.
            limits.TooManyTries: if this buyer guesses at promo codes.
        """
        with self.hub.database.reading() as connection:
            catalogue = catalogue_on_sale(self.hub, connection, event_id)
        promo = try_promo(self.hub.database, catalogue, promo_code, Guesser(buyer))
        return catalogue, price(catalogue, cart, promo, at=utc_now(), channel=Channel.WEB)

    def reserve(self, new: NewOrder, key: Key | None = None) -> str:
        """Holds what is wanted, all of it or nothing, and returns the order's id.

        What tills have and don't need is waited for, a moment.

        Raises:
            BadInput: for a cart or a code that can't be used.
            CantBeCharged: for a total that can't be paid, such as less than the least that a card pays.
            SoldOut: saying what is left of each product.
            NotOnSale: if the sale of something is over, or has not begun.
            limits.TooManyTries: if this buyer holds too often without paying.
            InLine: if there is a waiting line, and it is not this buyer's turn.
        """

        def attempt(claim: int | None) -> str:
            try:
                must_be_left(self.hub, new, key, claim)
                return self.hub.database.run(
                    lambda connection: hold(self.hub, self.checkouts.taking, connection, new, key)
                )
            except NotEnoughLeft as error:
                raise too_little(self.hub, new, claim) from error

        return with_patience(self.hub, attempt)

    def start(
        self,
        order_id: str,
        customer: Customer | None = None,
        provider: str = "stripe",
        said: Sequence[Gift] = (),
    ) -> WebOrder:
        """Returns the order with the address to pay at; an order that costs nothing is completed at once.

        A payment that was begun at another provider is ended there first. `said` is of the order's gift cards.

        Raises:
            OrderOver: if it can't be paid any more, or its payment is on its way (PaymentHeld).
            CantBeCharged: if this provider does not take the amount; nothing was changed.
            PaymentRefused: if the provider refused it for good; the order is over, and its places are free again.
            NotOnSale: if the sale of something in it has ended meanwhile.
            TooManyFree: if this e-mail address has as many free places as one buyer may have.
            TryAgainLater: if the provider can't be reached; the places are kept, and this may be asked again.
        """
        self.checkouts.provider(provider)
        before = self.look(order_id)
        if before.is_held:
            raise PaymentHeld(_HELD)
        if before.is_open and before.due:
            self.checkouts.taking.must_take(provider, Money(before.due, Currency(before.currency)))
        if before.tender_id is not None and before.is_to_be_paid and before.provider != provider:
            self.checkouts.close(before.tender_id, SWITCHED)
        if provider == "paypal":
            with self.hub.database.transaction() as connection:
                must_be_open(connection, "paypal", order_id)
        begun = self.hub.database.run(lambda connection: self._start(connection, order_id, customer, provider, said))
        if begun is None:
            return self.look(order_id)
        paid = self.checkouts.ensure(begun.checkout, begun.placed)
        if paid.session_id is None:
            raise OrderOver("The time to pay for this order is over.")
        return begun.order.paid_by(paid) if paid.is_live else self.look(order_id)

    def use_card(self, order_id: str, code: CardCode) -> CardPart:
        """Keeps what a gift card can pay of an order, for as long as its places are kept.

        A payment that was begun is ended at its provider first: less is to be paid there then.

        Raises:
            CardNotTaken: if it can't pay anything of it.
            OrderOver: if the order can't be paid any more, or its payment is on its way (PaymentHeld).
            TryAgainLater: if the provider can't be reached; nothing was changed.
        """
        self._end_payment(order_id)
        try:
            return self.hub.database.run(lambda connection: self._use_card(connection, order_id, code))
        except CardNotTaken as error:
            if error.word == "card-at-till":
                self.hub.database.run(lambda connection: ask_tills_back(self.hub, connection, code))
            raise

    def take_card_off(self, order_id: str, tender_id: str) -> None:
        """Lets go what is kept of a gift card for an order; raises as `use_card`, but for what is of a card."""
        self._end_payment(order_id)

        def take_off(connection: Connection) -> None:
            order, books = self._open(connection, order_id)
            written = let_go(connection, books, order_id, TAKEN_OFF, only=tender_id)
            if written:
                self.hub.write(connection, written, order.event_id)

        self.hub.database.run(take_off)

    def _use_card(self, connection: Connection, order_id: str, code: CardCode) -> CardPart:
        must_be_whole(connection)  # what seems to be free may be spent
        _, books = self._open(connection, order_id)
        return keep_card(self.hub, self.checkouts.taking, connection, books, order_id, code)

    def _end_payment(self, order_id: str) -> None:
        order = self.look(order_id)
        if order.is_held:
            raise PaymentHeld(_HELD)
        if order.tender_id is not None and order.is_to_be_paid:
            self.checkouts.close(order.tender_id, SWITCHED)

    def _open(self, connection: Connection, order_id: str) -> tuple[WebOrder, Books]:
        """Locks an order that waits to be paid, and returns it; one that is being paid stays as it is."""
        lock_orders(connection, [order_id])
        order = look(connection, order_id)
        if not order.is_open or order.is_to_be_paid or order.seconds_left <= 0:
            raise OrderOver("This order is paid, or being paid, or the time to pay for it is over.")
        return order, load_books(connection, [order_id])

    def look(self, order_id: str) -> WebOrder:
        """Returns the order as the hub knows it.

        Raises:
            NoSuchOrder: if it is not a web order.
        """
        with self.hub.database.reading() as connection:
            return look(connection, order_id)

    def of_session(self, session_id: str) -> str | None:
        """Returns the web order that a payment page was opened for."""
        c, o = t.checkouts.c, t.orders.c
        query = select(c.order_id).join(t.orders, o.id == c.order_id)
        with self.hub.database.reading() as connection:
            mine = (c.session_id == session_id, o.channel == "web")
            return connection.execute(query.where(*mine)).scalar_one_or_none()

    def is_attempt(self, order_id: str, attempt: str) -> bool:
        """Returns whether the order was made by this very attempt."""
        with self.hub.database.reading() as connection:
            mine = select(_h.order_id).where(_h.order_id == order_id, _h.attempt == attempt)
            return connection.execute(mine).first() is not None

    def ask(self, order_id: str) -> WebOrder:
        """Returns the order after asking the provider itself whether it was paid."""
        order = self.look(order_id)
        if order.tender_id is not None and order.is_to_be_paid:
            try:
                self.checkouts.settle_tender(order.tender_id)
            except OperationFailed:  # the webhook and the jobs go on trying
                return order
        return self.look(order_id)

    def describe(self, order_id: str, customer: Customer) -> WebOrder:
        """Changes what is said of who buys.

        Raises:
            OrderOver: for another address of a paid order: whoever holds its link could take its tickets elsewhere.
        """
        with self.hub.database.transaction() as connection:
            lock_orders(connection, [order_id])
            order = look(connection, order_id)
            email = customer.said.get(EMAIL)
            if order.is_paid and order.email and email is not None and not is_same_address(email, order.email):
                raise OrderOver("This order is paid. Ask the organizers to send its tickets to another address.")
            describe(connection, order_id, customer)
        return self.look(order_id)

    def cancel(self, order_id: str) -> WebOrder:
        """Gives up an order that is not paid: what can be paid is ended at the provider first.

        Raises:
            TryAgainLater: if the provider can't be reached; nobody knows then whether it can still be paid.
        """
        order = self.look(order_id)
        if order.tender_id is not None and order.is_to_be_paid:
            self.checkouts.close(order.tender_id, "canceled")
        self.hub.database.run(lambda connection: self._release(connection, order_id, "given up"))
        return self.look(order_id)

    def release_if_due(self, order_id: str) -> None:
        """Gives back the hold of an order that nobody began to pay for in time."""
        order = self.look(order_id)
        if order.is_open and not order.is_to_be_paid and order.seconds_left <= 0:
            self.hub.database.run(lambda connection: self._release(connection, order_id, "the hold has ended"))

    def lapsed(self) -> Sequence[str]:
        """Returns the orders whose hold has ended unpaid and that nobody released."""
        o = t.orders.c
        with self.hub.database.reading() as connection:
            due = select(_h.order_id).join(t.orders, o.id == _h.order_id)
            live = live_of_order(_h.order_id)
            is_open = o.status.in_(names_of(OPEN))
            return list(connection.scalars(due.where(is_open, ~live, _h.expires_at < func.now())))

    def _start(
        self, connection: Connection, order_id: str, customer: Customer | None, provider: str, said: Sequence[Gift]
    ) -> "_Begun | None":
        """Returns the payment that is to be made, or None if there is nothing to pay."""
        lock_orders(connection, [order_id])
        order = look(connection, order_id)
        if order.is_held:
            raise PaymentHeld(_HELD)
        if customer is not None and order.is_open:
            order = _described(connection, order, customer)
            for gift in said:
                gifts.say(connection, gift)
        if order.status is OrderState.PROCESSING and order.is_to_be_paid and order.tender_id is not None:
            return _Begun(order, must_be(checkouts.of_tender(connection, order.tender_id)))
        if not order.is_open or order.seconds_left <= 0:
            raise OrderOver("This order is paid." if order.is_paid else "The time to pay for this order is over.")
        books = load_books(connection, [order_id])
        placed = books.placed[order_id]
        catalogue = catalogue_on_sale(self.hub, connection, order.event_id)
        must_be_on_sale(catalogue, {ProductId(line.product_id) for line in placed.lines}, utc_now())
        if order.email is not None:
            check_free_of_email(self.hub, connection, catalogue, placed, order.email)
        move = changed(OrderId(order_id), OrderState.PENDING, OrderState.PROCESSING)
        moves: list[Payload] = [move] if order.status is OrderState.PENDING else []
        if order.due == 0:
            why = "paid by gift card" if order.total else "nothing to pay"
            done = [*spent(connection, books, order_id), *ending(self.hub, connection, books, order_id, why)]
            self.hub.write(connection, [*moves, *done], order.event_id, books)
            return None
        names = [line.name for line in Texts(catalogue, order.language).order(placed).lines]
        wording = Wording(names, order.language, order.email)
        checkout = self._start_checkout(connection, books, order, moves, provider, wording)
        return _Begun(order, checkout, placed)

    def _start_checkout(
        self,
        connection: Connection,
        books: Books,
        order: WebOrder,
        moves: Sequence[Payload],
        provider: str,
        wording: Wording,
    ) -> Checkout:
        tender_id = new_id()
        started = PaymentStarted(
            order_id=order.id,
            tender_id=tender_id,
            tender=PAGE_TENDERS[provider_of(provider)],
            amount=order.due,
            currency=order.currency,
            idempotency_key=f"checkout-{tender_id}",
        )
        self.hub.write(connection, [*moves, started], order.event_id, books)
        new = NewCheckout(tender_id, self.hub.chain.device_id, order.due, provider, wording)
        return checkouts.add(connection, books.orders[order.id], new, order.expires_at)

    def _release(self, connection: Connection, order_id: str, why: str) -> None:
        lock_orders(connection, [order_id])
        order = look(connection, order_id)
        if not order.is_open or order.is_to_be_paid:
            return
        books = load_books(connection, [order_id])
        if order.promo is not None:
            give_promo_back(connection, order_id)
        note(self.hub, connection, AnalyticsEvent.CART_ABANDONMENT, order_id, abandonment_reason=why)
        move = changed(OrderId(order_id), order.status, OrderState.FAILED, why)
        self.hub.write(connection, [*let_go(connection, books, order_id, why), move], order.event_id, books)


@dataclass(frozen=True, slots=True)
class _Begun:
    """An order with its payment; `placed` is what was ordered, where it was read."""

    order: WebOrder
    checkout: Checkout
    placed: OrderPlaced | None = None


def _described(connection: Connection, order: WebOrder, customer: Customer) -> WebOrder:
    """Keeps what is said of who buys, if it is news, and returns the order with it."""
    said = customer.said
    email, name = said.get(EMAIL, order.email), said.get(NAME, order.name)
    after = replace(order, email=email, name=name, phone=said.get(PHONE, order.phone))
    if after != order:
        describe(connection, order.id, customer)
    return after
