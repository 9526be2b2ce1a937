"""The close of an event: tickets, drawers, ledger and providers beside each other, and every difference by its name.

The ledger is what the signed facts say. Tickets must be all of it; drawers and providers must hold their parts of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Why(Enum):
    """What does not agree, or is not known yet."""

    NOTHING_SOLD = "nothing_sold"
    """An order has paid more than was sold for it."""
    NOT_PAID = "not_paid"
    """Something was sold, and its money is not in the ledger."""
    NOT_COUNTED = "not_counted"
    """Cash of a drawer that no closed shift has counted."""
    OVER_SHORT = "over_short"
    """A shift was over or short; that is booked, and so explained."""
    NOT_LISTED = "not_listed"
    """The ledger has it, and the provider's list, which was read past it, has not."""
    AWAITED = "awaited"
    """The ledger has it, and the provider's list was not read so far yet."""
    LISTED_OTHERWISE = "listed_otherwise"
    OTHER_CURRENCY = "other_currency"
    """The provider pays it out in another currency: it can't be compared."""
    NO_ORDER = "no_order"
    ROUND_THE_TILLS = "round_the_tills"
    """Taken with no till, and nobody has said for what."""
    """The provider lists a payment with our marks that no order knows."""

    @property
    def is_explained(self) -> bool:
        return self is Why.OVER_SHORT


@dataclass(frozen=True, slots=True)
class Difference:
    """`amount` is by how much the named side has more than the ledger; `about` an order, a shift or a payment."""

    why: Why
    amount: int
    about: str
    more: str = ""
    provider: str = "stripe"
    """Whose list it is about, if it is about one."""


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """An order as it was sold, and what the ledger says of its money, in minor units."""

    order_number: str
    sold: int
    free: int
    refunded: int
    disputed: int
    booked: int

    @property
    def worth(self) -> int:
        return self.sold - self.free - self.refunded - self.disputed


@dataclass(frozen=True, slots=True)
class PaymentMoney:
    """A payment at a provider: what the ledger says, and what the provider lists (None if it lists nothing of it)."""

    order_number: str
    reference: str
    booked: int
    listed: int | None
    fee: int
    paid_out: int
    net: int
    net_paid_out: int
    is_read: bool
    is_other_currency: bool
    provider: str = "stripe"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a shift was over, or (negative) short."""

    shift: str
    why: str
    amount: int


@dataclass(frozen=True, slots=True)
class Close:
    """All of an event's money, in minor units. `accounts` is what the ledger has of it, by account."""

    orders: Sequence[OrderMoney]
    accounts: Mapping[str, int]
    payments: Sequence[PaymentMoney]
    uncounted: Mapping[str, int]
    shortfalls: Sequence[Shortfall]
    strays: Sequence[Difference] = ()
    """What a provider lists with our marks and no order, of whichever event."""

    @property
    def tickets(self) -> int:
        return sum(order.worth for order in self.orders)

    @property
    def ledger(self) -> int:
        return sum(self.accounts.values())

    @property
    def cash(self) -> int:
        return self.accounts.get("cash", 0)

    @property
    def drawers(self) -> int:
        return self.cash - sum(self.uncounted.values()) + sum(each.amount for each in self.shortfalls)

    @property
    def listed(self) -> int:
        return sum(map(self.listed_by, sorted({each.provider for each in self.payments})))

    def listed_by(self, provider: str) -> int:
        """Returns what a provider lists of this event, before fees."""
        mine = (each for each in self.payments if each.provider == provider and not each.is_other_currency)
        return sum(each.listed or 0 for each in mine)

    def is_compared(self, provider: str) -> bool:
        """Returns whether a provider's list was read at all."""
        return any(each.provider == provider for each in self.payments)

    @property
    def differences(self) -> list[Difference]:
        return [*_of_orders(self.orders), *_of_drawers(self), *_of_payments(self.payments), *self.strays]

    @property
    def open(self) -> list[Difference]:
        """Returns what nobody has explained."""
        return [each for each in self.differences if not each.why.is_explained]

    @property
    def agrees(self) -> bool:
        return not self.open


def _of_orders(orders: Iterable[OrderMoney]) -> Iterator[Difference]:
    for order in orders:
        more = order.worth - order.booked
        if more:
            yield Difference(Why.NOT_PAID if more > 0 else Why.NOTHING_SOLD, more, order.order_number)


def _of_drawers(close: Close) -> Iterator[Difference]:
    for drawer, amount in close.uncounted.items():
        if amount:
            yield Difference(Why.NOT_COUNTED, -amount, drawer)
    for each in close.shortfalls:
        if each.amount:
            yield Difference(Why.OVER_SHORT, each.amount, each.shift, each.why)


def _of_payments(payments: Iterable[PaymentMoney]) -> Iterator[Difference]:
    for payment in payments:
        more = (payment.listed or 0) - payment.booked
        if payment.is_other_currency:
            yield Difference(
                Why.OTHER_CURRENCY, -payment.booked, payment.order_number, payment.reference, payment.provider
            )
        elif more:
            missing = Why.NOT_LISTED if payment.listed is None else Why.LISTED_OTHERWISE
            why = missing if payment.is_read else Why.AWAITED
            yield Difference(why, more, payment.order_number, payment.reference, payment.provider)
