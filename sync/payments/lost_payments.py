"""Payments that a provider holds, and then does not know any more: told at once, and given up after a day.

The provider's table of errors says which answers mean that (`core/refusals.py`: final). It may be a mistake of its own,
or a key of another account, so the places are kept for a day. Money that comes after that is late money, as any other.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.money import Currency, Money
from sync.ledger.hub import Hub
from sync.provider_states import PROVIDER_NAMES, provider_of
from sync.store.checkouts import Checkout, is_lost_for, note_lost

LOST: Final = "payment_lost"
"""Why such a payment has ended."""
LASTS: Final = timedelta(days=1)


def is_given_up(hub: Hub, checkout: Checkout) -> bool:
    """Notes that a held payment is not known there; returns whether that was so for long enough to give it up."""
    return hub.database.run(lambda connection: _note(hub, connection, checkout))


def tell_given_up(hub: Hub, connection: Connection, checkout: Checkout) -> None:
    """Puts before organizers that the places of a lost payment are free again."""
    _raise(hub, connection, checkout, "It counts as not paid now. Its places are free again.")


def _note(hub: Hub, connection: Connection, checkout: Checkout) -> bool:
    if note_lost(connection, checkout.tender_id):
        words = "Its places are kept for a day, while it is asked about. Look for the payment there."
        _raise(hub, connection, checkout, words)
    return is_lost_for(connection, checkout.tender_id, LASTS)


def _raise(hub: Hub, connection: Connection, checkout: Checkout, words: str) -> None:
    where = PROVIDER_NAMES[provider_of(checkout.provider)]
    amount, number = Money(checkout.amount, Currency(checkout.currency)), checkout.order_number
    hub.raise_exception(
        connection,
        "payment_lost",
        f"{where} held {amount} for order {number}, and does not know that payment any more. {words}",
        event_id=checkout.event_id,
        order_id=checkout.order_id,
        subject_id=checkout.tender_id,
        remedies=("seen",),
    )
