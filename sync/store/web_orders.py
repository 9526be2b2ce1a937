"""Orders from the web with their newest payment, as their buyers may see them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Row, cast, func, select

from boxoffice.core.closed_sets import names_of
from boxoffice.core.orders import PAID_FOR, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import GIFT_CARD
from sync.store import tables as t
from sync.store.checkouts import Checkout, CheckoutStatus
from sync.store.given_back import COLUMNS, GivenBack, returned_by

_h: Final = t.holds.c
_o: Final = t.orders.c
_c: Final = t.checkouts.c
_PAYMENT: Final = (
    _c.tender_id,
    _c.provider,
    _c.session_id,
    _c.session_url,
    _c.held_reason,
    _c.status.label("payment"),
)
_p: Final = t.payments.c
ALIVE: Final = frozenset({PaymentStatus.STARTED, PaymentStatus.CAPTURED})
"""What a gift card is kept to pay, or has paid."""
_BY_CARDS: Final = (
    select(cast(func.coalesce(func.sum(_p.amount), 0), BigInteger))
    .where(_p.order_id == _o.id, _p.tender == GIFT_CARD.value, _p.status.in_(names_of(ALIVE)))
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class WebOrder:
    """An order as its buyer may see it. `url` is where to pay, `seconds_left` how long the places are kept."""

    id: str
    number: str
    event_id: str
    status: OrderState
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
    payment: CheckoutStatus | None
    """Where the payment stands; None if there is none."""
    held_reason: str | None = None
    """Why the provider holds the payment, or held it before it came to an end."""
    back: GivenBack = GivenBack.NOTHING
    has_tickets: bool = False
    """Whether any of its tickets works."""
    by_cards: int = 0
    """What gift cards are kept to pay of it, or have paid."""

    @property
    def due(self) -> int:
        """Returns what is to be paid on a provider's page, beside what gift cards pay."""
        return self.total - self.by_cards

    @property
    def is_open(self) -> bool:
        return self.status in (OrderState.PENDING, OrderState.PROCESSING)

    @property
    def is_held(self) -> bool:
        """Returns whether the provider holds the payment: the places are kept, whatever the clock says."""
        return self.is_open and self.payment is CheckoutStatus.HELD

    @property
    def was_refused(self) -> bool:
        """Returns whether the provider held the payment, and did not get the money."""
        return self.status is OrderState.FAILED and self.held_reason is not None

    @property
    def is_paid(self) -> bool:
        return self.status in PAID_FOR

    @property
    def is_to_be_paid(self) -> bool:
        """Returns whether a payment was begun that can still be paid, or may have been."""
        return self.payment is not None and self.payment.is_live

    def paid_by(self, checkout: Checkout) -> "WebOrder":
        """Returns the order as it is once this payment was begun for it."""
        return replace(
            self,
            status=OrderState.PROCESSING,
            tender_id=checkout.tender_id,
            provider=checkout.provider,
            session_id=checkout.session_id,
            url=checkout.session_url,
            payment=checkout.status,
            held_reason=checkout.held_reason,
        )


def find(connection: Connection, order_id: str) -> WebOrder | None:
    """Returns a web order with its newest payment."""
    query = (
        select(t.orders, t.holds, *_PAYMENT, *COLUMNS, _BY_CARDS.label("by_cards"), func.now())
        .join(t.holds, _h.order_id == _o.id)
        .outerjoin(t.checkouts, _c.order_id == _o.id)
        .where(_o.id == order_id)
        .order_by(_c.created_at.desc().nulls_last())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _web_order(row)


def _web_order(row: Row[Any]) -> WebOrder:
    left, found = (row.expires_at - row.now).total_seconds(), returned_by(row)
    return WebOrder(
        id=row.id,
        number=row.order_number,
        event_id=row.event_id,
        status=OrderState(row.status),
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
        payment=None if row.payment is None else CheckoutStatus(row.payment),
        held_reason=row.held_reason,
        back=found.back,
        has_tickets=found.has_tickets,
        by_cards=row.by_cards,
    )
