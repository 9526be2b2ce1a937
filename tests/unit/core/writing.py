"""A till, the hub and an event that they sell for, to ask who may write what."""

from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Draft, Fact, Head, seal
from boxoffice.core.ids import DeviceId, EventId, FactId
from boxoffice.core.writers import Role, Writer

KEY = Ed25519PrivateKey.generate()


TILL = Writer("till", Role.TILL, "door-1", "7K2")


HUB = Writer("hub", Role.HUB, "hub")


LINE = {
    "product_id": "pass",
    "name": "Pass",
    "kind": "ticket",
    "quantity": 2,
    "unit_price": 500,
    "subtotal": 1000,
    "total": 1000,
    "tax": 0,
}


def sold(**changes: Any) -> dict[str, Any]:
    """Returns lines of one line, changed."""
    return {"lines": [LINE | changes]}


PLACED = {
    "order_id": "o-1",
    "order_number": "7K2-F4Q",
    "channel": "door",
    "currency": "USD",
    "lines": [LINE],
    "subtotal": 1000,
    "tax": 0,
    "total": 1000,
    "units": {"friday": 2},
    "source": "lease",
}


def of_one_line(quantity: int) -> dict[str, Any]:
    """Returns an order of so many passes, right in all but perhaps that."""
    total = 500 * quantity
    return sold(quantity=quantity, subtotal=total, total=total) | {
        "subtotal": total,
        "total": total,
        "units": {"friday": quantity},
    }


def at_price(each: int, **changes: Any) -> dict[str, Any]:
    """Returns an order of two passes at this price each."""
    return sold(unit_price=each, subtotal=2 * each, total=2 * each, **changes) | {
        "subtotal": 2 * each,
        "total": 2 * each,
    }


RULES = (
    {"price_minor": 450, "from_quantity": 2},
    {"price_minor": 400, "from_quantity": 3},
    {"price_minor": 300, "kind": "student"},
    {"price_minor": 250, "channel": "web"},
)


CASH = {
    "order_id": "o-1",
    "tender_id": "t-1",
    "tender": "cash",
    "amount": 1000,
    "currency": "USD",
    "drawer": "door-1",
}


def fact(kind: FactKind, payload: dict[str, Any], device: str = "till", event: str | None = "fest") -> Fact:
    at = datetime(2026, 5, 15, 21, tzinfo=UTC)
    return seal(
        Draft(FactId("f"), kind, at, None, None if event is None else EventId(event), payload),
        Head(DeviceId(device)),
        KEY,
    )
