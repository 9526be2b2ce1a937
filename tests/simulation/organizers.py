"""What organizers do at the hub: refunds, revisions, recalls and reclaims, and seats elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from boxoffice.core.errors import BoxofficeError
from sync.inventory.events import load_event
from sync.inventory.recalls import recall
from sync.inventory.reclaiming import reclaim
from sync.operations.seat_elsewhere import seat_elsewhere, seats_of
from sync.payments.giving_back import NewOrderRefund
from sync.store import exceptions
from sync.store.chain import new_id
from sync.store.ledger import load_books
from tests.simulation.chaos import Chaos
from tests.simulation.event import event_file, sold_in
from tests.simulation.hub_process import HubDied, HubProcess
from tests.simulation.till_process import TillProcess

_PAID_ORDERS: Final = text("""
    SELECT o.id, p.id AS payment, p.amount FROM orders o JOIN payments p ON p.order_id = o.id
    WHERE p.status = 'captured' AND p.tender IN ('terminal', 'checkout', 'paypal') ORDER BY o.id
""")
_OVER_CAPACITY: Final = text("""
    SELECT id FROM exceptions WHERE kind = 'over_capacity' AND status = 'open' ORDER BY id
""")


@dataclass
class Organizers:
    """`capacity` is what the newest catalogue says."""

    chaos: Chaos
    hub: HubProcess
    capacity: int
    revision: int = 1

    def does(self, what: str, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                self.hub.run(work)
                self.chaos.scheduler.note("organizer", what)
            except HubDied:
                return
            except BoxofficeError as error:
                self.chaos.scheduler.note("organizer", f"{what}: {error}"[:120])

        self.chaos.scheduler.spawn(f"organizer: {what}", run)

    def refund(self, numbers: list[float]) -> None:
        with self.hub.database.reading() as connection:
            paid = connection.execute(_PAID_ORDERS).all()
        if not paid:
            return
        order = paid[int(numbers[0] * len(paid))]
        amount = max(1, int(order.amount * (1 if numbers[1] < 0.5 else numbers[2])))
        parts = [(0, 0)] if numbers[1] < 0.5 else []
        new = NewOrderRefund(new_id(), order.id, order.payment, amount, parts, "asked for")
        self.hub.refunds.request(new)
        self.hub.refunds.request(new)  # pressed twice
        self.chaos.counts["refunds asked for"] += 1

    def revise(self, numbers: list[float]) -> None:
        capacity = max(1, self.capacity + int(numbers[0] * 5) - 2)
        self.revision += 1
        load_event(self.hub.hub, event_file(capacity, f"Sim Fest {self.revision}", **sold_in(self.chaos.options)))
        self.capacity = capacity
        self.chaos.counts["revised"] += 1

    def recall(self, till: TillProcess) -> None:
        device = self.device(till)
        with self.hub.database.transaction() as connection:
            recall(connection, device, "organizer")
        self.chaos.counts["recalled"] += 1

    def reclaim(self, till: TillProcess, numbers: list[float]) -> None:
        """Takes back what a till has: usually of one that nobody can reach."""
        if till.is_up and numbers[0] < 0.7 and self.chaos.scheduler.now >= till.cable.cut_until:
            return
        if reclaim(self.hub.hub, self.device(till), "organizer", "lost"):
            self.chaos.counts["reclaimed"] += 1

    def seat(self, numbers: list[float]) -> None:
        """Moves the tickets of a problem to where there are places, and presses twice."""
        with self.hub.database.reading() as connection:
            found = list(connection.execute(_OVER_CAPACITY))
            if not found:
                return
            row = exceptions.locked(connection, found[int(numbers[0] * len(found))].id)
            seats = seats_of(connection, row, load_books(connection, [row.order_id or ""]))
        if not seats:
            self.chaos.counts["no seat elsewhere"] += 1
            return
        seat = seats[int(numbers[1] * len(seats))]
        if seat_elsewhere(self.hub.hub, row.id, seat.product_id, "organizer") is not None:
            self.chaos.counts["seated elsewhere"] += 1
        assert seat_elsewhere(self.hub.hub, row.id, seat.product_id, "organizer") is None

    def device(self, till: TillProcess) -> str:
        with self.hub.database.reading() as connection:
            name = till.name.rstrip("'")  # a copy is the same device
            found = connection.execute(text("SELECT id FROM devices WHERE name = :name"), {"name": name})
            return str(found.scalar_one())
