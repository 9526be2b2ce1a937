"""What of an order is back with its buyer, or on its way: by the money, and by whether any ticket still works."""

from enum import Enum
from typing import Any, Final

from sqlalchemy import Row, exists, func, select

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
    .where(_p.order_id == _o.id, _r.status.in_(["requested", "pending"]))
    .correlate(t.orders)
    .scalar_subquery()
    .label("refunds_that_wait"),
    exists()
    .where(_f.payload["order_id"].astext == _o.id, _f.kind == "refund_failed", _f.is_applied)
    .where(_f.payload["is_reversal"].astext == "true", _f.payload["code"].astext != "is_a_dispute")
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


def given_back(status: str, row: Row[Any]) -> GivenBack:
    """Returns what is back of the order in that state, by a row with `COLUMNS`."""
    if status == "refunded":
        return GivenBack.ALL
    if status not in ("completed", "partially_refunded"):
        return GivenBack.NOTHING
    if row.refunds_that_wait:
        return GivenBack.WAITS
    if status == "partially_refunded":
        return GivenBack.PART
    return GivenBack.FAILED if row.has_come_back else GivenBack.NOTHING
