"""Payments on a provider's page: each a row from its opening to its end, with the order that it is for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from secrets import choice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Text, func, insert, literal_column, select, update

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.orders import PAID_FOR, Channel
from boxoffice.core.rows import OrderRow
from sync.store import tables as t
from sync.store.chain import read_facts
from sync.store.queue import defer
from sync.store.rows import value_of

CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SESSION_LASTS: Final = timedelta(minutes=61)
"""At Stripe; the hub closes much earlier, by ending the session there first. Stripe's least is 30 minutes."""
_TOLD: Final = (
    FactKind.PAYMENT_CAPTURED,
    FactKind.PAYMENT_FAILED,
    FactKind.ORDER_STATE_CHANGED,
    FactKind.TICKETS_ISSUED,
)
"""What a till hears of at once that asks how a payment stands."""
_c: Final = t.checkouts.c
_o: Final = t.orders.c


class CheckoutStatus(Enum):
    """`OPENED`: the customer has seen the page; `HELD`: the provider holds the money, and may for days."""

    OPEN = "open"
    OPENED = "opened"
    HELD = "paying"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"

    @property
    def is_live(self) -> bool:
        """Returns whether it can still be paid, or may have been."""
        return self in LIVE

    @property
    def is_unpaid(self) -> bool:
        """Returns whether the customer may still choose how to pay."""
        return self in _UNPAID


LIVE: Final = (CheckoutStatus.OPEN, CheckoutStatus.OPENED, CheckoutStatus.HELD)
_UNPAID: Final = (CheckoutStatus.OPEN, CheckoutStatus.OPENED)


@dataclass(frozen=True, slots=True)
class Wording:
    """How a payment page is asked for, besides money: kept from the beginning until the page is there.

    A request whose answer was lost can be sent again only word for word, whatever was changed or translated since.
    `names` are what the customer reads as the names of the order's lines.
    """

    names: Sequence[str]
    language: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Checkout:
    """A payment on a provider's page, in minor units, with what is needed of its order. `now` is when it was read.

    `switches` counts how often the customer went on to another provider; `session_id` is the page at the one of now.
    """

    tender_id: str
    order_id: str
    order_number: str
    channel: Channel
    event_id: str
    device_id: str
    code: str
    provider: str
    switches: int
    amount: int
    currency: str
    status: CheckoutStatus
    session_id: str | None
    session_url: str | None
    held_reason: str | None
    wording: Wording | None
    closes_at: datetime
    session_expires_at: datetime
    lost_at: datetime | None
    opened_at: datetime | None
    now: datetime
    promo: str | None = None
    """The code that its order has used."""

    @property
    def is_live(self) -> bool:
        return self.status.is_live


@dataclass(frozen=True, slots=True)
class NewCheckout:
    """Without a `wording` the page says what the facts say."""

    tender_id: str
    device_id: str
    amount: int
    provider: str = "stripe"
    wording: Wording | None = None


_PROMO: Final = literal_column("(SELECT h.promo FROM holds h WHERE h.order_id = checkouts.order_id)", Text)
_FIELDS: Final[tuple[Any, ...]] = (*_c, func.now().label("now"), _PROMO.label("promo"))
"""All of a payment but what its order says."""
_CHECKOUTS: Final = select(*_FIELDS, _o.channel, _o.order_number).join(t.orders, _o.id == _c.order_id)


def of_tender(connection: Connection, tender_id: str) -> Checkout | None:
    """Returns the payment of a tender."""
    return _one(connection, _c.tender_id == tender_id)


def of_session(connection: Connection, session_id: str) -> Checkout | None:
    """Returns the payment that a provider made this page for, if it is still to be paid there."""
    return _one(connection, _c.session_id == session_id)


def of_code(connection: Connection, code: str) -> Checkout | None:
    """Returns the payment behind a short link."""
    return _one(connection, _c.code == code.upper())


def locked(connection: Connection, tender_id: str) -> Checkout:
    """Returns the payment as it is now, and keeps it so until the transaction ends."""
    query = _CHECKOUTS.where(_c.tender_id == tender_id).with_for_update(of=t.checkouts)
    return _checkout(connection.execute(query).one())


def add(connection: Connection, order: OrderRow, new: NewCheckout, closes_at: datetime | timedelta) -> Checkout:
    """Adds the payment of an order, closed on time by a job: at that moment, or so long from now."""
    row = insert(t.checkouts).values(
        tender_id=new.tender_id,
        order_id=order.id,
        device_id=new.device_id,
        event_id=order.event_id,
        provider=new.provider,
        code="".join(choice(CODE_LETTERS) for _ in range(8)),
        amount=new.amount,
        currency=order.currency,
        wording=None if new.wording is None else asdict(new.wording),
        closes_at=closes_at if isinstance(closes_at, datetime) else func.now() + closes_at,
        session_expires_at=func.date_trunc("second", func.now() + SESSION_LASTS),
    )
    found = connection.execute(row.returning(*_FIELDS)).one()
    checkout = _checkout(found, channel=Channel(order.channel), order_number=order.order_number)
    close_at(connection, checkout)
    return checkout


def close_at(connection: Connection, checkout: Checkout) -> None:
    """Leaves it to a job to end the payment when its time is over."""
    defer(connection, "close_checkout", {"tender_id": checkout.tender_id}, at=checkout.closes_at)


def keep_session(connection: Connection, checkout: Checkout, session_id: str, url: str | None) -> Checkout | None:
    """Keeps the page that was made for the payment; returns it with that, or None if it waits for no page there."""
    wanted = (_c.tender_id == checkout.tender_id, _c.switches == checkout.switches, _is_one_of(LIVE))
    values = {"session_id": session_id, "session_url": url, "wording": None}
    row = update(t.checkouts).where(*wanted).values(values).returning(*_FIELDS)
    found = connection.execute(row).one_or_none()
    if found is None:
        return None
    return _checkout(found, channel=checkout.channel, order_number=checkout.order_number)


def without_page(connection: Connection) -> set[str]:
    """Returns the tenders of payments that may have had a page, and of which none is known."""
    return set(connection.scalars(select(_c.tender_id).where(_c.session_id.is_(None), _is_one_of(LIVE))))


def put_back(
    connection: Connection, tender_id: str, provider: str, session_id: str, url: str | None, code: str
) -> None:
    """Lets a payment have the page and the short link again that it had."""
    values = {"provider": provider, "session_id": session_id, "session_url": url, "code": code, "wording": None}
    connection.execute(update(t.checkouts).where(_c.tender_id == tender_id).values(values))


def move_to(connection: Connection, checkout: Checkout, provider: str) -> Checkout | None:
    """Lets an unpaid payment go on at another provider; returns it, or None if it has changed since it was read.

    A page that was opened since is not ended yet: then nothing is moved.
    """
    same_page = _c.session_id.is_not_distinct_from(checkout.session_id)
    same = (_c.tender_id == checkout.tender_id, _c.switches == checkout.switches, same_page, _is_one_of(_UNPAID))
    move = {"provider": provider, "switches": _c.switches + 1, "session_id": None, "session_url": None}
    if connection.execute(update(t.checkouts).where(*same).values(move)).rowcount == 0:
        return None
    return replace(checkout, provider=provider, switches=checkout.switches + 1, session_id=None, session_url=None)


def set_status(connection: Connection, tender_id: str, status: CheckoutStatus) -> None:
    connection.execute(update(t.checkouts).where(_c.tender_id == tender_id).values(status=status.value))


def note_held(connection: Connection, tender_id: str, reason: str, look_after: timedelta) -> None:
    """Notes why the provider holds the payment, and that it knows it; it is asked about again after a while."""
    later = {"held_reason": reason, "closes_at": func.now() + look_after, "lost_at": None}
    connection.execute(update(t.checkouts).where(_c.tender_id == tender_id).values(later))


def note_lost(connection: Connection, tender_id: str) -> bool:
    """Notes that the provider does not know a payment any more that it held; returns whether that is new."""
    mine = (_c.tender_id == tender_id, _is_one_of([CheckoutStatus.HELD]), _c.lost_at.is_(None))
    return connection.execute(update(t.checkouts).where(*mine).values(lost_at=func.now())).rowcount > 0


def is_lost_for(connection: Connection, tender_id: str, lasts: timedelta) -> bool:
    """Returns whether the provider has not known a payment that it held for so long."""
    query = select(_c.lost_at < func.now() - lasts)
    mine = (_c.tender_id == tender_id, _is_one_of([CheckoutStatus.HELD]))
    return bool(connection.execute(query.where(*mine)).scalar_one_or_none())


def extend(connection: Connection, checkout: Checkout, by: timedelta, margin: timedelta) -> Checkout:
    """Gives a live payment more time, as far as the provider's own limit goes but for the margin."""
    longer = func.least(func.greatest(_c.closes_at, func.now()) + by, _c.session_expires_at - margin)
    live = (_c.tender_id == checkout.tender_id, _is_one_of(LIVE))
    row = update(t.checkouts).where(*live).values(closes_at=longer).returning(*_FIELDS)
    found = connection.execute(row).one_or_none()
    if found is None:
        return checkout
    return _checkout(found, channel=checkout.channel, order_number=checkout.order_number)


def may_ask(connection: Connection, tender_id: str, every: timedelta) -> bool:
    """Returns whether this caller is the one to ask the provider now: one every few seconds is enough."""
    stale = _c.asked_at.is_(None) | (_c.asked_at < func.now() - every)
    mine = (_c.tender_id == tender_id, stale, _c.session_id.is_not(None))
    return connection.execute(update(t.checkouts).where(*mine).values(asked_at=func.now())).rowcount > 0


def note_opened(connection: Connection, checkout: Checkout) -> bool:
    """Notes that the customer has opened the link; returns whether that is new."""
    first = update(t.checkouts).where(_c.tender_id == checkout.tender_id, _is_one_of([CheckoutStatus.OPEN]))
    values = {"status": CheckoutStatus.OPENED.value, "opened_at": func.now()}
    return connection.execute(first.values(values)).rowcount > 0


def live_of_order(order_id: Any) -> ColumnElement[bool]:
    """Returns the condition that an order has a payment which can still be paid, or may have been."""
    return select(_c.tender_id).where(_c.order_id == order_id, _is_one_of(LIVE)).exists()


def _is_one_of(statuses: Sequence[CheckoutStatus]) -> ColumnElement[bool]:
    return _c.status.in_([each.value for each in statuses])


def _one(connection: Connection, which: ColumnElement[bool]) -> Checkout | None:
    row = connection.execute(_CHECKOUTS.where(which)).one_or_none()
    return None if row is None else _checkout(row)


def _checkout(row: Row[*tuple[Any, ...]], **more: object) -> Checkout:
    kept = row.wording
    wording = None if kept is None else Wording(tuple(kept["names"]), kept["language"], kept["email"])
    return value_of(Checkout, row, wording=wording, **more)


def hub_facts(connection: Connection, order_id: str) -> list[Fact]:
    """Returns what hubs have written of an order while it was paid; what came of its money later goes by the feed."""
    f = t.facts.c
    mine = (
        select(t.facts).join(t.devices, t.devices.c.id == f.device_id).where(f.payload["order_id"].astext == order_id)
    )
    by_feed = func.coalesce(f.payload["from"].astext, "").in_([state.value for state in PAID_FOR])
    told = mine.where(f.kind.in_([kind.value for kind in _TOLD]), ~by_feed, t.devices.c.kind == "hub")
    return read_facts(connection, told.order_by(f.position))
