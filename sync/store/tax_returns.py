"""What was sold and given back in a month, read from the facts, as tax returns ask for it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, text

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.refunds import parts_of
from boxoffice.core.tax_returns import OrderTaxes, Share, Tax, Taxed, share_of
from boxoffice.core.tenders import names_where

_FREE: Final = frozenset(names_where(lambda row: not row.is_money))

# An order belongs to the day it was placed on, a refund to its own: whoever gave back in a month is read whole, as what
# a refund takes depends on those before it.
_MOVES: Final = text("""
    WITH touched AS (
        SELECT id, (created_at AT TIME ZONE :zone)::date AS day FROM orders
        WHERE event_id = :event AND (created_at AT TIME ZONE :zone)::date BETWEEN :first AND :last
        UNION
        SELECT o.id, (o.created_at AT TIME ZONE :zone)::date FROM orders o
        WHERE o.event_id = :event AND o.id IN (
            SELECT f.payload ->> 'order_id' FROM facts f
            WHERE f.event_id = :event AND f.kind IN ('refund_succeeded', 'refund_failed') AND f.is_applied
              AND (f.occurred_at AT TIME ZONE :zone)::date BETWEEN :first AND :last)
    )
    SELECT touched.id, touched.day AS sold_on, f.kind, f.payload, (f.occurred_at AT TIME ZONE :zone)::date AS day
    FROM touched JOIN facts f ON f.payload ->> 'order_id' = touched.id AND f.is_applied AND f.kind = ANY(:kinds)
    ORDER BY touched.id, f.position
""").bindparams(bindparam("kinds", type_=ARRAY(Text)))
_KINDS: Final = (
    FactKind.ORDER_PLACED,
    FactKind.PAYMENT_CAPTURED,
    FactKind.TICKETS_ISSUED,
    FactKind.GIFT_CARD_TAKEN_BACK,
    FactKind.REFUND_REQUESTED,
    FactKind.REFUND_SUCCEEDED,
    FactKind.REFUND_FAILED,
)
_MONTHS: Final = text("""
    SELECT date_trunc('month', o.created_at AT TIME ZONE e.timezone)::date AS month
    FROM orders o JOIN events e ON e.id = o.event_id WHERE o.status <> 'failed'
    UNION
    SELECT date_trunc('month', f.occurred_at AT TIME ZONE e.timezone)::date
    FROM facts f JOIN events e ON e.id = f.event_id
    WHERE f.kind IN ('refund_succeeded', 'refund_failed') AND f.is_applied
    ORDER BY month DESC
""")


@dataclass(frozen=True, slots=True)
class SalesPlace:
    """An event, and the place that it sells at."""

    event_id: str
    name: str
    timezone: str
    currency: str
    taxes: Mapping[str, Tax] = field(default_factory=dict)
    """By their ids, as they are named today."""


def sales_places(connection: Connection) -> list[SalesPlace]:
    """Returns where each event sells, by the name of its place of sale, else of its venue."""
    rows = connection.execute(text("SELECT id, timezone, currency, file FROM events ORDER BY id"))
    return [SalesPlace(row.id, _place(row.file), row.timezone, row.currency, _taxes(row.file)) for row in rows]


def _place(file: Mapping[str, Any]) -> str:
    event = file["event"]
    named = next((each["name"] for each in file.get("places", ()) if each["id"] == event.get("place")), None)
    return str(named or event.get("venue") or event["name"])


def _taxes(file: Mapping[str, Any]) -> Mapping[str, Tax]:
    known = catalogue_from(file, 0).taxes
    return {str(rate.id): Tax(rate.authority, rate.kind.value, rate.name, rate.rate_ppm) for rate in known}


def months_to_file(connection: Connection) -> list[date]:
    """Returns the months in which something was sold or given back, by their first day, the newest first."""
    return [row.month for row in connection.execute(_MONTHS)]


def shares_between(connection: Connection, place: SalesPlace, first: date, last: date) -> Iterator[Share]:
    """Yields what each line adds to the days from `first` to `last`. Gift cards are no sales until they are spent."""
    values = {"event": place.event_id, "zone": place.timezone, "first": first, "last": last}
    rows = connection.execute(_MOVES, {**values, "kinds": [kind.value for kind in _KINDS]})
    for _, moves in groupby(rows, key=lambda row: row.id):
        yield from (share for day, share in _Order(place.name, place.taxes).read(moves) if first <= day <= last)


@dataclass(slots=True)
class _Order:
    """One order, as its facts are read."""

    place: str
    known: Mapping[str, Tax]
    taxes: OrderTaxes = field(init=False)
    free: dict[str, int] = field(default_factory=dict)
    worth: dict[tuple[int, int], int] = field(default_factory=dict)
    parts: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    is_sold: bool = False

    def read(self, rows: Iterable[Any]) -> Iterator[tuple[date, Share]]:
        for row in rows:
            for day, taxed in self._read(FactKind(row.kind), row.payload, row.day, row.sold_on):
                line = self.taxes.placed.lines[taxed.line]
                if line.kind != ProductKind.GIFT_CARD.value:
                    yield day, share_of(line, taxed, self.place, line.kind, self.known)

    def _read(self, kind: FactKind, said: Mapping[str, Any], day: date, sold_on: date) -> list[tuple[date, Taxed]]:
        match kind:
            case FactKind.ORDER_PLACED:
                placed = OrderPlaced.model_validate(said)
                self.taxes = OrderTaxes(placed)
                self.worth = {part.key: part.worth for part in parts_of(placed, ())}
            case FactKind.PAYMENT_CAPTURED if said["tender"] in _FREE:
                self.free[said["tender_id"]] = said["amount"]
            case FactKind.TICKETS_ISSUED:
                self.is_sold = True
                sold = [*self.taxes.sold()]
                for tender_id, amount in self.free.items():
                    sold += self.taxes.given_back(tender_id, amount, {})
                return [(sold_on, each) for each in sold]
            case FactKind.GIFT_CARD_TAKEN_BACK:
                self.taxes.card_taken_back(said["amount"])
            case FactKind.REFUND_REQUESTED:
                self.parts[said["refund_id"]] = [(line, number) for line, number in said.get("parts", ())]
            case FactKind.REFUND_SUCCEEDED if self.is_sold and said["tender"] not in _FREE:
                amount = said["amount"] - said.get("unearned", 0)
                back = self.taxes.given_back(said["refund_id"], amount, self._named(said["refund_id"]))
                return [(day, each) for each in back]
            case FactKind.REFUND_FAILED if said.get("is_reversal"):
                return [(day, each) for each in self.taxes.came_back(said["refund_id"])]
            case _:
                pass
        return []

    def _named(self, refund_id: str) -> Mapping[int, int]:
        """Returns the worth of the things that a refund names, by line."""
        worth: dict[int, int] = {}
        for key in self.parts.get(refund_id, ()):
            worth[key[0]] = worth.get(key[0], 0) + self.worth.get(key, 0)
        return worth
