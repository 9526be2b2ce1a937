"""The hub of a simulated world in memory: what it takes, writes, leases, settles, pays back and answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.effect_kinds import FeedKind
from boxoffice.core.effects import Inconsistent
from boxoffice.core.facts import Fact, Head, digest, head_after, unsealed
from boxoffice.core.generations import resting_on
from boxoffice.core.ids import DeviceId, EventId, FactId, OrderId, TicketId, uuid7
from boxoffice.core.inventory import Lack, LeaseCount, PoolCount
from boxoffice.core.leasing import Demand, most_on_lease
from boxoffice.core.memory import MemoryHub, MemoryTill
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.leases import LeaseGranted
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundSucceeded
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.rows import PaymentRow
from boxoffice.core.sales import changed, draft, finish, ticket_count
from boxoffice.core.tenders import TenderKind
from boxoffice.core.tickets import Issuer, certify
from tests.simulation.chaos import Chaos
from tests.simulation.options import Fault, Options
from tests.simulation.provider import BEGINNING_S
from tests.simulation.scheduler import Scheduler
from tests.simulation.seams import instant_of
from tests.simulation.told import Facts
from tests.unit.core.builders import catalogue

EVENT: Final = EventId("boulder-fest")

POOLS: Final = ("friday", "saturday", "sunday")

PRODUCTS: Final = ("friday", "full-pass")

HUB: Final = DeviceId("01890000-0000-7000-8000-0000000000ff")

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))

ISSUER: Final = Issuer(KEY, certify(EVENT, KEY.public_key(), KEY))

PENDING, PROCESSING, COMPLETED, FAILED = (
    OrderState.PENDING,
    OrderState.PROCESSING,
    OrderState.COMPLETED,
    OrderState.FAILED,
)


@dataclass
class Pen:
    """Writes the facts of one device: its chain, without signatures."""

    world: "FastHub"
    head: Head
    log: list[Fact] = field(default_factory=list)

    def write(self, payloads: Sequence[Payload], carry_out: Callable[[list[Fact]], object]) -> list[Fact]:
        """Appends facts and does what follows from them, or neither."""
        head, facts = self.head, list[Fact]()
        for payload in payloads:
            at = instant_of(self.world.scheduler.now)
            bare = unsealed(draft(payload, id=FactId(self.world.new_id()), at=at, staff_id=None, event_id=EVENT), head)
            facts.append(replace(bare, hash=digest(bare)))
            head = head_after(facts[-1])
        carry_out(facts)
        self.head = head
        self.log += facts
        self.world.take(facts)
        return facts


@dataclass
class FastTill:
    """A till: its file is all of this; what dies with its process is what it waits for."""

    name: str
    id: DeviceId
    pen: Pen
    number: int
    memory: MemoryTill = field(default_factory=MemoryTill)
    acked: int = 0
    cursor: int = 0
    taken: set[str] = field(default_factory=set)
    life: int = 0
    is_up: bool = True
    cut_until: float = 0.0
    back_cut_until: float = 0.0
    shown: set[str] = field(default_factory=set)

    def write(self, *payloads: Payload) -> list[Fact]:
        mine = {pool: lease.generation for (_, pool), lease in self.memory.leases.items()}
        return self.pen.write([resting_on(each, mine) for each in payloads], self.memory.carry_out)

    def left(self, pool: str) -> int:
        return self.memory.leases.get((EVENT, pool), LeaseCount()).left

    def take(self, fact: Fact) -> None:
        """Takes a fact of the hub, once."""
        if fact.id not in self.taken:
            self.memory.carry_out([fact])
            self.taken.add(fact.id)


@dataclass
class Charges:
    """The provider: `open` are payments that can be made, by tender; `taken` those that were."""

    open: dict[str, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    taken: dict[str, int] = field(default_factory=dict)
    refunds: dict[str, tuple[int, str]] = field(default_factory=dict)

    def pay(self, tender: str) -> bool:
        if tender in self.closed or tender not in self.open:
            return False
        self.taken.setdefault(tender, self.open[tender])
        return True

    def end(self, tender: str) -> bool:
        """Ends a payment; returns whether it was made."""
        if tender not in self.taken:
            self.closed.add(tender)
        return tender in self.taken

    def refund(self, key: str, amount: int, status: str) -> str:
        return self.refunds.setdefault(key, (amount, status))[1]

    @property
    def balance(self) -> int:
        return sum(self.taken.values()) - sum(a for a, status in self.refunds.values() if status == "succeeded")


CATALOGUE: Final[Catalogue] = catalogue()

SOLD_AT: Final = datetime(2026, 5, 15, 21, tzinfo=UTC)


class FastHub:
    """A hub in memory, its tills, and the provider that it asks."""

    def __init__(self, options: Options, scheduler: Scheduler) -> None:
        self.options, self.scheduler = options, scheduler
        self.chaos = Chaos(options, scheduler)
        self.facts = Facts(capacity=dict.fromkeys(POOLS, options.capacity))
        self.hub = MemoryHub({(EVENT, pool): PoolCount(options.capacity, options.capacity) for pool in POOLS})
        self.pen = Pen(self, Head(HUB))
        self.charges = Charges()
        self.heads: dict[str, Head] = {}
        self.by_id: dict[str, Fact] = {}
        self.granted: dict[str, list[Fact]] = {}
        self.since: dict[str, float] = {}
        self.bought: set[str] = set()
        self.problems: list[str] = []
        self.tills = [self._till(number) for number in range(1, options.tills + 1)]
        self._ids = 0

    def _till(self, number: int) -> FastTill:
        id_ = DeviceId(f"01890000-0000-7000-8000-{number:012x}")
        return FastTill(f"till-{number}", id_, Pen(self, Head(id_)), number)

    def new_id(self) -> str:
        self._ids += 1
        return uuid7(int((BEGINNING_S + self.scheduler.now) * 1000), self._ids.to_bytes(10))

    def take(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.facts.take(fact.id, fact.kind.value, fact.payload, fact.device_id)

    def write(self, *payloads: Payload) -> list[Fact]:
        """Writes facts of the hub's own."""
        facts = self.pen.write(payloads, self._carry_out)
        self.by_id |= {fact.id: fact for fact in facts}
        return facts

    def _carry_out(self, facts: Sequence[Fact]) -> None:
        self._note(self.hub.carry_out(facts))

    def _note(self, lacks: Sequence[Lack]) -> None:
        for lack in lacks:
            if self.hub.was_reclaimed(lack):
                continue
            kind = "lease_does_not_fit" if lack.move.order_id is None else "over_capacity"
            kind = "sold_without_lease" if lack.has_room else kind
            self.facts.kinds[f"exception: {kind}"] += 1
            self.facts.except_(kind, str(lack.move.order_id), lack.move.pool_id)

    def push(self, till: FastTill, facts: Sequence[Fact]) -> int:
        """Takes a till's facts; returns how far its chain reaches."""
        head = self.heads.get(till.id, Head(till.id))
        for fact in facts:
            if fact.seq != head.seq + 1:
                continue
            if fact.prev_hash != head.hash:
                self.facts.kinds["exception: broken_fact"] += 1
                continue
            try:
                self._note(self.hub.carry_out([fact]))
            except Inconsistent as why:
                self.problems.append(f"exception: fact_does_not_fit: {why}")
            head = head_after(fact)
        self.heads[till.id] = head
        return head.seq

    def feed(self, till: FastTill, after: int) -> tuple[int, list[Fact]]:
        news = self.hub.feed[after:]
        ids = [each.fact_id for each in news if each.kind is FeedKind.FACT and each.device_id == till.id]
        return len(self.hub.feed), [self.by_id[each] for each in ids if each is not None]

    def lease(self, till: FastTill, request: str, wanted: dict[str, int]) -> list[Fact]:
        if request not in self.granted:
            grants: list[Payload] = []
            for pool, units in sorted(wanted.items()):
                count = self.hub.pools[EVENT, pool]
                lease = self.hub.leases.get((till.id, EVENT, pool), LeaseCount())
                most = most_on_lease(Demand(count.capacity, count.available + count.leased, len(self.tills)))
                got = min(units, count.available, max(0, most - lease.left))
                if got > 0:
                    granted = LeaseGranted(lease_id=self.new_id(), pool_id=pool, to_device=till.id, units=got)
                    grants.append(granted.model_copy(update={"generation": lease.generation}))
            self.granted[request] = self.write(*grants)
        return self.granted[request]

    def settle(self, tender: str) -> None:
        """Writes down how a payment on a page has ended, once, whoever tells of it."""
        books = self.hub.books
        payment = books.payments.get(tender)
        if payment is None or not payment.is_live:
            return
        order, placed = books.orders[payment.order_id], books.placed[payment.order_id]
        about = payment_of(placed, tender, payment.tender, payment.amount)
        if tender in self.charges.taken:
            captured = PaymentCaptured(**about, provider_reference=f"pi_{tender}")
            is_last = order.status is PROCESSING and books.due(order.id) == payment.amount
            self.write(captured, *(self.end(placed) if is_last else ()))
        elif tender in self.charges.closed:
            failed = PaymentFailed(**about, code="expired", message="It was not paid in time.")
            web = [changed(OrderId(order.id), PROCESSING, FAILED)] if order.channel is Channel.WEB else []
            self.write(failed, *web)

    def close(self, tender: str) -> None:
        self.charges.end(tender)
        self.settle(tender)

    def end(self, placed: OrderPlaced) -> list[Payload]:
        tickets = [TicketId(self.new_id()) for _ in range(ticket_count(placed))]
        return [changed(OrderId(placed.order_id), PROCESSING, COMPLETED), finish(placed, EVENT, ISSUER, tickets)]

    def _send_refund(self, refund_id: str) -> None:
        books = self.hub.books
        refund = books.refunds[refund_id]
        payment = books.payments[refund.payment_id]
        if payment.tender is TenderKind.CASH or self.chaos.strikes(Fault.PROVIDER_DOWN, "refunds"):
            return
        fails = self.chaos.strikes(Fault.REFUND_FAILS, "refunds", 2)
        pends = self.chaos.strikes(Fault.REFUND_PENDS, "refunds", 2)
        if pends and refund.status is RefundStatus.REQUESTED:
            about = payment_of(books.placed[payment.order_id], payment.id, payment.tender, refund.amount)
            self.write(RefundPending(**about, refund_id=refund_id))
            return
        status = self.charges.refund(f"refund-{refund_id}", refund.amount, "failed" if fails else "succeeded")
        if self.chaos.strikes(Fault.PROVIDER_ANSWER_LOST, "refunds", 3):
            return
        self.end_refund(refund_id, status)

    def end_refund(self, refund_id: str, status: str) -> None:
        books = self.hub.books
        refund = books.refunds[refund_id]
        payment = books.payments[refund.payment_id]
        about = payment_of(books.placed[payment.order_id], payment.id, payment.tender, refund.amount)
        is_out = refund.status is RefundStatus.PENDING
        if status == "succeeded":
            self.write(RefundSucceeded(**about, refund_id=refund_id, is_out=is_out))
        else:
            self.write(RefundFailed(**about, refund_id=refund_id, is_out=is_out, code="refused", message="No."))

    def ask(self, till: FastTill, what: Callable[[], object], then: Callable[[object], None]) -> None:
        """Sends a request and brings its answer back, if neither gets lost, to the life that asked."""
        chaos, who, life = self.chaos, till.name, till.life
        own = self.scheduler.draws.of(f"line {who}")
        if chaos.strikes(Fault.PARTITION, who, 0.2):
            till.cut_until = self.scheduler.now + own.between(10, 900)
        if chaos.strikes(Fault.ONE_WAY, who, 0.2):
            till.back_cut_until = self.scheduler.now + own.between(10, 300)
        if self.scheduler.now < till.cut_until or chaos.strikes(Fault.REQUEST_LOST, who):
            return

        def arrive() -> None:
            answer = what()
            is_cut = self.scheduler.now < max(till.cut_until, till.back_cut_until)
            if is_cut or chaos.strikes(Fault.REPLY_LOST, who) or chaos.strikes(Fault.HUB_DIES, who, 0.3):
                return

            def answered() -> None:
                if till.life == life and till.is_up:
                    then(answer)

            self.scheduler.after(chaos.delay_s(who), answered)

        self.scheduler.after(chaos.delay_s(who), arrive)
        if chaos.strikes(Fault.DUPLICATE, who):
            self.scheduler.after(own.between(0.1, 60), lambda: (what(), None)[1])


def is_online(payment: PaymentRow) -> bool:
    """Returns whether it has brought money, and not to a drawer."""
    return payment.status is PaymentStatus.CAPTURED and payment.tender is not TenderKind.CASH


def begun(placed: OrderPlaced) -> Payload:
    return changed(OrderId(placed.order_id), PENDING, PROCESSING)


def payment_of(placed: OrderPlaced, tender: str, kind: TenderKind, amount: int) -> dict[str, object]:
    return {
        "order_id": placed.order_id,
        "tender_id": tender,
        "tender": kind.value,
        "amount": amount,
        "currency": placed.currency,
    }
