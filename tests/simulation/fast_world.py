"""The fast tier: the same people and faults over the executors in memory, with the least of a protocol between them.

What a fact does is the product's own (`core`), as are the moves of units and the books; how messages go is told here in
a few lines each, so that a thousand runs take a minute.
"""

from collections.abc import Callable, Sequence

from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.inventory import LeaseCount, NotEnoughLeft
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.leases import LeaseReclaimed, LeaseReturned
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed, PaymentStarted, PaymentUnknown
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.payments import ON_THE_WAY, PaymentStatus
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.rows import TicketStatus
from boxoffice.core.sales import changed, place
from boxoffice.core.tenders import TenderKind
from tests.simulation.draws import Stream
from tests.simulation.fast_hub import (
    CATALOGUE,
    COMPLETED,
    EVENT,
    FAILED,
    POOLS,
    PROCESSING,
    PRODUCTS,
    SOLD_AT,
    FastHub,
    FastTill,
    begun,
    is_online,
    payment_of,
)
from tests.simulation.options import FULL_RULES, Fault, Options, Rule
from tests.simulation.scheduler import Scheduler


class FastWorld(FastHub):
    """Hub, tills, provider and people in memory."""

    def __init__(self, options: Options, scheduler: Scheduler) -> None:
        super().__init__(options, scheduler)
        for till in self.tills:
            self._sync_forever(till)
        self._hub_forever()

    # The hub.

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

    # Messages.

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
            if order.status is PROCESSING and mine and all(each.status is PaymentStatus.FAILED for each in mine):
                till.write(changed(OrderId(order.id), PROCESSING, FAILED))
            elif order.status is COMPLETED and order.id in till.memory.books.issued:
                till.shown.add(order.id)

    def _end_card(self, till: FastTill, tender: str) -> None:
        books = till.memory.books
        payment = books.payments[tender]
        placed = books.placed[payment.order_id]
        about = payment_of(placed, tender, TenderKind.TERMINAL, payment.amount)
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
                if order.status is PROCESSING and not has_money:
                    till.write(changed(OrderId(order.id), PROCESSING, FAILED))
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
            Rule.PARK: lambda: till.write(placed, begun(placed)),
            Rule.GIVE_BACK: lambda: self.give_back(till),
            Rule.CLOSE: lambda: self._return(till),
            Rule.RECALL: lambda: self._return(till),
        }
        acts[rule]()

    def _cash(self, till: FastTill, placed: OrderPlaced) -> None:
        paid = PaymentCaptured(**payment_of(placed, self.new_id(), TenderKind.CASH, placed.total), drawer=till.name)
        till.write(placed, begun(placed), paid, *self.end(placed))
        till.shown.add(placed.order_id)
        self.chaos.counts["sold at a till"] += 1

    def _return(self, till: FastTill) -> None:
        for pool in POOLS:
            if till.left(pool):
                till.write(LeaseReturned(pool_id=pool, units=till.left(pool)))
        self.chaos.counts["returned"] += 1

    def _placed(self, till: FastTill | None, product: str, count: int) -> OrderPlaced:
        order = OrderId(self.new_id())
        priced = price(CATALOGUE, Cart((CartLine(ProductId(product), count),)), at=SOLD_AT)
        source, channel = ("pool", Channel.WEB) if till is None else ("lease", Channel.DOOR)
        return place(priced, order_id=order, order_number=order[-6:], channel=channel, source=source)  # type: ignore[arg-type]

    def _card(self, till: FastTill, placed: OrderPlaced, numbers: Sequence[float]) -> None:
        tender, life = self.new_id(), till.life
        started = PaymentStarted(
            **payment_of(placed, tender, TenderKind.TERMINAL, placed.total), idempotency_key=tender
        )
        till.write(placed, begun(placed), started)
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
                about = payment_of(placed, tender, TenderKind.TERMINAL, placed.total)
                till.write(PaymentUnknown(**about, reason="Stripe was silent."))
            else:
                self._end_card(till, tender)

        self.scheduler.after(self.chaos.delay_s(f"provider {till.name}"), charge)

    def _phone(self, till: FastTill, placed: OrderPlaced, cash: int, numbers: Sequence[float]) -> None:
        tender = self.new_id()
        about = payment_of(placed, tender, TenderKind.CHECKOUT, placed.total - cash)
        paid = (
            [PaymentCaptured(**payment_of(placed, self.new_id(), TenderKind.CASH, cash), drawer=till.name)]
            if cash
            else []
        )
        till.write(placed, begun(placed), *paid, PaymentStarted(**about, idempotency_key=tender))
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
        about = payment_of(placed, tender, TenderKind.CHECKOUT, placed.total)
        self.write(placed, begun(placed), PaymentStarted(**about, idempotency_key=tender))
        self.charges.open[tender], self.since[tender] = placed.total, self.scheduler.now
        if numbers[0] < 0.75:
            self.scheduler.after(5 + 600 * numbers[1], lambda: self._pays(tender))
        elif numbers[0] < 0.85:
            self.scheduler.after(20, lambda: self.close(tender))

    def _refund(self, numbers: Sequence[float]) -> None:
        books = self.hub.books
        paid = [each for each in books.payments.values() if is_online(each)]
        paid = [each for each in paid if each.amount > books.refunded(each.id) and each.order_id in books.issued]
        if not paid:
            return
        payment = paid[int(numbers[0] * len(paid))]
        rest = payment.amount - books.refunded(payment.id)
        amount = rest if numbers[1] < 0.5 else max(1, int(rest * numbers[2]))
        about = payment_of(books.placed[payment.order_id], payment.id, payment.tender, amount)
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
            if order.status is not PROCESSING or any(each.is_live for each in mine):
                continue
            placed, back = books.placed[order.id], list[Payload]()
            for payment in mine:
                if payment.status is PaymentStatus.CAPTURED:
                    about = payment_of(placed, payment.id, payment.tender, payment.amount)
                    back.append(RefundRequested(**about, refund_id=(refund := self.new_id())))
                    if payment.tender is TenderKind.CASH:
                        back.append(
                            RefundSucceeded(**about, refund_id=refund, drawer=till.name, unearned=payment.amount)
                        )
            till.write(*back, changed(OrderId(order.id), PROCESSING, FAILED))
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
