"""A payout taken apart: what each line of a provider's list is, and what they come to by kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class MoveKind(Enum):
    """What moved a provider's balance, in the provider's own words."""

    CHARGE = "charge"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"
    """What the provider takes of the account, for no payment."""
    ADJUSTMENT = "adjustment"
    PAYOUT = "payout"
    """Another payout that was asked for by hand, and taken from this balance."""


class PartKind(Enum):
    """What a line of a payout is to us."""

    CHARGES = "charges"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    FEES = "fees"
    ADJUSTMENTS = "adjustments"
    BY_HAND = "by_hand"
    NO_ORDER = "no_order"
    """It carries our marks, and no order of ours knows it."""
    NOT_OURS = "not_ours"


_OURS = {MoveKind.CHARGE: PartKind.CHARGES, MoveKind.REFUND: PartKind.REFUNDS, MoveKind.DISPUTE: PartKind.DISPUTES}
_OF_ACCOUNT = {
    MoveKind.FEE: PartKind.FEES,
    MoveKind.ADJUSTMENT: PartKind.ADJUSTMENTS,
    MoveKind.PAYOUT: PartKind.BY_HAND,
}


class PartSum(NamedTuple):
    """What the lines of one kind come to, in minor units; `net` is the amount without the fee."""

    kind: str
    lines: int
    amount: int
    fee: int
    net: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a provider's list. `is_ours` says that a payment of ours is behind it, `is_marked` that it says so."""

    kind: MoveKind
    is_ours: bool
    is_marked: bool
    amount: int
    fee: int
    net: int

    @property
    def part(self) -> PartKind:
        if self.kind in _OF_ACCOUNT and not self.is_ours:
            return _OF_ACCOUNT[self.kind]
        if self.is_ours:
            return _OURS.get(self.kind, PartKind.ADJUSTMENTS)
        return PartKind.NO_ORDER if self.is_marked else PartKind.NOT_OURS


def parts_of(lines: Iterable[Line]) -> tuple[PartSum, ...]:
    """Returns what the lines come to by kind, in the order of the kinds; kinds without lines are left out."""
    sums: dict[PartKind, list[int]] = {}
    for line in lines:
        mine = sums.setdefault(line.part, [0, 0, 0, 0])
        for i, more in enumerate((1, line.amount, line.fee, line.net)):
            mine[i] += more
    return tuple(PartSum(kind.value, *sums[kind]) for kind in PartKind if kind in sums)


def ours_of(lines: Iterable[Line]) -> int:
    """Returns what of a payout comes from payments of ours; other programs may use the same account."""
    return sum(line.net for line in lines if line.is_ours)
