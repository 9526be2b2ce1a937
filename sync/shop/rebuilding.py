"""Makes orders again that the hub has lost, from its log and from what their provider keeps of them: each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from boxoffice.core.books import Books
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentStarted
from boxoffice.core.sales import changed
from sync.ledger.hub import Hub
from sync.orders.promos import use_promo_again
from sync.payments.order_marks import PROMO, marked_order
from sync.payments.reconciling import TENDERS
from sync.payments.settling import settle
from sync.ports import ProviderPayment, ProviderRecords, Session
from sync.provider_states import PAGE_TENDERS, PaymentState, provider_of
from sync.shop.from_log import BroughtBack, bring_back
from sync.shop.web_orders import NOT_SAID, Customer, describe
from sync.store import checkouts, lives
from sync.store import tables as t
from sync.store.chain import utc_now
from sync.store.checkouts import Checkout, NewCheckout
from sync.store.ledger import load_books, lock_orders
from sync.store.lives import NotHealed

_OVERLAP: Final = timedelta(hours=2)
"""Providers are asked for a little more: clocks differ, and a payment may take as long as its page lasts."""
_CLOSES_IN: Final = timedelta(minutes=5)
_PROVIDERS: Final = {"Stripe": "stripe", "PayPal": "paypal"}


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`numbers` are the orders that were made again, `problems` what a person must see to, in words."""

    numbers: Sequence[str] = ()
    problems: Sequence[str] = ()
    waits_for: Sequence[str] = ()
    """The tills that have still to tell what they know."""


class _CantBeRebuilt(Exception):
    """Why an order can't be made again."""


def heal(hub: Hub, records: Mapping[str, ProviderRecords]) -> Rebuilt:
    """Makes again what the log or providers know of and the hub has lost; once all tills are heard, all is sold again.

    Does nothing in a life that is healed.

    Raises:
        TryAgainLater: if a provider can't be reached.
    """
    with hub.database.transaction() as connection:
        life = lives.look(connection)
    if life.is_healed:
        return Rebuilt()
    first = bring_back(hub)
    since = int(((life.lost_after or life.began_at) - _OVERLAP).timestamp())
    done = rebuild(hub, records, since)
    with hub.database.transaction() as connection:
        lives.note_asked(connection, life.id)
        waits_for = lives.waited_for(connection)
    if waits_for:
        return Rebuilt([*first.numbers, *done.numbers], done.problems, waits_for)
    last = end_healing(hub, "itself")
    return Rebuilt([*first.numbers, *done.numbers, *last.numbers], [*done.problems, *last.problems])


def end_healing(hub: Hub, by: str) -> BroughtBack:
    """Takes the rest of the log, and notes that all is known, or that somebody goes on without what is not."""
    last = bring_back(hub, is_last=True)
    with hub.database.transaction() as connection:
        lives.note_healed(connection, by)
    return last


def rebuild(hub: Hub, records: Mapping[str, ProviderRecords], since: int) -> Rebuilt:
    """Makes again every order that was paid since then, in epoch seconds, and that is not in the books as paid."""
    numbers: list[str] = []
    problems: list[str] = []
    for provider, its in records.items():
        for payment in its.payments(since).payments:
            if not payment.is_ours:
                continue
            try:
                number = _rebuild(hub, provider, payment)
            except (_CantBeRebuilt, NotEnoughLeft, NotHealed) as error:
                why = "its places were sold to others meanwhile" if isinstance(error, NotEnoughLeft) else str(error)
                amount = Money(payment.amount, Currency(payment.currency))
                problems.append(f"{provider} {payment.reference}, {amount}: {why}.")
            else:
                numbers += [] if number is None else [number]
    return Rebuilt(numbers, problems)


def _rebuild(hub: Hub, provider: str, payment: ProviderPayment) -> str | None:
    """Returns the number of the order that was made again or finished; None if nothing was missing."""
    checkout = hub.database.run(lambda connection: _opened(hub, connection, provider, payment))
    if checkout is None:
        return None
    paid = Session(
        payment.reference,
        None,
        PaymentState.PAID,
        amount=payment.amount,
        currency=payment.currency,
        payment=payment.reference,
        card=payment.card,
        payer_email=payment.email,
    )
    settle(hub, checkout, paid, "expired")
    return checkout.order_number


def _opened(hub: Hub, connection: Connection, provider: str, payment: ProviderPayment) -> Checkout | None:
    """Returns the payment as one that is to be settled, with its order; None if the books have its money."""
    p = t.payments.c
    mine = (p.provider_reference == payment.reference, p.tender.in_(TENDERS[provider]), p.status == "captured")
    if connection.execute(select(p.id).where(*mine)).first() is not None:
        return None
    order_id, tender_id = payment.marks.get("order_id"), payment.marks.get("tender_id")
    if order_id is None and tender_id is not None:  # all that PayPal keeps
        begun = checkouts.of_tender(connection, tender_id)
        order_id = None if begun is None else begun.order_id
    if order_id is None or tender_id is None:
        raise _CantBeRebuilt("the provider keeps nothing of its order; refund it there, or make the sale again")
    lock_orders(connection, [order_id])
    books = load_books(connection, [order_id])
    if order_id not in books.orders:
        books = _placed(hub, connection, order_id, payment)
    order, known = books.orders[order_id], checkouts.of_tender(connection, tender_id)
    if known is not None:
        return known
    where = _PROVIDERS[provider]
    if tender_id not in books.payments:
        started = PaymentStarted(
            order_id=order_id,
            tender_id=tender_id,
            tender=PAGE_TENDERS[provider_of(where)],
            amount=payment.amount,
            currency=payment.currency,
            idempotency_key=f"checkout-{tender_id}",
        )
        move = changed(OrderId(order_id), OrderState.PENDING, OrderState.PROCESSING)
        moves: list[Payload] = [move] if order.status is OrderState.PENDING else []
        hub.write(connection, [*moves, started], order.event_id)
        books = load_books(connection, [order_id])
    device = hub.chain.device_id if order.channel is Channel.WEB else order.placed_by
    new = NewCheckout(tender_id, device, books.payments[tender_id].amount, where)
    return checkouts.add(connection, books.orders[order_id], new, utc_now() + _CLOSES_IN)


def _placed(hub: Hub, connection: Connection, order_id: str, payment: ProviderPayment) -> Books:
    """Writes again what was ordered, and holds its places."""
    placed, event_id = marked_order(payment.marks), payment.marks.get("event_id", "")
    if placed is None or placed.order_id != order_id:
        raise _CantBeRebuilt("its till has not told of its order yet, or its order is not kept there")
    _must_be_known(connection, placed, event_id)
    use_promo_again(hub, connection, placed, event_id)
    hub.write(connection, [placed], event_id, Books())
    row = {"order_id": order_id, "attempt": order_id, "buyer": "made again", "expires_at": utc_now() + _CLOSES_IN}
    connection.execute(insert(t.holds).values(**row, promo=payment.marks.get(PROMO)))
    if payment.email:
        describe(connection, order_id, Customer(payment.email, payment.name or NOT_SAID))
    return load_books(connection, [order_id])


def _must_be_known(connection: Connection, placed: OrderPlaced, event_id: str) -> None:
    e, o = t.events.c, t.orders.c
    if connection.execute(select(e.id).where(e.id == event_id)).first() is None:
        raise _CantBeRebuilt(f"its event {event_id} is not here; load it")
    taken = select(o.id).where(o.order_number == placed.order_number)
    if connection.execute(taken).first() is not None:
        raise _CantBeRebuilt(f"another order has its number {placed.order_number}")
