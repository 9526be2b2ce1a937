"""What facts speak of: the orders, payments, tickets and events that a fact may rest on, and whose each of them is."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from boxoffice.core.catalogue import code_pool, limited_codes
from boxoffice.core.limits import NO_LIMITS, Limits
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.staff import StaffRole, StaffStatus
from boxoffice.core.taxes_in_file import tax_sets


@dataclass(frozen=True, slots=True)
class SoldAs:
    """How one revision of an event sells a product: what a line of it says, and the units that each takes.

    `price` is in minor units; None where the amount is free; `rules` are as its event file has them. `taxes` are those
    that a line may have, by its day.
    """

    kind: str
    price: int | None
    days: tuple[str, ...]
    taxes: frozenset[tuple[str, ...]]
    uses: Mapping[str, int]
    rules: Sequence[Mapping[str, Any]] = ()
    option_pools: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[Mapping[str, Any]] = ()

    def takes(self, option: str | None) -> Counter[str]:
        """Returns the units that one takes, in this option."""
        pool = self.option_pools.get(option or "")
        return Counter(self.uses) if pool is None else Counter(self.uses) + Counter([pool])

    def may_cost(self, price: int, channel: str, quantity: int, kind: str) -> bool:
        """Returns whether one may have been shown at a price, when so many are bought there, and of such a kind.

        At what time it was shown, no clock elsewhere knows.
        """
        if kind and all(rule.get("kind") != kind for rule in self.rules):
            return False
        return self.price in (None, price) or any(
            rule["price_minor"] == price
            and rule.get("channel", channel) == channel
            and rule.get("from_quantity", 1) <= quantity
            and rule.get("kind", kind) == kind
            for rule in self.rules
        )


Revision = Mapping[str, SoldAs]
"""All products of one revision of an event, by id."""


def revision_of(file: Mapping[str, Any]) -> Revision:
    """Returns how an event file (as `event_file_of` writes it) sells its products."""
    return {
        product["id"]: SoldAs(
            product["kind"],
            product["price_minor"],
            tuple(product["days"]),
            tax_sets(file, product),
            product["pools"],
            product.get("prices", ()),
            product.get("option_pools", {}),
            product.get("parts", ()),
        )
        for product in file["products"]
    }


def pools_of(file: Mapping[str, Any]) -> frozenset[str]:
    """Returns all that an event file counts: its own pools, and the uses of its limited codes."""
    return frozenset(pool["id"] for pool in file["pools"]) | {code_pool(code) for code in limited_codes(file)}


def limits_of(file: Mapping[str, Any]) -> Limits:
    """Returns what an event file lets sellers do with no approval."""
    seller = file.get("limits", {}).get("seller", {})
    return Limits(seller.get("discount_minor"), seller.get("comp_minor"), seller.get("refund_minor"))


@dataclass(slots=True)
class KnownEvent:
    """An event: its currency, its pools, and its revisions from the newest on; `older` reads those not at hand.

    So do `limits` and `older_limits`: a till may not have heard of the newest.
    """

    currency: str
    pools: frozenset[str]
    newest: Revision
    older: Callable[[], Iterable[Revision]] = tuple
    limits: Limits = NO_LIMITS
    older_limits: Callable[[], Iterable[Limits]] = tuple

    def all_limits(self) -> Iterable[Limits]:
        yield self.limits
        yield from self.older_limits()

    def revisions(self) -> Iterable[Revision]:
        yield self.newest
        yield from self.older()


@dataclass(frozen=True, slots=True)
class KnownOrder:
    placed_by: str
    event_id: str
    currency: str
    lines: tuple[LinePart, ...]
    is_finished: bool = False
    """Whether what was paid for it has been earned."""


@dataclass(frozen=True, slots=True)
class KnownTender:
    """`is_paid` says that its money is in the books."""

    order_id: str
    tender: str
    reference: str | None = None
    is_paid: bool = False


@dataclass(frozen=True, slots=True)
class KnownRefund:
    """`into` is the order that it went on to pay for, if it was no money that left."""

    tender_id: str
    amount: int
    has_ended: bool = False
    into: str | None = None


@dataclass(frozen=True, slots=True)
class KnownOffer:
    """What was paid for a till's offer. `reference` is the provider's name of it."""

    order_id: str
    amount: int
    currency: str
    reference: str


@dataclass(frozen=True, slots=True)
class KnownGrant:
    """What of a gift card is, or was, on a till's lease."""

    card_id: str
    device_id: str


@dataclass(frozen=True, slots=True)
class KnownStaff:
    """Somebody as they were from this moment on."""

    since: datetime
    role: StaffRole
    status: StaffStatus
    discount_limit: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """By which device, of which event and when a fact was written."""

    by: str
    event_id: str | None
    at: datetime


@dataclass(slots=True)
class Known:
    """What is there, by id; `numbers` are order numbers, `references` the providers' names of payments.

    Holds at least whatever the facts in question name. What each kind of fact adds is said by its payload (`note`).
    """

    events: dict[str, KnownEvent] = field(default_factory=dict)
    orders: dict[str, KnownOrder] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    tenders: dict[str, KnownTender] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)
    refunds: dict[str, KnownRefund] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)
    """The public keys of events."""
    grants: dict[str, KnownGrant] = field(default_factory=dict)
    offers: dict[str, KnownOffer] = field(default_factory=dict)
    """What was paid for offers, by tender."""

    staff: dict[str, tuple[KnownStaff, ...]] = field(default_factory=dict)
    """What each was from when on, in that order."""

    def staff_at(self, staff_id: str, at: datetime) -> KnownStaff | None:
        """Returns what somebody was then, or was first; None for who is not known at all."""
        standings = self.staff.get(staff_id, ())
        return next((each for each in reversed(standings) if each.since <= at), standings[0] if standings else None)
