"""What is ours of what a provider tells: found by an id that is there, at that provider, or not at all.

Other programs use the same accounts. Their objects carry no ids, or ids of their own; nothing of them may ever match.
So every match goes by a `Reference`, which an absent value can't be, and names the provider whose word it is.
"""

from dataclasses import dataclass
from typing import Any, Final, NewType

from sqlalchemy import Connection, Select, select

from boxoffice.core.payments import PaymentStatus
from sync.provider_states import Provider, provider_of, tenders_of
from sync.store import checkouts
from sync.store import tables as t
from sync.store.checkouts import Checkout
from sync.store.rows import value_of

Reference = NewType("Reference", str)
"""An id of a provider's own that it has told: a text with something in it."""
Mark = NewType("Mark", str)
"""An id of ours that a provider has told again: it was sent along, or somebody has copied it."""

_LONGEST: Final = 255


@dataclass(frozen=True, slots=True)
class OurPayment:
    """A payment that a provider took for an order of ours, in minor units. `id` is the tender's."""

    id: str
    order_id: str
    order_number: str
    event_id: str
    tender: str
    status: PaymentStatus
    amount: int
    currency: str
    reference: Reference | None


def reference_of(value: object) -> Reference | None:
    """Returns a value of a provider's document as an id, or None for what is none: absent, empty, or no text."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or "\0" in value or value != value.strip():
        return None
    return Reference(value)


def payment_by(connection: Connection, provider: Provider, reference: Reference) -> OurPayment | None:
    """Returns the payment of ours that brought money under the provider's reference."""
    p = t.payments.c
    mine = (p.provider_reference == reference, p.tender.in_(tenders_of(provider)), p.status == "captured")
    return _one(connection, our_payments().where(*mine))


def payment_of_tender(connection: Connection, provider: Provider, tender_id: Mark) -> OurPayment | None:
    """Returns a tender of ours at this provider that is on its way, or has brought money."""
    p = t.payments.c
    mine = (p.id == tender_id, p.tender.in_(tenders_of(provider)))
    return _one(connection, our_payments().where(*mine))


def checkout_of_tender(connection: Connection, provider: Provider, tender_id: Mark) -> Checkout | None:
    """Returns a tender of ours that has a payment page at this provider."""
    found = checkouts.of_tender(connection, tender_id)
    if found is None or found.session_id is None or provider_of(found.provider) != provider:
        return None
    return found


def refund_by(connection: Connection, provider: Provider, refund_id: Mark, payment: Reference) -> OurPayment | None:
    """Returns the payment that a refund of ours is of, if the provider gives it back of that very payment."""
    r, p = t.refunds.c, t.payments.c
    found = payment_by(connection, provider, payment)
    if found is None:
        return None
    mine = select(r.id).join(t.payments, p.id == r.payment_id).where(r.id == refund_id, r.payment_id == found.id)
    return found if connection.execute(mine).first() is not None else None


def read_payments(connection: Connection, query: Select[Any]) -> list[OurPayment]:
    """Returns the payments that a query made of `our_payments` finds, in its order."""
    rows = connection.execute(query)
    return [value_of(OurPayment, row, reference=reference_of(row.provider_reference)) for row in rows]


def our_payments() -> Select[Any]:
    """Returns the query of all payments, for the caller to narrow."""
    p, o = t.payments.c, t.orders.c
    return select(
        *(p.id, p.order_id, o.order_number, o.event_id, p.tender, p.status, p.amount, p.currency, p.provider_reference)
    ).join(t.orders, o.id == p.order_id)


def _one(connection: Connection, query: Select[Any]) -> OurPayment | None:
    """Returns the only row. Two would be two tenders with one reference, of which nobody could say which is meant."""
    found = read_payments(connection, query.limit(2))
    return found[0] if len(found) == 1 else None
