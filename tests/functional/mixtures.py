"""Sales that are paid in each mixture of ways, by a till in a process of its own that is killed at a step of choice.

A step is the moment just after a commit, or after a call that the hub or the card service has answered: at no other
does what a dead till leaves behind change. What was told to the people at the door is written down, and only after it
is so.
"""

import os
import re
import signal
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.stack import post
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.store.database import Store
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import Progress, Stage, TenderOutcome, TenderPaid
from boxoffice.till.usecases.till import Till
from sync.store.database import Database
from sync.tills.pairing import create_code, revoke

CART: Final = Cart((CartLine(ProductId("friday-pass"), 1),))
_SAME: Final = 2
"""How many calls of one kind count: a till that waits asks the same thing again and again."""
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]+|[a-z]+_[A-Za-z0-9]{6,}")


def say(*words: object) -> None:
    print(*words, flush=True)


def usd(dollars: int) -> Money:
    return Money(dollars * 100, Currency("USD"))


@dataclass(slots=True)
class Steps:
    """Counts the steps of the thread that sells, and kills its process at one of them."""

    last: int
    number: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def reach(self, name: str, most: int = sys.maxsize) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self.seen[name] += 1
        if self.seen[name] > most:
            return
        self.number += 1
        say("step", self.number, name)
        if self.number == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Takes every commit of a store and every call over HTTP for a step, from now on."""
        write, send = Store.transaction, httpx.HTTPTransport.handle_request

        @contextmanager
        def transaction(store: Store) -> Iterator[Any]:
            with write(store) as connection:
                yield connection
            self.reach("commit")

        def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            answer = send(transport, request)
            self.reach(f"{request.method} {_ID.sub('…', request.url.path)}", _SAME)
            return answer

        setattr(Store, "transaction", transaction)  # noqa: B010  # mypy lets no method be assigned
        setattr(httpx.HTTPTransport, "handle_request", handle_request)  # noqa: B010  # mypy lets no method be assigned


@dataclass(frozen=True, slots=True)
class Seller:
    """Who sells, with the customer in front of the till."""

    till: Till
    sandbox: str
    reader: str
    postgres_url: str

    def place(self) -> Order:
        order = self.till.place(CART)
        say("placed", order.id)
        return order

    def sell(self) -> None:
        self._told(self.till.sell_for_cash(CART, usd(100)))

    def cash(self, order_id: OrderId, amount: Money | None = None) -> None:
        amount = amount or self.till.order(order_id).due
        order = self.till.take_cash(order_id, amount, amount)
        say("cash", order_id, amount.minor)
        self._told(order)

    def card(self, order_id: OrderId, amount: Money | None = None, *, do: str = "present") -> None:
        def shown(progress: Progress) -> None:
            if progress.stage is Stage.SENT:
                post(f"{self.sandbox}/control/readers/{self.reader}", {"do": do})

        self._ended(self.till.pay_by_reader(order_id, amount or self.till.order(order_id).due, shown))

    def phone(self, order_id: OrderId, amount: Money | None = None, *, does: str = "pay") -> None:
        """The customer pays, lets the time of the code run out, or keeps the code for later."""
        self._ended(
            self.till.pay_by_phone(order_id, amount or self.till.order(order_id).due, self._customer(order_id, does))
        )

    def phone_again(self, order_id: OrderId) -> None:
        (tender,) = self.till.order(order_id).tenders
        self._ended(self.till.wait_again(tender.id, self._customer(order_id, "pay")))

    def give_back(self, order_id: OrderId) -> None:
        self.till.give_back(order_id, "Changed mind")
        say("back", order_id)

    def is_revoked(self) -> None:
        """An organizer revokes this till."""
        with Database(self.postgres_url, 1) as database, database.transaction() as connection:
            assert revoke(connection, self.till.services.context.device.id)

    def new_code(self) -> str:
        with Database(self.postgres_url, 1) as database, database.transaction() as connection:
            return create_code(connection)

    def _customer(self, order_id: OrderId, does: str) -> Callable[[Progress], None]:
        links: list[str] = []

        def shown(progress: Progress) -> None:
            if not progress.link or links:
                return
            links.append(progress.link)
            if does == "leave":
                self.till.stop_waiting(order_id)
            elif does == "cancel":
                self.till.cancel_payment(order_id)
            else:
                follow(self.sandbox, progress.link, does)

        return shown

    def _ended(self, outcome: TenderOutcome) -> None:
        if isinstance(outcome, TenderPaid):
            say("charged", outcome.order.id)
            self._told(outcome.order)

    def _told(self, order: Order) -> None:
        if order.is_paid:
            say("paid", order.id)


def follow(sandbox: str, link: str, does: str) -> None:
    """A customer opens the link of a code and pays, or waits until its time is over."""
    with urllib.request.urlopen(link, timeout=60) as page:
        end(sandbox, page.url.rpartition("/")[2], does)


def end(sandbox: str, session: str, does: str) -> None:
    """Ends a payment page: its customer pays, or its time is over."""
    body = {"card": "4242424242424242", "wait": True} if does == "pay" else {}
    post(f"{sandbox}/control/checkout_sessions/{session}/{does}", body)


def _cash(seller: Seller) -> None:
    seller.sell()
    seller.till.sync_now()


def _card(seller: Seller) -> None:
    seller.card(seller.place().id)


def _phone(seller: Seller) -> None:
    seller.phone(seller.place().id)


def _cash_and_card(seller: Seller) -> None:
    order = seller.place()
    seller.cash(order.id, usd(20))
    seller.card(order.id)


def _cash_and_phone(seller: Seller) -> None:
    order = seller.place()
    seller.cash(order.id, usd(20))
    seller.phone(order.id)


def _card_and_cash(seller: Seller) -> None:
    order = seller.place()
    seller.card(order.id, usd(20))
    seller.cash(order.id)


def _card_and_phone(seller: Seller) -> None:
    order = seller.place()
    seller.card(order.id, usd(20))
    seller.phone(order.id)


def _phone_and_card(seller: Seller) -> None:
    order = seller.place()
    seller.phone(order.id, usd(20))
    seller.card(order.id)


def _two_cards(seller: Seller) -> None:
    order = seller.place()
    seller.card(order.id, usd(20))
    seller.card(order.id)


def _declined_then_cash(seller: Seller) -> None:
    order = seller.place()
    seller.card(order.id, do="decline")
    seller.cash(order.id)


def _cancelled_code_then_card(seller: Seller) -> None:
    order = seller.place()
    seller.phone(order.id, does="cancel")
    seller.card(order.id)


def _given_back(seller: Seller) -> None:
    order = seller.place()
    seller.cash(order.id, usd(10))
    seller.card(order.id, usd(10))
    seller.phone(order.id, usd(10))
    seller.give_back(order.id)


def _parked(seller: Seller) -> None:
    order = seller.place()
    seller.cash(order.id, usd(20))
    seller.sell()
    (parked,) = seller.till.parked()
    seller.card(parked.id)


def _code_left_alone(seller: Seller) -> None:
    order = seller.place()
    seller.phone(order.id, does="leave")
    seller.sell()
    seller.phone_again(order.id)


def _started_again(seller: Seller) -> None:
    """It is also killed while it looks at what it left behind."""
    order = seller.place()
    seller.cash(order.id, usd(20))
    seller.phone(order.id, usd(10), does="leave")
    seller.till.close()
    seller.till.open()
    seller.till.sync_now()


def _revoked(seller: Seller) -> None:
    """It is revoked in the middle of a sale, hands over what it holds, and sells again as another till."""
    order = seller.place()
    seller.cash(order.id, usd(20))
    seller.is_revoked()
    seller.card(order.id)
    seller.till.sync_now()
    state = seller.till.hand_over()
    assert state.is_done
    seller.till.begin_anew(is_export_safe=False)
    say("anew")
    seller.till.pair(state.hub_url, seller.new_code())
    seller.till.choose_event(seller.till.events()[0].id)
    seller.sell()


@dataclass(frozen=True, slots=True)
class Mixture:
    """How a sale is paid, and in about how many steps: the suite kills it at one of them."""

    sell: Callable[[Seller], None]
    steps: int


MIXTURES: Final[Mapping[str, Mixture]] = {
    "cash": Mixture(_cash, 12),
    "card": Mixture(_card, 16),
    "phone": Mixture(_phone, 14),
    "cash-and-card": Mixture(_cash_and_card, 17),
    "cash-and-phone": Mixture(_cash_and_phone, 15),
    "card-and-cash": Mixture(_card_and_cash, 15),
    "card-and-phone": Mixture(_card_and_phone, 21),
    "phone-and-card": Mixture(_phone_and_card, 22),
    "two-cards": Mixture(_two_cards, 23),
    "declined-then-cash": Mixture(_declined_then_cash, 18),
    "cancelled-code-then-card": Mixture(_cancelled_code_then_card, 22),
    "given-back": Mixture(_given_back, 24),
    "parked": Mixture(_parked, 21),
    "code-left-alone": Mixture(_code_left_alone, 19),
    "started-again": Mixture(_started_again, 22),
    "revoked": Mixture(_revoked, 32),
}


def run(sell: Callable[[Seller], None], last: int, settings: Settings, where: tuple[str, str, str], told: Path) -> None:
    """Sells, and writes what was told into a file; `where` are the sandbox, the reader and the hub's database."""
    with told.open("w") as file, redirect_stdout(file):
        till = build_till(settings)
        till.open()
        Steps(last).watch()
        sell(Seller(till, *where))
        till.close()
