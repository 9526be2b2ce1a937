"""What was ordered, as a provider keeps it beside a payment: enough to make the order again if the hub loses it.

It is what the fact says of the order, and names nobody.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from boxoffice.core.payloads.orders import OrderPlaced

_LONGEST: Final = 500
"""Stripe's limit of one value."""
_MOST: Final = 40
"""Of the fifty that Stripe keeps."""
_NAME: Final = "order_content_{}"


PROMO: Final = "promo"
"""The code that the order has used: no fact says it, and its uses are counted."""


def order_marks(placed: OrderPlaced, promo: str | None = None) -> Mapping[str, str]:
    """Returns what is kept with the payment of an order; nothing of one that is too long for it."""
    text = placed.model_dump_json(exclude_defaults=True)
    parts = [text[i : i + _LONGEST] for i in range(0, len(text), _LONGEST)]
    if len(parts) > _MOST:
        return {}
    return {_NAME.format(i): part for i, part in enumerate(parts)} | ({} if promo is None else {PROMO: promo})


def marked_order(marks: Mapping[str, str]) -> OrderPlaced | None:
    """Returns what was ordered; None if the marks don't say it, or not all of it."""
    parts: list[str] = []
    while (part := marks.get(_NAME.format(len(parts)))) is not None:
        parts.append(part)
    try:
        return OrderPlaced.model_validate_json("".join(parts)) if parts else None
    except ValidationError:
        return None
