"""A hub whose database can be put back to an older state, with tills and buyers beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg

from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.sandbox.server import Sandbox
from sync.app import _sessions, records_of
from sync.config import Settings
from sync.ledger.hub import Hub
from sync.payments.checkouts import Checkouts
from sync.server import HubServer
from sync.shop.rebuilding import Rebuilt, heal
from sync.store.database import Database
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.seller import Seller
from tests.integration.sync.shopper import CAMILA
from tests.outside import let_go

PLACES = 40
FRIDAY = Cart((CartLine(ProductId("friday-pass"), 1),))
PAID = Money(10_000, Currency("USD"))
NUMBERS = "SELECT order_number FROM orders WHERE status IN ('completed', 'refunded')"
TICKETS = "SELECT t.id FROM tickets t JOIN orders o ON o.id = t.order_id WHERE o.channel = 'web'"
SOLD = "SELECT count(*) FROM tickets WHERE status = 'valid'"


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


def small_fest(places: int = PLACES) -> dict[str, Any]:
    event = fest()
    pools = [{**pool, "capacity": places if pool["id"] == "friday" else pool["capacity"]} for pool in event["pools"]]
    return {**event, "pools": pools}


def sell(seller: Seller, times: int) -> None:
    for _ in range(times):
        seller.services.selling.sell_for_cash(FRIDAY, PAID)


def numbers_of(seller: Seller) -> set[str]:
    return {order.number for order in seller.services.orders.find("", 100).orders}
