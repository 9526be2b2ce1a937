"""How many units of a pool one till may have on lease, whatever it asks for: no token is a right to all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

USUAL_UNITS: Final = 40
"""What a till keeps of a large pool to sell without asking; of small ones a tenth."""
SMALLEST_SALE: Final = 30
"""A group of so many can be served at one till in one sale, however small its share is."""
LARGEST_SALE: Final = 100
LARGEST_STOCK: Final = 200
"""What a till may keep of a pool against a bad network."""


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
    """Returns an equal part of what is left, where the web counts as one more till; nothing is left over for nobody."""
    return demand.unsold // (max(1, demand.tills) + 1)


def most_on_lease(demand: Demand) -> int:
    """Returns how many unsold units a till may hold to sell from: enough for its own rate, less as little is left."""
    return max(1, min(max(usual_share(demand.capacity), 2 * demand.sold_lately), fair_share(demand)))


def most_in_stock(demand: Demand) -> int:
    """Returns how many it may hold when somebody there expects a bad network: an equal part, within a limit."""
    return max(most_on_lease(demand), min(LARGEST_STOCK, fair_share(demand)))


def most_for_a_sale(demand: Demand) -> int:
    """Returns how many units it may be given beyond that for a sale that waits: as many as a group buys."""
    return min(LARGEST_SALE, max(SMALLEST_SALE, fair_share(demand)))


def refill(left: int, share: int) -> int:
    """Returns how many more units a till asks for by itself: up to its share, once half of it is gone."""
    return share - left if left <= asks_at(share) else 0


def asks_at(share: int) -> int:
    """Returns how many units are left when a till asks for more."""
    return share // 2


def surplus(left: int, share: int) -> int:
    """Returns what a till gives back as its share gets less; not for each unit, lest it be asked for again at once."""
    over = left - share
    return over if over > share // 4 else 0


@dataclass(frozen=True, slots=True)
class Holder:
    """A till that answers: `free` units are on its lease and in no sale, `asked` of them it is asked for already."""

    device: str
    free: int
    is_idle: bool
    asked: int = 0


def ask_back(lacking: int, holders: Iterable[Holder]) -> Mapping[str, int]:
    """Returns whom to ask for how many units in all, so that those who lack some get them.

    Idle tills come first and are asked for all, so that few are bothered; a till that sells gives no more than it must.
    """
    known = list(holders)
    missing = lacking - sum(min(each.asked, each.free) for each in known)
    asked: dict[str, int] = {}
    for each in sorted(known, key=lambda holder: (not holder.is_idle, -holder.free, holder.device)):
        spare = each.free - min(each.asked, each.free)
        if missing <= 0 or spare <= 0:
            continue
        more = spare if each.is_idle else min(spare, missing)
        asked[each.device] = each.free - spare + more
        missing -= more
    return asked
