"""What facts say has happened, whoever wrote them: what was sold, paid, given back, and put before a person."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.simulation.counter_oracle import CardFacts
from tests.simulation.door_oracle import DoorFacts
from tests.simulation.visitors import VisitorFacts

NEVER: Final = (
    "broken_fact",
    "not_allowed",
    "fact_does_not_fit",
    "lease_does_not_fit",
    "cloned_device",
    "till_lost_facts",
    "paid_late",
    "paid_nothing_left",
    "bad_signature",
    "paid_twice",
    "paid_too_much",
    "wrong_amount",
    "paid_for_a_closed_order",
)
"""What no run may put before a person: nobody here cheats, and a page that has ended can't be paid."""


ONLY_OF_RECLAIMED: Final = ("over_capacity", "sold_without_lease")
"""What may be put before a person only of places that a till sold before it heard that they had been taken from it."""


Payload = Mapping[str, Any]


class Broken(AssertionError):
    """A property that must hold does not; its first word names it."""


@dataclass
class Facts:
    """All facts that anybody has written, each once, added up."""

    seen: dict[str, str] = field(default_factory=dict)
    placed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    issued: Counter[str] = field(default_factory=Counter)
    captured: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    asked: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    back: Counter[str] = field(default_factory=Counter)
    excepted: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    kinds: Counter[str] = field(default_factory=Counter)
    placed_by: dict[str, str] = field(default_factory=dict)
    numbered: dict[str, str] = field(default_factory=dict)
    """The order that has a number."""
    numbered_twice: set[str] = field(default_factory=set)
    at_hub: set[str] = field(default_factory=set)
    """Orders whose tickets the hub has heard of."""
    ended_last: dict[tuple[str, str], int] = field(default_factory=dict)
    """By till and pool, the generation that a reclaim has ended last."""
    excess: set[tuple[str, str]] = field(default_factory=set)
    """Orders and pools of which a person was told that they were sold beyond the house, or without a lease."""
    over: set[tuple[str, str]] = field(default_factory=set)
    """Those of them that the hub's counters can't know: beyond the house."""
    capacity: dict[str, int] = field(default_factory=dict)
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Orders and subjects of what was put before a person."""
    words: dict[str, str] = field(default_factory=dict)
    """What a person was told, by kind."""
    door: DoorFacts = field(default_factory=DoorFacts)
    cards: CardFacts = field(default_factory=CardFacts)
    visitors: VisitorFacts = field(default_factory=VisitorFacts)

    def take(self, fact_id: str, kind: str, p: Payload, device: str, staff_id: str | None = None) -> None:
        if fact_id in self.seen:
            return
        self.seen[fact_id] = kind
        self.kinds[kind] += 1
        self.door.take(kind, p, device, staff_id)
        self.cards.take(kind, p)
        self.visitors.take(kind, p, device)
        if kind in _TAKES:
            _TAKES[kind](self, p, str(p.get("order_id")))
        if kind == "order_placed":
            self.placed_by[p["order_id"]] = device

    def sold(self, pool: str, but: Container[tuple[str, str]] = ()) -> int:
        """Returns how many places of a pool people hold valid tickets for; some orders may be left out."""
        units: int = sum(
            self.placed[order]["units"].get(pool, 0) * times
            for order, times in self.issued.items()
            if (order, pool) not in but
        )
        return units - self.back[pool]

    def is_of_reclaimed(self, order: str, pool: str) -> bool:
        """Returns whether what an order took of its till's lease has been reclaimed."""
        generation = self.placed[order].get("generations", {}).get(pool)
        return generation is not None and generation <= self.ended_last.get((self.placed_by[order], pool), -1)

    @property
    def late(self) -> set[tuple[str, str]]:
        """Orders and pools that count against nothing: the hub has, or will have, no unit for them but by chance."""
        unheard = {(order, pool) for order in self.issued.keys() - self.at_hub for pool in self.placed[order]["units"]}
        return self.over | {each for each in unheard if self.is_of_reclaimed(*each)}

    def paid(self, order: str) -> int:
        return sum(self.captured[order].values())

    def given_back(self, order: str) -> int:
        mine = [(key, amount) for key, (of, amount, _) in self.asked.items() if of == order]
        return sum(amount for key, amount in mine if self.ended.get(key) != "refund_failed")

    def _placed(self, p: Payload, order: str) -> None:
        self.placed[order] = p
        if self.numbered.setdefault(p["order_number"], order) != order:
            self.numbered_twice.add(p["order_number"])

    def _issued(self, _p: Payload, order: str) -> None:
        self.issued[order] += 1

    def _captured(self, p: Payload, order: str) -> None:
        self.captured[order][p["tender_id"]] = p["amount"]

    def _asked(self, p: Payload, order: str) -> None:
        self.asked[p["refund_id"]] = order, p["amount"], p["tender"]
        self._back(p, order)

    def _succeeded(self, p: Payload, _order: str) -> None:
        self.ended[p["refund_id"]] = "refund_succeeded"

    def _failed(self, p: Payload, _order: str) -> None:
        self.ended[p["refund_id"]] = "refund_failed"

    def _back(self, p: Payload, _order: str) -> None:
        for pool, units in p.get("units", {}).items():
            self.back[pool] += units

    def except_(self, kind: str, order: str, subject: str) -> None:
        """Notes what is put before a person."""
        self.excepted[order].add(kind)
        if kind in ONLY_OF_RECLAIMED:
            self.excess.add((order, subject))
        if kind == "over_capacity":
            self.over.add((order, subject))

    def _excepted(self, p: Payload, order: str) -> None:
        self.except_(p["exception_kind"], order, str(p.get("subject_id")))
        self.problems[p["exception_id"]] = (order, str(p.get("subject_id")))
        self.kinds[f"exception: {p['exception_kind']}"] += 1
        self.words[p["exception_kind"]] = p.get("detail", "")

    def _resolved(self, p: Payload, _order: str) -> None:
        if p.get("units"):  # there is room for them by now, and they count
            self.over.discard(self.problems[p["exception_id"]])

    def _reclaimed(self, p: Payload, _order: str) -> None:
        lease = (p["from_device"], p["pool_id"])
        self.ended_last[lease] = max(p["generation"], self.ended_last.get(lease, -1))

    def _revised(self, p: Payload, _order: str) -> None:
        codes = {f"code:{each['code']}": each["limit"] for each in p["event"].get("promos", ()) if each["limit"]}
        self.capacity = {pool["id"]: pool["capacity"] for pool in p["event"]["pools"]} | codes

    def _moved(self, p: Payload, _order: str) -> None:
        self.kinds[f"order: {p['from']} to {p['to']}"] += 1


_TAKES: Final[Mapping[str, Callable[[Facts, Payload, str], None]]] = {
    "order_placed": Facts._placed,
    "order_state_changed": Facts._moved,
    "payment_captured": Facts._captured,
    "tickets_issued": Facts._issued,
    "ticket_voided": Facts._back,
    "units_freed": Facts._back,
    "refund_requested": Facts._asked,
    "refund_succeeded": Facts._succeeded,
    "refund_failed": Facts._failed,
    "exception_raised": Facts._excepted,
    "exception_resolved": Facts._resolved,
    "lease_reclaimed": Facts._reclaimed,
    "catalogue_revised": Facts._revised,
}


def unsafe(facts: Facts, but: Collection[str] = ()) -> Iterator[str]:
    """Yields what must never be so, by all facts that anybody has written; some kinds of exceptions may be."""
    yield from (f"twice: order number {number}" for number in facts.numbered_twice)
    for pool, capacity in facts.capacity.items():
        sold = facts.sold(pool, but=facts.late)
        if sold > capacity:
            yield f"oversold: {sold} tickets for {capacity} places of {pool}"
    yield from _odd_orders(facts)
    yield from facts.door.problems()
    yield from facts.cards.problems()
    yield from facts.visitors.problems()
    for kind in NEVER:
        if facts.kinds[f"exception: {kind}"] and kind not in but:
            yield f"exception: {kind}: {facts.words.get(kind, '')}"
    for order, pool in facts.excess:
        if not facts.is_of_reclaimed(order, pool) and not set(ONLY_OF_RECLAIMED) <= set(but):
            yield f"exception: order {order} sold {pool} that was not its till's, and nothing had been reclaimed"


def _odd_orders(facts: Facts) -> Iterator[str]:
    for order, times in facts.issued.items():
        if times > 1:
            yield f"twice: the tickets of order {order} were issued {times} times"
        if facts.paid(order) < facts.placed[order]["total"]:
            yield f"unpaid: order {order} has tickets, and {facts.paid(order)} was paid"
    for order in facts.captured:
        over = facts.paid(order) - facts.given_back(order) - facts.placed[order]["total"]
        if over > 0 and not facts.excepted[order]:
            yield f"overcharged: order {order} by {over}"


def untold_refunds(facts: Facts) -> Iterator[str]:
    """Yields orders of which more went back than was paid, and nobody is told.

    A drawer and the hub may each give back without knowing of the other: they are told once each has heard of it.
    """
    for order in facts.captured:
        over = facts.given_back(order) - facts.paid(order)
        if over > 0 and not facts.excepted[order]:
            yield f"refunded: order {order} has {over} back beyond what it paid, and nobody is told"
