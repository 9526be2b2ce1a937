"""Amounts in what Stripe tells: read once, where its words come in, so that nothing behind counts in its units."""

from collections.abc import Mapping
from typing import Any, Final

from boxoffice.core.charging import from_stripe

_AMOUNTS: Final = frozenset(
    {"amount", "amount_captured", "amount_received", "amount_refunded", "amount_total", "fee", "net"}
)


def in_minor_units(thing: Mapping[str, Any]) -> dict[str, Any]:
    """Returns an object of Stripe's, and those within it, with the amounts in minor units of their currency."""
    return {name: _read(name, value, thing.get("currency")) for name, value in thing.items()}


def _read(name: str, value: Any, currency: Any) -> Any:
    if isinstance(value, Mapping):
        return in_minor_units(value)
    if isinstance(value, list):
        return [in_minor_units(each) if isinstance(each, Mapping) else each for each in value]
    if name in _AMOUNTS and isinstance(value, int) and isinstance(currency, str):
        return from_stripe(value, currency)
    return value
