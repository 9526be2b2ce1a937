"""A web order as its buyer may see it, and who buys. What is personal lies beside the order, never in a fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from boxoffice.core.errors import BoxofficeError
from sync.services.contacts import EMAIL, NAME, PHONE, set_contact
from sync.services.given_back import COLUMNS, GivenBack, given_back
from sync.services.settling import HELD
from sync.services.shop.access import NoSuchOrder
from sync.store import tables as t

_h: Final = t.holds.c
_PAYMENT: Final = (
    t.checkouts.c.tender_id,
    t.checkouts.c.provider,
    t.checkouts.c.session_id,
    t.checkouts.c.session_url,
    t.checkouts.c.held_reason,
    t.checkouts.c.status.label("payment"),
)


class OrderOver(BoxofficeError):
    """The order is paid, or its hold has ended."""


class PaymentHeld(OrderOver):
    """The order's payment is on its way: its provider holds it, and it must not be paid again."""


class NotSaid(Enum):
    """What nobody said: it stays as it is, where None takes it away."""

    NOT_SAID = "not said"


NOT_SAID: Final = NotSaid.NOT_SAID


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys, as far as it was said. Kept beside the order, never in a fact. An address can't be taken away."""

    email: str | NotSaid = NOT_SAID
    name: str | NotSaid | None = NOT_SAID
    phone: str | NotSaid | None = NOT_SAID

    @property
    def said(self) -> Mapping[str, str | None]:
        """Returns what was said, by the column that keeps it."""
        parts = ((EMAIL, self.email), (NAME, self.name), (PHONE, self.phone))
        return {column: part for column, part in parts if not isinstance(part, NotSaid)}


@dataclass(frozen=True, slots=True)
class WebOrder:
    """An order as its buyer may see it. `url` is where to pay, `seconds_left` how long the places are kept."""

    id: str
    number: str
    event_id: str
    status: str
    total: int
    currency: str
    email: str | None
    name: str | None
    phone: str | None
    expires_at: datetime
    seconds_left: int
    promo: str | None
    language: str
    tender_id: str | None
    provider: str | None
    session_id: str | None
    url: str | None
    payment: str | None
    """Where the payment stands, in the words of a checkout; None if there is none."""
    held_reason: str | None = None
    """Why the provider holds the payment, or held it before it came to an end."""
    back: GivenBack = GivenBack.NOTHING
    has_tickets: bool = False
    """Whether any of its tickets works."""

    @property
    def is_open(self) -> bool:
        return self.status in ("pending", "processing")

    @property
    def is_held(self) -> bool:
        """Returns whether the provider holds the payment: the places are kept, whatever the clock says."""
        return self.is_open and self.payment == HELD

    @property
    def was_refused(self) -> bool:
        """Returns whether the provider held the payment, and did not get the money."""
        return self.status == "failed" and self.held_reason is not None

    @property
    def is_paid(self) -> bool:
        return self.status in ("completed", "refunded", "partially_refunded")


def look(connection: Connection, order_id: str) -> WebOrder:
    """Returns a web order with its newest payment.

    Raises:
        NoSuchOrder: if there is none.
    """
    o, c = t.orders.c, t.checkouts.c
    query = (
        select(t.orders, t.holds, *_PAYMENT, *COLUMNS, func.now())
        .join(t.holds, _h.order_id == o.id)
        .outerjoin(t.checkouts, c.order_id == o.id)
        .where(o.id == order_id)
        .order_by(c.created_at.desc().nulls_last())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NoSuchOrder
    return _web_order(row)


def _web_order(row: Row[Any]) -> WebOrder:
    left = (row.expires_at - row.now).total_seconds()
    return WebOrder(
        id=row.id,
        number=row.order_number,
        event_id=row.event_id,
        status=row.status,
        total=row.total_amount,
        currency=row.currency,
        email=row.customer_email,
        name=row.customer_name,
        phone=row.customer_phone,
        expires_at=row.expires_at,
        seconds_left=max(0, int(left)),
        promo=row.promo,
        language=row.language,
        tender_id=row.tender_id,
        provider=row.provider,
        session_id=row.session_id,
        url=row.session_url,
        payment=row.payment,
        held_reason=row.held_reason,
        back=given_back(row.status, row),
        has_tickets=row.valid_tickets > 0,
    )


def describe(connection: Connection, order_id: str, customer: Customer) -> None:
    """Keeps what was said of who buys an order; the rest stays as it is."""
    if customer.said:
        set_contact(connection, customer.said, t.orders.c.id == order_id)
