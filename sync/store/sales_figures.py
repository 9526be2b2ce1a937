"""The figures of sales reports, added up by Postgres from the entries: any span of time, and any part of the sales."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, TextClause, text

from boxoffice.core.orders import Channel
from boxoffice.core.sales_entries import EntryKind, Side
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
# All tables in one pass: each of the sets is one of them, told apart by which columns it is not grouped by.
_SUMS: Final = f"""
    SELECT GROUPING(kind, product_id, tender, device_id, staff_id, hour) AS without, side, kind, product_id, channel,
           tender, device_id, staff_id, hour, max(name) AS name, bool_or(is_ticket) AS is_ticket, count(*) AS entries,
           sum(quantity) AS quantity, coalesce(sum(quantity) FILTER (WHERE is_ticket), 0) AS tickets,
           sum(full_price) AS full_price, sum(discount) AS discount, sum(paid) AS paid, sum(tax) AS tax,
           {{orders}} AS orders
    FROM (
        SELECT side, kind, product_id, channel, tender, staff_id,
               CASE WHEN channel = 'web' THEN '' ELSE device_id END AS device_id,
               date_trunc('hour', at, :zone) AS hour, name, is_ticket, quantity, full_price, discount, paid,
               tax, orders, order_id
        {_OF}
    ) AS mine
    GROUP BY GROUPING SETS (
        (side, kind, product_id), (side, kind, channel, tender), (side, channel, device_id), (side, staff_id),
        (side, hour)
    )
"""  # noqa: S608  # no word of it comes from outside
_WHOLE: Final = text(_SUMS.format(orders="sum(orders)"))
_OF_A_PRODUCT: Final = text(
    _SUMS.format(orders="count(DISTINCT order_id) FILTER (WHERE kind IN ('sale', 'gift_card'))")
)
_TICKETS: Final = text(f"""
    SELECT date_trunc('day', at, :zone) AS at, sum(quantity) AS tickets {_OF} AND is_ticket GROUP BY 1 ORDER BY 1
""")
_NAMES: Final = text("SELECT id, name FROM devices UNION ALL SELECT id, name FROM staff")
_BY_PRODUCT, _BY_TENDER, _BY_TILL, _BY_SELLER, _BY_HOUR = 0b001111, 0b010111, 0b111011, 0b111101, 0b111110
_NO_PRODUCTS: Final = frozenset({"gift_card", "beyond", "dispute"})
_OF_TENDER: Final = {"taken": "payment", "refunds": "refund", "disputed": "dispute"}
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
    """An hour, or a day by its first hour. `tickets` are those sold less those that went back in it."""

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
    hours: Sequence[TimeFigures]
    came: int

    @property
    def orders(self) -> int:
        return sum(each.orders for each in self.places)

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
    rows = connection.execute(_OF_A_PRODUCT if part.product else _WHOLE, part.values).all()
    things = [row for row in rows if row.side == Side.THINGS.value]
    names = {row.id: row.name for row in connection.execute(_NAMES)}
    came = connection.execute(_CAME, {"event": part.event_id, "end": part.end}).scalar_one()
    hours = sorted((row for row in things if row.without == _BY_HOUR), key=lambda row: row.hour)
    places = [row for row in things if row.without == _BY_TILL]
    sellers = [row for row in things if row.without == _BY_SELLER and row.staff_id]
    tenders = [row for row in rows if row.without == _BY_TENDER and row.side == Side.MONEY.value]
    by_product = [row for row in things if row.without == _BY_PRODUCT]
    return Figures(
        products=_products(row for row in by_product if row.kind not in _NO_PRODUCTS),
        others=_others(row for row in by_product if row.kind in _NO_PRODUCTS),
        tenders=() if part.product else _tenders(tenders),
        places=[
            PlaceFigures(Channel(row.channel), row.device_id, names.get(row.device_id), int(row.orders), int(row.paid))
            for row in sorted(places, key=lambda row: (-row.paid, row.channel, row.device_id))
        ],
        sellers=[
            SellerFigures(row.staff_id, names.get(row.staff_id), int(row.orders), int(row.paid))
            for row in sorted(sellers, key=lambda row: (-row.paid, row.staff_id))
        ],
        hours=[TimeFigures(row.hour, int(row.orders), int(row.tickets), int(row.paid)) for row in hours],
        came=int(came),
    )


def _products(rows: Iterable[Any]) -> list[ProductFigures]:
    """Returns what each product brought, the most first."""
    kinds: dict[str, dict[str, Any]] = {}
    for row in rows:
        kinds.setdefault(row.product_id, {})[row.kind] = row
    found = [_product(product, mine) for product, mine in kinds.items()]
    return sorted(found, key=lambda each: (-each.paid, each.product_id))


def _product(product_id: str, mine: Mapping[str, Any]) -> ProductFigures:
    def of(column: str, *kinds: EntryKind) -> int:
        named = {kind.value for kind in kinds or EntryKind}
        return int(sum(getattr(row, column) for kind, row in mine.items() if kind in named))

    return ProductFigures(
        product_id=product_id,
        name=next(row.name for row in mine.values()),
        is_ticket=any(row.is_ticket for row in mine.values()),
        sold=of("quantity", EntryKind.SALE),
        gone=-of("quantity", EntryKind.REFUND, EntryKind.VOID),
        full_price=of("full_price"),
        discount=of("discount"),
        refunds=of("paid", EntryKind.REFUND),
        paid=of("paid"),
        tax=of("tax"),
    )


def _others(rows: Iterable[Any]) -> dict[str, int]:
    sums = Counter[str]()
    for row in rows:
        sums[row.kind] += int(row.paid)
    return {kind: amount for kind, amount in sums.items() if amount}


def _tenders(rows: Iterable[Any]) -> list[TenderFigures]:
    kinds: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        kinds.setdefault((row.channel, row.tender), {})[row.kind] = row
    found = [
        TenderFigures(
            channel=Channel(channel),
            tender=tender,
            payments=int(mine["payment"].entries) if "payment" in mine else 0,
            **{name: int(mine[kind].paid) if kind in mine else 0 for name, kind in _OF_TENDER.items()},
        )
        for (channel, tender), mine in kinds.items()
    ]
    return sorted(found, key=lambda each: (-each.paid, each.channel.value, each.tender))


def tickets_by_day(connection: Connection, part: Part) -> Sequence[tuple[datetime, int]]:
    """Returns how many tickets more there were after each day, by its beginning at the event."""
    return [(row.at, int(row.tickets)) for row in connection.execute(_TICKETS, part.values)]


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
