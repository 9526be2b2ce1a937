"""The messages by which a till gets units to sell, and hears what is left."""

from typing import Annotated

from pydantic import Field

from boxoffice.core.payloads.leases import Generation
from boxoffice.core.wire.message import FactMessage, Message


class LeaseRequest(Message):
    """`POST /api/till/leases`: wants so many *more* units of each pool; `request_id` makes a retry harmless.

    `whole` is for a sale that waits: all that it wants, or a 409 that says how much is left, and nothing moves. It may
    take some seconds, while the hub asks other tills for what they don't need.
    `for_outage` is for a till whose network is bad: more may be kept there than it sells in the next minutes.
    Whatever it asks for, a till holds no more than the hub allows (see `core.leasing`): 422 for a sale that is larger.
    `generations` are those of its leases, by pool (none from an older till): a hub that was restored to an earlier
    moment may have forgotten that one has ended.
    """

    request_id: str
    event_id: str
    wanted: dict[str, Annotated[int, Field(ge=1, le=100_000)]]
    whole: bool = False
    for_outage: bool = False
    generations: dict[str, Generation] = {}


class PoolLeft(Message):
    """How many units nobody has sold or holds, over the whole event (available + leased).

    `elsewhere` is the part of it that the till which asked does not have (None from an older hub). `held` are being
    paid for, and the first of them may be free again at `retry_at`. `share` is what this till should hold to sell from,
    and `stock` what it may hold if its network is bad (None from an older hub).
    """

    pool_id: str
    capacity: int
    left: int
    elsewhere: int | None = None
    held: int = 0
    retry_at: str | None = None
    share: int | None = None
    stock: int | None = None


class LeaseAnswer(Message):
    """What was granted, as the hub's own facts (`lease_granted`); less than wanted, or none, when little is left.

    `pools`: how much is left after it.
    """

    granted: tuple[FactMessage, ...]
    pools: tuple[PoolLeft, ...] = ()


class Recall(Message):
    """The hub asks for up to `units` of a pool that no sale under way needs; told again, `asked_at` is the same."""

    pool_id: str
    units: int
    asked_at: str
