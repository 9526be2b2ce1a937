"""Stand-ins for the providers, in memory; the contract suites hold them to what the real ones promise."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock

from boxoffice.core.errors import TryAgainLater
from sync.ports import MadeRefund, Mail, MailRefused, NewRefund, NewSession, RefundResult, Refused, Session
from sync.provider_states import PaymentState, RefundState


class FakeSessions:
    """Checkout Sessions in memory. `pay` is the customer, `asked` what was asked for, by key."""

    def __init__(self) -> None:
        self.by_id: dict[str, Session] = {}
        self.by_key: dict[str, str] = {}
        self.asked: dict[str, NewSession] = {}
        self.is_down = False
        self.loses_answers = False
        self.creations = 0
        self._lock = RLock()

    def create(self, new: NewSession) -> Session:
        self._reach()
        if self.asked.setdefault(new.key, new) != new:
            raise Refused("Stripe refused: this key was used for another request.", "Nothing was charged.", "")
        if new.key not in self.by_key:
            self.creations += 1
            found = f"cs_test_{len(self.by_id)}_{new.key}"
            amount = sum(line.amount for line in new.lines)
            self.by_id[found] = Session(
                found, f"https://pay.test/{found}", PaymentState.OPEN, amount, new.currency, None
            )
            self.by_key[new.key] = found
        if self.loses_answers:
            raise TryAgainLater("Stripe can't be reached.", "Nothing was charged.", "Try again.")
        return self.by_id[self.by_key[new.key]]

    def retrieve(self, session_id: str) -> Session:
        self._reach()
        if session_id not in self.by_id:
            raise Refused("Stripe refused: no such session.", "Nothing was charged.", "Use another tender.")
        return self.by_id[session_id]

    def expire(self, session_id: str) -> Session:
        with self._lock:
            session = self.retrieve(session_id)
            if session.state is PaymentState.OPEN:
                self.by_id[session_id] = replace(session, state=PaymentState.ENDED, url=None)
            return self.by_id[session_id]

    def take(self, session_id: str) -> Session:
        return self.retrieve(session_id)

    def pay(self, session_id: str, amount: int | None = None) -> Session:
        """Pays, even what has expired: such late money is what the hub must be ready for."""
        with self._lock:
            session = self.by_id[session_id]
            paid = replace(session, state=PaymentState.PAID, payment=f"pi_{session_id}", url=None)
            self.by_id[session_id] = paid if amount is None else replace(paid, amount=amount)
            return self.by_id[session_id]

    def pay_if_open(self, session_id: str) -> Session:
        with self._lock:
            session = self.by_id[session_id]
            return self.pay(session_id) if session.state is PaymentState.OPEN else session

    @contextmanager
    def down(self) -> Iterator[None]:
        self.is_down = True
        try:
            yield
        finally:
            self.is_down = False

    @contextmanager
    def losing_answers(self) -> Iterator[None]:
        """Does what it is asked for, and nobody hears of it."""
        self.loses_answers = True
        try:
            yield
        finally:
            self.loses_answers = False

    def of(self, tender_id: str) -> str:
        return self.by_key[f"checkout-{tender_id}"]

    def _reach(self) -> None:
        if self.is_down:
            raise TryAgainLater("Stripe can't be reached.", "Nothing was charged.", "Try again.")


class FakeMail:
    """Keeps what was sent. It refuses addresses that start so."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.is_down = False

    @contextmanager
    def down(self) -> Iterator[None]:
        self.is_down = True
        try:
            yield
        finally:
            self.is_down = False

    def send(self, mail: Mail) -> str:
        if self.is_down:
            raise TryAgainLater("SendGrid can't be reached.", "The mail was not sent.", "It will be tried again.")
        if mail.to.startswith("refused"):
            raise MailRefused("SendGrid refused the mail (400).", "The mail was not sent.", "Check the address.")
        self.sent.append(mail)
        return f"message-{len(self.sent)}"


class FakeRefunds:
    """Refunds in memory. `verdict` is how the next ones end; `end` ends one that is pending."""

    def __init__(self) -> None:
        self.by_key: dict[str, NewRefund] = {}
        self.by_id: dict[str, RefundResult] = {}
        self.outside: dict[str, list[MadeRefund]] = {}
        self.verdict = "succeeded"
        self.is_down = False

    def refund(self, new: NewRefund) -> RefundResult:
        if self.is_down:
            raise TryAgainLater("Stripe can't be reached.", "Nothing was given back.", "Try again.")
        found = f"re_{new.key}"
        if new.key not in self.by_key:
            self.by_key[new.key] = new
            self.by_id[found] = RefundResult(found, RefundState(self.verdict))
        return self.by_id[found]

    def find(self, payment: str, refund_id: str) -> RefundResult | None:
        if self.is_down:
            raise TryAgainLater("Stripe can't be reached.", "Nothing was given back.", "Try again.")
        mine = [
            key
            for key, new in self.by_key.items()
            if (new.payment, new.metadata.get("refund_id")) == (payment, refund_id)
        ]
        return self.by_id[f"re_{mine[0]}"] if mine else None

    def made(self, payment: str) -> list[MadeRefund]:
        ours = [
            MadeRefund(self.by_id[f"re_{key}"], new.amount, new.metadata.get("refund_id"))
            for key, new in self.by_key.items()
            if new.payment == payment
        ]
        return [*ours, *self.outside.get(payment, ())]

    def make_outside(self, payment: str, amount: int) -> None:
        """Gives money back as someone who works at the provider's own page does."""
        found = self.outside.setdefault(payment, [])
        result = RefundResult(f"re_outside_{payment}_{len(found)}", RefundState(self.verdict))
        self.by_id[result.id] = result
        found.append(MadeRefund(result, amount))

    def look(self, refund: str) -> RefundResult:
        return self.by_id[refund]

    def end(self, refund: str, status: str) -> RefundResult:
        self.by_id[refund] = replace(self.by_id[refund], state=RefundState(status))
        return self.by_id[refund]
