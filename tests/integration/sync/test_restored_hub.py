"""A hub whose database was restored to an older state: what it has lost comes back from its tills and its provider.

The drill: two tills and the web sell, the database is copied, all sell on, the copy is put in place, and it is healed.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from boxoffice.core.facts import Head, seal
from boxoffice.core.ids import DeviceId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.leases import LeaseGranted
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.wire.lost import TellAgainRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.sandbox.server import Sandbox
from boxoffice.till.usecases.ports import HubRefused
from boxoffice.till.usecases.verify import verify as verify_till
from sync.app import _sessions, records_of
from sync.config import Settings
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.ledger.verify import verify as verify_hub
from sync.orders.personal import erase
from sync.payments.checkouts import Checkouts
from sync.payments.order_marks import marked_order, order_marks
from sync.server import HubServer
from sync.shop.rebuilding import Rebuilt, heal
from sync.store.chain import draft_now, new_id
from sync.store.database import Database
from tests.fest import fest
from tests.integration.sync.beside_sandbox import settings_beside
from tests.integration.sync.conftest import Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.seller import Seller
from tests.integration.sync.shopper import CAMILA
from tests.outside import let_go
from tests.postgres import new_database

PLACES = 40
FRIDAY = Cart((CartLine(ProductId("friday-pass"), 1),))
PAID = Money(10_000, Currency("USD"))
NUMBERS = "SELECT order_number FROM orders WHERE status = 'completed'"
TICKETS = "SELECT t.id FROM tickets t JOIN orders o ON o.id = t.order_id WHERE o.channel = 'web'"
SOLD = "SELECT count(*) FROM tickets"


@dataclass
class Venue:
    """One database with a hub on it, which can be stopped, copied, put back and started again."""

    settings: Settings
    sandbox: Sandbox
    postgres_url: str
    database: str
    stand: Stand = field(init=False)

    @contextmanager
    def open(self, port: int = 0) -> Iterator[Stand]:
        with HubServer.start(self.settings, port=port) as server, Database(self.settings.database(), 4) as database:
            hub = Hub.open(self.settings, database, server.base_url, "second")
            self.stand = Stand(server.base_url, database, hub, FakeSessions(), FakeMail())
            yield self.stand

    def copy(self, of: str, to: str) -> None:
        let_go()
        with psycopg.connect(self.postgres_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{to}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{to}" TEMPLATE "{of}"'.encode())

    def buy(self, quantity: int = 1) -> httpx.Response:
        body = {"items": [{"id": "friday-pass", "quantity": quantity}], "customerInfo": CAMILA}
        url = f"{self.stand.base_url}/api/payment/create-checkout-session"
        return httpx.post(url, json=body, timeout=60)

    def pay(self, bought: httpx.Response) -> str:
        """Pays at the provider, and returns the order's number once the hub has seen it."""
        body = {"email": "camila@example.org", "name": "Camila Ortega"}
        session, order = bought.raise_for_status().json()["sessionId"], bought.json()["orderId"]
        httpx.post(f"{self.sandbox.base_url}/control/checkout_sessions/{session}/pay", json=body).raise_for_status()
        checkouts = Checkouts(self.stand.hub, _sessions(self.settings))
        checkouts.settle_tender(str(self.stand.one("SELECT tender_id FROM checkouts WHERE order_id = %s", order)))
        return str(self.stand.one("SELECT order_number FROM orders WHERE id = %s AND status = 'completed'", order))

    def heal(self) -> Rebuilt:
        with records_of(self.settings) as lists:
            return heal(self.stand.hub, {"Stripe": lists["Stripe"]})

    def column(self, query: str) -> list[Any]:
        return [row[0] for row in self.stand.sql(query)]


@pytest.fixture(scope="module")
def venue(postgres_url: str) -> Iterator[Venue]:
    with Sandbox.start() as sandbox:
        yield Venue(settings_beside(sandbox, new_database(postgres_url, "venue")), sandbox, postgres_url, "venue")


def small_fest() -> dict[str, Any]:
    event = fest()
    pools = [{**pool, "capacity": PLACES if pool["id"] == "friday" else pool["capacity"]} for pool in event["pools"]]
    return {**event, "pools": pools}


def sell(seller: Seller, times: int) -> None:
    for _ in range(times):
        seller.services.selling.sell_for_cash(FRIDAY, PAID)


def numbers_of(seller: Seller) -> set[str]:
    return {order.number for order in seller.services.orders.find("", 100).orders}


def test_a_restored_hub_has_everything_again_and_sells_nothing_twice(venue: Venue, tmp_path: Path) -> None:
    with venue.open() as stand:
        load_event(stand.hub, small_fest())
        sellers = [Seller(stand, tmp_path / name).open() for name in ("one", "two")]
        port = httpx.URL(stand.base_url).port or 0
        for seller in sellers:
            seller.services.sync.everything()
            sell(seller, 2)
            seller.services.sync.everything()
        web = [venue.pay(venue.buy())]
        begun = venue.buy()
        begun_id = begun.json()["orderId"]
    venue.copy(venue.database, f"{venue.database}-then")

    with venue.open(port):
        for seller in sellers:  # sold, sent and leased anew, all of which will be lost
            sell(seller, seller.left())
            seller.services.sync.everything()
        web += [venue.pay(venue.buy(2)), venue.pay(begun)]
        numbers, tickets = set(venue.column(NUMBERS)), set(venue.column(TICKETS))
        assert any(seller.left() for seller in sellers)
    venue.copy(f"{venue.database}-then", venue.database)

    with venue.open(port) as stand:
        assert venue.buy().status_code == 503  # what seems free is with the tills
        sellers[0].services.sync.everything()  # nothing new to send, and no break of the line that it noticed
        assert numbers_of(sellers[0]) <= set(venue.column(NUMBERS))
        with pytest.raises(HubRefused):
            sellers[0].services.sync.ask_lease({"friday": 1}, whole=True)
        assert venue.heal().waits_for == [sellers[1].services.context.device.name]
        assert venue.buy().status_code == 503
        sellers[1].services.sync.everything()
        again = venue.heal()

        assert not again.problems
        assert not again.waits_for
        assert (set(venue.column(NUMBERS)), set(venue.column(TICKETS))) == (numbers, tickets)
        assert stand.one("SELECT status FROM orders WHERE id = %s", begun_id) == "completed"
        assert stand.one("SELECT customer_email FROM orders WHERE order_number = %s", web[1]) == "camila@example.org"
        assert stand.one("SELECT leased FROM pools WHERE id = 'friday'") == sum(seller.left() for seller in sellers)
        assert stand.one("SELECT count(*) FROM exceptions") == 0

        with suppress(httpx.HTTPStatusError):  # everybody buys until there is nothing left
            while True:
                web.append(venue.pay(venue.buy()))
        for seller in sellers:
            sell(seller, seller.left())
            seller.services.sync.everything()
        all_numbers = venue.column(NUMBERS)
        assert len(all_numbers) == len(set(all_numbers))
        assert stand.one(SOLD) == PLACES
        assert venue.heal() == Rebuilt()
        for seller in sellers:
            assert verify_till(seller.store, seller.services.context.journal.key.public_key()).problem is None
            assert numbers_of(seller) <= set(all_numbers)
            seller.close()
        assert verify_hub(stand.database).problem is None


def test_who_was_erased_is_erased_again_when_a_backup_is_put_back(venue: Venue, tmp_path: Path) -> None:
    known = "SELECT count(*) FROM orders WHERE customer_email IS NOT NULL"
    with venue.open() as stand:
        load_event(stand.hub, fest())
        seller = Seller(stand, tmp_path / "erased").open()
        port = httpx.URL(stand.base_url).port or 0
        venue.pay(venue.buy())
    venue.copy(venue.database, f"{venue.database}-then")
    with venue.open(port) as stand:
        with stand.database.transaction() as connection:
            erase(stand.hub, connection, venue.column("SELECT id FROM orders"), "1")
        erased = stand.one(known)
        seller.services.sync.everything()
    venue.copy(f"{venue.database}-then", venue.database)

    with venue.open(port) as stand:
        back = stand.one(known)
        seller.services.sync.everything()

        assert (erased, back > 0) == (0, True)
        assert stand.one(known) == 0
        assert verify_hub(stand.database).problem is None
    seller.close()


def test_a_till_can_not_make_the_hub_say_what_it_has_never_written(venue: Venue, tmp_path: Path) -> None:
    with venue.open() as stand:
        load_event(stand.hub, small_fest())
        seller = Seller(stand, tmp_path / "three").open()
        seller.services.sync.everything()
        context, http = seller.services.context, seller.services.link
        granted = LeaseGranted(lease_id=new_id(), pool_id="saturday", to_device=str(context.device.id), units=50)
        made_up = seal(draft_now(granted, "boulder-fest-2026"), Head(DeviceId(new_id())), context.journal.key)
        before = stand.one("SELECT leased FROM pools WHERE id = 'saturday'")

        told = TellAgainRequest(life=lives_id(stand), facts=(FactMessage.of(made_up),))
        http.call(lambda hub: hub.tell_again(told))

        assert stand.one("SELECT leased FROM pools WHERE id = 'saturday'") == before
        assert stand.one("SELECT count(*) FROM facts WHERE id = %s", made_up.id) == 0
        assert stand.one("SELECT count(*) FROM exceptions WHERE kind = 'broken_fact'") == 1
        seller.close()


def lives_id(stand: Stand) -> str:
    return str(stand.one("SELECT id FROM hub_lives ORDER BY number DESC LIMIT 1"))


def test_what_lies_with_a_payment_makes_the_very_same_order_again() -> None:
    order = OrderPlaced(
        order_id="o",
        order_number="WB-1",
        channel="web",
        currency="USD",
        lines=(),
        subtotal=0,
        tax=0,
        total=0,
        units={f"pool-{i}": i for i in range(200)},
        source="pool",
    )

    marks = order_marks(order)

    assert len(marks) > 1
    assert max(map(len, marks.values())) <= 500
    assert marked_order(marks) == order
    assert marked_order(dict(list(marks.items())[:-1])) is None
    assert order_marks(order.model_copy(update={"units": {f"pool-{i}": i for i in range(3000)}})) == {}
