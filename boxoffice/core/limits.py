"""How much somebody may do with nobody's approval, in money: one table by event, filled by its event file."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Extent:
    """How far one act goes: `percent` of the price of a line, and `minor` units in all; None where no sum is known."""

    percent: int = 0
    minor: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What sellers may take off one sale, give away of it, and give back of one order, in minor units of the event.

    None where the event says nothing: then a discount is held to the percent of its seller alone, and any comp or
    refund wants an approval.
    """

    discount: int | None = None
    comp: int | None = None
    refund: int | None = None


NO_EXTENT: Final = Extent()
NO_LIMITS: Final = Limits()
