"""The messages by which a till hears what the hub has for it."""

from typing import Literal

from boxoffice.core.wire.help import HelpCall
from boxoffice.core.wire.leases import PoolLeft, Recall
from boxoffice.core.wire.message import FactMessage, Message
from boxoffice.core.wire.pushes import HeadAnswer


class FeedEntry(Message):
    """`kind` event: the event's id in `event_id` changed, get it again. `fact`: one of the hub's facts for this till.

    `pools`: how much is left of the event's pools.
    """

    cursor: int
    kind: Literal["event", "fact", "pools"]
    event_id: str | None = None
    fact: FactMessage | None = None
    pools: tuple[PoolLeft, ...] = ()


class FeedAnswer(Message):
    """`GET /api/till/feed?after=CURSOR`. `recalls` are what is asked back now, told again until the till gives it.

    `stripe_key_id` is the key that this till should have; empty for none. `head` is how far the hub has this till's
    chain (None from an older hub). `problems_tag`, `orders_tag`, `staff_tag` and `parked_tag` are others when its
    problems, orders of the event, the people who work here, or carts that wait are (all empty from an
    older hub, and the last one None). `calls` are those for help from kiosks of the event.
    """

    cursor: int
    entries: tuple[FeedEntry, ...]
    more: bool
    hub_time: str
    head: HeadAnswer | None = None
    recalls: tuple[Recall, ...] = ()
    stripe_key_id: str = ""
    problems_tag: str = ""
    staff_tag: str = ""
    orders_tag: str = ""
    parked_tag: str | None = None
    calls: tuple[HelpCall, ...] = ()


class WakeEvent(Message):
    """One line of `GET /api/till/wake` (server-sent events): why to pull, or that nothing happened (`ping`)."""

    reason: Literal["ping", "feed", "checkout"]
    tender_id: str | None = None
