"""Orders found by whatever a person knows of them: number, name, e-mail, phone, or the card's last four digits.

Accents, capitals and the order of the words don't matter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, text

from boxoffice.core.folding import words_of
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.reading import read_line
from sync.store.rows import value_of

MOST: Final = 50
# Only the newest are wanted: orders are walked from there until there are enough. With nothing to be found, this reads
# all of them, which takes 50,000 orders a tenth of a second; the card's digits have an index of their own.
_FIND: Final = text(r"""
    WITH known AS (
        SELECT id, event_id, order_number, channel, status, total_amount, currency, customer_name, customer_email,
               created_at, coalesce(found_by, lower(concat_ws(
                   ' ', '', order_number, replace(order_number, '-', ''), customer_name, customer_email,
                   regexp_replace(customer_phone, '\D', '', 'g')))) AS found_by
        FROM orders
    )
    SELECT o.id, o.order_number, o.channel, o.status, o.total_amount, o.currency, o.customer_name, o.customer_email,
           o.created_at, e.timezone
    FROM known o JOIN events e ON e.id = o.event_id
    WHERE (:is_all OR o.event_id = ANY(:events)) AND (o.found_by LIKE ALL (:words)
       OR (length(:digits) > 2 AND o.found_by LIKE '%' || :digits || '%')
       OR (length(:digits) = 4 AND o.id IN (
            SELECT f.payload ->> 'order_id' FROM facts f
            WHERE f.kind = 'payment_captured' AND f.is_applied AND f.payload -> 'card' ->> 'last4' = :digits)))
    ORDER BY o.created_at DESC LIMIT :most
""").bindparams(bindparam("words", type_=ARRAY(Text)), bindparam("events", type_=ARRAY(Text)))
_PHONE: Final = re.compile(r"[0-9 ()+./-]+")


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order as it is listed, in minor units; `timezone` is its event's."""

    id: str
    order_number: str
    channel: Channel
    status: OrderState
    total_amount: int
    currency: str
    customer_name: str | None
    customer_email: str | None
    created_at: datetime
    timezone: str


@dataclass(frozen=True, slots=True)
class Found:
    """The newest orders that fit; `is_all` says whether there are no others."""

    orders: Sequence[FoundOrder]
    is_all: bool


def find_orders(connection: Connection, words: str, events: Sequence[str] | None = None) -> Found:
    """Returns the newest orders that fit the words, of these events, or of all; all fit no words."""
    likes = ["%" + re.sub(r"([\\%_])", r"\\\1", word) + "%" for word in words_of(words)]
    plain = read_line(words)
    digits = re.sub("[^0-9]", "", plain) if _PHONE.fullmatch(plain) else ""
    values = {
        "words": likes,
        "digits": digits,
        "most": MOST + 1,
        "is_all": events is None,
        "events": list(events or ()),
    }
    rows = [value_of(FoundOrder, row) for row in connection.execute(_FIND, values)]
    return Found(rows[:MOST], len(rows) <= MOST)
