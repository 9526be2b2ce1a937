"""What of an order is back with its buyer, or on its way: by the money, and by whether any ticket still works."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, assert_never

from sqlalchemy import Connection, Row, exists, func, select

from boxoffice.core.closed_sets import names_of
from boxoffice.core.findings import BOOKED_ANEW
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import ON_THE_WAY
from sync.store import tables as t

_r: Final = t.refunds.c
_p: Final = t.payments.c
_o: Final = t.orders.c
_f: Final = t.facts.c


class GivenBack(Enum):
    """`WAITS`: the provider has been asked, or has not ended it; `FAILED`: it came back, and a person has been told."""

    NOTHING = "nothing"
    WAITS = "waits"
    PART = "part"
    ALL = "all"
    FAILED = "failed"


COLUMNS: Final = (
    select(func.count())
    .select_from(t.refunds)
    .join(t.payments, _p.id == _r.payment_id)
    .where(_p.order_id == _o.id, _r.status.in_(names_of(ON_THE_WAY)))
    .correlate(t.orders)
    .scalar_subquery()
    .label("refunds_that_wait"),
    exists()
    .where(_f.payload["order_id"].astext == _o.id, _f.kind == "refund_failed", _f.is_applied)
    .where(_f.payload["is_reversal"].astext == "true", _f.payload["code"].astext != BOOKED_ANEW)
    .correlate(t.orders)
    .label("has_come_back"),
    select(func.count())
    .select_from(t.tickets)
    .where(t.tickets.c.order_id == _o.id, t.tickets.c.status == "valid")
    .correlate(t.orders)
    .scalar_subquery()
    .label("valid_tickets"),
)
"""What a query of orders needs beside their status."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What of an order is back, and whether any of its tickets works."""

    back: GivenBack
    has_tickets: bool


def returned(connection: Connection, order_id: str) -> Returned:
    """Returns what of an order is back."""
    row = connection.execute(select(_o.status, *COLUMNS).where(_o.id == order_id)).one()
    return returned_by(row)


def returned_by(row: Row[Any]) -> Returned:
    """Returns the same by a row with the order's status and `COLUMNS`."""
    return Returned(_given_back(OrderState(row.status), row), row.valid_tickets > 0)


def _given_back(status: OrderState, row: Row[Any]) -> GivenBack:
    match status:
        case OrderState.REFUNDED:
            return GivenBack.ALL
        case OrderState.PENDING | OrderState.PROCESSING | OrderState.FAILED:
            return GivenBack.NOTHING
        case OrderState.COMPLETED | OrderState.PARTIALLY_REFUNDED if row.refunds_that_wait:
            return GivenBack.WAITS
        case OrderState.PARTIALLY_REFUNDED:
            return GivenBack.PART
        case OrderState.COMPLETED:
            return GivenBack.FAILED if row.has_come_back else GivenBack.NOTHING
        case _:
            assert_never(status)
