"""What this till knows at a gate: its own tickets and scans, and those of others in the file that holds them.

A scan stands in the till's own file if this till made it, or if it is of a ticket that this till sold; else with the
order of others that it belongs to.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlcipher3
from sqlalchemy import Connection, text

from boxoffice.core.admission import KnownTicket, Passage
from boxoffice.core.columns import row_of
from boxoffice.core.facts import instant
from boxoffice.core.rows import TicketStatus
from boxoffice.core.scans import Direction, ScanRow, Seen

_OWN_TICKET: Final = """
    SELECT t.id, t.order_id, t.product_id, t.status, o.event_id FROM tickets t JOIN orders o ON o.id = t.order_id
"""
_OWN: Final = f"{_OWN_TICKET} WHERE t.id = ?"
_OWN_TAIL: Final = f"{_OWN_TICKET} WHERE o.event_id = ? AND t.id LIKE '%' || ?"
_OWN_ORDER: Final = f"{_OWN_TICKET} WHERE t.order_id = ? ORDER BY t.id"
_OWN_ALL: Final = f"{_OWN_TICKET} WHERE o.event_id = ?"
_THEIRS: Final = "SELECT id, order_id, product_id, status, price_kind FROM tickets WHERE id = ?"
_THEIR_TAIL: Final = "SELECT id, order_id, product_id, status, price_kind FROM tickets WHERE tail = ?"
_THEIR_ORDER: Final = "SELECT id, order_id, product_id, status, price_kind FROM tickets WHERE order_id = ? ORDER BY id"
_THEIR_ALL: Final = "SELECT id, order_id, product_id, status, price_kind FROM tickets"
_OWN_KINDS: Final = """
    WITH said AS (
        SELECT order_id, kind, payload FROM facts WHERE order_id IN (SELECT value FROM json_each(:orders))
        UNION ALL
        SELECT order_id, kind, payload FROM hub_facts
        WHERE order_id IN (SELECT value FROM json_each(:orders)) AND is_applied
    )
    SELECT json_extract(part.value, '$.ticket_id'),
           json_extract(placed.payload, '$.lines[' || json_extract(part.value, '$.line') || '].price_kind')
    FROM said placed JOIN said issued ON issued.order_id = placed.order_id, json_each(coalesce(
        json_extract(issued.payload, '$.tickets'), json_array(json_extract(issued.payload, '$.ticket')))) part
    WHERE placed.kind = 'order_placed' AND issued.kind IN ('tickets_issued', 'ticket_reissued')
"""
_PASSED: Final = "outcome = 'admitted' AND NOT is_undone"
_OWN_SCANS: Final = f"""
    SELECT id, ticket_id, device_id, zone, gate, direction, day, scanned_at, seen FROM scans
    WHERE {_PASSED} AND ticket_id IN (SELECT value FROM json_each(?))
"""  # noqa: S608  # of constants
_THEIR_SCANS: Final = """
    SELECT id, ticket_id, till, zone, gate, direction, day, at, seen FROM scans
    WHERE ticket_id IN (SELECT value FROM json_each(?))
"""
_OWN_COUNT: Final = f"""
    SELECT gate, direction, count(*) FROM scans
    WHERE event_id = ? AND day = ? AND zone = ? AND {_PASSED} AND seen IS NOT 'stamp' GROUP BY gate, direction
"""  # noqa: S608  # of constants
_THEIR_COUNT: Final = """
    SELECT gate, direction, count(*) FROM scans
    WHERE day = ? AND zone = ? AND device_id <> ? AND seen IS NOT 'stamp' GROUP BY gate, direction
"""
_OWN_PRODUCTS: Final = """
    SELECT t.product_id, count(*) FROM tickets t JOIN orders o ON o.id = t.order_id
    WHERE o.event_id = ? AND t.status = 'valid' GROUP BY 1
"""
_THEIR_PRODUCTS: Final = "SELECT product_id, count(*) FROM tickets WHERE status = 'valid' GROUP BY 1"
_OWN_DUE: Final = """
    SELECT t.id, t.order_id, t.product_id, o.order_number, coalesce(o.customer_name, '')
    FROM tickets t JOIN orders o ON o.id = t.order_id WHERE o.event_id = ? AND t.status = 'valid'
"""
_THEIR_DUE: Final = """
    SELECT t.id, t.order_id, t.product_id, o.order_number, coalesce(o.customer_name, '')
    FROM tickets t JOIN orders o ON o.id = t.order_id WHERE t.status = 'valid'
"""
_OWN_FIRST: Final = f"""
    SELECT ticket_id, min(scanned_at) FROM scans
    WHERE event_id = ? AND day = ? AND zone = ? AND {_PASSED} AND direction = 'in' GROUP BY ticket_id
"""  # noqa: S608  # of constants
_THEIR_FIRST: Final = "SELECT ticket_id, min(at) FROM scans WHERE day = ? AND zone = ? AND direction = 'in' GROUP BY 1"
_LAST: Final = "SELECT * FROM scans WHERE event_id = ? AND device_id = ? ORDER BY rowid DESC LIMIT ?"
_SCAN: Final = "SELECT * FROM scans WHERE id = ?"


@dataclass(frozen=True, slots=True)
class ListedTicket:
    """A ticket on this machine's list; `is_own` says whether this till sold it.

    `price_kind` is told of others' alone: of this till's own, its facts tell it.
    """

    id: str
    order_id: str
    product_id: str
    status: TicketStatus
    is_own: bool
    price_kind: str = ""


@dataclass(frozen=True, slots=True)
class GateCount:
    """How many have come in and gone out by a gate on one day, but for those who came back by a stamp."""

    gate: str
    ins: int
    outs: int


@dataclass(frozen=True, slots=True)
class DueHere:
    """A good ticket, and the number and the buyer's name of its order."""

    id: str
    order_id: str
    product_id: str
    order_number: str
    name: str


@dataclass(frozen=True, slots=True)
class GateBooks:
    """Both files at one moment: `own` is this till's, `others` that of what others sold. `event_id` is the event's.

    `has_price_kinds` says whether any of its prices is for some alone, such as students: else nobody looks for one.
    """

    own: Connection
    others: sqlcipher3.Connection
    event_id: str
    device_id: str
    device_name: str
    has_price_kinds: bool = False

    def ticket(self, ticket_id: str) -> ListedTicket | None:
        """Returns a ticket by its id."""
        return next(iter(self._tickets(_OWN, (ticket_id,), _THEIRS, (ticket_id,))), None)

    def tickets_ending(self, tail: str) -> list[ListedTicket]:
        """Returns the tickets whose id ends so."""
        return self._tickets(_OWN_TAIL, (self.event_id, tail), _THEIR_TAIL, (tail,))

    def tickets_of(self, order_id: str) -> list[ListedTicket]:
        """Returns the tickets of an order, in the order in which they were issued."""
        return self._tickets(_OWN_ORDER, (order_id,), _THEIR_ORDER, (order_id,))

    def all_tickets(self) -> list[ListedTicket]:
        """Returns all tickets of the event that are known here."""
        return self._tickets(_OWN_ALL, (self.event_id,), _THEIR_ALL, ())

    def known(self, tickets: Sequence[ListedTicket]) -> dict[str, KnownTicket]:
        """Returns what is known of tickets that are on the list, by id."""
        passages = self.passages([each.id for each in tickets])
        kinds = self._price_kinds(tickets)
        return {
            each.id: KnownTicket(each.status, tuple(passages.get(each.id, ())), kinds.get(each.id, ""))
            for each in tickets
        }

    def passages(self, ticket_ids: Sequence[str]) -> dict[str, list[Passage]]:
        """Returns when each ticket passed which gate, whether it is on the list or not."""
        asked = (json.dumps(list(ticket_ids)),)
        found: dict[str, dict[str, Passage]] = {}
        for row in self.others.execute(_THEIR_SCANS, asked):
            found.setdefault(row[1], {})[row[0]] = _passage(row, row[2])
        for row in self.own.exec_driver_sql(_OWN_SCANS, asked):
            where = self.device_name if row[2] == self.device_id else ""
            found.setdefault(row[1], {}).setdefault(row[0], _passage(row, where))
        undone = self._undone(found)
        return {ticket: [p for p in mine.values() if p.scan_id not in undone] for ticket, mine in found.items()}

    def counts(self, zone: str, day: str) -> list[GateCount]:
        """Returns who has passed which gate of a zone."""
        sums = Counter[tuple[str, str]]()
        for gate, direction, count in self.own.exec_driver_sql(_OWN_COUNT, (self.event_id, day, zone)):
            sums[gate, direction] += count
        for gate, direction, count in self.others.execute(_THEIR_COUNT, (day, zone, self.device_id)):
            sums[gate, direction] += count
        gates = sorted({gate for gate, _ in sums})
        return [GateCount(gate, sums[gate, Direction.IN.value], sums[gate, Direction.OUT.value]) for gate in gates]

    def entered(self, zone: str, day: str) -> dict[str, datetime]:
        """Returns the tickets that have come into a zone, and when each first did."""
        found = {row[0]: instant(row[1]) for row in self.others.execute(_THEIR_FIRST, (day, zone))}
        for ticket, at in self.own.exec_driver_sql(_OWN_FIRST, (self.event_id, day, zone)):
            found[ticket] = min(instant(at), found.get(ticket, instant(at)))
        return found

    def due(self) -> list[DueHere]:
        """Returns every good ticket with whose it is."""
        rows = [*self.own.exec_driver_sql(_OWN_DUE, (self.event_id,)), *self.others.execute(_THEIR_DUE)]
        return [DueHere(row[0], row[1], row[2], row[3], row[4]) for row in rows]

    def valid_by_product(self) -> Counter[str]:
        """Returns how many tickets of each product are good."""
        sums = Counter[str]()
        for product, count in self.own.exec_driver_sql(_OWN_PRODUCTS, (self.event_id,)):
            sums[product] += count
        for product, count in self.others.execute(_THEIR_PRODUCTS):
            sums[product] += count
        return sums

    def last(self, most: int) -> list[ScanRow]:
        """Returns what this till scanned last, the newest first."""
        rows = self.own.exec_driver_sql(_LAST, (self.event_id, self.device_id, most)).mappings()
        return [row_of(ScanRow, row) for row in rows]

    def scan(self, scan_id: str) -> ScanRow | None:
        """Returns one scan of the till's own file."""
        found = self.own.exec_driver_sql(_SCAN, (scan_id,)).mappings().one_or_none()
        return None if found is None else row_of(ScanRow, found)

    def _price_kinds(self, tickets: Sequence[ListedTicket]) -> dict[str, str]:
        """Returns who may have each ticket at its price, of those that not everybody may."""
        if not self.has_price_kinds:
            return {}
        mine = json.dumps(sorted({each.order_id for each in tickets if each.is_own}))
        rows = self.own.execute(text(_OWN_KINDS), {"orders": mine}) if mine != "[]" else ()
        kinds = {row[0]: row[1] or "" for row in rows}
        return kinds | {each.id: each.price_kind for each in tickets if not each.is_own}

    def _tickets(self, mine: str, own: tuple[Any, ...], theirs: str, others: tuple[Any, ...]) -> list[ListedTicket]:
        found = [
            ListedTicket(row[0], row[1], row[2], TicketStatus(row[3]), is_own=True)
            for row in self.own.exec_driver_sql(mine, own)
            if row[4] == self.event_id
        ]
        rows = self.others.execute(theirs, others).fetchall()
        found += [
            ListedTicket(row[0], row[1], row[2], TicketStatus(row[3]), is_own=False, price_kind=row[4]) for row in rows
        ]
        return found

    def _undone(self, found: dict[str, dict[str, Passage]]) -> set[str]:
        """Returns what this till has undone: the others' file may not have heard of it yet."""
        ids = json.dumps([scan_id for mine in found.values() for scan_id in mine])
        query = "SELECT id FROM scans WHERE is_undone AND id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self.own.exec_driver_sql(query, (ids,))}


def _passage(row: Any, where: str) -> Passage:
    seen = None if row[8] is None else Seen(row[8])
    return Passage(row[0], instant(row[7]), row[3], row[4], Direction(row[5]), row[6], where, seen)
