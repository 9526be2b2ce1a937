"""How people speak of a payment: what it is called, how it was paid, and where a refund of it goes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from boxoffice.core.tenders import tender_of
from sync.store import tables as t


@dataclass(frozen=True, slots=True)
class Way:
    """Such as `Card •••• 4242`, paid `by card •••• 4242`, and given back to `the card •••• 4242`."""

    name: str
    by: str
    to: str


def way_of(channel: str, tender: str, last4: str | None = None) -> Way:
    """Returns the words for a tender of an order that was placed on this channel."""
    row = tender_of(tender)
    words, digits = row.words_on(channel), f" •••• {last4}" if last4 and row.is_card else ""
    by = f"{words.by_card}{digits}" if digits else words.by
    return Way(f"{words.name}{digits}", by, f"{words.to}{digits}")


def last_digits(connection: Connection, order_ids: Sequence[str]) -> dict[str, str]:
    """Returns the last four digits of the cards that paid these orders, by tender."""
    f = t.facts.c
    card = f.payload["card"]["last4"].astext
    query = select(f.payload["tender_id"].astext.label("tender"), card.label("last4")).where(
        f.payload["order_id"].astext.in_(order_ids), f.kind == "payment_captured", card.is_not(None)
    )
    return {row.tender: row.last4 for row in connection.execute(query)}
