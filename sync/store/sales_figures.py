"""The figures of sales reports, added up by Postgres from the entries: any span of time, and any part of the sales."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, TextClause, text

from boxoffice.core.orders import Channel
from sync.store.rows import value_of

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Part:
    """Which of an event's entries: from `first` until before `end`, where nothing else is named all of them."""

    event_id: str
    first: datetime
    end: datetime
    zone: str
    channel: str = ""
    till: str = ""
    seller: str = ""
    product: str = ""
    tender: str = ""

    @property
    def values(self) -> Mapping[str, object]:
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return named | {"tender": f"% {self.tender} %" if self.tender else ""}


# Orders that are paid with a tender are whole in it; of a product, only what it brought.
_OF: Final = """
    FROM sales_entries e
    WHERE e.event_id = :event_id AND e.at >= :first AND e.at < :end
      AND (:channel = '' OR e.channel = :channel) AND (:till = '' OR e.device_id = :till)
      AND (:seller = '' OR e.staff_id = :seller) AND (:tender = '' OR e.tenders LIKE :tender)
      AND (:product = '' OR e.product_id = :product)
"""
_PRODUCTS: Final = text(f"""
    SELECT product_id, (array_agg(name ORDER BY at DESC))[1] AS name, bool_or(is_ticket) AS is_ticket,
           coalesce(sum(quantity) FILTER (WHERE kind = 'sale'), 0) AS sold,
           coalesce(-sum(quantity) FILTER (WHERE kind IN ('refund', 'void')), 0) AS gone,
           sum(full_price) AS full_price, sum(discount) AS discount,
           coalesce(sum(paid) FILTER (WHERE kind = 'refund'), 0) AS refunds, sum(paid) AS paid, sum(tax) AS tax
    {_OF} AND side = 'things' AND product_id <> '' AND kind <> 'gift_card'
    GROUP BY product_id ORDER BY sum(paid) DESC, product_id
""")
_OTHERS: Final = text(f"""
    SELECT kind, coalesce(sum(paid), 0) AS amount
    {_OF} AND side = 'things' AND kind IN ('gift_card', 'beyond', 'dispute') GROUP BY kind HAVING sum(paid) <> 0
""")
_TENDERS: Final = text(f"""
    SELECT channel, tender, count(*) FILTER (WHERE kind = 'payment') AS payments,
           coalesce(sum(paid) FILTER (WHERE kind = 'payment'), 0) AS taken,
           coalesce(sum(paid) FILTER (WHERE kind = 'refund'), 0) AS refunds,
           coalesce(sum(paid) FILTER (WHERE kind = 'dispute'), 0) AS disputed
    {_OF} AND side = 'money' GROUP BY 1, 2 ORDER BY sum(paid) DESC, 1, 2
""")
_PLACES: Final = text(f"""
    SELECT channel, CASE WHEN channel = 'web' THEN '' ELSE device_id END AS device_id,
           (SELECT name FROM devices d WHERE d.id = CASE WHEN e.channel = 'web' THEN '' ELSE e.device_id END) AS name,
           count(DISTINCT order_id) FILTER (WHERE kind IN ('sale', 'gift_card')) AS orders,
           sum(paid) AS paid
    {_OF} AND side = 'things' GROUP BY 1, 2, 3 ORDER BY sum(paid) DESC, 1, 2
""")  # noqa: S608  # no word of it comes from outside
_SELLERS: Final = text(f"""
    SELECT staff_id, (SELECT name FROM staff WHERE staff.id = e.staff_id) AS name,
           count(DISTINCT order_id) FILTER (WHERE kind IN ('sale', 'gift_card')) AS orders, sum(paid) AS paid
    {_OF} AND side = 'things' AND staff_id <> '' GROUP BY 1, 2 ORDER BY sum(paid) DESC, 1
""")  # noqa: S608  # no word of it comes from outside
_ORDERS: Final = text(f"SELECT count(DISTINCT order_id) {_OF} AND kind IN ('sale', 'gift_card')")
_TIMES: Final = text(f"""
    SELECT date_trunc(:unit, at, :zone) AS at, count(DISTINCT order_id) FILTER (WHERE kind = 'sale') AS orders,
           coalesce(sum(quantity) FILTER (WHERE is_ticket), 0) AS tickets,
           coalesce(sum(paid), 0) AS paid
    {_OF} AND side = 'things' GROUP BY 1 ORDER BY 1
""")
_LINES: Final = text(f"""
    SELECT o.order_number, e.at, e.side, e.kind, e.name, e.option, e.quantity, e.full_price, e.discount, e.tax, e.paid,
           e.tender, e.channel, coalesce(d.name, '') AS till, coalesce(s.name, '') AS seller
    FROM (SELECT e.* {_OF}) AS e JOIN orders o ON o.id = e.order_id
    LEFT JOIN devices d ON d.id = e.device_id AND e.channel <> 'web' LEFT JOIN staff s ON s.id = e.staff_id
    ORDER BY e.at, o.order_number, e.n
""")  # noqa: S608  # no word of it comes from outside
_CAME: Final = text("""
    SELECT count(DISTINCT ticket_id) FROM scans
    WHERE event_id = :event AND outcome = 'admitted' AND NOT is_undone AND direction = 'in' AND scanned_at < :end
""")
_ARRIVALS: Final = text("""
    SELECT day, date_trunc('hour', scanned_at, :zone) AS at, gate, count(*) AS people FROM scans
    WHERE event_id = :event AND outcome = 'admitted' AND NOT is_undone AND direction = 'in'
      AND seen IS DISTINCT FROM 'stamp' AND scanned_at >= :first AND scanned_at < :end
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
""")
_CHOICES: Final = text("""
    SELECT 'till' AS what, device_id AS id, coalesce(d.name, '') AS name
    FROM (SELECT DISTINCT device_id FROM sales_entries WHERE event_id = :event AND channel <> 'web') AS e
    JOIN devices d ON d.id = e.device_id
    UNION ALL
    SELECT 'seller', e.staff_id, coalesce(s.name, e.staff_id)
    FROM (SELECT DISTINCT staff_id FROM sales_entries WHERE event_id = :event AND staff_id <> '') AS e
    LEFT JOIN staff s ON s.id = e.staff_id
    UNION ALL
    SELECT 'product', product_id, max(name) FROM sales_entries
    WHERE event_id = :event AND product_id <> '' GROUP BY product_id
    UNION ALL
    SELECT DISTINCT 'tender', tender, tender FROM sales_entries WHERE event_id = :event AND tender <> ''
    UNION ALL
    SELECT DISTINCT 'channel', channel, channel FROM sales_entries WHERE event_id = :event
    ORDER BY 1, 3, 2
""")
_DAYS: Final = text("""
    SELECT (min(at) AT TIME ZONE :zone)::date AS first, (max(at) AT TIME ZONE :zone)::date AS last
    FROM sales_entries WHERE event_id = :event
""")


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """What a product brought, in minor units: `full_price` less `discount`, with `refunds` (negative), is `paid`."""

    product_id: str
    name: str
    is_ticket: bool
    sold: int
    gone: int
    full_price: int
    discount: int
    refunds: int
    paid: int
    tax: int

    @property
    def net(self) -> int:
        return self.paid - self.tax


@dataclass(frozen=True, slots=True)
class TenderFigures:
    """What a tender brought; what went back, or a bank took, is negative."""

    channel: Channel
    tender: str
    payments: int
    taken: int
    refunds: int
    disputed: int

    @property
    def paid(self) -> int:
        return self.taken + self.refunds + self.disputed


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """What was sold at a till, or on the web (`device_id` is empty)."""

    channel: Channel
    device_id: str
    name: str | None
    orders: int
    paid: int


@dataclass(frozen=True, slots=True)
class SellerFigures:
    staff_id: str
    name: str | None
    orders: int
    paid: int


@dataclass(frozen=True, slots=True)
class TimeFigures:
    """An hour or a day, by its beginning. `tickets` are those sold less those that went back in it."""

    at: datetime
    orders: int
    tickets: int
    paid: int


@dataclass(frozen=True, slots=True)
class ArrivalFigures:
    """How many people came in an hour, by a gate."""

    day: str
    at: datetime
    gate: str
    people: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry, as a spreadsheet has it."""

    order_number: str
    at: datetime
    side: str
    kind: str
    name: str
    option: str
    quantity: int
    full_price: int
    discount: int
    tax: int
    paid: int
    tender: str
    channel: str
    till: str
    seller: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a report can be about: `what` is a field of `Part`."""

    what: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one part of the sales. `others` is what is no product's, by the kind of entry."""

    products: Sequence[ProductFigures]
    others: Mapping[str, int]
    tenders: Sequence[TenderFigures]
    places: Sequence[PlaceFigures]
    sellers: Sequence[SellerFigures]
    orders: int
    came: int

    @property
    def paid(self) -> int:
        """What all products brought."""
        return sum(each.paid for each in self.products)

    @property
    def money(self) -> int:
        """What was paid, for products or not."""
        return self.paid + sum(self.others.values())

    @property
    def tickets(self) -> int:
        return sum(each.sold - each.gone for each in self.products if each.is_ticket)

    @property
    def net(self) -> int:
        return sum(each.net for each in self.products)

    @property
    def refunds(self) -> int:
        return sum(each.refunds for each in self.products)


def figures(connection: Connection, part: Part) -> Figures:
    """Adds a part up."""
    values = part.values
    others = {row.kind: int(row.amount) for row in connection.execute(_OTHERS, values)}
    return Figures(
        products=_all(connection, ProductFigures, _PRODUCTS, values),
        others=others,
        tenders=[] if part.product else _all(connection, TenderFigures, _TENDERS, values),
        places=_all(connection, PlaceFigures, _PLACES, values),
        sellers=_all(connection, SellerFigures, _SELLERS, values),
        orders=int(connection.execute(_ORDERS, values).scalar_one()),
        came=int(connection.execute(_CAME, {"event": part.event_id, "end": part.end}).scalar_one()),
    )


def times(connection: Connection, part: Part, unit: str) -> Sequence[TimeFigures]:
    """Returns what each hour, or day, brought by a clock at the event; `unit` is `hour` or `day`."""
    return _all(connection, TimeFigures, _TIMES, {**part.values, "unit": unit})


def arrivals_by_hour(connection: Connection, part: Part) -> Sequence[ArrivalFigures]:
    values = {"event": part.event_id, "zone": part.zone, "first": part.first, "end": part.end}
    return _all(connection, ArrivalFigures, _ARRIVALS, values)


def entry_lines(connection: Connection, part: Part) -> Sequence[EntryLine]:
    return _all(connection, EntryLine, _LINES, part.values)


def choices(connection: Connection, event_id: str) -> Sequence[Choice]:
    """Returns what an event's report can be about."""
    return _all(connection, Choice, _CHOICES, {"event": event_id})


def sold_between(connection: Connection, event_id: str, zone: str) -> tuple[date, date] | None:
    """Returns the first and the last day of an event's entries."""
    row = connection.execute(_DAYS, {"event": event_id, "zone": zone}).one()
    return None if row.first is None else (row.first, row.last)


def _all(connection: Connection, kind: type[V], query: TextClause, values: Mapping[str, Any]) -> list[V]:
    return [value_of(kind, row) for row in connection.execute(query, values)]
