"""What people do at a door besides selling: they sign in, have things approved, hold a shift, swap and give back.

The clerk's own memory is here as well: which PINs and badges somebody was ever given.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import text

from boxoffice.core.cash_moves import CashMove, drawer_account
from boxoffice.core.denominations import Count
from boxoffice.core.ids import OrderId, StaffId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart
from boxoffice.core.rights import NeedsApproval, Right, can_approve
from boxoffice.core.staff import StaffRole
from boxoffice.till.usecases.gateway.after_sale import RefundChoice, RefundWish, Seen
from boxoffice.till.usecases.gateway.team import Colleague, WrongPin
from boxoffice.till.usecases.till import Till
from sync.store.staff import read_all
from sync.tills import staff
from tests.simulation.chaos import Chaos
from tests.simulation.hub_process import HubProcess
from tests.simulation.till_process import TillProcess

USD: Final = Currency("USD")
_MOST_PEOPLE: Final = 4
_NAMES: Final = ("Ana", "Ben", "Carla", "Diego", "Eva", "Finn", "Gala", "Hugo")
_FINISHED: Final = "SELECT id FROM orders WHERE status IN ('completed', 'partially_refunded') ORDER BY id"
_IN_DRAWER: Final = "SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = ?"
_ANYBODYS: Final = text("""
    SELECT id, order_number, channel FROM orders WHERE status IN ('completed', 'partially_refunded') ORDER BY id
""")
_MOVES: Final = (CashMove.PAY_IN, CashMove.CHANGE, CashMove.PAY_OUT, CashMove.DROP, CashMove.CARRY, CashMove.ARRIVE)
Numbers = Sequence[float]
LAST: Final = [0.0] * 4
"""Who sits there once nothing goes wrong any more: whoever came last, and may do everything."""


@dataclass
class Door:
    """`pins` and `badges` are all that somebody was given, the newest last; `sold_by` is who was seen to sell."""

    chaos: Chaos
    hub: HubProcess
    cart: Callable[[list[float]], Cart]
    look: Callable[[TillProcess, Till, OrderId, str], None]
    pins: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    badges: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sold_by: dict[str, str | None] = field(default_factory=dict)
    last: str = ""
    """Who was taken on last of all."""

    # Who is there.

    def act(self, process: TillProcess, till: Till, numbers: list[float], work: Callable[[], object]) -> None:
        """Does something as whoever sits there, who signs in first; somebody else approves it, where one must."""
        if not self._sits(till, numbers):
            self.chaos.counts["nobody could sign in"] += 1
            return
        try:
            work()
        except NeedsApproval as needed:
            self.chaos.counts["needs approval"] += 1
            self._approved(process, till, needed.right, work)

    def _sits(self, till: Till, numbers: Numbers) -> bool:
        """Returns whether somebody sits at the till, or nobody needs to; at times another takes their place."""
        signing_in = till.services.sync.signing_in
        team = signing_in.team()
        if not team.people or (team.person is not None and numbers[3] > 0.2):
            return True
        till.lock()
        if numbers is LAST:
            last = [each for each in team.people if each.person.id == self.last]
            return bool(last) and self._signs_in(till, last[0], is_badge=True)
        return self._signs_in(till, team.people[int(numbers[1] * len(team.people))], is_badge=numbers[2] < 0.6)

    def _signs_in(self, till: Till, who: Colleague, *, is_badge: bool) -> bool:
        id_ = str(who.person.id)
        if is_badge and who.has_badge and self.badges[id_]:
            till.sign_in_by_badge(self.badges[id_])
            self.chaos.counts["signed in by badge"] += 1
            return True
        for pin in reversed(self.pins[id_]):
            try:
                till.sign_in(StaffId(id_), pin)
            except WrongPin:
                self.chaos.counts["wrong PIN"] += 1
                continue
            self.chaos.counts["signed in by PIN"] += 1
            return True
        return False

    def _approved(self, process: TillProcess, till: Till, right: Right, work: Callable[[], object]) -> None:
        people = till.services.sync.signing_in.team().people
        for each in people:
            id_ = str(each.person.id)
            if not can_approve(each.person, right) or not self.pins[id_]:
                continue
            try:
                approval = till.approve(right, self.pins[id_][-1])
            except WrongPin:
                continue
            till.approved(approval, work)
            self.chaos.counts["approved"] += 1
            self.chaos.scheduler.note(process.name, f"{each.person.name} approves: {right.value}")
            return
        self.chaos.counts["nobody could approve"] += 1

    def change_people(self, numbers: Numbers) -> None:
        """An organizer takes somebody on, lets somebody go, or gives a new PIN, a badge or another role."""
        hub = self.hub.hub
        with self.hub.database.reading() as connection:
            people = [each for each in read_all(connection) if each.is_active]
        number, pick = numbers[0], people[int(numbers[1] * len(people))] if people else None
        if pick is None or (number < 0.4 and len(people) < _MOST_PEOPLE):
            self._takes_on(numbers, is_first=not people)
            return
        id_ = pick.row.id
        if number < 0.6:
            with self.hub.database.transaction() as connection:
                pin = staff.give_pin(hub, connection, id_, "organizer")
            self.pins[id_].append(pin)
        elif number < 0.75:
            with self.hub.database.transaction() as connection:
                badge = staff.give_badge(hub, connection, id_, "organizer")
            self.badges[id_].append(badge)
        elif number < 0.9:
            role = (StaffRole.SELLER, StaffRole.SUPERVISOR, StaffRole.ORGANIZER)[int(numbers[2] * 3)]
            with self.hub.database.transaction() as connection:
                staff.change(hub, connection, id_, staff.About(pick.name, role), "organizer")
            self.chaos.counts["role changed"] += 1
        else:
            with self.hub.database.transaction() as connection:
                staff.end(hub, connection, id_, "organizer")
            self.chaos.counts["let go"] += 1

    def take_on_who_can_all(self) -> None:
        self._takes_on(LAST, is_first=True)
        self.last = list(self.pins)[-1]

    def _takes_on(self, numbers: Numbers, *, is_first: bool) -> None:
        role = StaffRole.SUPERVISOR if is_first or numbers[2] < 0.3 else StaffRole.SELLER
        with self.hub.database.transaction() as connection:
            name = f"{_NAMES[int(numbers[3] * len(_NAMES))]} {len(read_all(connection)) + 1}"
            id_ = staff.add(self.hub.hub, connection, staff.About(name, role), "organizer")
            pin, badge = (
                staff.give_pin(self.hub.hub, connection, id_, "organizer"),
                staff.give_badge(self.hub.hub, connection, id_, "organizer"),
            )
        self.pins[id_].append(pin)
        self.badges[id_].append(badge)
        self.chaos.counts["taken on"] += 1

    # Shifts and cash.

    def shift(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Opens a shift; in one that is open cash is moved, the drawer is counted, handed over, and closed."""
        desk, what = till.shifts, numbers[0]
        inside = self._inside(process, till.services.context.drawer)
        off = (0, 0, 0, 100, -100, 5)[int(numbers[1] * 6)]
        counted = Count(USD, {1_000: max(0, inside + off) // 1_000}, max(0, inside + off) % 1_000)
        if not desk.now().is_open:
            if what < 0.5:
                desk.open(None, Money(20_000, USD), is_from_safe=numbers[2] < 0.5, why="")
            else:
                desk.open(counted, None, is_from_safe=False, why="counted anew")
            self._done(process, "shift opened", "opens a shift")
        elif what < 0.45:
            move = _MOVES[int(numbers[2] * len(_MOVES))]
            carrier = StaffId("01890000-0000-7000-8000-0000000000cc") if numbers[3] < 0.5 else None
            desk.move(move, Money(1 + int(numbers[1] * 5_000), USD), "by hand", carrier)
            self._done(process, "cash moved", f"moves cash: {move.value}")
        elif what < 0.6:
            people = [each.person.id for each in till.services.sync.signing_in.team().people]
            to = people[int(numbers[2] * len(people))] if people else None
            desk.hand_over(to, counted if numbers[3] < 0.5 else None, "next, please")
            self._done(process, "handed over", "hands the drawer over")
        elif what < 0.7:
            desk.open_drawer("to look")
            self._done(process, "drawer opened", "opens the drawer for no sale")
        else:
            desk.count(counted)
            to_safe = Money(int(numbers[2] * counted.total.minor), USD)
            report = desk.close(to_safe, "counted")
            self._done(process, "shift closed", f"closes the shift with Z {report.number}")

    def _inside(self, process: TillProcess, drawer: str) -> int:
        """Returns what a clerk finds in the drawer."""
        assert process.store is not None
        with process.store.reading() as connection:
            return int(connection.exec_driver_sql(_IN_DRAWER, (drawer_account(drawer),)).scalar_one())

    def _done(self, process: TillProcess, count: str, words: str) -> None:
        self.chaos.counts[count] += 1
        self.chaos.scheduler.note(process.name, words)

    # After the sale.

    def swap(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Swaps a thing of an order that was sold here: the difference is paid, or nobody pays it."""
        order = self.one_of_ours(process, numbers[0])
        if order is None:
            return
        things = [each for each in till.refund_choice(order).things if each.is_there]
        if not things:
            return
        thing = things[int(numbers[1] * len(things))]
        wanted = self.cart([numbers[2], numbers[1] / 2])
        self.chaos.counts["swaps begun"] += 1
        new = till.swap(order, [thing.key], wanted)
        if new.due.minor and numbers[3] < 0.5:
            till.take_cash(new.id, new.due, Money(1_000_000, USD))
        elif new.due.minor and numbers[3] < 0.8:
            till.pay_by_reader(new.id, new.due, lambda _: None)
        self.look(process, till, new.id, "for another that is swapped")
        if not till.order(new.id).due.minor:
            self.chaos.counts["swapped"] += 1

    def give_back(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Somebody wants their money back for a thing, bought here or anywhere; pressed twice, now and then."""
        order = self.one_of_ours(process, numbers[0]) if numbers[1] < 0.5 else self._any(numbers[0])
        if order is None:
            return
        choice = till.refund_choice(order)
        wish = _wish(choice, numbers)
        if wish is None:
            return
        step = till.refund(order, wish)
        self._done(process, f"given back at the door: {step.value}", f"gives {wish.total / 100:.2f} back: {step.value}")

    def collect(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Somebody collects what was bought elsewhere, where this till has heard of it."""
        order = self._any(numbers[0])
        if order is None:
            return
        with self.hub.database.engine.connect() as connection:
            number = next(row.order_number for row in connection.execute(_ANYBODYS) if row.id == order)
        found = [each for each in till.find_orders(number, 5).orders if each.id == order]
        self.chaos.counts["found elsewhere" if any(each.is_elsewhere for each in found) else "not found"] += 1
        if found and found[0].is_elsewhere:
            till.collect(order, Seen.CODE)
            self._done(process, "collected", f"hands order {number} over")

    def one_of_ours(self, process: TillProcess, number: float) -> OrderId | None:
        """Returns an order that this till has sold."""
        assert process.store is not None
        with process.store.reading() as connection:
            mine = list(connection.exec_driver_sql(_FINISHED).scalars())
        return OrderId(mine[int(number * len(mine))]) if mine else None

    def _any(self, number: float) -> OrderId | None:
        """Returns the order of whoever stands there with its number, wherever they bought it."""
        with self.hub.database.engine.connect() as connection:
            rows: Sequence[Any] = connection.execute(_ANYBODYS).all()
        return OrderId(rows[int(number * len(rows))].id) if rows else None


def _wish(choice: RefundChoice, numbers: Numbers) -> RefundWish | None:
    """Returns what somebody asks for: one thing, or a part of what was paid."""
    things = [each for each in choice.things if each.is_there]
    left = choice.left
    if left is None or not left.minor:
        return None
    if things and numbers[2] < 0.7:
        keys = (things[int(numbers[3] * len(things))].key,)
        worth = choice.worth(keys)
        assert worth is not None
        wish = RefundWish(keys, None, worth.minor, why="changed their mind")
    else:
        amount = max(1, int(left.minor * numbers[3]))
        wish = RefundWish((), amount, amount, why="for the wait")
    cash = sum(way.left.minor for way in choice.over(Money(wish.total, USD)) if way.is_cash)
    return replace(wish, cash=cash) if wish.total else None
