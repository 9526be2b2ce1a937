"""Odd money on demand: makes what organizers must decide, as banks, customers and providers bring it about."""

import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import func, select

from boxoffice.core.ids import ProductId
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.stack import Stack, post
from boxoffice.demo.tills import new_till
from boxoffice.till.usecases.gateway.paying import Progress
from sync.config import Settings
from sync.ledger.hub import Hub
from sync.payments.checkouts import must_be
from sync.payments.giving_back import NewOrderRefund
from sync.payments.refunds import Refunds
from sync.payments.settling import settle
from sync.ports import Session
from sync.provider_states import PaymentState
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.checkouts import of_session

REFUND_FAILS: Final = "4000000000005126"
_WAIT_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Bought:
    """An order that waits for its payment, and where that is made."""

    order_id: str
    session_id: str


@dataclass(frozen=True, slots=True)
class Troubles:
    """Each method makes one problem and returns its order when the problem is in the inbox."""

    stack: Stack

    def paid_late(self) -> str:
        """A customer whose time to pay was over pays all the same, and the places are sold out meanwhile."""
        late = self.buy("Rosa Perez", {"rumba-workshop": 2})
        self._lapse(late.session_id)
        with self.stack.database.transaction() as connection:
            left = connection.execute(select(t.pools.c.available).where(t.pools.c.id == "rumba-workshop")).scalar_one()
        self.buy("Casa de Rumba", {"rumba-workshop": left})
        self._pay(late)
        return self._raised("paid_nothing_left", late.order_id)

    def paid_twice(self, folder: Path) -> str:
        """At the door, a code that ended is paid after the customer has paid in cash."""
        till = new_till(self.stack, folder, folder, "door-9")
        sessions: list[str] = []

        def shown(progress: Progress) -> None:
            if progress.link and not sessions:
                with urllib.request.urlopen(progress.link, timeout=30) as page:  # noqa: S310  # our own hub
                    sessions.append(page.geturl().rpartition("/")[2])
                self._lapse(sessions[0])

        order = till.place(Cart((CartLine(ProductId("friday-pass"), 1),)))
        till.pay_by_phone(order.id, order.due, shown)
        till.take_cash(order.id, order.due, order.due)
        till.sync_now()
        self._until(lambda: self._status(order.id) == "completed")
        till.close()
        self._pay(Bought(order.id, sessions[0]))
        return self._raised("paid_twice", order.id)

    def disputed(self) -> str:
        """The holder of a card has the bank take the money back."""
        order, payment = self.paid("Ben Diaz", {"full-pass": 1})
        post(f"{self.stack.addresses.sandbox_url}/control/charges/{payment}/dispute", {"do": "open"})
        return self._raised("dispute_opened", order)

    def refund_failed(self) -> str:
        """The customer's bank does not take a refund."""
        order, _ = self.paid("Ana Ortega", {"saturday-pass": 2, "t-shirt": 1}, REFUND_FAILS)
        with self.stack.database.transaction() as connection:
            payment = connection.execute(select(t.payments.c.id).where(t.payments.c.order_id == order)).scalar_one()
            organizer = connection.execute(select(func.min(t.organizers.c.id))).scalar_one()
        new = NewOrderRefund(new_id(), order, payment, 8500, [(0, 0)], "Can't come on Saturday", str(organizer))
        Refunds(self._hub(), {}).request(new)
        return self._raised("refund_failed", order)

    def refunded_outside(self) -> str:
        """Somebody gives money back in the provider's own dashboard."""
        order, payment = self.paid("Luis Prado", {"friday-pass": 1})
        post(f"{self.stack.addresses.sandbox_url}/control/charges/{payment}/refund", {})
        return self._raised("refunded_outside", order)

    def buy(self, name: str, products: dict[str, int]) -> Bought:
        """Goes to the payment page with these products."""
        sizes = {"t-shirt": {"option": "L"}}
        email = f"{name.lower().replace(' ', '.')}@example.org"
        body = {
            "items": [
                {"id": product, "quantity": quantity} | sizes.get(product, {}) for product, quantity in products.items()
            ],
            "customerInfo": {"email": email, "name": name, "phone": "303-555-0123"},
        }
        answer: Any = post(f"{self.stack.addresses.hub_url}/api/payment/create-checkout-session", body)
        return Bought(answer["orderId"], answer["sessionId"])

    def paid(self, name: str, products: dict[str, int], card: str = "4242424242424242") -> tuple[str, str]:
        """Buys and pays; returns the order and its payment at the provider."""
        bought = self.buy(name, products)
        self._pay(bought, card)
        self._until(lambda: self._status(bought.order_id) == "completed")
        mine = t.payments.c.order_id == bought.order_id
        with self.stack.database.transaction() as connection:
            return bought.order_id, connection.execute(select(t.payments.c.provider_reference).where(mine)).scalar_one()

    def _hub(self) -> Hub:
        a = self.stack.addresses
        settings = Settings(postgres_url=SecretStr(a.postgres_url), hub_master_key=SecretStr(self.stack.master_key))
        return Hub.open(settings, self.stack.database, a.hub_url, "troubles")

    def _lapse(self, session_id: str) -> None:
        """Has the hub believe that nobody can pay the session any more: what is paid after this comes late."""
        with self.stack.database.reading() as connection:
            checkout = must_be(of_session(connection, session_id))
        settle(self._hub(), checkout, Session(session_id, None, PaymentState.ENDED, 0, "USD", None), "expired")

    def _pay(self, bought: Bought, card: str = "4242424242424242") -> None:
        url = f"{self.stack.addresses.sandbox_url}/control/checkout_sessions/{bought.session_id}/pay"
        post(url, {"card": card, "email": "buyer@example.org", "name": "A Buyer"})

    def _status(self, order_id: str) -> str | None:
        with self.stack.database.transaction() as connection:
            return connection.execute(select(t.orders.c.status).where(t.orders.c.id == order_id)).scalar_one_or_none()

    def _raised(self, kind: str, order_id: str) -> str:
        x = t.exceptions.c

        def is_raised() -> bool:
            with self.stack.database.transaction() as connection:
                mine = select(x.id).where(x.kind == kind, x.order_id == order_id)
                return connection.execute(mine).first() is not None

        self._until(is_raised)
        return order_id

    def _until(self, is_so: Callable[[], bool]) -> None:
        ends = time.monotonic() + _WAIT_S
        while not is_so():
            if time.monotonic() > ends:
                raise TimeoutError("the problem did not come up")
            time.sleep(0.05)
