"""Payments that a provider holds, and then does not know any more: told at once, and given up after a day.

The provider's table of errors says which answers mean that (`core/refusals.py`: final). It may be a mistake of its own,
or a key of another account, so the places are kept for a day. Money that comes after that is late money, as any other.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from boxoffice.core.money import Currency, Money
from sync.services.hub import Hub
from sync.services.provider_states import PROVIDER_NAMES, provider_of
from sync.store import tables as t

LOST: Final = "payment_lost"
"""Why such a payment has ended."""
LASTS: Final = timedelta(days=1)
_c: Final = t.checkouts.c


def note_lost(hub: Hub, tender_id: str) -> bool:
    """Notes that a held payment is not known there; returns whether that was so for long enough to give it up."""
    return hub.database.run(lambda connection: _note(hub, connection, tender_id))


def tell_given_up(hub: Hub, connection: Connection, row: Row[Any]) -> None:
    """Puts before organizers that the places of a lost payment are free again."""
    about = _about(connection, row.tender_id)
    _raise(hub, connection, about, "It counts as not paid now. Its places are free again.")


def _note(hub: Hub, connection: Connection, tender_id: str) -> bool:
    mine = (_c.tender_id == tender_id, _c.status == "paying")
    first = update(t.checkouts).where(*mine, _c.lost_at.is_(None)).values(lost_at=func.now())
    if connection.execute(first).rowcount:
        words = "Its places are kept for a day, while it is asked about. Look for the payment there."
        _raise(hub, connection, _about(connection, tender_id), words)
    query = select(_c.lost_at < func.now() - LASTS).where(*mine)
    return bool(connection.execute(query).scalar_one_or_none())


def _about(connection: Connection, tender_id: str) -> Row[Any]:
    o = t.orders.c
    query = select(t.checkouts, o.order_number).join(t.orders, o.id == _c.order_id).where(_c.tender_id == tender_id)
    return connection.execute(query).one()


def _raise(hub: Hub, connection: Connection, row: Row[Any], words: str) -> None:
    where = PROVIDER_NAMES[provider_of(row.provider)]
    amount = Money(row.amount, Currency(row.currency))
    hub.raise_exception(
        connection,
        "payment_lost",
        f"{where} held {amount} for order {row.order_number}, and does not know that payment any more. {words}",
        event_id=row.event_id,
        order_id=row.order_id,
        subject_id=row.tender_id,
        remedies=("seen",),
    )
