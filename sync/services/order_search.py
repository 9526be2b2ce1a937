"""Orders found by whatever a person knows of them: number, name, e-mail, phone, or the card's last four digits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, text

MOST: Final = 50
# Only the newest are wanted: orders are walked from there until there are enough. With nothing to be found, this reads
# all of them, which takes 50,000 orders a tenth of a second; the card's digits have an index of their own.
_FIND: Final = text(r"""
    SELECT o.id, o.order_number, o.channel, o.status, o.total_amount, o.currency, o.customer_name, o.customer_email,
           o.created_at, e.timezone
    FROM orders o JOIN events e ON e.id = o.event_id
    WHERE :words = ''
       OR o.order_number ILIKE :like OR replace(o.order_number, '-', '') ILIKE :like
       OR o.customer_name ILIKE :like OR o.customer_email ILIKE :like
       OR (:digits <> '' AND regexp_replace(coalesce(o.customer_phone, ''), '\D', '', 'g') LIKE '%' || :digits || '%')
       OR (length(:digits) = 4 AND o.id IN (
            SELECT f.payload ->> 'order_id' FROM facts f
            WHERE f.kind = 'payment_captured' AND f.is_applied AND f.payload -> 'card' ->> 'last4' = :digits))
    ORDER BY o.created_at DESC LIMIT :most
""")
_PHONE: Final = re.compile(r"[0-9 ()+./-]+")


@dataclass(frozen=True, slots=True)
class Found:
    """The newest orders that fit; `is_all` says whether there are no others."""

    orders: Sequence[Row[Any]]
    is_all: bool


def find_orders(connection: Connection, words: str) -> Found:
    """Returns the newest orders that fit the words; all fit none."""
    like = "%" + re.sub(r"([\\%_])", r"\\\1", words) + "%"
    digits = re.sub("[^0-9]", "", words) if _PHONE.fullmatch(words) else ""
    values = {"words": words, "like": like, "digits": digits, "most": MOST + 1}
    rows = connection.execute(_FIND, values).all()
    return Found(rows[:MOST], len(rows) <= MOST)
