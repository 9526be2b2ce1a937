"""Cash that is moved by hand: one row for each way, with the account that it leaves and the one that it reaches.

At every moment the money is in an account, also while somebody carries it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from boxoffice.core.languages import later

SAFE: Final = "safe"
BANK: Final = "bank"
OVER_SHORT: Final = "cash_over_short"
_DRAWER: Final = "cash:{drawer}"
_CARRIED: Final = "transit:{carrier}"
NOBODY: Final = "cash"
"""Stands for who carries money where nobody is named."""


class CashMove(Enum):
    PAY_IN = "pay_in"
    PAY_OUT = "pay_out"
    DROP = "drop"
    CHANGE = "change"
    DEPOSIT = "deposit"
    SAFE_DEPOSIT = "safe_deposit"
    CARRY = "carry"
    SAFE_CARRY = "safe_carry"
    ARRIVE = "arrive"
    SAFE_ARRIVE = "safe_arrive"
    BANK_ARRIVE = "bank_arrive"


class Second(Enum):
    """Whether a second person stands for a move, where there are people to ask."""

    NONE = "none"
    WANTED = "wanted"


@dataclass(frozen=True, slots=True)
class Way:
    """From where to where, as accounts; `words` are what people call it, `reasons` those to choose from."""

    start: str
    to: str
    words: str
    reasons: tuple[str, ...]
    second: Second = Second.NONE

    @property
    def is_carried(self) -> bool:
        """Returns whether somebody has it in hand, before or after."""
        return _CARRIED in (self.start, self.to)

    @property
    def sign(self) -> int:
        """Returns 1 for what comes into the drawer, -1 for what leaves it, 0 for what passes it by."""
        return (self.to == _DRAWER) - (self.start == _DRAWER)


_CHANGE: Final = (later("Low on change"), later("New drawer"), later("Correct a mistake"))
_FULL: Final = (later("Too much inside"), later("Before a break"), later("Before close"))

WHY_OFF: Final = (
    later("Wrong change given"),
    later("Counted wrong before"),
    later("A move is not written down"),
    later("I do not know"),
)
"""What people know of a count that is off."""

WAYS: Final[Mapping[CashMove, Way]] = {
    CashMove.PAY_IN: Way("paid_in", _DRAWER, later("Pay in"), (*_CHANGE, later("Brought along"))),
    CashMove.PAY_OUT: Way(
        _DRAWER,
        "paid_out",
        later("Pay out"),
        (later("Supplies"), later("Artist or helper paid"), later("Correct a mistake")),
        Second.WANTED,
    ),
    CashMove.DROP: Way(_DRAWER, SAFE, later("Drop to safe"), _FULL, Second.WANTED),
    CashMove.CHANGE: Way(SAFE, _DRAWER, later("Change from the safe"), _CHANGE, Second.WANTED),
    CashMove.DEPOSIT: Way(_DRAWER, BANK, later("Bank deposit"), _FULL, Second.WANTED),
    CashMove.SAFE_DEPOSIT: Way(SAFE, BANK, later("Bank deposit from the safe"), _FULL, Second.WANTED),
    CashMove.CARRY: Way(_DRAWER, _CARRIED, later("Given to carry"), (_FULL[0], *_CHANGE[:2]), Second.WANTED),
    CashMove.SAFE_CARRY: Way(SAFE, _CARRIED, later("Given to carry from the safe"), _CHANGE, Second.WANTED),
    CashMove.ARRIVE: Way(_CARRIED, _DRAWER, later("Taken in"), _CHANGE, Second.WANTED),
    CashMove.SAFE_ARRIVE: Way(_CARRIED, SAFE, later("Taken into the safe"), _FULL, Second.WANTED),
    CashMove.BANK_ARRIVE: Way(_CARRIED, BANK, later("Taken to the bank"), _FULL),
}


def ends_of(move: CashMove, drawer: str, carrier: str | None) -> tuple[str, str]:
    """Returns the account that the money leaves, and the one that it reaches."""
    row, who = WAYS[move], carrier or NOBODY
    return row.start.format(drawer=drawer, carrier=who), row.to.format(drawer=drawer, carrier=who)


def drawer_account(drawer: str) -> str:
    return _DRAWER.format(drawer=drawer)
