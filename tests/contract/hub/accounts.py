"""An account at each provider, in the sandbox: its adapters, what payers and banks do there, and what is told of it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from itertools import count
from threading import Condition
from time import monotonic, time
from typing import Any, Final, TypeVar

import httpx

from boxoffice.sandbox.server import Sandbox
from sync.payments.provider_events import Change, EventReader
from sync.ports import Refunder, Session, Sessions, Treasury
from sync.providers.checkout_sessions import CheckoutSessions
from sync.providers.events import READERS
from sync.providers.paypal import PayPal
from sync.providers.paypal_treasury import PayPalTreasury
from sync.providers.stripe_events import StripeWebhook
from sync.providers.stripe_refunds import StripeRefunds
from sync.providers.stripe_treasury import StripeTreasury
from sync.store.chain import new_id
from sync.store.payment_events import Document, EventStatus, PaymentEvent
from tests.contract.hub.test_sessions import order
from tests.integration.sandbox.listening import listening

C = TypeVar("C", bound=Change)
PATIENCE_S: Final = 60.0
KEY: Final = "sk_test_contract"
PENDING_CARD: Final = "4000000000007726"


@dataclass
class Ear:
    """A webhook endpoint: what a provider has sent to it, and whether its adapter calls that genuine."""

    is_genuine: Callable[[Mapping[str, str], bytes], bool] = lambda _headers, _body: False
    bodies: list[bytes] = field(default_factory=list)
    forged: list[bytes] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)

    def take(self, body: bytes, headers: Message) -> int:
        is_genuine = self.is_genuine({name.lower(): value for name, value in headers.items()}, body)
        with self.changed:
            (self.bodies if is_genuine else self.forged).append(body)
            self.changed.notify_all()
        return 200 if is_genuine else 400


class Account(ABC):
    """One provider's account. A payment is 15,000 cents."""

    reader: EventReader
    sessions: Sessions
    refunder: Refunder
    treasury: Treasury

    def __init__(self, sandbox: Sandbox, ear: Ear) -> None:
        self._sandbox, self.ear, self._numbers = sandbox, ear, count(1)

    def begin(self) -> Session:
        return self.sessions.create(order())

    def paid(self) -> str:
        """Returns a payment that was made."""
        session = self.begin()
        self.pay(session)
        return str(self.sessions.retrieve(session.id).payment)

    def paid_with_refunds_that_pend(self) -> str:
        """Returns a payment of which the next refund waits for its end."""
        return self.paid()

    @abstractmethod
    def pay(self, session: Session) -> None: ...

    @abstractmethod
    def decline(self, session: Session) -> None:
        """Tries to pay with a card that is refused."""

    @abstractmethod
    def hold(self, session: Session) -> None:
        """Pays with money that is awaited."""

    @abstractmethod
    def refuse(self, session: Session) -> None:
        """Ends what is held: the money does not come."""

    @abstractmethod
    def fail_refund(self, refund: str) -> None: ...

    @abstractmethod
    def refund_outside(self, payment: str, minor: int) -> None:
        """Gives money back as someone who is signed in at the provider does."""

    @abstractmethod
    def dispute(self, payment: str) -> None: ...

    @abstractmethod
    def win(self, payment: str) -> None: ...

    @abstractmethod
    def lose(self, payment: str) -> None: ...

    def events(self) -> list[PaymentEvent]:
        """Returns all that was heard, as the hub keeps it, in the order in which it came."""
        with self.ear.changed:
            bodies = list(self.ear.bodies)
        return [self.kept(json.loads(body), number) for number, body in enumerate(bodies, 1)]

    def kept(self, document: Any, number: int = 1) -> PaymentEvent:
        """Returns a document as the hub keeps it."""
        event = self.reader.event(Document(document))
        assert event is not None
        return PaymentEvent(number, self.reader.provider, event.type, event.body, EventStatus.RECEIVED)

    def all_told(self, kind: type[C]) -> list[C]:
        changes = [change for event in self.events() for change in self.reader.changes(event)]
        return [each for each in changes if isinstance(each, kind)]

    def told(self, kind: type[C], is_meant: Callable[[C], bool]) -> C:
        """Waits until such a change is told, and returns it."""
        ends = monotonic() + PATIENCE_S
        while True:
            heard = len(self.ear.bodies)
            found = [each for each in self.all_told(kind) if is_meant(each)]
            if found:
                return found[-1]
            with self.ear.changed:
                assert self.ear.changed.wait_for(lambda: len(self.ear.bodies) > heard, ends - monotonic()), kind  # noqa: B023  # waited for here

    def control(self, path: str, **body: Any) -> Any:
        answer = httpx.post(f"{self._sandbox.base_url}/control/{path}", json=body)
        assert answer.status_code in (200, 402), answer.text  # 402: a card that is declined
        return answer.json()

    def fault(self, **rule: Any) -> None:
        self.control("faults", **rule)

    def no_faults(self) -> None:
        httpx.delete(f"{self._sandbox.base_url}/control/faults").raise_for_status()


class StripeAccount(Account):
    reader = READERS["stripe"]

    def __init__(self, sandbox: Sandbox, ear: Ear, url: str) -> None:
        super().__init__(sandbox, ear)
        self.sessions = CheckoutSessions(KEY, sandbox.base_url)
        self.refunder = StripeRefunds(KEY, sandbox.base_url)
        self.treasury = StripeTreasury(KEY, sandbox.base_url)
        webhook = StripeWebhook(self.control("webhooks", provider="stripe", url=url)["secret"])
        ear.is_genuine = lambda headers, body: webhook.is_genuine(headers.get("stripe-signature"), body, time())
        self.control("refunds", pends_s=None)  # a test says itself when they end

    def pay(self, session: Session, **more: Any) -> None:
        self.control(f"checkout_sessions/{session.id}/pay", email="ana@example.org", name="Ana", **more)

    def paid_with_refunds_that_pend(self) -> str:
        session = self.begin()
        self.pay(session, card=PENDING_CARD)
        return str(self.sessions.retrieve(session.id).payment)

    def decline(self, session: Session) -> None:
        self.pay(session, card="4000000000000002")

    def hold(self, session: Session) -> None:
        self.pay(session, delayed=True)

    def refuse(self, session: Session) -> None:
        self.control(f"checkout_sessions/{session.id}/arrive", do="fail")

    def fail_refund(self, refund: str) -> None:
        self.control(f"refunds/{refund}", do="fail")

    def refund_outside(self, payment: str, minor: int) -> None:
        self.control(f"charges/{payment}/refund", amount=minor)

    def dispute(self, payment: str) -> None:
        self.control(f"charges/{payment}/dispute", do="open")

    def win(self, payment: str) -> None:
        self.control(f"charges/{payment}/dispute", do="won")

    def lose(self, payment: str) -> None:
        self.control(f"charges/{payment}/dispute", do="lost")


class PayPalAccount(Account):
    reader = READERS["paypal"]

    def __init__(self, sandbox: Sandbox, ear: Ear, url: str, paypal: PayPal, webhook_id: str) -> None:
        super().__init__(sandbox, ear)
        self.sessions = self.refunder = self._paypal = paypal
        self.treasury = PayPalTreasury(paypal)
        ear.is_genuine = paypal.is_genuine
        self.control("webhooks", provider="paypal", url=url, id=webhook_id)
        self._orders: dict[str, str] = {}

    def pay(self, session: Session) -> None:
        self._do(session, "approve")
        taken = self._paypal.take(session.id)
        self._orders[str(taken.payment)] = session.id

    def paid_with_refunds_that_pend(self) -> str:
        payment = self.paid()
        self.control(f"paypal/orders/{self._orders[payment]}", do="refund_pending_next")
        return payment

    def decline(self, session: Session) -> None:
        self._do(session, "decline_next")
        self.pay(session)

    def hold(self, session: Session) -> None:
        self._do(session, "pending_next")
        self.pay(session)

    def refuse(self, session: Session) -> None:
        self._do(session, "deny")

    def fail_refund(self, refund: str) -> None:
        self.control(f"paypal/refunds/{refund}", do="fail")

    def refund_outside(self, payment: str, minor: int) -> None:
        body = {"amount": {"currency_code": "USD", "value": f"{minor // 100}.{minor % 100:02}"}}
        self._paypal._call("POST", f"/v2/payments/captures/{payment}/refund", body, key=new_id())

    def dispute(self, payment: str) -> None:
        self.control(f"paypal/orders/{self._orders[payment]}", do="dispute")

    def win(self, payment: str) -> None:
        self.control(f"paypal/orders/{self._orders[payment]}", do="resolve_for_seller")

    def lose(self, payment: str) -> None:
        self.control(f"paypal/orders/{self._orders[payment]}", do="resolve_for_buyer")

    def _do(self, session: Session, what: str) -> None:
        self.control(f"paypal/orders/{session.id}", do=what)


@contextmanager
def stripe_account(sandbox: Sandbox) -> Iterator[StripeAccount]:
    ear = Ear()
    with listening(ear.take) as url:
        yield StripeAccount(sandbox, ear, url)


@contextmanager
def paypal_account(sandbox: Sandbox) -> Iterator[PayPalAccount]:
    ear, webhook_id = Ear(), f"WH-{new_id()}"
    with listening(ear.take) as url, closing(PayPal("client", "secret", sandbox.base_url, webhook_id)) as paypal:
        yield PayPalAccount(sandbox, ear, url, paypal, webhook_id)
