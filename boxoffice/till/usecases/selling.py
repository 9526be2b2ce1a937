"""Sells: places orders, takes cash, and finishes what is paid, each in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.comps import comps_in
from boxoffice.core.door_refunds import Wish, plan
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.gift_cards import code_of
from boxoffice.core.ids import OrderId, ProductId, TenderId, TicketId, order_number
from boxoffice.core.limits import Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OPEN, OrderState
from boxoffice.core.payloads.orders import CardPart, OrderPlaced, SwapPart
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.stored_value import GiftCardIssued
from boxoffice.core.payloads.tickets import TicketsIssued
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.pricing import Cart, PricedOrder, price
from boxoffice.core.reading import read_line
from boxoffice.core.refunds import Part, parts_of
from boxoffice.core.reissues import tickets_now
from boxoffice.core.rights import Right
from boxoffice.core.sale_times import NotOnSale, SaleTimes
from boxoffice.core.sales import cards_issued, cards_wanted, changed, finish, place, ticket_count
from boxoffice.core.swaps import swapped
from boxoffice.core.tenders import LONGEST_REASON, TENDERS, THE_HOUSE, Need, TenderKind, is_given
from boxoffice.till.store import settings
from boxoffice.till.store.facts import of_order
from boxoffice.till.store.projections import books_of
from boxoffice.till.usecases.comps import Comps
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.reducing import Reducing


class OrderClosed(OperationFailed):
    """The order does not take this any more."""


@dataclass(frozen=True, slots=True)
class OrderAtHand:
    """An order within a transaction: what it was placed as, where it stands, and what is still due.

    `books` are those of this order alone: what is written of it next rests on them, and need not read them again.
    """

    books: Books
    placed: OrderPlaced
    status: OrderState
    due: Money
    live_tenders: tuple[TenderId, ...]

    def books_for(self, payloads: Sequence[Payload]) -> Books | None:
        """Returns the books that facts rest on, if they are of this order alone, and of no other's gift card."""
        is_alone = all(getattr(each, "order_id", self.placed.order_id) == self.placed.order_id for each in payloads)
        has_card = any(getattr(each, "card_id", None) and not isinstance(each, GiftCardIssued) for each in payloads)
        return self.books if is_alone and not has_card else None


def _nothing_known(_catalogue: Catalogue) -> tuple[datetime, Mapping[ProductId, SaleTimes]]:
    return datetime.min.replace(tzinfo=UTC), {}


def _no_more(_issued: TicketsIssued) -> Sequence[Payload]:
    return ()


@dataclass(frozen=True, slots=True)
class Selling:
    """The use cases of a sale that need nobody but the till itself."""

    context: TillContext
    surely_off_sale: Callable[[Catalogue], tuple[datetime, Mapping[ProductId, SaleTimes]]] = _nothing_known
    """What is not sold now, by a time that is sure (see `HubTime`)."""

    def quoted(self, wanted: Cart | PricedOrder) -> PricedOrder:
        """Returns what a cart costs now; what was quoted to a customer before keeps its price.

        Raises:
            BadInput: for a cart that can't be sold.
        """
        return (
            wanted
            if isinstance(wanted, PricedOrder)
            else price(self.context.event.catalogue, wanted, at=self.context.clock.now(), channel=self.context.channel)
        )

    def sell_for_cash(
        self, wanted: Cart | PricedOrder, tendered: Money, then: Callable[[TicketsIssued], Sequence[Payload]] = _no_more
    ) -> OrderId:
        """Sells for cash: all of it is on disk when this returns, or none of it is.

        `then` says what else is written in the same transaction, of the tickets.

        Raises:
            BadInput: for a cart that can't be sold, or too little cash.
            NotEnoughLeft: if this till has too few units.
            NotOnSale: if the sale of something is over, or has not begun.
        """
        self.context.operator.must(Right.TAKE_CASH)
        order_id = OrderId(self.context.new_id())
        quote = self.quoted(wanted)
        change = change_due(self.in_cash(quote.total), tendered)
        with self.context.store.transaction() as connection:
            placed = self._place(connection, quote, order_id)
            end = self.end(placed)
            issued = [each for each in end if isinstance(each, TicketsIssued)]
            payloads: list[Payload] = [
                placed,
                changed(order_id, OrderState.PENDING, OrderState.PROCESSING),
                self._cash(order_id, quote.total, tendered, change),
                *end,
                *(more for each in issued for more in then(each)),
            ]
            self.context.write(connection, payloads, Books())
        return order_id

    def in_cash(self, amount: Money) -> Money:
        """Returns what cash pays for an amount: as it is, or rounded by the event's rule."""
        return amount + self.context.event.catalogue.cash.rounding_on(amount)

    def place(self, wanted: Cart | PricedOrder, swap: SwapPart | None = None) -> OrderId:
        """Places an order and holds its units until it is paid or given up. It may take the place of other things.

        Raises:
            BadInput: for a cart that can't be sold.
            NotEnoughLeft: if this till has too few units.
            NotOnSale: if the sale of something is over, or has not begun.
        """
        order_id, quote = OrderId(self.context.new_id()), self.quoted(wanted)
        with self.context.store.transaction() as connection:
            placed = self._place(connection, quote, order_id).model_copy(update={"swap": swap})
            move = changed(order_id, OrderState.PENDING, OrderState.PROCESSING)
            self.context.write(connection, [placed, move], Books())
        return order_id

    def take_cash(self, order_id: OrderId, amount: Money, tendered: Money) -> None:
        """Takes part of what is due, or all of it, in cash.

        Raises:
            BadInput: for more than is due, or too little cash.
            OrderClosed: if the order does not wait for money.
        """
        self.context.operator.must(Right.TAKE_CASH)
        change = change_due(self.in_cash(amount), tendered)
        with self.context.store.transaction() as connection:
            order = order_at_hand(connection, order_id)
            check_amount(order, amount)
            self._take(connection, order, self._cash(order_id, amount, tendered, change))

    def take(self, order_id: OrderId, kind: TenderKind, amount: Money, reason: str) -> None:
        """Takes part of what is due, or all of it, by a tender that is neither asked for nor counted.

        Raises:
            BadInput: for more than is due, or if the tender needs a reason, or a shorter one.
            OrderClosed: if the order does not wait for money.
            NotAllowed: if it is not theirs to give who act.
        """
        self.context.operator.must(Right.TAKE_CASH)
        row, why = TENDERS[kind], read_line(reason)
        if not is_given(row):
            raise ValueError(f"{kind.value} is taken in a way of its own")
        if row.reasons and not why:
            raise BadInput([FieldError("reason", "is missing")])
        if len(why) > LONGEST_REASON:
            raise BadInput([FieldError("reason", f"must have at most {LONGEST_REASON} letters")])
        with self.context.store.transaction() as connection:
            order = order_at_hand(connection, order_id)
            check_amount(order, amount)
            if Need.SUPERVISOR in row.needs:
                self.context.operator.must(Right.COMP, Extent(minor=amount.minor + _given(order, kind)))
            if kind is THE_HOUSE:
                Comps(self.context).must_be_within(comps_in(order.placed, amount.minor))
            self._take(connection, order, self._captured(order_id, kind, amount, reason=why or None))

    def _take(self, connection: Connection, order: OrderAtHand, payment: PaymentCaptured) -> None:
        """Writes a payment down, and the order's end if it was the last that was due."""
        is_last = payment.amount == order.due.minor
        ends = self.ending(connection, order) if is_last else []
        written = [payment, *ends]
        self.context.write(connection, written, order.books_for(written))

    def abandon(self, order_id: OrderId, why: str) -> None:
        """Ends an order of which nothing is paid, and lets its units go.

        Raises:
            OrderClosed: if something of it is paid, or may be.
        """
        with self.context.store.transaction() as connection:
            order = order_at_hand(connection, order_id)
            if order.status is OrderState.FAILED:
                return
            is_paid = order.books.due(order_id) != order.placed.total
            if order.live_tenders or is_paid or order.status is not OrderState.PROCESSING:
                raise OrderClosed(
                    f"Order {order.placed.order_number} can't be ended.",
                    "Nothing was changed.",
                    "Something of it is paid, or may be. Finish the payment first.",
                )
            self.context.write(connection, [changed(order_id, order.status, OrderState.FAILED, why)], order.books)

    def finish_if_paid(self, connection: Connection, order_id: OrderId) -> None:
        """Issues the order's tickets if nothing is due any more and nobody did so before."""
        order = order_at_hand(connection, order_id)
        if order.status is OrderState.PROCESSING and order.due.minor <= 0:
            ends = self.ending(connection, order)
            self.context.write(connection, ends, order.books_for(ends))

    def ending(self, connection: Connection, order: OrderAtHand) -> list[Payload]:
        """Returns how a paid order ends, with the end of what it takes the place of, unless that went back before."""
        placed = order.placed
        if placed.swap is None or not credit_of(connection, order.books, placed):
            return self.end(placed)
        books, everything = things_of(connection, OrderId(placed.swap.order_id))
        drawer = self.context.device.name
        gone = swapped(books, everything, placed, placed.swap, drawer=drawer, new_id=self.context.new_id)
        return [*gone, *self.end(placed)]

    def end(self, placed: OrderPlaced) -> list[Payload]:
        """Returns how a paid order ends: completed, its tickets issued."""
        event = self.context.event
        tickets = [TicketId(self.context.new_id()) for _ in range(ticket_count(placed))]
        done = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
        grants = {card.card_id: self.context.new_id() for card in placed.cards}
        return [done, finish(placed, event.catalogue.id, event.issuer, tickets), *cards_issued(placed, grants)]

    def _place(self, connection: Connection, quote: PricedOrder, order_id: OrderId) -> OrderPlaced:
        self.context.operator.must(Right.SELL)
        Reducing(self.context).check(quote)
        now, closed = self.surely_off_sale(self.context.event.catalogue)
        ids = [line.product.id for line in quote.lines]
        if wrong := {product: closed[product] for product in ids if product in closed}:
            raise NotOnSale(wrong, now)
        number = order_number(self.context.device.code, settings.count_up(connection, "orders_placed"))
        cards = [self._new_card(line) for line in cards_wanted(quote)]
        channel = self.context.channel
        return place(quote, order_id=order_id, order_number=number, channel=channel, source="lease", cards=cards)

    def _new_card(self, line: int) -> CardPart:
        card_id = self.context.new_id()
        code = code_of(card_id, self.context.journal.key)
        return CardPart(line=line, card_id=card_id, code_hash=code.hash, last4=code.last4)

    def _cash(self, order_id: OrderId, amount: Money, tendered: Money, change: Money) -> PaymentCaptured:
        rules = self.context.event.catalogue.cash
        payment = self._captured(
            order_id,
            TenderKind.CASH,
            amount,
            tendered=tendered.minor,
            change=change.minor,
            drawer=self.context.drawer,
        )
        if not rules.step:
            return payment
        return payment.model_copy(update={"rounding": rules.rounding_on(amount).minor, "rounded_to": rules.step})

    def _captured(
        self,
        order_id: OrderId,
        kind: TenderKind,
        amount: Money,
        *,
        tendered: int | None = None,
        change: int | None = None,
        drawer: str | None = None,
        reason: str | None = None,
    ) -> PaymentCaptured:
        return PaymentCaptured(
            order_id=order_id,
            tender_id=self.context.new_id(),
            tender=kind.value,
            amount=amount.minor,
            currency=amount.currency.code,
            tendered=tendered,
            change=change,
            drawer=drawer,
            reason=reason,
        )


def change_due(amount: Money, tendered: Money) -> Money:
    """Returns what to give back.

    Raises:
        BadInput: if too little was given.
    """
    change = tendered - amount
    if change.minor < 0:
        raise BadInput([FieldError("tendered", f"{-change} is missing")])
    return change


def _given(order: OrderAtHand, kind: TenderKind) -> int:
    """Returns what was paid of an order by one tender, in minor units."""
    payments = [each for each in order.books.payments.values() if each.order_id == order.placed.order_id]
    return sum(each.amount for each in payments if each.tender is kind and each.status is PaymentStatus.CAPTURED)


def check_amount(order: OrderAtHand, amount: Money) -> None:
    """Does nothing if the order waits for this amount.

    Raises:
        OrderClosed: if it does not wait for money, or another payment is under way.
        BadInput: if the amount is not a part of what is due.
    """
    if order.status is not OrderState.PROCESSING or order.live_tenders:
        what = "has a payment under way" if order.live_tenders else f"is {order.status.value}"
        raise OrderClosed(f"Order {order.placed.order_number} {what}.", "Nothing was charged.", "")
    if not 0 <= amount.minor <= order.due.minor or amount.minor == 0 < order.due.minor:
        raise BadInput([FieldError("amount", f"{order.due} is still to be paid")])


def credit_of(connection: Connection, books: Books, placed: OrderPlaced) -> int:
    """Returns what things that are given back will pay of an order as it ends, in minor units.

    It is nothing once it has ended, and where they have gone back otherwise meanwhile.
    """
    swap = placed.swap
    if swap is None or books.orders[placed.order_id].status not in OPEN:
        return 0
    of, everything = things_of(connection, OrderId(swap.order_id))
    try:
        planned = plan(of, swap.order_id, everything, Wish(swap.parts))
    except BadInput:
        return 0
    return swap.credit if planned.total >= swap.credit else 0


def things_of(connection: Connection, order_id: OrderId) -> tuple[Books, tuple[Part, ...]]:
    """Returns the books of a finished order, and everything in it; nothing of one that is not finished."""
    books, facts = order_at_hand(connection, order_id).books, of_order(connection, order_id)
    if not any(fact.kind is FactKind.TICKETS_ISSUED for fact in facts):
        return books, ()
    return books, parts_of(books.placed[order_id], tickets_now(facts))


def order_at_hand(connection: Connection, order_id: OrderId) -> OrderAtHand:
    """Returns where an order of this till stands.

    Raises:
        OrderClosed: if there is no such order.
    """
    books = books_of(connection, order_id)
    if order_id not in books.orders:
        raise OrderClosed("There is no such order on this till.", "Nothing was changed.", "")
    placed = books.placed[order_id]
    live = sorted(payment.id for payment in books.payments.values() if payment.is_live)
    return OrderAtHand(
        books=books,
        placed=placed,
        status=books.orders[order_id].status,
        due=Money(books.due(order_id) - credit_of(connection, books, placed), Currency(placed.currency)),
        live_tenders=tuple(TenderId(each) for each in live),
    )
