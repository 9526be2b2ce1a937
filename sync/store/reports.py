"""Sales as organizers read them: by product, tender and hour, in the event's own time; door and web in one table.

Whatever is shown adds up to what was paid: an order counts on the day it was placed, with all that became of it since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ARRAY, BindParameter, Connection, Text, TextClause, bindparam, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.money import Currency
from boxoffice.core.orders import PAID_FOR, Channel, OrderState
from boxoffice.core.tenders import GIFT_CARD, TENDERS, names_where
from sync.store.rows import value_of

V = TypeVar("V")

FREE: Final = names_where(lambda row: not row.is_money)
"""What is sold and brings no money."""

_FILLED: Final = [row.account.format(drawer="%") for row in TENDERS.values()]
"""The accounts that payments fill, as patterns."""
# An order is sold once its tickets were issued. What was paid for others is not earned, and told apart.
_MINE: Final = f"""
    WITH mine AS (
        SELECT o.*, o.status IN ({listed(PAID_FOR)}) AS is_sold,
               o.status = 'refunded' AND NOT EXISTS (
                   SELECT FROM payments p WHERE p.order_id = o.id AND p.status = 'captured' AND p.tender = ANY(:free)
               ) AS is_gone
        FROM orders o
        WHERE o.event_id = :event
          AND (CAST(:day AS date) IS NULL OR (o.created_at AT TIME ZONE :zone)::date = :day)
    ), lines AS (
        SELECT mine.id AS order_id, mine.channel, (n - 1)::int AS line, line ->> 'product_id' AS product_id,
               line ->> 'name' AS name, line ->> 'option' AS option, (line ->> 'quantity')::bigint AS quantity,
               (line ->> 'unit_price')::bigint AS unit_price, (line ->> 'subtotal')::bigint AS subtotal,
               coalesce((line ->> 'discount')::bigint, 0) AS discount, (line ->> 'tax')::bigint AS tax,
               (line ->> 'total')::bigint AS total, coalesce(line -> 'reductions', '[]') AS reductions
        FROM mine
        JOIN facts f ON f.payload ->> 'order_id' = mine.id AND f.kind = 'order_placed' AND f.is_applied
        CROSS JOIN jsonb_array_elements(f.payload -> 'lines') WITH ORDINALITY AS each(line, n)
        WHERE mine.is_sold AND line ->> 'kind' <> 'gift_card'
    ), cards AS (
        SELECT mine.id AS order_id, mine.channel, (n - 1)::int AS line, line ->> 'name' AS name,
               (line ->> 'quantity')::bigint AS quantity, (line ->> 'unit_price')::bigint AS unit_price,
               (line ->> 'total')::bigint AS total
        FROM mine
        JOIN facts f ON f.payload ->> 'order_id' = mine.id AND f.kind = 'order_placed' AND f.is_applied
        CROSS JOIN jsonb_array_elements(f.payload -> 'lines') WITH ORDINALITY AS each(line, n)
        WHERE mine.is_sold AND line ->> 'kind' = 'gift_card'
    ), asked AS (
        SELECT r.id, r.status, r.amount, p.tender, p.order_id, f.payload -> 'parts' AS parts
        FROM mine JOIN payments p ON p.order_id = mine.id JOIN refunds r ON r.payment_id = p.id
        LEFT JOIN facts f ON f.payload ->> 'order_id' = mine.id AND f.kind = 'refund_requested'
                          AND f.payload ->> 'refund_id' = r.id
        WHERE r.status <> 'failed'
    ), named AS (
        SELECT order_id, (part ->> 0)::int AS line, (part ->> 1)::int AS number
        FROM asked CROSS JOIN jsonb_array_elements(asked.parts) AS part
        WHERE jsonb_typeof(asked.parts) = 'array'
    ), voided AS (
        WITH RECURSIVE issued AS (
            SELECT mine.id AS order_id, ticket ->> 'ticket_id' AS id, (ticket ->> 'line')::int AS line,
                   (row_number() OVER (PARTITION BY mine.id, ticket ->> 'line' ORDER BY n))::int - 1 AS number
            FROM mine JOIN facts f ON f.payload ->> 'order_id' = mine.id AND f.kind = 'tickets_issued' AND f.is_applied
            CROSS JOIN jsonb_array_elements(f.payload -> 'tickets') WITH ORDINALITY AS each(ticket, n)
            WHERE EXISTS (SELECT FROM tickets k WHERE k.order_id = mine.id AND k.status = 'voided')
        ), codes AS (
            SELECT * FROM issued
            UNION ALL
            SELECT codes.order_id, f.payload -> 'ticket' ->> 'ticket_id', codes.line, codes.number
            FROM codes JOIN facts f ON f.payload ->> 'order_id' = codes.order_id AND f.kind = 'ticket_reissued'
                                   AND f.is_applied AND f.payload ->> 'ticket_id' = codes.id
        )
        SELECT order_id, line, number FROM codes JOIN tickets k USING (id, order_id)
        GROUP BY 1, 2, 3 HAVING bool_and(k.status = 'voided')
    ), back AS (
        SELECT order_id, line, count(*) AS quantity, count(*) FILTER (WHERE NOT is_named) AS only_void FROM (
            SELECT order_id, line, number, bool_or(is_named) AS is_named FROM (
                SELECT named.*, true AS is_named FROM named UNION ALL SELECT voided.*, false FROM voided
            ) AS gone GROUP BY 1, 2, 3
        ) AS things GROUP BY 1, 2
    ), kept AS (
        SELECT lines.*, CASE WHEN mine.is_gone THEN 0
                             ELSE lines.quantity - coalesce(back.quantity, 0) END AS sold
        FROM lines JOIN mine ON mine.id = lines.order_id
        LEFT JOIN back ON back.order_id = lines.order_id AND back.line = lines.line
    ), paid AS (
        SELECT p.* FROM payments p JOIN mine ON mine.id = p.order_id WHERE p.status = 'captured'
    ), taken AS (
        SELECT f.kind, f.occurred_at, f.payload ->> 'order_id' AS order_id, sum(l.amount) AS amount
        FROM mine JOIN facts f ON f.payload ->> 'order_id' = mine.id
        JOIN ledger_postings l ON l.fact_id = f.id AND l.account IN ('disputes', 'losses')
        GROUP BY f.id, 1, 2, 3 HAVING sum(l.amount) <> 0
    )
"""  # noqa: S608  # of the words of a closed set


def _over(query: str) -> TextClause:
    whole = _MINE + query
    known: tuple[BindParameter[Any], ...] = (
        bindparam("free", list(FREE), type_=ARRAY(Text)),
        bindparam("filled", _FILLED, type_=ARRAY(Text)),
        bindparam("card", GIFT_CARD.value),
    )
    return text(whole).bindparams(*(each for each in known if f":{each.key}" in whole))


# Payments and refunds as they stand, beside what the ledger says of the very facts that made them: cash as it paid its
# orders, to the cent, whatever it was rounded by in the drawer.
_TENDERS: Final = _over("""
    , taken_in AS (
        SELECT mine.channel, paid.tender, count(*) AS count, sum(paid.amount) AS amount
        FROM paid JOIN mine ON mine.id = paid.order_id GROUP BY 1, 2
    ), given AS (
        SELECT mine.channel, asked.tender, sum(asked.amount) AS amount
        FROM asked JOIN mine ON mine.id = asked.order_id WHERE asked.status = 'succeeded' GROUP BY 1, 2
    ), booked AS (
        SELECT mine.channel, f.payload ->> 'tender' AS tender, sum(l.amount) AS amount
        FROM mine JOIN facts f ON f.payload ->> 'order_id' = mine.id
        JOIN ledger_postings l ON l.fact_id = f.id
         AND (l.account LIKE ANY(:filled) OR l.account LIKE 'transit:%' OR l.account = 'rounding')
        WHERE f.kind IN ('payment_captured', 'refund_pending', 'refund_succeeded', 'refund_failed') GROUP BY 1, 2
    )
    SELECT channel, tender, coalesce(taken_in.count, 0) AS count, coalesce(taken_in.amount, 0) AS amount,
           coalesce(given.amount, 0) AS refunded, coalesce(booked.amount, 0) AS ledger
    FROM taken_in FULL JOIN given USING (channel, tender) FULL JOIN booked USING (channel, tender) ORDER BY 4 DESC, 1, 2
""")

_POOLS: Final = text("""
    SELECT id, name, capacity, sold, available + leased AS "left" FROM pools
    WHERE event_id = :event AND id NOT LIKE 'code:%' ORDER BY name
""")

# What is on a gift card is owed: it is no sale when it is put there, and what it pays is no money when it is spent.
# One row for each line, payment that bought nothing, free ticket, refund, dispute, and what is void without a refund;
# `paid` of all is what was paid, `quantity` of all what is sold.
_ROWS: Final = _over("""
    , entries AS (
        SELECT order_id, 0 AS rank, line AS n, NULL::timestamptz AS at, 'sale' AS kind, name AS item, option, quantity,
               unit_price, subtotal, discount, total - subtotal + discount AS tax_added, tax, total, total AS paid,
               (SELECT string_agg(DISTINCT r ->> 'reason', ', ') FROM jsonb_array_elements(reductions) AS r) AS why
        FROM lines
        UNION ALL
        SELECT order_id, 0, line, NULL, 'gift card sold', quantity || ' × ' || name, NULL, 0, unit_price, 0, 0, 0, 0, 0,
               total, NULL
        FROM cards
        UNION ALL
        SELECT paid.order_id, 1, 1, NULL, 'gift card spent', 'Paid with a gift card', NULL, 0, 0, 0, 0, 0, 0, 0,
               coalesce((SELECT sum(back.amount) FROM asked back WHERE back.order_id = paid.order_id
                           AND back.tender = :card AND back.status = 'succeeded'), 0) - sum(paid.amount), NULL
        FROM paid WHERE tender = :card GROUP BY paid.order_id
        UNION ALL
        SELECT mine.id, 1, 0, NULL, 'not earned', 'Paid beyond what was sold', NULL, 0, 0, 0, 0, 0, 0, 0,
               coalesce(sum(paid.amount), 0) - CASE WHEN mine.is_sold THEN mine.total_amount ELSE 0 END, NULL
        FROM mine LEFT JOIN paid ON paid.order_id = mine.id GROUP BY mine.id, mine.is_sold, mine.total_amount
        HAVING coalesce(sum(paid.amount), 0) <> CASE WHEN mine.is_sold THEN mine.total_amount ELSE 0 END
        UNION ALL
        SELECT order_id, 2, 0, NULL, tender, NULL, (
                   SELECT string_agg(DISTINCT f.payload ->> 'reason', ', ') FROM facts f
                   WHERE f.payload ->> 'order_id' = paid.order_id AND f.kind = 'payment_captured'
                     AND f.payload ->> 'tender' = paid.tender
               ), 0, 0, 0, 0, 0, 0, 0, -sum(amount), NULL
        FROM paid WHERE tender = ANY(:free) GROUP BY order_id, tender
        UNION ALL
        SELECT asked.order_id, 3, row_number() OVER (PARTITION BY asked.order_id ORDER BY asked.id),
               (SELECT max(f.occurred_at) FROM facts f WHERE f.payload ->> 'order_id' = asked.order_id
                  AND f.kind = 'refund_succeeded' AND f.payload ->> 'refund_id' = asked.id),
               CASE WHEN asked.tender = ANY(:free) THEN asked.tender ELSE 'refund' END, 'Refund', NULL,
               CASE WHEN jsonb_typeof(asked.parts) = 'array' THEN -jsonb_array_length(asked.parts) ELSE 0 END,
               0, 0, 0, 0, 0, 0,
               CASE WHEN asked.status = 'succeeded' AND asked.tender <> ALL(:free) THEN -asked.amount ELSE 0 END,
               NULL
        FROM asked
        UNION ALL
        SELECT order_id, 4, row_number() OVER (PARTITION BY order_id ORDER BY occurred_at), occurred_at, 'dispute',
               'Taken by a bank', NULL, 0, 0, 0, 0, 0, 0, 0, -amount, NULL
        FROM taken
        UNION ALL
        SELECT mine.id, 5, 0, NULL, 'refund', 'Given back as a whole', NULL, -sum(coalesce(lines.quantity, 0)
               - coalesce(back.quantity, 0)), 0, 0, 0, 0, 0, 0, 0, NULL
        FROM mine JOIN lines ON lines.order_id = mine.id
        LEFT JOIN back ON back.order_id = mine.id AND back.line = lines.line
        WHERE mine.is_gone GROUP BY mine.id
        HAVING sum(lines.quantity - coalesce(back.quantity, 0)) <> 0
        UNION ALL
        SELECT order_id, 6, 0, (SELECT max(f.occurred_at) FROM facts f
                                WHERE f.payload ->> 'order_id' = back.order_id AND f.kind = 'ticket_voided'),
               'void', 'Void tickets', NULL, -sum(only_void), 0, 0, 0, 0, 0, 0, 0, NULL
        FROM back GROUP BY order_id HAVING sum(only_void) <> 0
    )
    SELECT mine.order_number, coalesce(e.at, mine.created_at) AS at, mine.channel, mine.status, e.kind, e.item,
           e.option, e.quantity, e.unit_price, e.subtotal, e.discount, e.tax_added, e.tax, e.total, e.paid,
           mine.currency, mine.customer_name, mine.customer_email,
           (SELECT string_agg(DISTINCT p.tender, '+' ORDER BY p.tender) FROM payments p
            WHERE p.order_id = mine.id AND p.status = 'captured') AS tenders, e.why
    FROM entries e JOIN mine ON mine.id = e.order_id
    ORDER BY at, mine.order_number, e.rank, e.n
""")

_EXCEPTIONS: Final = text("SELECT kind, detail FROM exceptions WHERE status = 'open' ORDER BY raised_at DESC LIMIT 20")


@dataclass(frozen=True, slots=True)
class ReportEvent:
    id: str
    name: str
    timezone: str
    currency: Currency
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class TenderTaken:
    """What a tender has brought, beside what the ledger says of the very facts that made it."""

    channel: Channel
    tender: str
    count: int
    amount: int
    refunded: int
    ledger: int


@dataclass(frozen=True, slots=True)
class PoolLeft:
    id: str
    name: str
    capacity: int
    sold: int
    left: int


@dataclass(frozen=True, slots=True)
class OpenException:
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class SoldItem:
    """One line of the spreadsheet: a sale, or something that became of one; `kind` says which.

    `item` is None of what a tender that is no money paid: `kind` is its name then.
    """

    order_number: str
    at: datetime
    channel: Channel
    status: OrderState
    kind: str
    item: str | None
    option: str | None
    quantity: int
    unit_price: int
    subtotal: int
    discount: int
    tax_added: int
    tax: int
    total: int
    paid: int
    currency: str
    customer_name: str | None
    customer_email: str | None
    tenders: str | None
    why: str | None = None
    """Why something was taken off."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a whole event: payments beside the ledger by tender, its places, and what waits for a person."""

    tenders: Sequence[TenderTaken]
    pools: Sequence[PoolLeft]
    exceptions: Sequence[OpenException]


def report_events(connection: Connection) -> list[ReportEvent]:
    """Returns the events that a report can be about, the newest first."""
    rows = connection.execute(
        text("SELECT id, name, timezone, currency, file FROM events ORDER BY created_at DESC, id")
    )
    return [
        ReportEvent(row.id, row.name, row.timezone, Currency(row.currency), _days(row.file["event"]["days"]))
        for row in rows
    ]


def standing(connection: Connection, event: ReportEvent) -> Standing:
    """Returns how an event stands, whatever part of it somebody looks at."""
    values = {"event": event.id, "zone": event.timezone, "day": None}
    return Standing(
        tenders=_all(connection, TenderTaken, _TENDERS, values),
        pools=_all(connection, PoolLeft, _POOLS, values),
        exceptions=_all(connection, OpenException, _EXCEPTIONS, {}),
    )


def sold_items(connection: Connection, event: ReportEvent, day: date | None) -> Sequence[SoldItem]:
    """Returns every item sold and all that became of its order, for a spreadsheet, as it happened."""
    return _all(connection, SoldItem, _ROWS, {"event": event.id, "zone": event.timezone, "day": day})


def _all(connection: Connection, kind: type[V], query: TextClause, values: Mapping[str, object]) -> list[V]:
    return [value_of(kind, row) for row in connection.execute(query, values)]


def _days(texts: Sequence[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(each) for each in texts)
