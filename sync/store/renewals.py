"""Links to tickets that were renewed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from sync.store import tables as t
from sync.store.rows import value_of


@dataclass(frozen=True, slots=True)
class Renewal:
    """`by` is the organizer who did it, by number."""

    by: str
    at: datetime


def renewals_of(connection: Connection, order_id: str) -> Sequence[Renewal]:
    """Returns when an order's link was renewed, and by whom."""
    mine = select(t.link_renewals).where(t.link_renewals.c.order_id == order_id)
    return [value_of(Renewal, row) for row in connection.execute(mine)]
