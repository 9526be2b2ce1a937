"""The fast tier: the same people and faults over the executors in memory, with the least of a protocol between them.

What a fact does is the product's own (`core`), as are the moves of units and the books; how messages go is told here in
a few lines each, so that a thousand runs take a minute.
"""

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
from boxoffice.core.ids import DeviceId, EventId, FactId, OrderId, ProductId, TicketId, uuid7
from boxoffice.core.inventory import Lack, LeaseCount, NotEnoughLeft, PoolCount
from boxoffice.core.leasing import Demand, most_on_lease
from boxoffice.core.memory import MemoryHub, MemoryTill
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.leases import LeaseGranted, LeaseReclaimed, LeaseReturned
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.payments import ON_THE_WAY, PaymentStatus, RefundStatus
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.rows import PaymentRow, TicketStatus
from boxoffice.core.sales import changed, draft, finish, place, ticket_count
from boxoffice.core.tenders import TenderKind
from boxoffice.core.tickets import Issuer, certify
from tests.simulation.chaos import Chaos
from tests.simulation.draws import Stream
from tests.simulation.options import FULL_RULES, Fault, Options, Rule
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
_PENDING, _PROCESSING, _COMPLETED, _FAILED = (
    OrderState.PENDING,
    OrderState.PROCESSING,
    OrderState.COMPLETED,
    OrderState.FAILED,
)


@dataclass
class Pen:
    """Writes the facts of one device: its chain, without signatures."""

    world: "FastWorld"
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


class FastWorld:
    """Hub, tills, provider and people in memory."""

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
        for till in self.tills:
            self._sync_forever(till)
        self._hub_forever()

    def _till(self, number: int) -> FastTill:
        id_ = DeviceId(f"01890000-0000-7000-8000-{number:012x}")
        return FastTill(f"till-{number}", id_, Pen(self, Head(id_)), number)

    def new_id(self) -> str:
        self._ids += 1
        return uuid7(int((BEGINNING_S + self.scheduler.now) * 1000), self._ids.to_bytes(10))

    def take(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.facts.take(fact.id, fact.kind.value, fact.payload, fact.device_id)

    # The hub.

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
        about = _about(placed, tender, payment.tender, payment.amount)
        if tender in self.charges.taken:
            captured = PaymentCaptured(**about, provider_reference=f"pi_{tender}")
            is_last = order.status is _PROCESSING and books.due(order.id) == payment.amount
            self.write(captured, *(self.end(placed) if is_last else ()))
        elif tender in self.charges.closed:
            failed = PaymentFailed(**about, code="expired", message="It was not paid in time.")
            web = [changed(OrderId(order.id), _PROCESSING, _FAILED)] if order.channel is Channel.WEB else []
            self.write(failed, *web)

    def close(self, tender: str) -> None:
        self.charges.end(tender)
        self.settle(tender)

    def end(self, placed: OrderPlaced) -> list[Payload]:
        tickets = [TicketId(self.new_id()) for _ in range(ticket_count(placed))]
        return [changed(OrderId(placed.order_id), _PROCESSING, _COMPLETED), finish(placed, EVENT, ISSUER, tickets)]

    def _hub_forever(self) -> None:
        """Sweeps what lapsed, and sends refunds."""
        for tender, opened in list(self.since.items()):
            if self.scheduler.now - opened > 900:
                self.close(tender)
                del self.since[tender]
        for refund in list(self.hub.books.refunds.values()):
            if refund.status in ON_THE_WAY:
                self._send_refund(refund.id)
        self.scheduler.after(60 * self.chaos.pace, self._hub_forever)

    def _send_refund(self, refund_id: str) -> None:
        books = self.hub.books
        refund = books.refunds[refund_id]
        payment = books.payments[refund.payment_id]
        if payment.tender is TenderKind.CASH or self.chaos.strikes(Fault.PROVIDER_DOWN, "refunds"):
            return
        fails = self.chaos.strikes(Fault.REFUND_FAILS, "refunds", 2)
        pends = self.chaos.strikes(Fault.REFUND_PENDS, "refunds", 2)
        if pends and refund.status is RefundStatus.REQUESTED:
            about = _about(books.placed[payment.order_id], payment.id, payment.tender, refund.amount)
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
        about = _about(books.placed[payment.order_id], payment.id, payment.tender, refund.amount)
        is_out = refund.status is RefundStatus.PENDING
        if status == "succeeded":
            self.write(RefundSucceeded(**about, refund_id=refund_id, is_out=is_out))
        else:
            self.write(RefundFailed(**about, refund_id=refund_id, is_out=is_out, code="refused", message="No."))

    # Messages.

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

    # What a till does by itself.

    def _sync_forever(self, till: FastTill) -> None:
        if till.is_up and not self._dies(till, 0.2):
            self.sync(till)
        self.scheduler.after(15 * self.chaos.pace, lambda: self._sync_forever(till))

    def sync(self, till: FastTill) -> None:
        unsent, cursor = till.pen.log[till.acked :], till.cursor
        if unsent:
            self.ask(till, lambda: self.push(till, unsent), lambda seq: self._acked(till, seq))
        self.ask(till, lambda: self.feed(till, cursor), lambda answer: self._hear(till, answer))
        wanted = {}
        for pool in POOLS:
            share = max(1, self.options.capacity // (2 * len(self.tills)))
            if till.left(pool) <= share // 2:
                wanted[pool] = share - till.left(pool)
        wanted = {pool: units for pool, units in wanted.items() if units > 0}
        if wanted and not self.chaos.pace > 1:
            request = self.new_id()
            self.ask(till, lambda: self.lease(till, request, wanted), lambda facts: self._take_all(till, facts))

    def _acked(self, till: FastTill, seq: object) -> None:
        assert isinstance(seq, int)
        till.acked = max(till.acked, seq)

    def _take_all(self, till: FastTill, facts: object) -> None:
        assert isinstance(facts, list)
        for fact in facts:
            till.take(fact)

    def _hear(self, till: FastTill, answer: object) -> None:
        assert isinstance(answer, tuple)
        cursor, facts = answer
        self._take_all(till, facts)
        till.cursor = max(till.cursor, cursor)
        self._look_after(till)

    def _look_after(self, till: FastTill) -> None:
        """Asks about card payments that are not known, ends what is paid, and lets go of what nobody will pay."""
        books = till.memory.books
        for payment in list(books.payments.values()):
            is_open = payment.is_live and payment.tender is TenderKind.TERMINAL
            if is_open and not self.chaos.strikes(Fault.PROVIDER_DOWN, till.name):
                self._end_card(till, payment.id)
        for order in list(till.memory.books.orders.values()):
            mine = [each for each in till.memory.books.payments.values() if each.order_id == order.id]
            if order.status is _PROCESSING and mine and all(each.status is PaymentStatus.FAILED for each in mine):
                till.write(changed(OrderId(order.id), _PROCESSING, _FAILED))
            elif order.status is _COMPLETED and order.id in till.memory.books.issued:
                till.shown.add(order.id)

    def _end_card(self, till: FastTill, tender: str) -> None:
        books = till.memory.books
        payment = books.payments[tender]
        placed = books.placed[payment.order_id]
        about = _about(placed, tender, TenderKind.TERMINAL, payment.amount)
        if self.charges.end(tender):
            is_last = books.due(placed.order_id) == payment.amount
            captured = PaymentCaptured(**about, provider_reference=f"pi_{tender}")
            till.write(captured, *(self.end(placed) if is_last else ()))
        else:
            till.write(PaymentFailed(**about, code="declined", message="No."))

    def _dies(self, till: FastTill, weight: float = 1.0) -> bool:
        if not self.chaos.strikes(Fault.TILL_DIES, till.name, weight):
            return False
        till.is_up, till.life = False, till.life + 1

        def start() -> None:
            till.is_up = True
            for order in list(till.memory.books.orders.values()):
                has_money = any(each.order_id == order.id for each in till.memory.books.payments.values())
                if order.status is _PROCESSING and not has_money:
                    till.write(changed(OrderId(order.id), _PROCESSING, _FAILED))
            self._look_after(till)

        self.scheduler.after(self.scheduler.draws.of(f"again {till.name}").between(1, 300), start)
        return True

    # People.

    def step(self, number: int) -> None:
        own = self.scheduler.draws.of(f"step {number}")
        rule = own.one_of(sorted(self.options.rules.difference(FULL_RULES), key=lambda each: each.value))
        till, wait_s = own.one_of(self.tills), own.between(0.5, 25)
        if number not in self.options.skipped:
            self.chaos.counts[f"tried: {rule.value}"] += 1
            try:
                self._act(rule, till, own)
            except NotEnoughLeft:
                self.chaos.counts["no: NotEnoughLeft"] += 1
        self.scheduler.run(self.scheduler.now + wait_s)

    def _act(self, rule: Rule, till: FastTill, own: Stream) -> None:
        product, count, numbers = own.one_of(PRODUCTS), own.whole(1, 3), [own.number() for _ in range(3)]
        at_hub: dict[Rule, Callable[[], None]] = {
            Rule.WEB: lambda: self.buy(product, count, numbers),
            Rule.REFUND: lambda: self._refund(numbers),
            Rule.RECLAIM: lambda: self._reclaim(till),
            Rule.REVISE: lambda: None,
        }
        if rule in at_hub:
            at_hub[rule]()
        elif till.is_up and not self._dies(till, 0.3):
            self._at_till(rule, till, self._placed(till, product, count), numbers)

    def _at_till(self, rule: Rule, till: FastTill, placed: OrderPlaced, numbers: Sequence[float]) -> None:
        acts: dict[Rule, Callable[[], object]] = {
            Rule.CASH: lambda: self._cash(till, placed),
            Rule.CARD: lambda: self._card(till, placed, numbers),
            Rule.PHONE: lambda: self._phone(till, placed, 0, numbers),
            Rule.SPLIT: lambda: self._phone(till, placed, placed.total // 2, numbers),
            Rule.PARK: lambda: till.write(placed, _begun(placed)),
            Rule.GIVE_BACK: lambda: self.give_back(till),
            Rule.CLOSE: lambda: self._return(till),
            Rule.RECALL: lambda: self._return(till),
        }
        acts[rule]()

    def _cash(self, till: FastTill, placed: OrderPlaced) -> None:
        paid = PaymentCaptured(**_about(placed, self.new_id(), TenderKind.CASH, placed.total), drawer=till.name)
        till.write(placed, _begun(placed), paid, *self.end(placed))
        till.shown.add(placed.order_id)
        self.chaos.counts["sold at a till"] += 1

    def _return(self, till: FastTill) -> None:
        for pool in POOLS:
            if till.left(pool):
                till.write(LeaseReturned(pool_id=pool, units=till.left(pool)))
        self.chaos.counts["returned"] += 1

    def _placed(self, till: FastTill | None, product: str, count: int) -> OrderPlaced:
        order = OrderId(self.new_id())
        priced = price(_CATALOGUE, Cart((CartLine(ProductId(product), count),)), at=_SOLD_AT)
        source, channel = ("pool", Channel.WEB) if till is None else ("lease", Channel.DOOR)
        return place(priced, order_id=order, order_number=order[-6:], channel=channel, source=source)  # type: ignore[arg-type]

    def _card(self, till: FastTill, placed: OrderPlaced, numbers: Sequence[float]) -> None:
        tender, life = self.new_id(), till.life
        started = PaymentStarted(**_about(placed, tender, TenderKind.TERMINAL, placed.total), idempotency_key=tender)
        till.write(placed, _begun(placed), started)
        if self._dies(till):
            return

        def charge() -> None:
            if till.life != life or self.chaos.strikes(Fault.PROVIDER_DOWN, till.name):
                return
            self.charges.open[tender] = placed.total
            if not self.chaos.strikes(Fault.CARD_DECLINED, till.name, 2) and numbers[0] < 0.9:
                self.charges.pay(tender)
            if self._dies(till):
                return
            is_lost = self.chaos.strikes(Fault.PROVIDER_ANSWER_LOST, till.name, 2)
            if till.memory.books.payments[tender].status is not PaymentStatus.STARTED:
                return  # it was slow, and the till has asked and ended it meanwhile
            if is_lost:
                about = _about(placed, tender, TenderKind.TERMINAL, placed.total)
                till.write(PaymentUnknown(**about, reason="Stripe was silent."))
            else:
                self._end_card(till, tender)

        self.scheduler.after(self.chaos.delay_s(f"provider {till.name}"), charge)

    def _phone(self, till: FastTill, placed: OrderPlaced, cash: int, numbers: Sequence[float]) -> None:
        tender = self.new_id()
        about = _about(placed, tender, TenderKind.CHECKOUT, placed.total - cash)
        paid = (
            [PaymentCaptured(**_about(placed, self.new_id(), TenderKind.CASH, cash), drawer=till.name)] if cash else []
        )
        till.write(placed, _begun(placed), *paid, PaymentStarted(**about, idempotency_key=tender))
        unsent = till.pen.log[till.acked :]

        def opens() -> int:
            seq = self.push(till, unsent)
            if tender in self.hub.books.payments and self.hub.books.payments[tender].status is PaymentStatus.STARTED:
                self.charges.open.setdefault(tender, placed.total - cash)
                self.since.setdefault(tender, self.scheduler.now)
            return seq

        self.ask(till, opens, lambda seq: self._acked(till, seq))
        if numbers[0] < 0.8:
            self.scheduler.after(5 + 300 * numbers[1], lambda: self._pays(tender))
        gives_up = 30 + 500 * numbers[2]
        self.scheduler.after(gives_up, lambda: self._cancel(till, tender))

    def _cancel(self, till: FastTill, tender: str) -> None:
        """The clerk ends a payment, again and again until the hub has heard of it."""
        payment = till.memory.books.payments[tender]
        if not payment.is_live:
            return
        if till.is_up:
            unsent = till.pen.log[till.acked :]

            def ends() -> int:
                seq = self.push(till, unsent)
                self.close(tender)
                return seq

            self.ask(till, ends, lambda seq: self._acked(till, seq))
        self.scheduler.after(60, lambda: self._cancel(till, tender))

    def _pays(self, tender: str) -> None:
        if self.charges.pay(tender):
            self.chaos.counts["paid on a page"] += 1
            self.tell(tender)

    def tell(self, tender: str) -> None:
        """Tells the hub of a payment: late, twice, or never, and then it is found when its time is over."""
        own = self.scheduler.draws.of("webhooks")
        if self.chaos.strikes(Fault.WEBHOOK_NEVER, "webhooks", 2):
            return
        late = self.chaos.strikes(Fault.WEBHOOK_LATE, "webhooks", 2)
        self.scheduler.after(own.between(200, 2000) if late else 1.0, lambda: self.settle(tender))
        if self.chaos.strikes(Fault.WEBHOOK_TWICE, "webhooks", 2):
            self.scheduler.after(own.between(1, 600), lambda: self.settle(tender))

    def buy(self, product: str, count: int, numbers: Sequence[float]) -> None:
        placed, tender = self._placed(None, product, count), self.new_id()
        about = _about(placed, tender, TenderKind.CHECKOUT, placed.total)
        self.write(placed, _begun(placed), PaymentStarted(**about, idempotency_key=tender))
        self.charges.open[tender], self.since[tender] = placed.total, self.scheduler.now
        if numbers[0] < 0.75:
            self.scheduler.after(5 + 600 * numbers[1], lambda: self._pays(tender))
        elif numbers[0] < 0.85:
            self.scheduler.after(20, lambda: self.close(tender))

    def _refund(self, numbers: Sequence[float]) -> None:
        books = self.hub.books
        paid = [each for each in books.payments.values() if _is_online(each)]
        paid = [each for each in paid if each.amount > books.refunded(each.id) and each.order_id in books.issued]
        if not paid:
            return
        payment = paid[int(numbers[0] * len(paid))]
        rest = payment.amount - books.refunded(payment.id)
        amount = rest if numbers[1] < 0.5 else max(1, int(rest * numbers[2]))
        about = _about(books.placed[payment.order_id], payment.id, payment.tender, amount)
        asked: list[Payload] = [RefundRequested(**about, refund_id=self.new_id())]
        if amount == payment.amount:
            asked += self._voided(payment.order_id)
        self.write(*asked)
        self.chaos.counts["refunds asked for"] += 1

    def _voided(self, order: str) -> list[Payload]:
        books = self.hub.books
        lines = books.placed[order].lines
        uses = dict.fromkeys(books.placed[order].units, 1)
        mine = [
            each.id for each in books.tickets.values() if each.order_id == order and each.status is TicketStatus.VALID
        ]
        counted = all(self.hub.pools[EVENT, pool].sold >= units * len(mine) for pool, units in uses.items())
        assert lines
        return [TicketVoided(ticket_id=each, order_id=order, units=uses) for each in mine] if counted else []

    def _reclaim(self, till: FastTill) -> None:
        if till.is_up and self.scheduler.now >= till.cut_until:
            return
        for pool in POOLS:
            lease = self.hub.leases.get((till.id, EVENT, pool), LeaseCount())
            if lease.left:
                taken = LeaseReclaimed(pool_id=pool, from_device=till.id, units=lease.left, by="organizer")
                self.write(taken.model_copy(update={"generation": lease.generation}))
                self.chaos.counts["reclaimed"] += 1

    def give_back(self, till: FastTill) -> None:
        """Ends a sale that waits with nothing under way: its money goes back, its places are free."""
        books = till.memory.books
        for order in list(books.orders.values()):
            mine = [each for each in books.payments.values() if each.order_id == order.id]
            if order.status is not _PROCESSING or any(each.is_live for each in mine):
                continue
            placed, back = books.placed[order.id], list[Payload]()
            for payment in mine:
                if payment.status is PaymentStatus.CAPTURED:
                    about = _about(placed, payment.id, payment.tender, payment.amount)
                    back.append(RefundRequested(**about, refund_id=(refund := self.new_id())))
                    if payment.tender is TenderKind.CASH:
                        back.append(
                            RefundSucceeded(**about, refund_id=refund, drawer=till.name, unearned=payment.amount)
                        )
            till.write(*back, changed(OrderId(order.id), _PROCESSING, _FAILED))
            self.chaos.counts["given back"] += 1
            return

    # Healing.

    def heal(self) -> None:
        self.chaos.is_over = True
        for till in self.tills:
            till.cut_until = till.back_cut_until = 0.0
        self.scheduler.run(self.scheduler.now + 400)
        for till in self.tills:
            if till.left("friday"):
                self._cash(till, self._placed(till, "friday", 1))
        self.scheduler.run(self.scheduler.now + 1_200)
        for till in self.tills:
            for _ in list(till.memory.books.orders):
                self.give_back(till)
        self.scheduler.run(self.scheduler.now + 300)
        self.chaos.pace = 2.0
        for till in self.tills:
            self._return(till)
        self.scheduler.run(self.scheduler.now + 600)


def _is_online(payment: PaymentRow) -> bool:
    """Returns whether it has brought money, and not to a drawer."""
    return payment.status is PaymentStatus.CAPTURED and payment.tender is not TenderKind.CASH


def _begun(placed: OrderPlaced) -> Payload:
    return changed(OrderId(placed.order_id), _PENDING, _PROCESSING)


def _about(placed: OrderPlaced, tender: str, kind: TenderKind, amount: int) -> dict[str, object]:
    return {
        "order_id": placed.order_id,
        "tender_id": tender,
        "tender": kind.value,
        "amount": amount,
        "currency": placed.currency,
    }


_CATALOGUE: Final[Catalogue] = catalogue()
_SOLD_AT: Final = datetime(2026, 5, 15, 21, tzinfo=UTC)
