"""The short link of a payment by phone, as the till shows it and the customer follows it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select, update

from sync.services.given_back import COLUMNS, GivenBack, given_back
from sync.services.hub import Hub
from sync.store import feed
from sync.store import tables as t

_c: Final = t.checkouts.c
_o: Final = t.orders.c


@dataclass(frozen=True, slots=True)
class PayLink:
    """What stands behind a short link."""

    provider: str
    status: str
    session_id: str | None
    url: str | None
    order_number: str
    amount: int
    currency: str
    event_id: str
    back: GivenBack
    has_tickets: bool


def follow(hub: Hub, code: str, *, is_opening: bool) -> PayLink | None:
    """Returns what the link leads to, marking it as opened; None for a link that nobody made."""
    with hub.database.transaction() as connection:
        query = (
            select(t.checkouts, _o.order_number, _o.total_amount, _o.status.label("order_status"), *COLUMNS)
            .join(t.orders, _o.id == _c.order_id)
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
        session_id=row.session_id,
        url=row.session_url,
        order_number=row.order_number,
        amount=row.amount,
        currency=row.currency,
        event_id=row.event_id,
        back=given_back(row.order_status, row),
        has_tickets=row.valid_tickets > 0,
    )
