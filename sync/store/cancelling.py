"""Cancellations as they stand: whom they concern, and what of the money is back, under way, or has failed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, text, update

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.closed_sets import listed
from boxoffice.core.orders import HELD
from boxoffice.core.tenders import names_where
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.rows import value_of

_c: Final = t.cancellations.c
_o: Final = t.cancelled_orders.c
_i: Final = t.cancelled_items.c
_CASH: Final = ", ".join(f"'{name}'" for name in names_where(lambda row: row.is_cash))
_HELD: Final = listed(HELD)


class Kind(Enum):
    EVENT = "event"
    DAY = "day"
    PRODUCT = "product"
    MOVE = "move"


class ItemState(Enum):
    """`AT_A_TILL`: whoever paid in cash gets it there; `BY_HAND`: nobody but an organizer can give it back."""

    DONE = "done"
    WAITS = "waits"
    SENDING = "sending"
    AT_A_TILL = "at_a_till"
    BY_HAND = "by_hand"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """`subject` is the day or the product; `products` are those that it concerns, and `ended` those that are not sold
    any more; None for all.

    `event` is the event's name; of a move `days` says which day went where, and `refund_until` how long who can't come
    gets the money back.
    """

    id: str
    event_id: str
    event: str
    timezone: str
    currency: str
    kind: Kind
    subject: str
    products: Sequence[str] | None
    ended: Sequence[str] | None
    goods: bool
    donations: bool
    status: str
    subject_en: str
    words_en: str
    subject_es: str
    words_es: str
    refund_until: date | None
    days: Mapping[str, str] | None
    by: str
    begun_at: datetime

    @property
    def is_paused(self) -> bool:
        return self.status == "paused"


@dataclass(frozen=True, slots=True)
class Item:
    """What one payment of one order gets back, in minor units; `disputed` is what a bank has taken of the order.

    `paid_id` is the payment's, None where nothing had been paid. `why` is what failed, as it was kept.
    """

    id: int
    order_id: str
    order_number: str
    name: str | None
    email: str | None
    payment_id: str | None
    tender: str
    amount: int
    disputed: int
    refund_id: str | None
    state: ItemState
    at: datetime
    why: str | None
    outside: str | None
    is_late: bool
    mail: str | None
    card: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ToOne:
    """What one order gets back: tender, amount, and whether it goes by itself, of each payment."""

    order_id: str
    order_number: str
    channel: str
    has_donation: bool
    shares: Sequence[tuple[str, int, bool]]


@dataclass(frozen=True, slots=True)
class Sum:
    """So many payments with so much money, of one tender and state."""

    tender: str
    state: ItemState
    items: int
    amount: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many orders it concerns, how many of them are not looked at yet, and how many could not be."""

    orders: int
    waiting: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """An order that could not be worked on, and why."""

    order_id: str
    order_number: str
    name: str | None
    problem: str


_SELECT: Final = select(
    *(column for column in _c if column.name != "paced_until"),
    t.events.c.name.label("event"),
    t.events.c.timezone,
    t.events.c.currency,
).join(t.events, t.events.c.id == _c.event_id)
# What failed for good, and what no try has sent: a person decides, and it is told as failed.
_STATE: Final = f"""
    CASE WHEN i.payment_id IS NULL OR i.amount = 0 THEN 'done'
         WHEN i.refund_id IS NOT NULL AND r.status = 'succeeded' THEN 'done'
         WHEN i.refund_id IS NOT NULL AND r.status = 'failed' THEN 'failed'
         WHEN i.refund_id IS NOT NULL AND unsent.subject_id IS NOT NULL THEN 'failed'
         WHEN i.refund_id IS NOT NULL AND i.released_at IS NULL THEN 'waits'
         WHEN i.refund_id IS NOT NULL THEN 'sending'
         WHEN (SELECT coalesce(sum(x.amount), 0) FROM refunds x
               WHERE x.payment_id = i.payment_id AND x.status = 'succeeded') >= i.before + i.amount THEN 'done'
         WHEN i.tender IN ({_CASH}) THEN 'at_a_till' ELSE 'by_hand' END
"""  # noqa: S608  # of the words of a closed set
_FROM: Final = """
    FROM cancelled_items i JOIN orders o ON o.id = i.order_id
    LEFT JOIN refunds r ON r.id = i.refund_id LEFT JOIN refund_calls c ON c.refund_id = i.refund_id
    LEFT JOIN exceptions unsent ON unsent.subject_id = i.refund_id AND unsent.kind = 'refund_not_sent'
                               AND unsent.status = 'open'
    WHERE i.cancellation_id = :id AND (CAST(:item AS bigint) IS NULL OR i.id = :item)
"""
_ITEMS: Final = text(f"""
    WITH items AS (
        SELECT i.id, i.order_id, o.order_number, o.customer_name AS name, o.customer_email AS email, i.payment_id,
               i.tender, i.amount, i.disputed, i.refund_id, i.at, c.last_error, {_STATE} AS state {_FROM}
    )
    SELECT x.id, x.order_id, x.order_number, x.name, x.email, x.payment_id, x.tender, x.amount, x.disputed,
           x.refund_id, x.state,
           coalesce(done.occurred_at, x.at) AS at,
           coalesce(failed.payload ->> 'message', CASE WHEN x.state = 'failed' THEN x.last_error END) AS why,
           done.payload ->> 'outside' AS outside, co.is_late, m.status AS mail, paid.payload -> 'card' AS card
    FROM items x JOIN cancelled_orders co ON co.cancellation_id = :id AND co.order_id = x.order_id
    LEFT JOIN mails m ON m.cancellation_id = :id AND m.order_id = x.order_id
    LEFT JOIN LATERAL (SELECT occurred_at, payload FROM facts WHERE payload ->> 'order_id' = x.order_id
        AND kind = 'refund_succeeded' AND payload ->> 'refund_id' = x.refund_id
        ORDER BY position DESC LIMIT 1) done ON true
    LEFT JOIN LATERAL (SELECT payload FROM facts WHERE payload ->> 'order_id' = x.order_id
        AND kind = 'refund_failed' AND payload ->> 'refund_id' = x.refund_id
        ORDER BY position DESC LIMIT 1) failed ON true
    LEFT JOIN LATERAL (SELECT payload FROM facts WHERE payload ->> 'order_id' = x.order_id
        AND kind = 'payment_captured' AND payload ->> 'tender_id' = x.payment_id LIMIT 1) paid ON true
    WHERE x.state = ANY(:states) ORDER BY x.id DESC LIMIT :most
""")  # noqa: S608  # likewise
_SUMS: Final = text(f"""
    SELECT tender, state, count(*)::int AS items, sum(amount)::bigint AS amount
    FROM (SELECT i.tender, i.order_id, i.amount, {_STATE} AS state {_FROM}) x GROUP BY 1, 2 ORDER BY 1, 2
""")  # noqa: S608  # likewise
_WORST: Final = text(f"""
    SELECT worst, count(*)::int AS orders, sum(amount)::bigint AS amount FROM (
        SELECT order_id, min(array_position(ARRAY['failed', 'by_hand', 'at_a_till', 'waits', 'sending', 'done'], state))
               AS worst, sum(amount) AS amount
        FROM (SELECT i.order_id, i.amount, {_STATE} AS state {_FROM}) x GROUP BY 1
    ) y GROUP BY 1
""")  # noqa: S608  # likewise
_RANKS: Final = ("failed", "by_hand", "at_a_till", "waits", "sending", "done")
_NEW: Final = f"""
    SELECT DISTINCT i.order_id FROM orders o JOIN order_items i ON i.order_id = o.id
    WHERE o.event_id = :event
      AND (o.status IN ({_HELD}) OR o.status = 'refunded' AND EXISTS (
           SELECT FROM tickets k WHERE k.order_id = o.id AND k.status = 'valid'))
      AND (CAST(:products AS jsonb) IS NULL OR i.product_id IN (
           SELECT jsonb_array_elements_text(CAST(:products AS jsonb))))
"""  # noqa: S608  # likewise
_CONCERNED: Final = text(_NEW)
_ADD: Final = text(f"""
    INSERT INTO cancelled_orders (cancellation_id, order_id, is_late)
    SELECT :id, x.order_id, true FROM ({_NEW}) x
    WHERE NOT EXISTS (SELECT FROM cancelled_orders y WHERE y.cancellation_id = :id AND y.order_id = x.order_id)
    ON CONFLICT DO NOTHING
""")  # noqa: S608  # likewise
_NEXT: Final = text("""
    SELECT order_id FROM cancelled_orders WHERE cancellation_id = :id AND settled_at IS NULL AND problem IS NULL
    ORDER BY order_id LIMIT :most
""")
_RELEASE: Final = text("""
    UPDATE cancelled_items SET released_at = now() WHERE id IN (
        SELECT id FROM cancelled_items WHERE cancellation_id = :id AND refund_id IS NOT NULL AND released_at IS NULL
        ORDER BY id LIMIT :most FOR UPDATE)
    RETURNING refund_id
""")
_PROGRESS: Final = text("""
    SELECT count(*)::int AS orders, (count(*) FILTER (WHERE settled_at IS NULL AND problem IS NULL))::int AS waiting,
           (count(*) FILTER (WHERE problem IS NOT NULL))::int AS stuck
    FROM cancelled_orders WHERE cancellation_id = :id
""")
_STUCK: Final = text("""
    SELECT x.order_id, o.order_number, o.customer_name AS name, x.problem
    FROM cancelled_orders x JOIN orders o ON o.id = x.order_id
    WHERE x.cancellation_id = :id AND x.problem IS NOT NULL ORDER BY o.order_number LIMIT :most
""")
_ENDED: Final = text("""
    SELECT ended, begun_at FROM cancellations WHERE event_id = :event AND kind <> 'move' ORDER BY begun_at
""")


def find(connection: Connection, cancellation_id: str, *, is_locked: bool = False) -> Cancellation | None:
    """Returns a cancellation; locked, it stays as it is until the transaction ends."""
    query = _SELECT.where(_c.id == cancellation_id)
    row = connection.execute(query.with_for_update(of=t.cancellations) if is_locked else query).one_or_none()
    return None if row is None else value_of(Cancellation, row)


def of_event(connection: Connection, event_id: str) -> Sequence[Cancellation]:
    """Returns what was cancelled or moved of an event, the newest first."""
    rows = connection.execute(_SELECT.where(_c.event_id == event_id).order_by(_c.begun_at.desc()))
    return [value_of(Cancellation, row) for row in rows]


def all_of_them(connection: Connection) -> Sequence[Cancellation]:
    """Returns all that was ever cancelled or moved, the newest first."""
    rows = connection.execute(_SELECT.order_by(_c.begun_at.desc()))
    return [value_of(Cancellation, row) for row in rows]


def keep_event(connection: Connection, event_id: str) -> None:
    """Keeps others from cancelling something of the event until the transaction ends."""
    lock = func.pg_advisory_xact_lock(func.hashtextextended(f"cancel {event_id}", 0))
    connection.execute(select(lock))


def add(connection: Connection, values: Mapping[str, Any]) -> str:
    """Keeps a new cancellation; returns its id."""
    found = new_id()
    connection.execute(insert(t.cancellations).values(id=found, **values))
    return found


def set_status(connection: Connection, cancellation_id: str, status: str) -> None:
    connection.execute(update(t.cancellations).where(_c.id == cancellation_id).values(status=status))


def concerned(connection: Connection, event_id: str, products: Sequence[str] | None) -> list[str]:
    """Returns the finished orders that have something of it."""
    return list(connection.scalars(_CONCERNED, {"event": event_id, "products": _json(products)}))


def add_orders(connection: Connection, cancellation_id: str, order_ids: Sequence[str]) -> None:
    """Takes in whom it concerns when it begins."""
    rows = [{"cancellation_id": cancellation_id, "order_id": order_id} for order_id in order_ids]
    if rows:
        connection.execute(insert(t.cancelled_orders), rows)


def add_concerned(connection: Connection, row: Cancellation) -> None:
    """Takes the finished orders in that have something of it and are not in yet: they were sold after it began."""
    given = {"id": row.id, "event": row.event_id, "products": _json(row.products)}
    connection.execute(_ADD, given)


def next_orders(connection: Connection, cancellation_id: str, most: int) -> list[str]:
    """Returns the next orders that wait to be worked on."""
    return list(connection.scalars(_NEXT, {"id": cancellation_id, "most": most}))


def waits(connection: Connection, cancellation_id: str, order_id: str) -> bool:
    """Returns whether an order still waits to be worked on."""
    mine = (_o.cancellation_id == cancellation_id, _o.order_id == order_id, _o.settled_at.is_(None))
    return connection.execute(select(_o.order_id).where(*mine)).first() is not None


def asked_by(connection: Connection, cancellation_id: str, order_id: str) -> str | None:
    """Returns what the buyer asked back; None of an order that is not in."""
    mine = (_o.cancellation_id == cancellation_id, _o.order_id == order_id)
    return connection.scalar(select(_o.asks).where(*mine))


def event_of(connection: Connection, order_id: str) -> str | None:
    """Returns the event of an order."""
    return connection.scalar(select(t.orders.c.event_id).where(t.orders.c.id == order_id))


def ask(connection: Connection, cancellation_id: str, order_id: str, what: str) -> None:
    """Takes an order in, or once more, for what its buyer asks back."""
    waiting = {"asks": what, "settled_at": None, "problem": None}
    if asked_by(connection, cancellation_id, order_id) is None:
        connection.execute(
            insert(t.cancelled_orders).values(cancellation_id=cancellation_id, order_id=order_id, asks=what)
        )
    else:
        mine = (_o.cancellation_id == cancellation_id, _o.order_id == order_id)
        connection.execute(update(t.cancelled_orders).where(*mine).values(waiting))


def add_item(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(insert(t.cancelled_items).values(dict(values)))


def settled(connection: Connection, cancellation_id: str, order_id: str) -> None:
    """Notes that an order was worked on: its tickets are void, and what goes back is written down."""
    mine = (_o.cancellation_id == cancellation_id, _o.order_id == order_id)
    connection.execute(update(t.cancelled_orders).where(*mine).values(settled_at=func.now(), problem=None))


def note_problem(connection: Connection, cancellation_id: str, order_id: str, problem: str | None) -> None:
    """Keeps why an order could not be worked on; None has it tried again."""
    mine = (_o.cancellation_id == cancellation_id, _o.order_id == order_id, _o.settled_at.is_(None))
    connection.execute(update(t.cancelled_orders).where(*mine).values(problem=problem))


def to_one(connection: Connection, cancellation_id: str, order_id: str) -> ToOne:
    """Returns what one order gets back."""
    o, i = t.orders.c, t.order_items.c
    gift = select(i.id).where(i.order_id == o.id, i.item_type == ProductKind.DONATION.value).exists()
    row = connection.execute(select(o.order_number, o.channel, gift.label("gift")).where(o.id == order_id)).one()
    mine = (_i.cancellation_id == cancellation_id, _i.order_id == order_id, _i.amount > 0)
    found = connection.execute(select(_i.tender, _i.amount, _i.refund_id).where(*mine).order_by(_i.id))
    shares = [(each.tender, each.amount, each.refund_id is not None) for each in found]
    return ToOne(order_id, row.order_number, row.channel, row.gift, shares)


def release(connection: Connection, cancellation_id: str, most: int) -> list[str]:
    """Gives the next refunds free to be sent, and returns them."""
    return list(connection.scalars(_RELEASE, {"id": cancellation_id, "most": most}))


def paced_until(connection: Connection, cancellation_id: str) -> datetime | None:
    """Returns until when enough refunds are free."""
    return connection.scalar(select(_c.paced_until).where(_c.id == cancellation_id))


def set_pace(connection: Connection, cancellation_id: str, until: datetime) -> None:
    connection.execute(update(t.cancellations).where(_c.id == cancellation_id).values(paced_until=until))


def holds_back(connection: Connection, cancellation_id: str) -> bool:
    """Returns whether refunds wait to be set free."""
    mine = (_i.cancellation_id == cancellation_id, _i.refund_id.is_not(None), _i.released_at.is_(None))
    return connection.execute(select(_i.id).where(*mine).limit(1)).first() is not None


def is_held_back(connection: Connection, refund_id: str) -> bool:
    """Returns whether a refund waits until its cancellation gives it free."""
    mine = (_i.refund_id == refund_id, _i.released_at.is_(None))
    return connection.execute(select(_i.id).where(*mine)).first() is not None


def item(connection: Connection, cancellation_id: str, item_id: int) -> Item | None:
    """Returns one item as it stands."""
    given = {"id": cancellation_id, "states": [each.value for each in ItemState], "most": 1, "item": item_id}
    row = connection.execute(_ITEMS, given).one_or_none()
    return None if row is None else value_of(Item, row)


def order_of_item(connection: Connection, cancellation_id: str, item_id: int) -> str | None:
    """Returns the order of an item; None if there is none."""
    return connection.scalar(select(_i.order_id).where(_i.cancellation_id == cancellation_id, _i.id == item_id))


def refund_instead(connection: Connection, item_id: int, refund_id: str) -> None:
    """Puts another refund in the place of one that has failed, or of what went by hand; it is sent at once."""
    new = {"refund_id": refund_id, "released_at": func.now()}
    connection.execute(update(t.cancelled_items).where(_i.id == item_id).values(new))


def items(
    connection: Connection,
    cancellation_id: str,
    states: Sequence[ItemState] = tuple(ItemState),
    most: int | None = None,
) -> Sequence[Item]:
    """Returns what goes back to whom, the newest first."""
    given = {"id": cancellation_id, "states": [each.value for each in states], "most": most, "item": None}
    return [value_of(Item, row) for row in connection.execute(_ITEMS, given)]


def sums(connection: Connection, cancellation_id: str) -> Sequence[Sum]:
    """Returns the sums by tender and state."""
    return [value_of(Sum, row) for row in connection.execute(_SUMS, {"id": cancellation_id, "item": None})]


def by_worst(connection: Connection, cancellation_id: str) -> Mapping[ItemState, tuple[int, int]]:
    """Returns orders and money by how the worst of each order's items stands."""
    rows = connection.execute(_WORST, {"id": cancellation_id, "item": None})
    return {ItemState(_RANKS[row.worst - 1]): (row.orders, row.amount) for row in rows}


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a cancellation has come, all of it read at once; `by_worst` by the worst of each order's items."""

    progress: Progress
    sums: Sequence[Sum]
    by_worst: Mapping[ItemState, tuple[int, int]]
    items: Sequence[Item]
    stuck: Sequence[Stuck]


def standing(connection: Connection, cancellation_id: str) -> Standing:
    """Returns how far a cancellation has come."""
    return Standing(
        progress(connection, cancellation_id),
        sums(connection, cancellation_id),
        by_worst(connection, cancellation_id),
        items(connection, cancellation_id),
        stuck(connection, cancellation_id, 100),
    )


def progress(connection: Connection, cancellation_id: str) -> Progress:
    return value_of(Progress, connection.execute(_PROGRESS, {"id": cancellation_id}).one())


def stuck(connection: Connection, cancellation_id: str, most: int) -> Sequence[Stuck]:
    """Returns the orders that could not be worked on."""
    rows = connection.execute(_STUCK, {"id": cancellation_id, "most": most})
    return [value_of(Stuck, row) for row in rows]


@dataclass(frozen=True, slots=True)
class Ended:
    """What is not sold any more since when: these products, or None for all."""

    products: Sequence[str] | None
    at: datetime


def ended(connection: Connection, event_id: str) -> Sequence[Ended]:
    """Returns what of an event is not sold any more because it is cancelled, the oldest first."""
    return [Ended(row.ended, row.begun_at) for row in connection.execute(_ENDED, {"event": event_id})]


def _json(products: Sequence[str] | None) -> str | None:
    return None if products is None else json.dumps(list(products))
