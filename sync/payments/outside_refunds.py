"""Refunds that someone made at the provider itself: each is in the books as one of ours is, and before a person.

Each has its own id, by which it is known again: told twice, pending, or failed days later, it is one refund.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.payloads.refunds import RefundRequested
from sync.payments.ours import OurPayment
from sync.payments.refunds import Refunds
from sync.ports import MadeRefund
from sync.provider_states import PROVIDER_NAMES, TENDERS, RefundState
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.ledger import load_books, lock_orders

_c = t.refund_calls.c


@dataclass(frozen=True, slots=True)
class OutsideRefunds:
    """The use cases of refunds that the hub did not ask for."""

    refunds: Refunds

    def look(self, payment: OurPayment) -> None:
        """Takes all refunds of a payment that its provider tells of. Raises as `Refunds.send`, and as `take`."""
        if payment.reference is not None:
            self.take(payment, self.refunds.provider(payment.tender).made(payment.reference))

    def take(self, payment: OurPayment, made: Sequence[MadeRefund]) -> None:
        """Brings the books to how refunds of a payment stand; those that are ours stay as they are.

        Raises:
            TryAgainLater: if one does not fit beside a refund of ours that the provider has not answered yet.
        """
        self.refunds.hub.database.run(lambda connection: self._take(connection, payment, made))

    def take_told(self, payment: OurPayment, made: MadeRefund) -> None:
        """Takes one refund as it was told, once it is made, and unless it was booked before it had a row of its own."""
        with self.refunds.hub.database.transaction() as connection:
            is_new = not _is_booked(connection, payment, made)
        if made.result.state is RefundState.SUCCEEDED and is_new:
            self.take(payment, [made])

    def _take(self, connection: Connection, payment: OurPayment, made: Sequence[MadeRefund]) -> None:
        lock_orders(connection, [payment.order_id])
        for each in made:
            if _is_ours(connection, payment, each):
                continue
            refund_id = _known(connection, payment, each)
            if refund_id is None and each.result.state is not RefundState.FAILED:
                refund_id = self._new(connection, payment, each)
            if refund_id is not None:
                self.refunds.settle_in(connection, refund_id, each.result)

    def _new(self, connection: Connection, payment: OurPayment, made: MadeRefund) -> str | None:
        """Writes that it was asked for; returns None for one that an earlier hub has booked together with others."""
        if made.amount <= sum(row.amount for row in _loose(connection, payment)):
            return None
        hub, books = self.refunds.hub, load_books(connection, [payment.order_id])
        if made.amount > payment.amount - books.refunded(payment.id):
            raise TryAgainLater(
                "A refund that was made at the provider does not fit beside one of ours that has not ended.",
                "Nothing was changed.",
                "It will be tried again.",
            )
        place, order = PROVIDER_NAMES[TENDERS[payment.tender]], books.orders[payment.order_id]
        asked = RefundRequested(
            order_id=payment.order_id,
            tender_id=payment.id,
            tender=payment.tender,
            amount=made.amount,
            currency=payment.currency,
            provider_reference=made.result.id,
            refund_id=new_id(),
            why=f"made at {place}",
            is_made=True,
        )
        hub.write(connection, [asked], order.event_id, books)
        _link(connection, asked.refund_id, made)
        return asked.refund_id


def _is_ours(connection: Connection, payment: OurPayment, made: MadeRefund) -> bool:
    """Returns whether the hub asked for it: its id alone may have been copied."""
    r = t.refunds.c
    query = select(_c.provider_reference).join(t.refunds, r.id == _c.refund_id)
    row = connection.execute(query.where(r.id == made.our_id, r.payment_id == payment.id)).one_or_none()
    return row is not None and row.provider_reference in (None, made.result.id)


def _is_booked(connection: Connection, payment: OurPayment, made: MadeRefund) -> bool:
    """Returns whether a fact tells of a refund by its provider's name for it."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == payment.order_id, f.kind == "refund_succeeded")
    query = select(f.id).where(*mine, f.payload["provider_reference"].astext == made.result.id)
    return connection.execute(query).first() is not None


def _known(connection: Connection, payment: OurPayment, made: MadeRefund) -> str | None:
    """Returns which refund it is; one that an earlier hub booked by its sum is known by its amount."""
    r = t.refunds.c
    query = select(r.id).join(t.refund_calls, r.id == _c.refund_id)
    mine = (_c.provider_reference == made.result.id, r.payment_id == payment.id)
    known = connection.execute(query.where(*mine)).scalar_one_or_none()
    if known is not None:
        return str(known)
    same = next((row.id for row in _loose(connection, payment) if row.amount == made.amount), None)
    if same is not None:
        _link(connection, same, made)
    return same


def _loose(connection: Connection, payment: OurPayment) -> Sequence[Any]:
    """Returns refunds of which no id at the provider is known: earlier hubs booked them by how much more was gone."""
    r = t.refunds.c
    query = select(r.id, r.amount).outerjoin(t.refund_calls, r.id == _c.refund_id).order_by(r.id)
    return connection.execute(
        query.where(r.payment_id == payment.id, r.status == "succeeded", _c.refund_id.is_(None))
    ).all()


def _link(connection: Connection, refund_id: str, made: MadeRefund) -> None:
    values = {"refund_id": refund_id, "state": "pending", "provider_reference": made.result.id}
    connection.execute(insert(t.refund_calls).values(values))
