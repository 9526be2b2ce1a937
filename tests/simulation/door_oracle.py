"""What must hold of people, drawers and swaps, counted from facts in its own way."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, text

from boxoffice.core.payloads.refunds import SWAP
from boxoffice.till.usecases.till import Till
from sync.tills.shifts import report_at

Payload = Mapping[str, Any]
_INTO: Final = {"pay_in", "change", "arrive"}
_TO_SAFE: Final = {"drop": 1, "safe_arrive": 1, "change": -1, "safe_deposit": -1, "safe_carry": -1}
_SHIFTS: Final = text(
    "SELECT s.id FROM shifts s JOIN devices d ON d.id = s.device_id WHERE d.name = :till ORDER BY s.id"
)


@dataclass
class DoorFacts:
    """Facts of shifts, staff, cash and swaps, added up."""

    drawers: Counter[str] = field(default_factory=Counter)
    safe: int = 0
    rounding: int = 0
    z_numbers: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    sold_by: dict[str, str | None] = field(default_factory=dict)
    swaps: dict[str, Payload] = field(default_factory=dict)
    """What an order takes the place of."""
    moved_into: Counter[str] = field(default_factory=Counter)
    tickets: dict[tuple[str, int, int], str] = field(default_factory=dict)
    """By order, line and number."""
    handed_on: dict[str, str] = field(default_factory=dict)
    voided: set[str] = field(default_factory=set)
    opened: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    staff_changed: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    doubted: set[str] = field(default_factory=set)

    def take(self, kind: str, p: Payload, device: str, staff_id: str | None) -> None:
        if kind in _TAKES:
            _TAKES[kind](self, p, device)
        if kind == "order_placed":
            self.sold_by[p["order_id"]] = staff_id

    def problems(self) -> Iterator[str]:
        """Yields what must never be so, whatever goes wrong."""
        for device, numbers in self.z_numbers.items():
            if numbers != list(range(1, len(numbers) + 1)):
                yield f"z: {device} has closed {numbers}"
        for device, times in self.opened.items():
            if not 0 <= times - self.closed[device] <= 1:
                yield f"shifts: {device} has opened {times}, and closed {self.closed[device]}"
        for doubt in self.doubted:
            kind, _, who = doubt.partition(" ")
            if kind == "unknown" or not self.staff_changed[who] & {"ended", "changed"}:
                yield f"staff: {doubt} is in doubt, and nothing was changed"

    def torn_swaps(self, issued: Mapping[str, int]) -> Iterator[str]:
        """Yields the swaps that are done in part."""
        for order, swap in self.swaps.items():
            should = swap["credit"] if issued[order] else 0
            old = {self._now(self.tickets.get((swap["order_id"], line, number), "")) for line, number in swap["parts"]}
            if issued[order] and not old <= self.voided:
                yield f"swap: order {order} is there, and so is what it takes the place of"
            if self.moved_into[order] != should:
                yield f"swap: order {order} has {self.moved_into[order]} of the other's money, and should have {should}"

    def _now(self, ticket: str) -> str:
        """Returns what has taken a ticket's place, that was handed on to somebody else."""
        while ticket in self.handed_on and ticket not in self.voided:
            ticket = self.handed_on[ticket]
        return ticket

    def _handed_on(self, p: Payload, _device: str) -> None:
        self.handed_on[p["ticket_id"]] = p["ticket"]["ticket_id"]

    def _captured(self, p: Payload, _device: str) -> None:
        if p["tender"] == "cash":
            self.drawers[p["drawer"]] += p["amount"] + p.get("rounding", 0)
            self.rounding += p.get("rounding", 0)
        if p["tender"] == SWAP:
            self.moved_into[p["order_id"]] += p["amount"]

    def _given_back(self, p: Payload, _device: str) -> None:
        if p["tender"] == "cash" and p.get("into") is None:
            self.drawers[p["drawer"]] -= p["amount"] + p.get("rounding", 0)
            self.rounding -= p.get("rounding", 0)

    def _cashed_out(self, p: Payload, _device: str) -> None:
        self.drawers[p["drawer"]] -= p["amount"] + p.get("rounding", 0)
        self.rounding -= p.get("rounding", 0)

    def _moved(self, p: Payload, _device: str) -> None:
        move = p["move"]
        self.drawers[p["drawer"]] += p["amount"] if move in _INTO else -p["amount"]
        self.safe += _TO_SAFE.get(move, 0) * p["amount"]

    def _opened(self, p: Payload, device: str) -> None:
        self.opened[device] += 1
        self.drawers[p["drawer"]] += p["float_amount"] - p["left"]
        self.safe -= p["brought"] if p["brought_from"] == "safe" else 0

    def _handed(self, p: Payload, _device: str) -> None:
        if p.get("counted") is not None:
            self.drawers[p["drawer"]] += p["counted"] - p["expected"]

    def _closed(self, p: Payload, device: str) -> None:
        self.closed[device] += 1
        self.z_numbers[device].append(p["z_number"])
        self.drawers[p["drawer"]] += p["counted"] - p["expected"] - p["to_safe"]
        self.safe += p["to_safe"]

    def _placed(self, p: Payload, _device: str) -> None:
        if p.get("swap") is not None:
            self.swaps[p["order_id"]] = p["swap"]

    def _issued(self, p: Payload, _device: str) -> None:
        numbers = Counter[int]()
        for ticket in p["tickets"]:
            line = ticket["line"]
            self.tickets[p["order_id"], line, numbers[line]] = ticket["ticket_id"]
            numbers[line] += 1

    def _voided(self, p: Payload, _device: str) -> None:
        self.voided.add(p["ticket_id"])

    def _staff(self, p: Payload, _device: str) -> None:
        self.staff_changed[p["staff_id"]].add(p["what"])

    def _excepted(self, p: Payload, _device: str) -> None:
        if p["exception_kind"] == "staff_in_doubt":
            self.doubted.add(str(p["subject_id"]))


_TAKES: Final[Mapping[str, Callable[[DoorFacts, Payload, str], None]]] = {
    "order_placed": DoorFacts._placed,
    "payment_captured": DoorFacts._captured,
    "tickets_issued": DoorFacts._issued,
    "ticket_voided": DoorFacts._voided,
    "ticket_reissued": DoorFacts._handed_on,
    "refund_succeeded": DoorFacts._given_back,
    "cash_moved": DoorFacts._moved,
    "gift_card_cashed_out": DoorFacts._cashed_out,
    "shift_opened": DoorFacts._opened,
    "shift_handed_over": DoorFacts._handed,
    "shift_closed": DoorFacts._closed,
    "staff_changed": DoorFacts._staff,
    "exception_raised": DoorFacts._excepted,
}


def reports_differ(connection: Connection, name: str, till: Till) -> Iterator[str]:
    """Yields each closed shift that its till and the hub add up to something else."""
    desk = till.services.at_the_drawer.shifts
    there = set(connection.execute(_SHIFTS, {"till": name}).scalars())
    closed = desk.closed()
    for shift in closed:
        if shift.id not in there:
            yield f"shifts: the hub does not know Z {shift.z_number} of {name}"
            continue
        ours, at_hub = desk.report(shift.id).report, report_at(connection, shift.id)
        theirs = None if at_hub is None else at_hub.report
        if ours != theirs:
            yield f"shifts: Z {shift.z_number} of {name} is {ours}, and at the hub {theirs}"
