"""The hub is killed (SIGKILL) while buyers, webhooks, refunds, disputes and a till's facts come: each counts once."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.command import drain
from boxoffice.demo.stack import post
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify
from sync.organizers.organizers import add_organizer
from sync.organizers.roles import Role
from sync.store.database import Database
from sync.store.queue import defer
from sync.tills.pairing import create_code
from tests.functional.test_drill import House, buy_and_close_the_page, house, left_over, readiness, wait_for
from tests.integration.sync.office import EMAIL, PASSWORD, Office, form_of

__all__ = ["house"]
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="whole trees of processes are killed"),
]
A_WAVE = 6
"""So many buy on the web, twice, and so many at the door, each time that the hub is killed."""
STRIPE = "SELECT coalesce(sum(amount), 0)::bigint FROM ledger_postings WHERE account = 'stripe'"
STATES = "SELECT status, count(*) FROM orders GROUP BY 1 ORDER BY 1"
CHARGES = "SELECT provider_reference FROM payments WHERE status = 'captured' AND order_id = ANY(%s) ORDER BY id"
ASKED_LONG_AGO = "UPDATE provider_fees SET asked_at = asked_at - interval '1 hour' WHERE amount IS NULL"
"""Who was killed between the question and the answer asks again in some minutes: these are over."""


@pytest.fixture
def till(house: House, tmp_path: Path) -> Iterator[Till]:
    wait_for(lambda: readiness(house), 200)
    with Database(house.postgres_url, 2) as database, database.transaction() as connection:
        code = create_code(connection)
    till = build_till(Settings(data_dir=tmp_path / "till", vault="file", vault_passphrase=SecretStr("correct horse")))
    till.open()
    till.pair(house.hub_url, code)
    till.choose_event(till.events()[0].id)
    yield till
    till.close()


@pytest.fixture
def office(house: House) -> Iterator[Office]:
    wait_for(lambda: readiness(house), 200)
    with Database(house.postgres_url, 2) as database, database.transaction() as connection:
        add_organizer(connection, EMAIL, PASSWORD, Role.ADMIN)
    with httpx.Client(base_url=house.hub_url, timeout=150) as http:
        it = Office(http)
        form = {"csrf": it.hidden("/sign-in", "csrf"), "email": EMAIL, "password": PASSWORD}
        assert http.post("/sign-in", data=form).status_code == 303
        yield it


def parent_dies(house: House) -> None:
    port = int(house.hub_url.rpartition(":")[2])
    house.kill_the_hub()
    house.serve(port)


def all_die(house: House) -> None:
    port = int(house.hub_url.rpartition(":")[2])
    house.kill_all_of_the_hub()
    house.serve(port)


@dataclass(frozen=True)
class Trouble:
    """All that comes to a hub at once, while it is killed: each kind in a thread of its own, insisting."""

    house: House
    till: Till
    office: Office

    def buyers(self, first: int) -> list[str]:
        with ThreadPoolExecutor(A_WAVE) as crowd:
            return list(crowd.map(partial(buy_and_close_the_page, self.house), range(first, first + A_WAVE)))

    def at_the_door(self) -> None:
        cart = Cart((CartLine(ProductId("friday-pass"), 1),))
        for _ in range(A_WAVE):
            self.till.sell_for_cash(cart, Money(10_000, Currency("USD")))
            self.till.sync_now()
            Event().wait(0.5)

    def from_outside(self, charges: Sequence[str]) -> None:
        """Refunds in the provider's own dashboard, and disputes, in turn."""
        for number, charge in enumerate(charges):
            what, body = ("refund", {}) if number % 2 else ("dispute", {"do": "open"})
            post(f"{self.house.sandbox_url}/control/charges/{charge}/{what}", body)

    def press(self, orders: Mapping[str, dict[str, list[str]]]) -> None:
        """Presses the buttons of refunds as a person does: again, until there is an answer."""
        for order, form in orders.items():
            wait_for(partial(self._pressed, order, form), 303)

    def _pressed(self, order_id: str, form: dict[str, list[str]]) -> int:
        try:
            return self.office.http.post(f"/orders/{order_id}/refund", data=form).status_code
        except httpx.TransportError:
            return 0

    def wave(self, first: int, kill: Callable[[House], None]) -> None:
        """Sells, and kills the hub while that is bought, refunded and disputed; returns when all got their answers."""
        orders = self.buyers(first)
        wait_for(lambda: len(self._charges(orders)), A_WAVE)
        forms = {order: form_of(self.office.look(order).text) for order in orders[:2]}
        with ThreadPoolExecutor() as crowd:
            under_way: list[Future[Any]] = [
                crowd.submit(self.press, forms),
                crowd.submit(self.from_outside, self._charges(orders[2:])),
                crowd.submit(self.buyers, first + A_WAVE),
                crowd.submit(self.at_the_door),
            ]
            under_way[1].result()  # so their webhooks are on their way
            kill(self.house)
            wait_for(lambda: readiness(self.house), 200)
            for each in under_way:
                each.result()

    def _charges(self, orders: Sequence[str]) -> list[str]:
        with psycopg.connect(self.house.postgres_url, autocommit=True) as connection:
            return [row[0] for row in connection.execute(CHARGES, [orders]).fetchall()]


def test_the_hub_is_killed_while_webhooks_refunds_disputes_and_tills_come(
    house: House, till: Till, office: Office
) -> None:
    trouble = Trouble(house, till, office)

    for number, kill in enumerate((House.kill_a_worker, all_die, parent_dies)):
        trouble.wave(2 * A_WAVE * number, kill)
    drain([till])

    assert taken(house) <= {row[0] for row in house.rows("SELECT event_id FROM payment_events")}
    house.command("process-pending-webhooks")  # of what the provider has given up sending
    wait_for(lambda: house.rows(STATES), [("completed", 3 * (3 * A_WAVE - 4)), ("refunded", 3 * 4)])
    with Database(house.postgres_url, 2) as database:
        with database.transaction() as connection:
            connection.exec_driver_sql(ASKED_LONG_AGO)
            defer(connection, "look_at_fees", {"timestamp": 0})
        balance = httpx.get(f"{house.sandbox_url}/control/balance").json()["usd"]
        wait_for(lambda: house.rows(STRIPE), [(balance,)])
        wait_for(lambda: left_over(house).keys() - {"unpaid orders"}, set())
        assert verify(database).problem is None
    assert verify_till(till.store, till.public_key).problem is None
    house.command("reconcile")


def taken(house: House) -> set[Any]:
    """Returns the events that the hub has told the provider it has."""
    log = httpx.get(f"{house.sandbox_url}/control/webhooks").json()["deliveries"]
    return {each["event"] for each in log if each["provider"] == "stripe" and each["status"] == 200}
