"""What a provider tells of disputes, in our words, and the newest of what it told of one: events come in any order.

A dispute at Stripe is about one payment, and tells what moved the balance. A case at PayPal may be about several, and
what it takes is told by reversals, which may come before the case is heard of.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import Connection, select, text

from boxoffice.core.money import Money
from boxoffice.core.payments import DisputeState
from sync.payments.ours import Mark, OurPayment, Reference
from sync.ports import UnreadableEvent
from sync.provider_states import Provider
from sync.store import payment_events
from sync.store import tables as t
from sync.store.payment_events import EventsAbout, PaymentEvent

# By which row the books know a case: facts tell under which of the provider's ids they were written.
_KNOWN_AS: Final = text("""
    SELECT f.payload ->> 'dispute_id' FROM facts f
    WHERE f.payload ->> 'order_id' = :order AND f.payload ->> 'tender_id' = :tender AND f.kind = 'dispute_changed'
      AND f.is_applied AND f.payload ->> 'provider_reference' = :case
    LIMIT 1
""")


@dataclass(frozen=True, slots=True, order=True)
class Age:
    """Which of two reports is newer: whoever knows of more that moved the money, whenever it was sent; then by time."""

    moves: int
    at: float
    is_end: bool
    number: int = 0
    """In which order they came."""


@dataclass(frozen=True, slots=True)
class DisputeChanged:
    """How a dispute stood when it was told. `payments` are those that it is about.

    `about` is what the buyer claims if `is_claim`, and may be more than was paid. `withdrawn` is what is taken now,
    None where the provider does not say; `fee` what it has kept for it so far; `reason` its own word for why.
    """

    dispute: Reference
    payments: tuple[Reference, ...]
    state: DisputeState
    about: Money
    withdrawn: Money | None
    fee: Money
    reason: str
    age: Age
    opened_at: datetime | None = None
    is_claim: bool = False

    def is_about(self, payment: Reference) -> bool:
        return payment in self.payments or not self.payments


@dataclass(frozen=True, slots=True)
class PaymentReversed:
    """The provider has taken something of a payment back by itself. `tender` is whose payment it was."""

    payment: Reference
    reversal: Reference
    tender: Mark | None
    amount: Money
    at: datetime | None = None


class DisputeReader(Protocol):
    """Reads what one provider tells of disputes. `disputes` and `reversals` are where they are found again."""

    @property
    def provider(self) -> Provider: ...

    @property
    def disputes(self) -> EventsAbout: ...

    @property
    def reversals(self) -> EventsAbout: ...

    def dispute(self, event: PaymentEvent) -> DisputeChanged | None:
        """Returns what an event tells of a dispute; None if that names nothing that could be ours.

        Raises:
            UnreadableEvent: if it is not as the provider documents it.
        """

    def reversed_at(self, event: PaymentEvent) -> datetime | None:
        """Returns when a reversal was made, if the provider says so."""


def newest(
    connection: Connection, reader: DisputeReader, dispute: Reference, payment: Reference
) -> DisputeChanged | None:
    """Returns the newest of all that was told of a dispute of this payment."""
    told = [_read(reader, event) for event in payment_events.told_of(connection, reader.disputes, dispute)]
    mine = [each for each in told if each is not None and each.is_about(payment)]
    return max(mine, key=lambda each: each.age, default=None)


def row_of(connection: Connection, reader: DisputeReader, payment: OurPayment, told: DisputeChanged) -> str:
    """Returns by which id the books know a dispute: its own, or that of a reversal it has made before."""
    values = {"order": payment.order_id, "tender": payment.id, "case": told.dispute}
    known: str | None = connection.execute(_KNOWN_AS, values).scalar_one_or_none()
    its_own = str(told.dispute) if len(told.payments) == 1 else f"{told.dispute}:{payment.reference}"
    return known or _reversed_before(connection, reader, payment, told) or its_own


def was_won_since(connection: Connection, reader: DisputeReader, payment: OurPayment, told: PaymentReversed) -> bool:
    """Returns whether a case that was open when a reversal was made has ended well: then the money is here again."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == payment.order_id, f.payload["tender_id"].astext == payment.id)
    names = select(f.payload["provider_reference"].astext).where(*mine, f.kind == "dispute_changed").distinct()
    return told.at is not None and any(
        _is_won_since(newest(connection, reader, Reference(name), told.payment), told.at)
        for name in sorted(connection.scalars(names))
    )


def _is_won_since(case: DisputeChanged | None, at: datetime) -> bool:
    if case is None or case.state is not DisputeState.WON or case.opened_at is None:
        return False
    return case.opened_at <= at and at.timestamp() <= case.age.at


def _reversed_before(
    connection: Connection, reader: DisputeReader, payment: OurPayment, told: DisputeChanged
) -> str | None:
    """Returns the row of a reversal that came before anything was heard of a case, and may be of its making."""
    if not reader.reversals.types:
        return None
    d = t.disputes.c
    for row in connection.scalars(select(d.id).where(d.payment_id == payment.id).order_by(d.id)).all():
        if _may_have_made(connection, reader, told, row) and not _has_case(connection, reader, payment, row):
            return str(row)
    return None


def _may_have_made(connection: Connection, reader: DisputeReader, told: DisputeChanged, row: str) -> bool:
    """Returns whether a row began as a reversal that is no older than the case."""
    times = [reader.reversed_at(event) for event in payment_events.told_of(connection, reader.reversals, row)]
    return any(told.opened_at is None or at is None or at >= told.opened_at for at in times)


def _has_case(connection: Connection, reader: DisputeReader, payment: OurPayment, row: str) -> bool:
    """Returns whether the books know a row by the name of a case as well."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == payment.order_id, f.kind == "dispute_changed")
    names = select(f.payload["provider_reference"].astext).where(*mine, f.payload["dispute_id"].astext == row)
    told = {str(name) for name in connection.scalars(names)}
    return any(payment_events.told_of(connection, reader.disputes, name) for name in sorted(told))


def _read(reader: DisputeReader, event: PaymentEvent) -> DisputeChanged | None:
    """Returns what an event told; None for one that can't be read, of which a person was told when it came."""
    try:
        return reader.dispute(event)
    except UnreadableEvent:
        return None
