"""Deliberate bugs: each is switched on for a run by a test alone, and must be caught within so many seeds.

They are put where the product does the thing; nothing in the product knows of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

import pytest

from boxoffice.core import books, effects, inventory, memory
from boxoffice.core.effect_kinds import Announcement
from boxoffice.core.effects import Effects, Inconsistent
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, head_after
from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import POOL_MOVES, LeaseCount, PoolMove, UnitMove, apply, on_own_lease
from boxoffice.core.ledger import Posting
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.leases import LeaseGranted
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payments import PAYMENT_MOVES, PaymentStatus
from boxoffice.core.sales import changed
from boxoffice.core.tenders import TenderKind
from tests.simulation.fast_hub import Charges, FastTill, begun, payment_of
from tests.simulation.fast_world import FastWorld
from tests.simulation.mutation import Break, Mutation

# What facts do.


def _other_way(move: PoolMove, **ways: Any) -> Break:
    """Lets the units of a move go another way, or none."""

    def put_in(patch: pytest.MonkeyPatch) -> None:
        patch.setitem(cast("dict[Any, Any]", inventory.POOL_MOVES), move, replace(POOL_MOVES[move], **ways))

    return put_in


def _effects(change: Callable[[Effects], Effects]) -> Break:
    """Lets something else follow from facts."""

    def put_in(patch: pytest.MonkeyPatch) -> None:
        true = effects.follow
        patch.setattr(books, "follow", lambda before, fact: change(true(before, fact)))

    return put_in


def _without_move(*moves: PoolMove) -> Break:
    def change(found: Effects) -> Effects:
        kept = [each for each in found.others if not (isinstance(each, UnitMove) and each.move in moves)]
        return replace(found, others=tuple(kept))

    return _effects(change)


def _without_generations(found: Effects) -> Effects:
    """What is said of a lease rests on whatever is there."""
    others = [replace(each, generation=None) if isinstance(each, UnitMove) else each for each in found.others]
    return replace(found, others=tuple(others))


def _move_twice(move: PoolMove) -> Break:
    def change(found: Effects) -> Effects:
        more = [each for each in found.others if isinstance(each, UnitMove) and each.move is move]
        return replace(found, others=(*found.others, *more))

    return _effects(change)


def _untold(kind: FactKind) -> Break:
    def change(found: Effects) -> Effects:
        if found.fact.kind is not kind:
            return found
        return replace(found, others=tuple(each for each in found.others if not isinstance(each, Announcement)))

    return _effects(change)


def _unposted(kind: FactKind) -> Break:
    return _effects(lambda found: replace(found, postings=()) if found.fact.kind is kind else found)


def _posted_twice(kind: FactKind) -> Break:
    def change(found: Effects) -> Effects:
        return replace(found, postings=found.postings * 2) if found.fact.kind is kind else found

    return _effects(change)


def _posted_to(start: str, end: str) -> Break:
    def change(found: Effects) -> Effects:
        moved = [Posting(end if each.account == start else each.account, each.amount) for each in found.postings]
        return replace(found, postings=tuple(moved))

    return _effects(change)


def _half_posted(patch: pytest.MonkeyPatch) -> None:
    _effects(lambda found: replace(found, postings=found.postings[:1]))(patch)


def _no_lease_check(patch: pytest.MonkeyPatch) -> None:
    """A till sells what it does not have."""

    def sell(lease: LeaseCount, move: UnitMove) -> LeaseCount:
        if move.move is PoolMove.HOLD_LEASED and lease.left < move.units:
            lease = replace(lease, granted=lease.granted + move.units)
        return on_own_lease(lease, move)

    patch.setattr(memory, "on_own_lease", sell)


def _lease_ignores_what_is_left(patch: pytest.MonkeyPatch) -> None:
    """The hub grants what it does not have."""

    def move(count: Any, step: PoolMove, units: int, pool: Any) -> Any:
        if step is PoolMove.GRANT and count.available < units:
            more = units - count.available
            count = replace(count, available=units, capacity=count.capacity + more)
        return apply(count, step, units, pool)

    patch.setattr(memory, "apply", move)

    def grant(self: FastWorld, till: FastTill, request: str, wanted: Mapping[str, int]) -> list[Fact]:
        if request not in self.granted:
            grants = [
                LeaseGranted(lease_id=self.new_id(), pool_id=pool, to_device=till.id, units=units)
                for pool, units in sorted(wanted.items())
            ]
            self.granted[request] = self.write(*grants)
        return self.granted[request]

    patch.setattr(FastWorld, "lease", grant)


# The protocol of the fast tier: each is a rule of how messages are taken.


def _hub_facts_twice(patch: pytest.MonkeyPatch) -> None:
    def take(self: FastTill, fact: Fact) -> None:
        self.memory.carry_out([fact])

    patch.setattr(FastTill, "take", take)


def _acknowledged_before_it_is_kept(patch: pytest.MonkeyPatch) -> None:
    """The hub says that it has what it has lost again."""
    true = FastWorld.push

    def push(self: FastWorld, till: FastTill, facts: Sequence[Fact]) -> int:
        if facts and self.scheduler.draws.of("lost at the hub").chance(0.05):
            return facts[-1].seq
        return true(self, till, facts)

    patch.setattr(FastWorld, "push", push)


def _no_second_look_at_numbers(patch: pytest.MonkeyPatch) -> None:
    """A fact that came before is taken again."""

    def push(self: FastWorld, till: FastTill, facts: Sequence[Fact]) -> int:
        for fact in facts:
            try:
                self._note(self.hub.carry_out([fact]))
            except Inconsistent as why:
                self.problems.append(f"exception: fact_does_not_fit: {why}")
            self.heads[till.id] = head_after(fact)
        return self.heads[till.id].seq if till.id in self.heads else 0

    patch.setattr(FastWorld, "push", push)


def _unknown_is_declined(patch: pytest.MonkeyPatch) -> None:
    """A card payment that nobody answers for is told as refused."""
    true = FastTill.write

    def write(self: FastTill, *payloads: Any) -> list[Fact]:
        (first, *_) = payloads
        if isinstance(first, PaymentUnknown):
            about = first.model_dump(exclude={"reason"})
            return true(self, PaymentFailed(**about, code="network", message="No answer."))
        return true(self, *payloads)

    patch.setattr(FastTill, "write", write)


def _key_used_again(patch: pytest.MonkeyPatch) -> None:
    """All refunds are asked for with one key."""
    true = Charges.refund
    patch.setattr(Charges, "refund", lambda self, _key, amount, status: true(self, "refund", amount, status))


def _new_key_each_time(patch: pytest.MonkeyPatch) -> None:
    """A refund that is asked for again is made again."""
    true = Charges.refund

    def refund(self: Charges, key: str, amount: int, status: str) -> str:
        return true(self, f"{key}-{len(self.refunds)}", amount, status)

    patch.setattr(Charges, "refund", refund)


def _ended_pages_can_be_paid(patch: pytest.MonkeyPatch) -> None:
    """Places are given away while somebody can still pay for them."""

    def pay(self: Charges, tender: str) -> bool:
        if tender not in self.open:
            return False
        self.taken.setdefault(tender, self.open[tender])
        return True

    patch.setattr(Charges, "pay", pay)


def _charged_again(patch: pytest.MonkeyPatch) -> None:
    """A payment that was made is ended as if it was not."""

    def end(self: Charges, tender: str) -> bool:
        self.closed.add(tender)
        return False

    patch.setattr(Charges, "end", end)


def _tickets_before_money(patch: pytest.MonkeyPatch) -> None:
    """An order is finished when its payment has begun."""

    def card(self: FastWorld, till: FastTill, placed: Any, _numbers: Sequence[float]) -> None:
        tender = self.new_id()
        about = payment_of(placed, tender, TenderKind.TERMINAL, placed.total)
        started = PaymentStarted(**about, idempotency_key=tender)
        till.write(placed, begun(placed), started, *self.end(placed))

    patch.setattr(FastWorld, "_card", card)


def _let_go_after_it_is_paid(patch: pytest.MonkeyPatch) -> None:
    """What waits is given up though a part of it is paid."""
    true = FastWorld.give_back

    def give_back(self: FastWorld, till: FastTill) -> None:
        for order in list(till.memory.books.orders.values()):
            if order.status is OrderState.PROCESSING:
                failed = changed(OrderId(order.id), OrderState.PROCESSING, OrderState.FAILED)
                till.write(failed)
                return
        true(self, till)

    patch.setattr(FastWorld, "give_back", give_back)


def _answer_lost_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Whoever told of a payment first is not asked again: a webhook that never comes is never caught up with."""

    def forever(self: FastWorld) -> None:
        self.scheduler.after(60, lambda: forever(self))

    patch.setattr(FastWorld, "_hub_forever", forever)


def _settled_twice(patch: pytest.MonkeyPatch) -> None:
    """A payment that is told of twice is booked twice."""
    patch.setitem(cast("dict[Any, Any]", PAYMENT_MOVES), PaymentStatus.CAPTURED, frozenset(PaymentStatus))

    def settle(self: FastWorld, tender: str) -> None:
        payment = self.hub.books.payments.get(tender)
        if payment is None or tender not in self.charges.taken:
            return true(self, tender)
        placed = self.hub.books.placed[payment.order_id]
        about = payment_of(placed, tender, payment.tender, payment.amount)
        is_last = self.hub.books.due(payment.order_id) == payment.amount
        self.write(PaymentCaptured(**about), *(self.end(placed) if is_last else ()))
        return None

    true = FastWorld.settle
    patch.setattr(FastWorld, "settle", settle)


def _any_refund(patch: pytest.MonkeyPatch) -> None:
    """More goes back than was paid."""
    patch.setattr(books.Books, "refunded", lambda *_: 0)


def _issued_again(patch: pytest.MonkeyPatch) -> None:
    """A finished order can be finished again."""

    true = FastWorld._look_after

    def look_after(self: FastWorld, till: FastTill) -> None:
        true(self, till)
        done = [each for each in till.memory.books.orders.values() if each.status is OrderState.COMPLETED]
        if done:
            placed = till.memory.books.placed[done[-1].id]
            till.memory.books.issued.discard(placed.order_id)
            _, issued = self.end(placed)
            till.pen.write([issued], lambda _facts: None)

    patch.setattr(FastWorld, "_look_after", look_after)


def _cursor_before_it_is_taken(patch: pytest.MonkeyPatch) -> None:
    """A till that dies between has heard of what it has not taken."""

    def hear(self: FastWorld, till: FastTill, answer: Any) -> None:
        cursor, facts = answer
        till.cursor = max(till.cursor, cursor)
        if facts and self._dies(till, 2):
            return
        self._take_all(till, facts)
        self._look_after(till)

    patch.setattr(FastWorld, "_hear", hear)


def _answer_of_an_earlier_life(patch: pytest.MonkeyPatch) -> None:
    """The number that the hub has acknowledged is taken for that of all facts."""
    patch.setattr(FastWorld, "_acked", lambda _self, till, _seq: setattr(till, "acked", len(till.pen.log)))


FAST: Final[tuple[Mutation, ...]] = (
    Mutation("resell_a_returned_unit", "a till sells what it has given back", _other_way(PoolMove.RETURN, lease=None)),
    Mutation("hold_not_released", "places of a given-up order stay held", _without_move(PoolMove.RELEASE)),
    Mutation("till_hold_not_released", "a till's places stay held", _without_move(PoolMove.RELEASE_LEASED)),
    Mutation("sale_not_counted", "a sold place stays on lease", _without_move(PoolMove.SELL_LEASED)),
    Mutation("web_sale_not_counted", "a sold place stays held", _without_move(PoolMove.SELL_HELD)),
    Mutation("hold_skipped", "a web order holds nothing", _without_move(PoolMove.HOLD)),
    Mutation("void_frees_twice", "a voided ticket frees two places", _move_twice(PoolMove.VOID)),
    Mutation("void_frees_nothing", "a voided ticket's place is lost", _without_move(PoolMove.VOID)),
    Mutation("release_twice", "a given-up order frees two places", _move_twice(PoolMove.RELEASE)),
    Mutation(
        "return_stays_on_lease",
        "the hub never has back what tills return",
        _other_way(PoolMove.RETURN, pool=("leased", "held")),
    ),
    Mutation("grant_from_nowhere", "the hub leases what is still free to all", _other_way(PoolMove.GRANT, pool=None)),
    Mutation("reclaim_names_no_grants", "a reclaim takes whatever is left", _effects(_without_generations)),
    Mutation("lease_ignores_availability", "more is leased than there is", _lease_ignores_what_is_left),
    Mutation("till_sells_without_lease", "a till sells what it does not have", _no_lease_check),
    Mutation("capture_not_told", "a till never hears of its phone payment", _untold(FactKind.PAYMENT_CAPTURED)),
    Mutation("failure_not_told", "a till never hears that a payment failed", _untold(FactKind.PAYMENT_FAILED)),
    Mutation("tickets_not_told", "a till never hears of its order's tickets", _untold(FactKind.TICKETS_ISSUED)),
    Mutation("refund_not_told", "a till never hears of a refund", _untold(FactKind.REFUND_SUCCEEDED)),
    Mutation("grant_not_told", "a lease whose answer is lost is nobody's", _untold(FactKind.LEASE_GRANTED)),
    Mutation("capture_not_posted", "money is taken and not booked", _unposted(FactKind.PAYMENT_CAPTURED)),
    Mutation("capture_posted_twice", "money is booked twice", _posted_twice(FactKind.PAYMENT_CAPTURED)),
    Mutation("refund_not_posted", "money goes back and stays in the books", _unposted(FactKind.REFUND_SUCCEEDED)),
    Mutation("wrong_account", "card money is booked as another's", _posted_to("stripe", "paypal")),
    Mutation("half_a_posting", "a fact posts one side alone", _half_posted),
    Mutation("fact_applied_twice", "a till takes a fact of the hub twice", _hub_facts_twice),
    Mutation("number_not_checked", "the hub takes a fact twice", _no_second_look_at_numbers),
    Mutation("acknowledged_before_kept", "the hub forgets what it has acknowledged", _acknowledged_before_it_is_kept),
    Mutation("all_taken_as_acknowledged", "a fact is never sent", _answer_of_an_earlier_life),
    Mutation("unknown_is_declined", "a charge that nobody answered for is forgotten", _unknown_is_declined),
    Mutation("key_used_again", "the second refund is never made", _key_used_again),
    Mutation("new_key_each_time", "a refund is made twice", _new_key_each_time, seeds=150),
    Mutation("ended_page_can_be_paid", "somebody pays for what was given away", _ended_pages_can_be_paid),
    Mutation("paid_taken_as_ended", "a payment that was made counts as ended", _charged_again),
    Mutation("tickets_before_money", "tickets are out before anything is paid", _tickets_before_money),
    Mutation("let_go_after_paid", "a part-paid order ends and its money is kept", _let_go_after_it_is_paid),
    Mutation("nobody_looks_again", "what no webhook told is never found out", _answer_lost_is_forgotten),
    Mutation("booked_twice", "a payment told of twice is booked twice", _settled_twice),
    Mutation("refund_without_limit", "more goes back than was paid", _any_refund),
    Mutation("issued_again", "tickets of an order come out twice", _issued_again),
    Mutation("cursor_before_taken", "a till that dies between misses what it heard", _cursor_before_it_is_taken),
)
