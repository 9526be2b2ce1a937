"""The provider of payments, in memory and in virtual time: pages, readers, refunds, webhooks, and what fails there.

It keeps to what Stripe's own pages promise: a key's answer is kept, an ended payment can't be paid, events come at
least once and in any order. What it has really taken and given back is what the books are held to in the end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.terminal import IntentStatus
from sync.ports import (
    MadeRefund,
    NewRefund,
    NewSession,
    ProviderEvent,
    ProviderList,
    ProviderPayment,
    RefundResult,
    Refused,
    Session,
)
from sync.provider_states import PaymentState, RefundState
from sync.store.payment_events import Document
from tests.fakes.terminal import FakeStripe
from tests.integration.sync.fakes import FakeRefunds, FakeSessions
from tests.simulation.chaos import Chaos
from tests.simulation.options import Fault

T = TypeVar("T")
DISPUTE_FEE = 1_500
_FOREIGN: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("payment_intent.succeeded", {"id": "pi_of_a_shop", "metadata": {}}),
    ("payment_intent.succeeded", {"id": "pi_of_a_shop", "metadata": {"order_id": "17", "tender_id": ""}}),
    ("checkout.session.completed", {"id": "cs_of_a_shop", "metadata": None, "payment_intent": None}),
    ("checkout.session.expired", {"id": "cs_of_a_shop"}),
    ("charge.refunded", {"id": "ch_of_a_shop", "payment_intent": None, "metadata": {}}),
    ("refund.updated", {"id": "re_of_a_shop", "payment_intent": None, "metadata": {"refund_id": "1"}}),
    ("refund.failed", {"id": "re_of_a_shop", "payment_intent": "pi_of_a_shop", "metadata": {}}),
    (
        "charge.dispute.closed",
        {
            "id": "dp_of_a_shop",
            "payment_intent": None,
            "status": "lost",
            "amount": 500,
            "currency": "usd",
            "balance_transactions": [{"amount": -500, "fee": 1500, "currency": "usd"}],
        },
    ),
    (
        "charge.dispute.created",
        {
            "id": "dp_of_a_shop",
            "payment_intent": "pi_of_a_shop",
            "status": "needs_response",
            "amount": 700,
            "currency": "usd",
            "balance_transactions": [{"amount": -700, "fee": 1500, "currency": "usd"}],
        },
    ),
)
"""What other programs at the same account cause to be told: nothing of it is ours."""


@dataclass
class Case:
    """What a bank asks back of a payment; `moves` are what that took of the balance so far."""

    id: str
    payment: str
    amount: int
    moves: list[int]
    status: str = "needs_response"

    @property
    def taken(self) -> int:
        return -sum(self.moves)

    def told(self) -> dict[str, Any]:
        moved = [
            {"amount": amount, "fee": 0 if number else DISPUTE_FEE, "currency": "usd"}
            for number, amount in enumerate(self.moves)
        ]
        about = {"id": self.id, "payment_intent": self.payment, "status": self.status, "amount": self.amount}
        return {**about, "currency": "usd", "reason": "fraudulent", "balance_transactions": moved}


@dataclass
class Provider:
    """`deliver` hands an event to the hub, and returns whether it took it."""

    chaos: Chaos
    deliver: Callable[[ProviderEvent], bool] = lambda _: False
    sessions: FakeSessions = field(default_factory=FakeSessions)
    paypal: FakeSessions = field(default_factory=FakeSessions)
    """Pages of another provider behind the same port, which tells the hub of nothing by itself."""
    refunds: FakeRefunds = field(default_factory=FakeRefunds)
    readers: dict[str, FakeStripe] = field(default_factory=dict)
    taken: dict[str, tuple[str, int]] = field(default_factory=dict)
    """What was really charged: order and amount, by the payment's name."""
    events: list[tuple[float, ProviderEvent]] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    """Disputes, by the name of the payment that they are about."""

    def pages(self, where: str) -> FakeSessions:
        return {"stripe": self.sessions, "paypal": self.paypal}[where]

    def where(self, payment: str) -> str:
        """Returns which provider took a payment."""
        return "paypal" if payment.removeprefix("pi_") in self.paypal.by_id else "stripe"

    def balance(self, where: str) -> int:
        """Returns what is left of all charges at a provider: what the books must say in the end."""
        back = sum(
            new.amount
            for key, new in self.refunds.by_key.items()
            if self.where(new.payment) == where and self.refunds.by_id[f"re_{key}"].state is not RefundState.FAILED
        )
        disputed = sum(case.taken + DISPUTE_FEE for case in self.cases.values() if self.where(case.payment) == where)
        return (
            sum(amount for payment, (_, amount) in self.taken.items() if self.where(payment) == where) - back - disputed
        )

    def marks(self, payment: str) -> Mapping[str, str]:
        """Returns what was sent along with a payment of Stripe's."""
        for stripe in self.readers.values():
            if payment in stripe.intents:
                assert isinstance(stripe, SimStripe)
                return stripe.metadata[payment]
        session = payment.removeprefix("pi_")
        pages = (self.sessions, self.paypal)
        return next(each.asked[key].metadata for each in pages for key, id_ in each.by_key.items() if id_ == session)

    # What the customer does.

    def pay(self, session_id: str) -> bool:
        """The customer pays on the page, if it can still be paid; returns whether that was so."""
        pages = self.pages("paypal" if session_id in self.paypal.by_id else "stripe")
        if pages.by_id[session_id].state is not PaymentState.OPEN:
            return False
        paid = pages.pay(session_id)
        order = next(new.order_id for key, new in pages.asked.items() if pages.by_key[key] == session_id)
        self.taken[str(paid.payment)] = (order, paid.amount)
        self.chaos.counts["paid on a page"] += 1
        self.chaos.scheduler.note("customer", f"pays {paid.amount / 100:.2f} on a page")
        if pages is self.sessions:
            self.tell("checkout.session.completed", {"id": session_id})
        return True

    def at_reader(self, name: str) -> None:
        """Someone holds a card to a reader, or does something else there."""
        stripe = self.readers[name]
        action = stripe.reader.action
        if action is None or action.status.value != "in_progress":
            return
        intent_id = action.intent_id
        if stripe.intents[intent_id].status is not IntentStatus.REQUIRES_PAYMENT_METHOD:
            return
        if self.chaos.strikes(Fault.CARD_DECLINED, name, 2):
            stripe.decline("insufficient_funds")
            return
        what = self.chaos.scheduler.draws.of(f"at {name}").one_of(("present", "present", "lose", "die", "cancel"))
        if what == "cancel" or (self.chaos.is_over and what != "present"):
            stripe.cancel_on_reader() if what == "cancel" else stripe.present()
        else:
            {"present": stripe.present, "lose": stripe.lose_connection, "die": stripe.present}[what]()
        if stripe.intents[intent_id].status is IntentStatus.SUCCEEDED:
            order = stripe.metadata[intent_id]["order_id"]  # type: ignore[attr-defined]  # of a SimStripe
            self.taken[intent_id] = (order, stripe.intents[intent_id].amount.minor)
            self.chaos.counts["paid on a reader"] += 1
            self.chaos.scheduler.note("customer", f"pays {stripe.intents[intent_id].amount} on {name}'s reader")
            self.tell(
                "payment_intent.succeeded",
                {"id": intent_id, "metadata": stripe.metadata[intent_id]},  # type: ignore[attr-defined]
            )

    def dispute(self, numbers: Sequence[float]) -> None:
        """Somebody tells their bank that they did not buy this: the money is gone at once, and may come back."""
        charged = [each for each in self.taken if each not in self.cases and self.where(each) == "stripe"]
        if not charged:
            return
        payment = charged[int(numbers[0] * len(charged))]
        whole = self.taken[payment][1]
        amount = whole if numbers[1] < 0.6 else max(1, int(whole * numbers[2]))
        case = self.cases[payment] = Case(f"dp_{payment}", payment, amount, [-amount])
        self.chaos.counts["disputed"] += 1
        self.chaos.scheduler.note("customer", f"has {amount / 100:.2f} taken back by their bank")
        self.tell("charge.dispute.created", case.told())
        self.tell("charge.dispute.funds_withdrawn", case.told())
        self.chaos.scheduler.after(60 + 2_500 * numbers[3], lambda: self._end_dispute(case, is_won=numbers[2] < 0.5))

    def _end_dispute(self, case: Case, *, is_won: bool) -> None:
        case.status = "won" if is_won else "lost"
        self.chaos.counts[f"dispute {case.status}"] += 1
        if is_won:
            case.moves.append(case.amount)
            self.tell("charge.dispute.funds_reinstated", case.told())
        self.tell("charge.dispute.closed", case.told())

    # Webhooks.

    def tell(self, kind: str, thing: Mapping[str, Any]) -> None:
        """Tells the hub of something, at least once unless it never does; at times of another program's as well."""
        self._tell(kind, thing)
        if self.chaos.strikes(Fault.FOREIGN_EVENT, "webhooks", 3):
            self._tell(*self.chaos.scheduler.draws.of("foreign events").one_of(_FOREIGN))

    def _tell(self, kind: str, thing: Mapping[str, Any]) -> None:
        number = len(self.events)
        created = int(BEGINNING_S + self.chaos.scheduler.now)
        body = {"id": f"evt_{number:06}", "type": kind, "created": created, "data": {"object": dict(thing)}}
        event = ProviderEvent(f"evt_{number:06}", kind, Document(body))
        self.events.append((self.chaos.scheduler.now, event))
        if self.chaos.strikes(Fault.WEBHOOK_NEVER, "webhooks", 2):
            return
        draws = self.chaos.scheduler.draws.of("webhooks")
        late = self.chaos.strikes(Fault.WEBHOOK_LATE, "webhooks", 2)
        self._send(event, draws.between(200, 4000) if late else draws.between(0.1, 3))
        if self.chaos.strikes(Fault.WEBHOOK_TWICE, "webhooks", 2):
            self._send(event, draws.between(0.1, 600))

    def _send(self, event: ProviderEvent, delay_s: float) -> None:
        def arrive() -> None:
            if not self.deliver(event):
                self._send(event, 30)

        self.chaos.scheduler.after(delay_s, arrive)

    # How calls fail.

    def reach(self, fault: Fault, who: str, error: type[TryAgainLater]) -> None:
        self.chaos.scheduler.sleep(self.chaos.delay_s(f"provider {who}"))
        if self.chaos.strikes(fault, who):
            self.chaos.scheduler.sleep(5)
            raise error("Stripe can't be reached.", "Nothing is known.", "It is tried again.")

    def call(self, who: str, do: Callable[[], T], error: type[TryAgainLater] = TryAgainLater) -> T:
        """Returns what a call answers; or it does not get there, or its answer is lost."""
        self.reach(Fault.PROVIDER_DOWN, who, error)
        answer = do()
        self.reach(Fault.PROVIDER_ANSWER_LOST, who, error)
        return answer

    def end_refunds(self) -> None:
        """Some of what was pending comes to its end."""
        for refund_id, result in list(self.refunds.by_id.items()):
            if result.state is RefundState.PENDING:
                fails = self.chaos.strikes(Fault.REFUND_FAILS, "refunds", 3)
                self.end_refund(refund_id, RefundState.FAILED if fails else RefundState.SUCCEEDED)

    def end_refund(self, refund_id: str, state: RefundState) -> None:
        new = self.refunds.by_key[refund_id.removeprefix("re_")]
        self.refunds.end(refund_id, state.value)
        if self.where(new.payment) == "paypal":
            return
        kind = "refund.failed" if state is RefundState.FAILED else "refund.updated"
        self.tell(kind, {"id": refund_id, "payment_intent": new.payment, "metadata": dict(new.metadata)})


BEGINNING_S = 1_796_126_400
"""When a run begins, in epoch seconds: noon of a day."""


Guard = Callable[[Callable[[], Any]], Any]
"""Does something for a process, unless that dies meanwhile."""


@dataclass
class SimEvents:
    """Implements `sync.ports.EventList`."""

    provider: Provider
    guard: Guard

    def since(self, at: int, types: Sequence[str]) -> Sequence[ProviderEvent]:
        told = self.provider.events
        self.guard(lambda: self.provider.reach(Fault.PROVIDER_DOWN, "events", TryAgainLater))
        return [event for second, event in told if BEGINNING_S + second >= at and event.type in types]


@dataclass
class SimRecords:
    """Implements `sync.ports.ProviderRecords`: PayPal keeps nothing but our mark, Stripe what was sent along."""

    provider: Provider
    guard: Guard
    where: str

    def payments(self, _at: int) -> ProviderList:
        self.guard(lambda: self.provider.reach(Fault.PROVIDER_DOWN, "records", TryAgainLater))
        mine = [each for each in self.provider.taken if self.provider.where(each) == self.where]
        return ProviderList([self._payment(each) for each in mine])

    def _payment(self, reference: str) -> ProviderPayment:
        provider = self.provider
        marks = provider.marks(reference)
        if self.where == "paypal":  # it keeps one mark
            marks = {"tender_id": marks["tender_id"]}
        back = sum(
            new.amount
            for key, new in provider.refunds.by_key.items()
            if new.payment == reference and provider.refunds.by_id[f"re_{key}"].state is not RefundState.FAILED
        )
        case = provider.cases.get(reference)
        disputed = 0 if case is None else case.taken
        amount = provider.taken[reference][1]
        return ProviderPayment(reference, amount, back, "USD", disputed, is_ours=True, marks=marks)


@dataclass
class SimSessions:
    """Implements `sync.ports.Sessions`, for one provider of pages."""

    provider: Provider
    guard: Guard
    where: str = "stripe"

    @property
    def _name(self) -> str:
        return "sessions" if self.where == "stripe" else f"{self.where} sessions"

    def create(self, new: NewSession) -> Session:
        if self.provider.chaos.strikes(Fault.PROVIDER_REFUSES, self._name):
            raise Refused("Stripe refused the payment.", "Nothing was charged.", "Use another tender.")
        return self._call(lambda: self.provider.pages(self.where).create(new))

    def retrieve(self, session_id: str) -> Session:
        return self._call(lambda: self.provider.pages(self.where).retrieve(session_id))

    def expire(self, session_id: str) -> Session:
        return self._call(lambda: self.provider.pages(self.where).expire(session_id))

    def take(self, session_id: str) -> Session:
        return self.retrieve(session_id)

    def _call(self, do: Callable[[], Session]) -> Session:
        return cast("Session", self.guard(lambda: self.provider.call(self._name, do)))


@dataclass
class SimRefunds:
    """Implements `sync.ports.Refunder`."""

    provider: Provider
    guard: Guard

    def refund(self, new: NewRefund) -> RefundResult:
        chaos = self.provider.chaos
        if chaos.strikes(Fault.PROVIDER_REFUSES, "refunds"):
            raise Refused("Stripe refused the refund.", "Nothing was given back.", "")
        is_new = new.key not in self.provider.refunds.by_key
        pends = is_new and chaos.strikes(Fault.REFUND_PENDS, "refunds", 3)
        self.provider.refunds.verdict = "pending" if pends else "succeeded"
        result = self._call(lambda: self.provider.refunds.refund(new))
        chaos.counts["refunded at the provider"] += is_new
        if is_new and not pends and chaos.strikes(Fault.REFUND_FAILS, "refunds"):
            fail = lambda: self.provider.end_refund(result.id, RefundState.FAILED)  # noqa: E731
            chaos.scheduler.after(chaos.scheduler.draws.of("refunds").between(100, 2000), fail)
        return result

    def find(self, payment: str, refund_id: str) -> RefundResult | None:
        return self._call(lambda: self.provider.refunds.find(payment, refund_id))

    def made(self, payment: str) -> Sequence[MadeRefund]:
        return self._call(lambda: self.provider.refunds.made(payment))

    def look(self, refund: str) -> RefundResult:
        return self._call(lambda: self.provider.refunds.look(refund))

    def _call(self, do: Callable[[], T]) -> T:
        return cast("T", self.guard(lambda: self.provider.call("refunds", do)))


@dataclass
class SimStripe(FakeStripe):
    """One till's reader, and the payments that were begun for it."""

    name: str = ""
    metadata: dict[str, Mapping[str, str]] = field(default_factory=dict)
