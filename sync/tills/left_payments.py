"""Payments on readers whose till was revoked before it knew how they ended: the hub asks the provider, and ends them.

Nobody else can: the till may be lost, and its key may be dead. A payment that is still open is ended at the provider
before it counts as not paid, so that no late card can pay it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.books import Books
from boxoffice.core.orders import OPEN
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import CardPart, PaymentCaptured, PaymentFailed
from boxoffice.core.payments import LIVE, PaymentStatus, plain_words
from boxoffice.core.rows import PaymentRow
from boxoffice.core.tenders import Taken, names_where, tender_of
from sync.ledger.hub import Hub
from sync.ledger.intake import lock_device
from sync.ports import Refused, Session, Sessions
from sync.provider_states import PaymentState
from sync.store.ledger import load_books, lock_orders
from sync.store.tills import till_of_id
from sync.tills.left_unfinished import end_left, is_left, tell_of_left

_PROVIDER: Final = "stripe_intent"
"""Whose payments are what readers take, by its name in the books."""
GRACE: Final = timedelta(minutes=15)
"""How long a revoked till that has not said that it is done may end its payments itself."""
_CODE: Final = "canceled"
_AT_READERS: Final = names_where(lambda row: row.taken is Taken.READER)
_MONEY: Final = names_where(lambda row: row.is_money)
# A payment that never got a name was never with a reader: that is sure once its till has told all.
_OPEN: Final = text("""
    SELECT o.id FROM orders o JOIN devices d ON d.id = o.placed_by
    WHERE d.kind = 'till' AND d.status = 'revoked' AND o.channel <> 'web' AND o.status = ANY(:unfinished)
      AND (d.told_all_at IS NOT NULL OR d.revoked_at < now() - CAST(:grace AS interval))
      AND (EXISTS (SELECT FROM payments p WHERE p.order_id = o.id AND p.status = ANY(:live)
                   AND p.tender = ANY(:readers) AND (p.provider_reference IS NOT NULL OR d.told_all_at IS NOT NULL))
        OR d.told_all_at IS NOT NULL AND NOT EXISTS (
               SELECT FROM payments p WHERE p.order_id = o.id
               AND (p.status = ANY(:live) OR p.status = 'captured' AND p.tender = ANY(:money))))
    ORDER BY o.id LIMIT 100
""")
_WHOSE: Final = text("""
    SELECT o.placed_by, d.told_all_at IS NOT NULL AS has_told_all FROM orders o JOIN devices d ON d.id = o.placed_by
    WHERE o.id = :order
""")


@dataclass(frozen=True, slots=True)
class LeftPayments:
    """The use cases of such payments. `providers` as those of `Checkouts` beside its pages."""

    hub: Hub
    providers: Mapping[str, Sessions]

    def open_orders(self) -> Sequence[str]:
        """Returns the orders at revoked tills of which the hub can end a payment, or all."""
        values = {
            "grace": GRACE,
            "live": [each.value for each in LIVE],
            "unfinished": [each.value for each in OPEN],
            "readers": list(_AT_READERS),
            "money": list(_MONEY),
        }
        with self.hub.database.reading() as connection:
            return connection.scalars(_OPEN, values).all()

    def look(self, order_id: str) -> None:
        """Ends what can be ended of an order by itself: its payments, and the order if nothing was paid for it.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        with self.hub.database.reading() as connection:
            has_told_all = connection.execute(_WHOSE, {"order": order_id}).one().has_told_all
        self._settle(order_id, is_decided=False, is_all_known=has_told_all)
        if has_told_all:
            self.hub.database.run(lambda connection: self._end_unpaid(connection, order_id))

    def settle_for(self, order_id: str) -> None:
        """Ends the payments of an order that a person ends: what the provider does not know is not paid.

        Nothing is done for an order that is still its till's.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        with self.hub.database.reading() as connection:
            if not is_left(connection, order_id):
                return
        self._settle(order_id, is_decided=True, is_all_known=True)

    def _settle(self, order_id: str, *, is_decided: bool, is_all_known: bool) -> None:
        with self.hub.database.reading() as connection:
            found = live_at_readers(load_books(connection, [order_id]), order_id)
        provider = self.providers.get(_PROVIDER)
        for payment in found:
            told: Session | None = None
            if payment.provider_reference is None:
                if not is_all_known:
                    continue
            elif provider is None:
                continue
            else:
                try:
                    told = provider.expire(payment.provider_reference)
                except Refused:
                    if not is_decided:
                        continue
            self.hub.database.run(
                lambda connection, payment=payment, told=told: self._write(connection, payment, told)  # type: ignore[misc]  # bound in the loop on purpose
            )

    def _write(self, connection: Connection, payment: PaymentRow, told: Session | None) -> None:
        """Writes how a payment ended; `told` is None for one that nobody can have paid."""
        device_id = connection.execute(_WHOSE, {"order": payment.order_id}).one().placed_by
        lock_device(connection, device_id)
        lock_orders(connection, [payment.order_id])
        books = load_books(connection, [payment.order_id])
        fact = _ended(payment, told)
        if fact is None or not books.payments[payment.id].is_live:
            return
        self.hub.write(connection, [fact], books.orders[payment.order_id].event_id, books)
        device = till_of_id(connection, device_id)
        if device is not None:
            tell_of_left(self.hub, connection, device)

    def _end_unpaid(self, connection: Connection, order_id: str) -> None:
        lock_orders(connection, [order_id])
        books = load_books(connection, [order_id])
        mine = [each for each in books.payments.values() if each.order_id == order_id]
        has_money = any(each.status is PaymentStatus.CAPTURED and tender_of(each.tender).is_money for each in mine)
        if books.orders[order_id].status in OPEN and not has_money and not any(each.is_live for each in mine):
            end_left(self.hub, connection, books, order_id, "")


def live_at_readers(books: Books, order_id: str) -> list[PaymentRow]:
    """Returns the payments on readers whose end nobody knows."""
    mine = [each for each in books.payments.values() if each.order_id == order_id and each.is_live]
    return sorted((each for each in mine if tender_of(each.tender).taken is Taken.READER), key=lambda each: each.id)


def _ended(payment: PaymentRow, told: Session | None) -> Payload | None:
    """Returns the fact of how a payment ended; None if it has not."""
    order_id, tender_id, tender = payment.order_id, payment.id, payment.tender.value
    currency, reference = payment.currency, payment.provider_reference
    if told is not None and told.state is PaymentState.PAID:
        return PaymentCaptured(
            order_id=order_id,
            tender_id=tender_id,
            tender=tender,
            amount=told.amount,
            currency=currency,
            provider_reference=reference,
            card=CardPart(brand=told.card.brand, last4=told.card.last4) if told.card else None,
        )
    if told is None or told.state in (PaymentState.ENDED, PaymentState.REFUSED):
        return PaymentFailed(
            order_id=order_id,
            tender_id=tender_id,
            tender=tender,
            amount=payment.amount,
            currency=currency,
            provider_reference=reference,
            code=_CODE,
            message=plain_words(_CODE),
        )
    return None
