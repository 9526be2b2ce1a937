"""The short link of a payment by phone, as the till shows it and the customer follows it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update

from sync.services.hub import Hub
from sync.store import feed
from sync.store import tables as t

_c: Final = t.checkouts.c


@dataclass(frozen=True, slots=True)
class PayLink:
    """What stands behind a short link."""

    provider: str
    status: str
    url: str | None
    order_number: str
    amount: int
    currency: str
    event_id: str
    order_status: str


def follow(hub: Hub, code: str, *, is_opening: bool) -> PayLink | None:
    """Returns what the link leads to, marking it as opened; None for a link that nobody made."""
    with hub.database.transaction() as connection:
        query = (
            select(t.checkouts, t.orders.c.order_number, t.orders.c.status.label("order_status"))
            .join(t.orders, t.orders.c.id == _c.order_id)
            .where(_c.code == code.upper())
        )
        row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if is_opening:
            first = update(t.checkouts).where(_c.code == row.code, _c.status == "open")
            if connection.execute(first.values(status="opened", opened_at=func.now())).rowcount:
                feed.wake(connection, "checkout", row.event_id, row.device_id, row.tender_id)
    return PayLink(
        provider=row.provider,
        status=row.status,
        url=row.session_url,
        order_number=row.order_number,
        amount=row.amount,
        currency=row.currency,
        event_id=row.event_id,
        order_status=row.order_status,
    )
