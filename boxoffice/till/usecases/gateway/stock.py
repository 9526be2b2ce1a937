"""What is left to sell, and what is not sold now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from boxoffice.core.ids import PoolId, ProductId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.sale_times import SaleState, SaleTimes


@dataclass(frozen=True, slots=True)
class PoolStock:
    """What is left of a pool: `here` may be sold by this till with no network, `overall` by all together.

    `share` is how much this till should hold, or does hold if that is more. `held` are being paid for, on the web or at
    this till, the first of them until `retry_at`. The till asks for more by itself when no more than `asks_at` are
    here; `stock` is how many it may hold for a bad network.
    """

    pool_id: PoolId
    name: str
    capacity: int
    here: int
    share: int
    overall: int
    held: int = 0
    retry_at: datetime | None = None
    asks_at: int = 0
    stock: int = 0

    @property
    def elsewhere(self) -> int:
        """Returns what others have: the web, the other tills, and what nobody has yet."""
        return self.overall - self.here


class NotEnoughHere(NotEnoughLeft):
    """This till has too little, and more did not come; nothing was sold.

    `stock` is each pool that is short, as it stands now. `shortages` is what this till itself has of it.
    """

    def __init__(self, stock: Sequence[PoolStock], *, is_online: bool) -> None:
        self.stock, self.is_online = tuple(stock), is_online
        super().__init__({pool.pool_id: max(pool.here, 0) for pool in stock})


class Keeping(Enum):
    """How many places a till keeps to sell with no network; the hub bounds it in any case."""

    NOTHING = "nothing"
    """None that no sale under way needs, until something is sold here again."""
    USUAL = "usual"
    STOCK = "stock"
    """More than it sells in the next minutes, for a bad network."""


@dataclass(frozen=True, slots=True)
class OffSale:
    """A product that is not sold now. `is_sure` by the hub's time; else this computer's clock may be what is wrong."""

    product_id: ProductId
    state: SaleState
    times: SaleTimes
    is_sure: bool
