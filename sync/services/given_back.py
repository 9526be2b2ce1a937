"""What of an order is back with its buyer: by the money and the tickets, not by the name of the order's state.

A refund may fail days after the order was called refunded, and one that was made at the provider ends no ticket.
"""

from enum import Enum
from typing import Any, Final

from sqlalchemy import Row, func, select

from sync.store import tables as t

_REFUNDED: Final = ("refunded", "partially_refunded")
_r: Final = t.refunds.c
_p: Final = t.payments.c
_o: Final = t.orders.c


class GivenBack(Enum):
    """`FAILED`: it was, and the money came back to the seller; a person has been told."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"
    FAILED = "failed"


COLUMNS: Final = (
    select(func.coalesce(func.sum(_r.amount), 0))
    .join(t.payments, _p.id == _r.payment_id)
    .where(_p.order_id == _o.id, _r.status != "failed")
    .correlate(t.orders)
    .scalar_subquery()
    .label("money_back"),
    select(func.count())
    .select_from(t.tickets)
    .where(t.tickets.c.order_id == _o.id, t.tickets.c.status == "valid")
    .correlate(t.orders)
    .scalar_subquery()
    .label("valid_tickets"),
)
"""What a query of orders needs beside their status and total."""


def given_back(status: str, row: Row[Any]) -> GivenBack:
    """Returns what is back of the order in that state, by a row with `COLUMNS` and `total_amount`."""
    if status not in _REFUNDED:
        return GivenBack.NOTHING
    if row.money_back == 0:
        return GivenBack.FAILED
    return GivenBack.ALL if row.money_back >= row.total_amount else GivenBack.PART
