"""How many units of a pool one till may have on lease, whatever it asks for: no token is a right to all."""

from dataclasses import dataclass
from typing import Final

USUAL_UNITS: Final = 40
"""What a till keeps of a large pool to sell without asking; of small ones a tenth."""
SMALLEST_SALE: Final = 30
"""A group of so many can be served at one till in one sale, however small its share is."""
LARGEST_SALE: Final = 100


@dataclass(frozen=True, slots=True)
class Demand:
    """A pool as it stands: `unsold` are available or on lease, `tills` active, `sold_lately` by the till that asks."""

    capacity: int
    unsold: int
    tills: int
    sold_lately: int = 0


def usual_share(capacity: int) -> int:
    """Returns how many units of a pool a till keeps to sell without asking."""
    return min(USUAL_UNITS, max(1, capacity // 10))


def fair_share(demand: Demand) -> int:
    """Returns an equal part of what is left, where the web counts as one more till."""
    return -(-demand.unsold // (max(1, demand.tills) + 1))


def most_on_lease(demand: Demand) -> int:
    """Returns how many unsold units a till may hold to sell from: enough for its own rate, less as little is left."""
    return max(1, min(max(usual_share(demand.capacity), 2 * demand.sold_lately), fair_share(demand)))


def most_for_a_sale(demand: Demand) -> int:
    """Returns how many units it may be given beyond that for a sale that waits: as many as a group buys."""
    return min(LARGEST_SALE, max(SMALLEST_SALE, fair_share(demand)))
