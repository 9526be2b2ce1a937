"""What else is done at a till: prices are reduced, things given away, bundles and parties sold, tickets voided and
handed on to somebody else, and people let in.

What must hold of it is counted from facts alone.
"""

from collections import Counter as Counts
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.limits import Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.reductions import Off, Reduction
from boxoffice.core.scans import Outcome
from boxoffice.till.usecases.till import Till
from tests.simulation.chaos import Chaos
from tests.simulation.till_process import TillProcess

USD: Final = Currency("USD")
ENOUGH: Final = Money(1_000_000, USD)
BUNDLE: Final = "pair"
"""Two Friday passes and a Saturday pass: sold as one, each of them a ticket of its own."""
Payload = Mapping[str, Any]


def bundle() -> dict[str, Any]:
    """Returns the bundle as an event's file has it."""
    parts = [{"product": "friday-pass", "quantity": 2}, {"product": "saturday-pass"}]
    return {
        "id": BUNDLE,
        "name": "Pair",
        "kind": "bundle",
        "category": "Tickets",
        "price_minor": 15_000,
        "parts": parts,
    }


@dataclass
class Visitors:
    """`pick` returns an order that a till has sold."""

    chaos: Chaos
    cart: Callable[[list[float]], Cart]
    look: Callable[[TillProcess, Till, OrderId, str], None]
    pick: Callable[[TillProcess, float], OrderId | None]

    def reduced(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Sells something for less: by percent, by a sum, or as a gift of the house."""
        cart = self.cart(numbers[2:] + numbers[:2])
        if numbers[0] < 0.3:
            reduction, extent = Reduction(Off.COMP, "for the band"), Extent(100, None)
        elif numbers[0] < 0.7:
            percent = 5 + int(numbers[1] * 60)
            reduction, extent = Reduction(Off.PERCENT, "it rains", percent), Extent(percent, None)
        else:
            off = 1 + int(numbers[1] * 900)
            reduction, extent = Reduction(Off.AMOUNT, "a scratch", off), Extent(0, off)
        allowed = till.allow(reduction, extent, sum(line.quantity for line in cart.lines))
        order = till.sell_for_cash(replace(cart, reduction=allowed), ENOUGH)
        self.look(process, till, order.id, f"with {reduction.off.value} off")
        self._done(process, f"reduced: {reduction.off.value}", f"takes something off: {reduction.off.value}")

    def together(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Sells a bundle, or a party's tickets with one code for all of them."""
        is_bundle = numbers[0] < 0.6
        cart = Cart((CartLine(ProductId(BUNDLE), 1),)) if is_bundle else replace(self.cart(numbers[1:]), is_party=True)
        order = till.place(cart)
        if numbers[1] < 0.8:
            till.take_cash(order.id, order.due, order.due)
        self.look(process, till, order.id, "together")
        self._done(process, "bundle sold" if is_bundle else "party sold", "sells what belongs together")

    def void(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Voids a thing of an order for which nobody paid, sold here."""
        order = self.pick(process, numbers[0])
        choice = None if order is None else till.refund_choice(order)
        there = [] if choice is None else [each for each in choice.things if each.is_there and each.ticket_id]
        if order is None or choice is None or not choice.can_void or not there:
            return
        step = till.void(order, [there[int(numbers[2] * len(there))].key], "not theirs")
        self._done(process, f"voided at the door: {step.value}", f"voids a ticket: {step.value}")

    def hand_on(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Gives an order's tickets new codes, for somebody else."""
        order = self.pick(process, numbers[0])
        if order is not None:
            till.transfer(order, "Berta", f"berta{int(numbers[2] * 1_000_000)}@example.org")
            self._done(process, "handed on", "hands tickets on to somebody else")

    def let_in(self, process: TillProcess, till: Till, numbers: list[float]) -> None:
        """Lets in whoever just bought, or comes back with an order."""
        order = self.pick(process, numbers[0])
        if order is None:
            return
        verdict = till.gate.let_order_in(order)
        if verdict.outcome is Outcome.ADMITTED:
            self._done(process, "let in", f"lets {len(verdict.ticket_ids)} in")
            if numbers[3] < 0.15:
                till.gate.undo(verdict.scan_ids, "the wrong one")
                self._done(process, "scan undone", "takes it back")

    def _done(self, process: TillProcess, count: str, words: str) -> None:
        self.chaos.counts[count] += 1
        self.chaos.scheduler.note(process.name, words)


@dataclass
class VisitorFacts:
    """What facts say of prices that were reduced, of tickets, and of who came in."""

    placed: dict[str, Payload] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)
    scans: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Who passed: at which device, with which ticket, on which day."""
    undone: set[str] = field(default_factory=set)

    def take(self, kind: str, p: Payload, device: str) -> None:
        if kind == "order_placed":
            self.placed[p["order_id"]] = p
        elif kind == "tickets_issued":
            self.issued[p["order_id"]] = len(p["tickets"])
        elif kind == "ticket_scanned" and p.get("is_undo"):
            self.undone.add(p["scan_id"])
        elif kind == "ticket_scanned" and p["outcome"] == "admitted" and p["direction"] == "in":
            self.scans[p["scan_id"]] = (device, p["ticket_id"], p["day"])

    def problems(self) -> Iterator[str]:
        """Yields what must never be so, whatever goes wrong."""
        passed = Counts(place for scan, place in self.scans.items() if scan not in self.undone)
        for (_, ticket, day), count in passed.items():
            if count > 1:
                yield f"gate: {ticket} came in {count} times at one gate on {day}"
        for order, placed in self.placed.items():
            yield from (f"reduced: {order} {each}" for line in placed["lines"] for each in _odd(line))
            wanted = sum(line["quantity"] for line in placed["lines"] if line["kind"] == "ticket")
            if order in self.issued and self.issued[order] != wanted:
                yield f"tickets: order {order} is for {wanted}, and has {self.issued[order]}"


def _odd(line: Payload) -> Iterator[str]:
    price, off = line["quantity"] * line["unit_price"], line.get("discount", 0)
    if not 0 <= off <= price:
        yield f"has {off} off {price}"
    if off != (parts := sum(each["amount"] for each in line.get("reductions", ()))):
        yield f"has {off} off, and its reasons come to {parts}"
    if any(each["kind"] == Off.COMP.value for each in line.get("reductions", ())) and line["total"]:
        yield f"was given away, and costs {line['total']}"
