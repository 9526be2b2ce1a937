"""Refunds with the payments and orders that they are of, and how far their providers have come with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from sqlalchemy import Connection, func, select

from boxoffice.core.payments import RefundStatus
from sync.store import tables as t
from sync.store.rows import value_of

_r: Final = t.refunds.c
_p: Final = t.payments.c
_o: Final = t.orders.c
_c: Final = t.refund_calls.c


class CallState(Enum):
    """How far a provider is: not asked or not heard, at it, or done."""

    QUEUED = "queued"
    PENDING = "pending"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Call:
    """What became of asking the provider for a refund."""

    refund_id: str
    state: CallState
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund in minor units. `provider_reference` is its provider's name for it, `payment_reference` the payment's.

    `state` is None of one that no provider was asked for; `key_number` counts the keys that it was asked with.
    """

    id: str
    payment_id: str
    order_id: str
    order_number: str
    event_id: str
    tender: str
    amount: int
    currency: str
    status: RefundStatus
    payment_reference: str | None
    provider_reference: str | None
    state: CallState | None
    attempts: int
    key_number: int

    @property
    def was_never_made(self) -> bool:
        """Returns whether it has failed, and the provider, as far as the books know, has never made it."""
        is_unheard = self.provider_reference is None and self.payment_reference is not None
        return self.status is RefundStatus.FAILED and is_unheard


_REFUNDS: Final = (
    select(
        *(_r.id, _r.payment_id, _r.amount, _r.status, _p.tender, _p.currency, _p.order_id, _o.order_number),
        *(_o.event_id, _c.state, _c.provider_reference, _p.provider_reference.label("payment_reference")),
        func.coalesce(_c.attempts, 0).label("attempts"),
        func.coalesce(_c.key_number, 0).label("key_number"),
    )
    .join(t.payments, _p.id == _r.payment_id)
    .join(t.orders, _o.id == _p.order_id)
    .outerjoin(t.refund_calls, _c.refund_id == _r.id)
)


def of_id(connection: Connection, refund_id: str) -> Refund | None:
    """Returns a refund."""
    row = connection.execute(_REFUNDS.where(_r.id == refund_id)).one_or_none()
    return None if row is None else value_of(Refund, row)


def get(connection: Connection, refund_id: str) -> Refund:
    """Returns a refund that is surely there."""
    return value_of(Refund, connection.execute(_REFUNDS.where(_r.id == refund_id)).one())


def calls_of(connection: Connection, refund_ids: Iterable[str]) -> Mapping[str, Call]:
    """Returns what became of asking for these refunds, by their ids."""
    rows = connection.execute(select(t.refund_calls).where(_c.refund_id.in_(list(refund_ids))))
    return {row.refund_id: value_of(Call, row) for row in rows}
