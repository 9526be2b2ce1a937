"""Offers as the hub keeps them: each a row from when it was first opened until its order has taken it up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.ids import EventId
from boxoffice.core.offers import Offer, event_digest
from sync.store import tables as t
from sync.store.checkouts import SESSION_LASTS
from sync.store.queue import defer
from sync.store.rows import value_of

_f: Final = t.offers.c


class OfferStatus(Enum):
    """`SETTLED`: its order is known, and whatever comes of its money is told there. `RETURNED`: its money goes back."""

    OPEN = "open"
    PAID = "paid"
    ENDED = "ended"
    SETTLED = "settled"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class KeptOffer:
    """An offer that was opened, in minor units. `reference` is the provider's name of its payment."""

    tender_id: str
    order_id: str
    device_id: str
    event_id: str
    order_number: str
    amount: int
    currency: str
    status: OfferStatus
    session_id: str | None
    session_url: str | None
    reference: str | None
    paid_amount: int | None
    closes_at: datetime
    session_expires_at: datetime
    now: datetime


_OFFERS: Final = select(t.offers, func.now().label("now"))


def event_of(connection: Connection, digest: bytes) -> str | None:
    """Returns the event that an offer names by its digest."""
    ids = connection.scalars(select(t.events.c.id))
    return next((each for each in ids if event_digest(EventId(each)) == digest), None)


def keep(connection: Connection, offer: Offer, event_id: str, lasts: timedelta) -> KeptOffer:
    """Keeps an offer that is opened, once; its payment is ended by a job when its time is over."""
    row = insert(t.offers).values(
        tender_id=offer.tender_id,
        order_id=offer.order_id,
        device_id=offer.device_id,
        event_id=event_id,
        order_number=offer.order_number,
        amount=offer.amount.minor,
        currency=offer.amount.currency.code,
        closes_at=func.now() + lasts,
        session_expires_at=func.date_trunc("second", func.now() + SESSION_LASTS),
    )
    new = connection.execute(row.on_conflict_do_nothing().returning(_f.closes_at)).one_or_none()
    if new is not None:
        defer(connection, "close_offer", {"tender_id": offer.tender_id}, at=new.closes_at)
    return locked(connection, offer.tender_id)


def of_tender(connection: Connection, tender_id: str) -> KeptOffer | None:
    return _one(connection, _f.tender_id == tender_id)


def of_session(connection: Connection, session_id: str) -> KeptOffer | None:
    return _one(connection, _f.session_id == session_id)


def locked(connection: Connection, tender_id: str) -> KeptOffer:
    """Returns an offer that is there as it is now, and keeps it so until the transaction ends."""
    query = _OFFERS.where(_f.tender_id == tender_id).with_for_update(of=t.offers)
    return value_of(KeptOffer, connection.execute(query).one())


def keep_session(connection: Connection, tender_id: str, session_id: str, url: str | None) -> None:
    values = {"session_id": session_id, "session_url": url}
    connection.execute(update(t.offers).where(_f.tender_id == tender_id, _f.session_id.is_(None)).values(values))


def mark_paid(connection: Connection, tender_id: str, reference: str, amount: int) -> None:
    status = OfferStatus.PAID.value
    values = {"status": status, "reference": reference, "paid_amount": amount, "paid_at": func.now()}
    connection.execute(update(t.offers).where(_f.tender_id == tender_id).values(values))


def set_status(connection: Connection, tender_id: str, status: OfferStatus) -> None:
    connection.execute(update(t.offers).where(_f.tender_id == tender_id).values(status=status.value))


def unclaimed(connection: Connection, older_than: timedelta) -> list[KeptOffer]:
    """Returns what was paid so long ago, whose order nobody has heard of, and of which nobody was told."""
    told = exists().where(t.exceptions.c.kind == "offer_unclaimed", t.exceptions.c.subject_id == _f.tender_id)
    late = (_f.status == OfferStatus.PAID.value, _f.paid_at < func.now() - older_than, ~told)
    return [value_of(KeptOffer, row) for row in connection.execute(_OFFERS.where(*late).order_by(_f.paid_at))]


def _one(connection: Connection, which: ColumnElement[bool]) -> KeptOffer | None:
    row = connection.execute(_OFFERS.where(which)).one_or_none()
    return None if row is None else value_of(KeptOffer, row)
