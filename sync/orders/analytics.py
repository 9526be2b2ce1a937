"""What happens in the shop, counted by GA4 for buyers who allowed it. It never stands in the way of a sale.

What to count is written down with what happened, once, and told by a job. What may have been told is never told again:
a purchase that is missing in the statistics is a lesser lie than one that is there twice; the ledger has the truth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from boxoffice.core.money import Currency
from boxoffice.core.tenders import tender_of
from sync.ledger.hub import Hub
from sync.ports import Counter, Measurement
from sync.store import tables as t
from sync.store.measurements import ToTell, claim
from sync.store.queue import defer

_OLDEST: Final = timedelta(hours=71)
"""GA4 takes nothing that is older than 72 hours."""
_LONGEST: Final = 100
_MOST_ITEMS: Final = 25
_a: Final = t.analytics_events.c
_h: Final = t.holds.c


class AnalyticsEvent(Enum):
    """In GA4's own words, where it has one."""

    BEGIN_CHECKOUT = "begin_checkout"
    PURCHASE = "purchase"
    CART_ABANDONMENT = "cart_abandonment"
    PAYMENT_ERROR = "payment_error"
    REFUND = "refund"


def note(
    hub: Hub, connection: Connection, what: AnalyticsEvent, order_id: str, key: str | None = None, **details: str | int
) -> None:
    """Writes down what is to be counted, if the order's buyer allowed it; the same `key` is counted once.

    `details` are facts that nobody could look up later; an `amount` is in minor units.
    """
    if hub.settings.lacks("analytics"):
        return
    allowed = select(literal(what.value), literal(key or order_id), _h.order_id, literal(details, JSONB)).where(
        _h.order_id == order_id, _h.analytics_client.is_not(None)
    )
    new = insert(t.analytics_events).from_select(["name", "key", "order_id", "details"], allowed)
    found = connection.execute(new.on_conflict_do_nothing().returning(_a.id)).scalar_one_or_none()
    if found is not None:
        defer(connection, "count", {"row_id": found})


def forget_client(connection: Connection, client: str) -> None:
    """Ends what a browser had allowed, for the orders that it has made too; what is not told yet is not told."""
    connection.execute(update(t.holds).where(_h.analytics_client == client).values(analytics_client=None))


@dataclass(frozen=True, slots=True)
class Analytics:
    """Tells what was written down."""

    hub: Hub
    counter: Counter | None

    def tell(self, row_id: int) -> None:
        """Tells it, if it was not told before, and if it is not too late.

        Raises:
            TryAgainLater: if it surely did not arrive.
        """
        with self.hub.database.transaction() as connection:
            row = claim(connection, row_id, _OLDEST)
        if row is None:
            return
        if self.counter is None or row.client is None or row.is_too_old:
            self._set(row_id, "dropped")
            return
        with self.hub.database.transaction() as connection:
            params = _params(connection, row)
        self._set(
            row_id, "told" if self.counter.count(Measurement(row.client, row.name, row.at_us, params)) else "unknown"
        )

    def note_failure(self, row_id: int, *, is_last: bool) -> None:
        """Leaves it to the next try; after the last one it is not counted."""
        self._set(row_id, "dropped" if is_last else "queued")

    def _set(self, row_id: int, status: str) -> None:
        values: dict[str, Any] = {"status": status}
        if status == "told":
            values["told_at"] = func.now()
        with self.hub.database.transaction() as connection:
            connection.execute(update(t.analytics_events).where(_a.id == row_id).values(values))


def _params(connection: Connection, row: ToTell) -> Mapping[str, Any]:
    """Returns the event's parameters: nothing of the person, and amounts as GA4 wants them, in whole units."""
    currency = Currency(row.currency)
    details = dict(row.details)
    params: dict[str, Any] = {
        "currency": row.currency,
        "value": _decimal(details.pop("amount", row.total_amount), currency),
        "transaction_id": row.order_id,
        # Without these two, GA4 counts the event for nobody's visit.
        "session_id": str(row.began_at),
        "engagement_time_msec": 100,
        **{name: str(value)[:_LONGEST] if isinstance(value, str) else value for name, value in details.items()},
    }
    if row.promo is not None:
        params["coupon"] = row.promo[:_LONGEST]
    if row.name != AnalyticsEvent.REFUND.value:
        params["items"] = _items(connection, row.order_id, currency)
    if row.name == AnalyticsEvent.PURCHASE.value:
        params |= _of_purchase(connection, row)
    return params


def _of_purchase(connection: Connection, row: ToTell) -> Mapping[str, Any]:
    o, p, e = t.orders.c, t.payments.c, t.events.c
    earlier = (o.customer_email == row.customer_email, o.created_at < row.placed_at, o.status != "failed")
    paid_by = select(p.tender).where(p.order_id == row.order_id, p.status == "captured").limit(1)
    name = connection.execute(select(e.name).where(e.id == row.event_id)).scalar_one()
    is_returning = connection.execute(select(o.id).where(*earlier).limit(1)).first() is not None
    tender = connection.execute(paid_by).scalar_one_or_none()
    return {
        "affiliation": name[:_LONGEST],
        "customer_type": "returning" if is_returning else "new",
        "payment_type": "none" if tender is None else "card" if tender_of(tender).is_card else tender,
    }


def _items(connection: Connection, order_id: str, currency: Currency) -> list[Mapping[str, Any]]:
    i = t.order_items.c
    lines = connection.execute(select(t.order_items).where(i.order_id == order_id).order_by(i.line).limit(_MOST_ITEMS))
    return [
        {
            "item_id": line.product_id,
            "item_name": line.item_name[:_LONGEST],
            "item_category": line.item_type,
            "price": _decimal(line.unit_price, currency),
            "quantity": line.quantity,
            "index": index,
        }
        for index, line in enumerate(lines)
    ]


def _decimal(minor: int, currency: Currency) -> float:
    """Returns an amount in whole units: GA4 knows no other. It is not counted with."""
    return float(Decimal(minor).scaleb(-currency.exponent))
