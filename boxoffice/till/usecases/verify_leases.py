"""Counts a till's leases anew from the facts, in its own way: it shares nothing with what moves them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, read_payload
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced

LeaseKey = tuple[str, str]
"""Event and pool."""


@dataclass(slots=True)
class Lease:
    """What became of all that was granted of one pool; `generation` is what the rest is of."""

    granted: int = 0
    sold: int = 0
    held: int = 0
    returned: int = 0
    generation: int = 0

    def end_before(self, generation: int) -> None:
        if generation > self.generation:
            self.returned, self.generation = self.granted - self.sold - self.held, generation

    def has_ended(self, generation: int | None) -> bool:
        """Returns whether what rests on this generation is nobody's to sell."""
        return generation is not None and generation < self.generation


def leases_by(facts: Iterable[Fact]) -> dict[LeaseKey, Lease]:
    """Returns the leases that these facts add up to, in the order in which this till took them."""
    counting = _Counting()
    for fact in facts:
        counting.take(fact)
    return counting.leases


class _Counting:
    def __init__(self) -> None:
        self.leases: dict[LeaseKey, Lease] = {}
        self._placed: dict[str, tuple[str, OrderPlaced]] = {}

    def take(self, fact: Fact) -> None:
        said = fact.payload
        match fact.kind:
            case FactKind.LEASE_GRANTED:
                self._granted(self._of(fact), said["units"], said.get("generation"))
            case FactKind.LEASE_RECLAIMED:
                self._reclaimed(self._of(fact), said["units"], said.get("generation"))
            case FactKind.LEASE_RETURNED if said["units"] > 0:
                lease = self._of(fact)
                lease.returned += 0 if lease.has_ended(said.get("generation")) else said["units"]
            case FactKind.ORDER_PLACED:
                placed = read_payload(fact)
                if isinstance(placed, OrderPlaced) and placed.source == "lease":
                    self._placed[placed.order_id] = fact.event_id or "", placed
                    self._hold(placed.order_id, +1)
            case FactKind.ORDER_STATE_CHANGED if OrderState.FAILED.value in (said["from"], said["to"]):
                self._hold(said["order_id"], -1 if said["to"] == OrderState.FAILED.value else +1)
            case FactKind.TICKETS_ISSUED:
                self._sell(said["order_id"])
            case _:
                pass

    def _of(self, fact: Fact) -> Lease:
        return self.leases.setdefault((fact.event_id or "", fact.payload["pool_id"]), Lease())

    def _granted(self, lease: Lease, units: int, generation: int | None) -> None:
        lease.end_before(generation or 0)
        lease.granted += units
        lease.returned += units if lease.has_ended(generation) else 0

    def _reclaimed(self, lease: Lease, units: int, generation: int | None) -> None:
        if generation is None:
            lease.returned += min(units, lease.granted - lease.sold - lease.held - lease.returned)
        else:
            lease.end_before(generation + 1)

    def _hold(self, order: str, sign: int) -> None:
        for lease, units, generation in self._taken(order):
            lease.held += sign * units
            lease.returned -= sign * units if lease.has_ended(generation) else 0

    def _sell(self, order: str) -> None:
        for lease, units, _ in self._taken(order):
            lease.held -= units
            lease.sold += units

    def _taken(self, order: str) -> Iterator[tuple[Lease, int, int | None]]:
        """Yields what an order of this till took of its leases: units, and of which generation."""
        if order in self._placed:
            event, placed = self._placed[order]
            for pool, units in placed.units.items():
                yield self.leases.setdefault((event, pool), Lease()), units, placed.generations.get(pool)
