"""Looks orders up, as the screens show them: read from the facts, so that nothing shown can differ from the books."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.folding import number_key
from boxoffice.core.gift_cards import masked
from boxoffice.core.ids import OrderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.order_words import Wanted, wanted
from boxoffice.core.orders import AT_TILLS, PAID_FOR, Channel, OrderState, state_by_money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import CardPart, PaymentCaptured
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.rows import TicketStatus
from boxoffice.core.sales import ticket_count
from boxoffice.core.sums import sums_of
from boxoffice.core.tenders import TENDERS
from boxoffice.core.tickets import BadToken, decode_token
from boxoffice.core.wire.orders_elsewhere import OrderElsewhere
from boxoffice.documents.languages import language
from boxoffice.documents.sums import sum_rows
from boxoffice.till.store import finding, notes, orders, people, requests_kept, settings
from boxoffice.till.store.elsewhere_tables import REFUNDED, TO_COLLECT
from boxoffice.till.store.facts import last_position, of_order
from boxoffice.till.store.finding import Only
from boxoffice.till.store.orders import StoredPayment, StoredRefund
from boxoffice.till.store.projections import books_of
from boxoffice.till.store.requests_kept import AskedState
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.orders import Found, Order, OrderLine, Tender, Which
from boxoffice.till.usecases.orders_elsewhere import shown
from boxoffice.till.usecases.selling import credit_of

_REFUNDED: Final = frozenset({OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED})
_WHAT: Final = {"refund": "Refund", "rename": "New name", "transfer": "Transfer", "void": "Void"}
_ASKED: Final = {
    AskedState.WAITING: "{what} asked for, not done: it waits for the hub",
    AskedState.REFUSED: "{what} refused by the hub: {why}",
}


_ABOUT: Final[Mapping[Which, tuple[str, ...] | None]] = {
    Which.ANYWHERE: (),
    Which.WEB: (Channel.WEB.value,),
    Which.DOORS: tuple(channel.value for channel in AT_TILLS),
    Which.HERE: None,
    Which.TO_COLLECT: (TO_COLLECT,),
    Which.TODAY: (),
    Which.MINE: None,
    Which.REFUNDED: (REFUNDED,),
    Which.UNSENT: None,
}
"""What orders of others are found by besides the query; None for what only this till's are."""
_ONLY: Final[Mapping[Which, Only | None]] = {
    Which.ANYWHERE: Only.ALL,
    Which.WEB: None,
    Which.DOORS: None,
    Which.HERE: Only.ALL,
    Which.TO_COLLECT: None,
    Which.TODAY: Only.SINCE,
    Which.MINE: Only.MINE,
    Which.REFUNDED: Only.REFUNDED,
    Which.UNSENT: Only.UNSENT,
}
"""Which of this till's own are looked at; None for what only others' are."""
"""What orders that others have sold must be about, to be looked for there."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What an order is called, and by whom it was bought; nothing where nobody said so."""

    number: str
    name: str
    is_refunded: bool = False


@dataclass(frozen=True, slots=True)
class Orders:
    """The till's own orders."""

    context: TillContext

    def order(self, order_id: OrderId) -> Order:
        """Returns an order: this till's own, or one of others as the hub told it last."""
        told = self.context.elsewhere.order(order_id)
        if told is not None:
            return self._shown(told)
        with self.context.store.reading() as connection:
            return self._order(connection, order_id)

    def find(self, query: str, most: int, where: Which = Which.ANYWHERE) -> Found:
        """Returns the orders of the event at hand that match, this till's own and all others, newest first.

        Args:
            query: what somebody knows of it (see `order_words`), or a ticket's whole code.
            most: how many at most; what else matches is only counted, up to a limit.
            where: where they were sold.
        """
        with self.context.store.transaction() as connection:
            finding.catch_up(connection)
        with self.context.store.reading() as connection:
            ticket = self._ticket_of(query.strip())
            named = None if ticket is None else orders.order_of_ticket(connection, ticket)
            if named is not None:
                return Found((self._order(connection, named),), 1)
            found = self._own_matching(connection, wanted(query), most, where)
            own = [self._order(connection, each) for each in found.orders]
        others, total = self._elsewhere(query, ticket, most, where)
        both = [*own, *(self._shown(each) for each in others)]
        if where is Which.TO_COLLECT:  # the hub may not have told what was handed over here
            both = [each for each in both if each.waits_for_collection]
        newest = sorted(both, key=lambda order: order.placed_at, reverse=True)[:most]
        return Found(tuple(newest), found.total + total)

    def _own_matching(self, connection: Connection, asked: Wanted, most: int, where: Which) -> finding.Matches:
        only = _ONLY[where]
        if only is None:
            return finding.Matches((), 0)
        acked = int(settings.get(connection, "acked_position") or 0)
        sieve = finding.Sieve(only, self._day_began(), self.context.operator.signed_in.staff_id, acked)
        return finding.matching(connection, self.context.event.catalogue.id, asked, most, sieve)

    def _day_began(self) -> datetime:
        doors, now = self.context.event.catalogue.doors, self.context.local_now()
        return datetime.combine(doors.day_of(now), doors.day_starts, now.tzinfo)

    def _elsewhere(
        self, query: str, ticket: str | None, most: int, where: Which
    ) -> tuple[Sequence[OrderElsewhere], int]:
        about = _ABOUT[where]
        if about is None:
            return (), 0
        told = None if ticket is None else self.context.elsewhere.order_of_ticket(ticket)
        if told is not None:
            return [told], 1
        since = self._day_began() if where is Which.TODAY else None
        return self.context.elsewhere.matching(wanted(query, about), most, since)

    def _shown(self, told: OrderElsewhere) -> Order:
        with self.context.store.reading() as connection:
            order = shown(told, self.context.local, is_collected=orders.was_collected(connection, told.id))
            return replace(order, waits=_waits(connection, told.id))

    def last_sale(self) -> Order | None:
        """Returns the newest order that was paid."""
        with self.context.store.reading() as connection:
            found = orders.last_completed(connection, self.context.event.catalogue.id)
            return None if found is None else self._order(connection, found)

    def open_ids(self) -> tuple[OrderId, ...]:
        """Returns the orders that wait for money, newest first."""
        with self.context.store.reading() as connection:
            return tuple(orders.waiting_for_money(connection))

    def own_numbered(self, readings: Iterable[str]) -> OrderId | None:
        """Returns the order of this till whose number stands in a code, as on a receipt."""
        with self.context.store.reading() as connection:
            rows = orders.numbers_of(connection, self.context.event.catalogue.id)
        plain = [reading.upper().replace("-", "") for reading in readings]
        return next((id_ for id_, number in rows if any(number.replace("-", "") in each for each in plain)), None)

    def numbered(self, readings: Sequence[str]) -> OrderId | None:
        """Returns the order of that number, whoever has sold it."""
        own = self.own_numbered(readings)
        if own is not None:
            return own
        told = self.context.elsewhere.orders_numbered([number_key(reading) for reading in readings])
        return OrderId(told[0].id) if told else None

    def heading(self, order_id: str, *, is_own: bool) -> Heading:
        """Returns an order's number, and whose it is."""
        if not is_own:
            told = self.context.elsewhere.order(order_id)
            return Heading("", "") if told is None else Heading(told.number, told.name or "", told.status in _REFUNDED)
        with self.context.store.reading() as connection:
            head = orders.head_of(connection, OrderId(order_id))
            number = orders.number_of(connection, order_id)
        return Heading(number, head.customer_name or "", head.state in _REFUNDED)

    def _ticket_of(self, code: str) -> str | None:
        event = self.context.event
        try:
            key = Ed25519PublicKey.from_public_bytes(event.public_key)
            return decode_token(code, event.catalogue.id, key).ticket_id
        except BadToken:
            return None

    def _order(self, connection: Connection, order_id: OrderId) -> Order:
        facts = of_order(connection, order_id)
        placed = next(OrderPlaced.model_validate(f.payload) for f in facts if f.kind is FactKind.ORDER_PLACED)
        head = orders.head_of(connection, order_id)
        currency = Currency(placed.currency)
        return Order(
            id=order_id,
            number=placed.order_number,
            state=_state(connection, order_id, head.state, placed.total),
            channel=Channel(placed.channel),
            placed_at=self.context.local(facts[0].occurred_at),
            lines=tuple(
                OrderLine(
                    line.name,
                    line.details,
                    line.quantity,
                    Money(line.subtotal, currency),
                )
                for line in placed.lines
            ),
            sums=sum_rows(sums_of(placed.lines), language("en"), currency),
            total=Money(placed.total, currency),
            tenders=_tenders(connection, order_id, facts),
            ticket_count=_tickets_left(connection, placed),
            card_count=len(placed.cards),
            device_name=self.context.device.name,
            email=head.customer_email or "",
            name=head.customer_name or "",
            note=notes.of_order(connection, order_id),
            waits=_waits(connection, order_id),
            mail=people.mail_status(connection, order_id),
            is_synced=_is_synced(connection, order_id),
            credit=_credit(connection, order_id, placed),
            adds_to=orders.number_of(connection, placed.adds_to) if placed.adds_to else "",
        )


def _state(connection: Connection, order_id: OrderId, state: OrderState, total: int) -> OrderState:
    """Returns the order's state by its money, as the hub will say it: it may not have heard yet of cash that went."""
    if state not in PAID_FOR:
        return state
    free = sum(
        each.amount.minor
        for each in orders.payments_of(connection, order_id)
        if each.status is PaymentStatus.CAPTURED and not TENDERS[each.kind].is_money
    )
    return state_by_money(total - free, orders.given_back(connection, order_id))


def _waits(connection: Connection, order_id: str) -> tuple[str, ...]:
    """Returns what of an order is not as somebody wished, in words: asked and not answered, refused, or failed."""
    asked = requests_kept.of_order(connection, order_id)
    words = [_ASKED[each.state].format(what=_WHAT[each.kind], why=each.why) for each in asked if each.state in _ASKED]
    failed = orders.failed_refunds(connection, order_id)
    return (*words, *(f"A refund of {each} failed: the money is still here" for each in failed))


def _credit(connection: Connection, order_id: OrderId, placed: OrderPlaced) -> Money | None:
    if placed.swap is None:
        return None
    minor = credit_of(connection, books_of(connection, order_id), placed)
    return Money(minor, Currency(placed.currency)) if minor else None


def _tickets_left(connection: Connection, placed: OrderPlaced) -> int:
    """Returns how many tickets the order has, or will have when it is paid; what was voided is gone."""
    statuses = orders.ticket_statuses(connection, placed.order_id)
    return statuses.count(TicketStatus.VALID) if statuses else ticket_count(placed)


def _tenders(connection: Connection, order_id: OrderId, facts: Sequence[Fact]) -> tuple[Tender, ...]:
    captured = {
        fact.payload["tender_id"]: PaymentCaptured.model_validate(fact.payload)
        for fact in facts
        if fact.kind is FactKind.PAYMENT_CAPTURED
    }
    paid, back = orders.payments_of(connection, order_id), orders.refunds_of(connection, order_id)
    return tuple(_tender(p, captured.get(p.id), [each for each in back if each.payment_id == p.id]) for p in paid)


def _tender(paid: StoredPayment, captured: PaymentCaptured | None, back: Sequence[StoredRefund]) -> Tender:
    currency = paid.amount.currency
    card = captured.card if captured else None
    given = captured.tendered if captured else None
    words = card_words(card) if card else (captured.reason or "") if captured else ""
    if card is not None and captured is not None and captured.card_id is not None:
        words = masked(card.last4)
    return Tender(
        id=paid.id,
        kind=paid.kind,
        amount=paid.amount,
        status=paid.status,
        words=words,
        tendered=None if given is None else Money(given, currency),
        rounding=Money(captured.rounding, currency) if captured and captured.rounding else None,
        given_back=Money(sum(each.amount for each in back), currency) if back else None,
        is_back=bool(back) and all(each.status is RefundStatus.SUCCEEDED for each in back),
    )


def card_words(card: CardPart) -> str:
    """Returns `Visa ending 4242`."""
    return f"{card.brand.capitalize()} ending {card.last4}"


def _is_synced(connection: Connection, order_id: OrderId) -> bool:
    return last_position(connection, order_id) <= int(settings.get(connection, "acked_position") or 0)
