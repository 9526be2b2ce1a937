"""What is to be counted by GA4, with what can be told of its order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from sync.store import tables as t
from sync.store.rows import value_of

_a: Final = t.analytics_events.c
_h: Final = t.holds.c
_o: Final = t.orders.c


@dataclass(frozen=True, slots=True)
class ToTell:
    """Something that happened; `client` stands for the buyer's browser, `details` are what was known only then.

    `at_us` and `began_at` are in epoch microseconds and seconds.
    """

    name: str
    order_id: str
    order_number: str
    event_id: str
    details: Mapping[str, Any]
    client: str | None
    promo: str | None
    total_amount: int
    currency: str
    customer_email: str | None
    placed_at: datetime
    at_us: int
    began_at: int
    is_too_old: bool


def claim(connection: Connection, row_id: int, oldest: timedelta) -> ToTell | None:
    """Returns what is to be told. Who died while telling it may have told it: then nobody knows, and it is not told."""
    mine = update(t.analytics_events).where(_a.id == row_id, _a.status == "queued").values(status="telling")
    if connection.execute(mine).rowcount == 0:
        lost = update(t.analytics_events).where(_a.id == row_id, _a.status == "telling")
        connection.execute(lost.values(status="unknown"))
        return None
    at_us = func.cast(func.extract("epoch", _a.created_at) * 1_000_000, _a.id.type)
    query = (
        select(
            t.analytics_events,
            at_us.label("at_us"),
            (_a.created_at < func.now() - oldest).label("is_too_old"),
            _h.analytics_client.label("client"),
            _h.promo,
            func.extract("epoch", _h.created_at).label("began_at"),
            *(_o.order_number, _o.event_id, _o.total_amount, _o.currency, _o.customer_email),
            _o.created_at.label("placed_at"),
        )
        .join(t.holds, _h.order_id == _a.order_id)
        .join(t.orders, _o.id == _a.order_id)
    )
    return value_of(ToTell, connection.execute(query.where(_a.id == row_id)).one())
