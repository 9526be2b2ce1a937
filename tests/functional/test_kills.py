"""A till is killed (SIGKILL) at the steps of each mixture of payments: nothing is lost, doubled, or in nobody's hands.

The suite kills each mixture at one step, which its seed draws. It is killed at all of them, for hours, by
`pytest --every-step --timeout 7200 -o faulthandler_timeout=0`.
"""

import multiprocessing
import random
import signal
import sys
import urllib.error
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.demo.command import drain
from boxoffice.demo.drive import add_readers
from boxoffice.demo.stack import STRIPE_KEY, Stack, post
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.usecases.gateway.standing import HandOver, NeedsPairing, Ready
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify as verify_hub
from sync.store.queue import defer
from tests.functional.mixtures import MIXTURES, Seller, end, run
from tests.functional.test_rollback import hub, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there is no fork"),
]

PATIENCE_S: Final = 300
FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.functional.mixtures"])
STRIPE: Final = "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_postings WHERE account = 'stripe'"
ORDER: Final = """
    SELECT o.status, o.total_amount, coalesce(sum(p.amount) FILTER (WHERE p.status = 'captured'), 0)::bigint,
           coalesce(sum((SELECT sum(r.amount) FROM refunds r WHERE r.payment_id = p.id AND r.status = 'succeeded')), 0)
               ::bigint,
           (SELECT count(*) FROM tickets t WHERE t.order_id = o.id AND t.status = 'valid')
    FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE o.id = %s GROUP BY o.id
"""
CASH: Final = "SELECT coalesce(sum(amount), 0)::bigint FROM payments WHERE order_id = %s AND tender = 'cash'"


@dataclass(slots=True)
class Told:
    """What the people at the door were told before the till died, and how far it came."""

    steps: list[str] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)
    paid: set[str] = field(default_factory=set)
    back: set[str] = field(default_factory=set)
    charged: set[str] = field(default_factory=set)
    cash: Counter[str] = field(default_factory=Counter)
    was_killed: bool = False
    is_anew: bool = False
    """Its till handed over what it held, and began as another one."""

    @classmethod
    def by(cls, words: str, code: int | None) -> "Told":
        told = cls(was_killed=code != 0)
        for what, *rest in (each.split() for each in words.splitlines()):
            match what:
                case "step":
                    told.steps.append(" ".join(rest))
                case "cash":
                    told.cash[rest[0]] += int(rest[1])
                case "anew":
                    told.is_anew = True
                case "placed" | "paid" | "back" | "charged":
                    getattr(told, what).add(rest[0])
                case _:
                    pass
        return told

    @property
    def known(self) -> set[str]:
        """Returns the orders that somebody at the door knows of."""
        return self.placed | self.paid | self.charged | set(self.cash)


@dataclass(slots=True)
class Door:
    """A paired till that dies and is started again, with its reader."""

    stack: Stack
    folder: Path
    number: int = 0
    reader: str = ""

    @property
    def sandbox(self) -> str:
        return self.stack.addresses.sandbox_url

    def __post_init__(self) -> None:
        self.reader = add_readers(self.sandbox, STRIPE_KEY, 1)[0]
        self.pair()

    def sells(self, sell: Callable[[Seller], None], dies_at: int) -> Told:
        """Runs a till that sells until it is done, or dies at that step."""
        a, told = self.stack.addresses, self.folder.with_suffix(".told")
        where = (a.sandbox_url, self.reader, a.postgres_url)
        process = FORKS.Process(target=run, args=(sell, dies_at, self.settings, where, told))
        process.start()
        process.join(PATIENCE_S)
        if process.is_alive():
            process.kill()
            pytest.fail(f"the till hangs after {Told.by(told.read_text(), None).steps}")
        assert process.exitcode in {0, -signal.SIGKILL}
        return Told.by(told.read_text(), process.exitcode)

    def customers_go_on(self, *, pay: bool) -> None:
        """Who stood there when the till died pays all the same, or goes away."""
        listed = httpx.get(
            f"{self.sandbox}/v1/checkout/sessions",
            params={"limit": 100, "status": "open"},
            headers={"Authorization": f"Bearer {STRIPE_KEY}"},
        )
        for session in listed.json()["data"]:
            end(self.sandbox, session["id"], "pay" if pay else "expire")
        if pay:
            with suppress(urllib.error.HTTPError):  # the reader asks for no card
                post(f"{self.sandbox}/control/readers/{self.reader}", {"do": "present"})

    def comes_back(self, *, gives_back: bool) -> dict[str, str]:
        """Starts the till again, and a person ends what is open; returns its orders.

        If it was revoked it hands over what it holds, and is paired anew.
        """
        till = self._till()
        try:
            state = till.open()
            if not isinstance(state, Ready | HandOver):
                return {}
            drain([till])
            for order in till.parked():
                if gives_back or till.is_revoked:
                    till.give_back(order.id, "Till failed")
                else:
                    till.take_cash(order.id, order.due, order.due)
            drain([till])
            assert verify_till(till.store, till.public_key).problem is None
            with till.store.reading() as connection:
                orders = connection.exec_driver_sql("SELECT id, status FROM orders").all()
            if till.is_revoked:
                until(lambda: till.hand_over().is_done, True)
                till.begin_anew(is_export_safe=False)
            return {row[0]: row[1] for row in orders}
        finally:
            till.close()

    def pair(self) -> None:
        """Pairs the till if it is not, and sees to it that it sells."""
        till = self._till()
        try:
            state = till.open()
            if isinstance(state, NeedsPairing):
                till.pair(self.stack.addresses.hub_url, self.stack.pairing_code())
            if not isinstance(state, Ready):
                till.choose_event(till.events()[0].id)
            till.choose_reader(self.reader)
        finally:
            till.close()

    def _till(self) -> Till:
        return build_till(self.settings)

    @property
    def settings(self) -> Settings:
        return Settings(
            data_dir=self.folder,
            documents_dir=self.folder / "docs",
            vault="file",
            vault_passphrase=SecretStr("correct horse"),
        )


def ask(stack: Stack, query: str, *values: str) -> list[tuple[Any, ...]]:
    with stack.database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query, values).all()]


def at_stripe(stack: Stack, order_id: str) -> int:
    """Returns what the provider holds of the order: what it has charged less what it gave back."""
    listed = httpx.get(
        f"{stack.addresses.sandbox_url}/v1/charges",
        params={"limit": 100},
        headers={"Authorization": f"Bearer {STRIPE_KEY}"},
    )
    charges = [each for each in listed.json()["data"] if each["metadata"].get("order_id") == order_id]
    return sum(each["amount"] - each["amount_refunded"] for each in charges if each["status"] == "succeeded")


def in_order(stack: Stack, told: Told, order_id: str) -> str:
    """The order has ended, and its money is where the books say: all of it taken, or none of it kept."""

    def ended() -> bool:
        ((status, total, captured, back, tickets),) = ask(stack, ORDER, order_id)
        return (status, captured - back, tickets) in {("completed", total, 1), ("failed", 0, 0)}

    until(ended, True)
    ((status, _, captured, back, _),) = ask(stack, ORDER, order_id)
    ((cash,),) = ask(stack, CASH, order_id)
    until(lambda: at_stripe(stack, order_id), captured - back - (cash if status == "completed" else 0))
    assert cash >= told.cash[order_id]
    assert order_id not in told.paid or status == "completed"
    assert order_id not in told.back or status == "failed"
    return str(status)


def kill(door: Door, mixture: str, step: int) -> Told:
    """Kills a till at the step of the mixture, starts it again, and looks where all the money is."""
    stack = door.stack
    before = {row[0] for row in ask(stack, "SELECT id FROM orders")}
    told = door.sells(MIXTURES[mixture].sell, step)
    door.customers_go_on(pay=step % 2 == 0)
    here = door.comes_back(gives_back=step % 4 < 2)
    assert verify_hub(stack.database).problem is None
    there = {row[0] for row in ask(stack, "SELECT id FROM orders")} - before
    assert told.known <= there
    states = {order_id: in_order(stack, told, order_id) for order_id in sorted(there)}
    on_till = {order_id: here[order_id] for order_id in states if order_id in here}
    assert on_till == states or (on_till.items() <= states.items() and (told.is_anew or not here))
    door.pair()
    return told


def books_agree(stack: Stack) -> None:
    """The whole account at the provider is in the ledger, to the cent, and its own list agrees."""
    with stack.database.transaction() as connection:
        defer(connection, "look_at_fees", {"timestamp": 0})
    until(
        lambda: ask(stack, STRIPE)[0][0],
        httpx.get(f"{stack.addresses.sandbox_url}/control/balance").json().get("usd", 0),
    )
    told = hub(stack, "reconcile")
    assert told.returncode == 0, told.stdout


@pytest.fixture(scope="module", autouse=True)
def all_books(stack: Stack) -> Iterator[None]:
    """Looks at the whole account once, when all tills have died."""
    yield

    books_agree(stack)


@pytest.fixture
def door(stack: Stack, tmp_path: Path) -> Door:
    return Door(stack, tmp_path / "till")


def kill_at_one(door: Door, mixture: str) -> None:
    """Kills the till at any step; where the table says that there are more steps than there are, at one that is."""
    drawn = random.Random(f"{random.random()} {mixture}")  # the run's seed is the same for all of its tests
    steps = MIXTURES[mixture].steps
    while not (told := kill(door, mixture, drawn.randint(1, steps))).was_killed:
        assert len(told.steps) < steps
        steps = len(told.steps)


@pytest.mark.parametrize("mixture", MIXTURES)
def test_a_till_that_is_killed_loses_and_doubles_nothing(door: Door, mixture: str, *, every_step: bool) -> None:
    if not every_step:
        kill_at_one(door, mixture)
        return
    step = 1
    while (told := kill(door, mixture, step)).was_killed:
        print(mixture, told.steps[-1:], flush=True)
        step += 1
