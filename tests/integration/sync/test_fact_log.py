"""The log of facts beside the database: what the web sold after a backup comes back from it, fact by fact.

The drill: orders are paid at PayPal, are free, or were begun; the database is put back to before all of them.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from boxoffice.core.pricing import Cart
from boxoffice.sandbox.server import Sandbox
from sync.app import _others, _paypal, _sessions
from sync.inventory.events import load_event
from sync.ledger.fact_log import lines_beyond
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.orders.personal import erase
from sync.payments.checkouts import Checkouts
from sync.payments.giving_back import NewOrderRefund
from sync.payments.refunds import Refunds
from sync.providers.paypal import PayPal
from sync.shop.holding import NewOrder
from sync.shop.orders import Shop
from sync.store.chain import new_id
from sync.store.database import Database
from tests.integration.sync.beside_sandbox import settings_beside
from tests.integration.sync.house import until
from tests.integration.sync.shopper import CAMILA
from tests.integration.sync.venue import FRIDAY, Venue, small_fest
from tests.postgres import new_database

ROWS = {
    "orders": "SELECT id, order_number, status, total_amount FROM orders",
    "payments": "SELECT id, order_id, status, amount, provider_reference FROM payments",
    "tickets": "SELECT id, order_id, status FROM tickets",
    "refunds": "SELECT id, status, amount FROM refunds",
    "pools": "SELECT id, available, held, sold FROM pools",
    "accounts": "SELECT account, sum(amount) FROM ledger_postings GROUP BY account",
    "pages": "SELECT tender_id, session_id, code, provider FROM checkouts WHERE status = 'open'",
    "people": "SELECT id, customer_name, customer_email FROM orders",
    "facts": "SELECT id, hash FROM facts WHERE payload ? 'order_id' AND kind NOT LIKE 'exception%'",
}


@pytest.fixture(scope="module")
def venue(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Venue]:
    folder = tmp_path_factory.mktemp("facts")
    with Sandbox.start() as sandbox:
        settings = settings_beside(sandbox, new_database(postgres_url, "logged"), hub_facts_dir=str(folder / "log"))
        yield Venue(settings, sandbox, postgres_url, "logged")


def fest_with_something_free() -> dict[str, Any]:
    event = small_fest()
    free = next(each for each in event["products"] if each["id"] == "friday-pass")
    return {**event, "products": [*event["products"], {**free, "id": "community", "price_minor": 0}]}


class Buyers:
    """Those on the web who pay at PayPal, or need not pay."""

    def __init__(self, venue: Venue, paypal: PayPal) -> None:
        self.venue = venue
        hub = venue.stand.hub
        self.checkouts = Checkouts(hub, _sessions(venue.settings), _others(venue.settings, paypal))
        self.shop = Shop(hub, self.checkouts)

    @classmethod
    @contextmanager
    def at(cls, venue: Venue) -> Iterator["Buyers"]:
        paypal = _paypal(venue.settings)
        assert paypal is not None
        with closing(paypal):
            yield cls(venue, paypal)

    def begin(self, cart: Cart = FRIDAY) -> str:
        new = NewOrder(cart, f"buyer {new_id()}", new_id(), None, event_id="boulder-fest-2026")
        order_id = self.shop.reserve(new)
        self.shop.start(order_id, provider="paypal")
        return order_id

    def pay(self, order_id: str) -> str:
        tender, page = self.venue.stand.sql(
            "SELECT tender_id, session_id FROM checkouts WHERE order_id = %s", order_id
        )[0]
        url = f"{self.venue.sandbox.base_url}/control/paypal/orders/{page}"
        httpx.post(url, json={"do": "approve"}).raise_for_status()
        self.checkouts.settle_tender(tender)
        return order_id

    def take_free(self) -> str:
        body = {"items": [{"id": "community", "quantity": 2}], "customerInfo": CAMILA}
        url = f"{self.venue.stand.base_url}/api/payment/create-checkout-session"
        return str(httpx.post(url, json=body, timeout=60).raise_for_status().json()["orderId"])


def rows(venue: Venue) -> dict[str, set[tuple[Any, ...]]]:
    return {name: {tuple(row) for row in venue.stand.sql(query)} for name, query in ROWS.items()}


def test_what_paypal_and_nobody_keeps_comes_back_from_the_log_fact_by_fact(venue: Venue) -> None:
    with venue.open(), Buyers.at(venue) as buyers:
        load_event(venue.stand.hub, fest_with_something_free())
        begun_before = buyers.begin()
    venue.copy(venue.database, f"{venue.database}-then")

    with venue.open(), Buyers.at(venue) as buyers:
        paid, free = [buyers.pay(buyers.begin()), buyers.pay(begun_before)], buyers.take_free()
        unpaid = buyers.begin()
        payment = venue.stand.one("SELECT id FROM payments WHERE order_id = %s", paid[0])
        Refunds(venue.stand.hub, {}).request(NewOrderRefund(new_id(), paid[0], payment, 1_000))
        until(lambda: venue.stand.one("SELECT count(*) FROM refunds WHERE status = 'succeeded'"))
        before = rows(venue)
    venue.copy(f"{venue.database}-then", venue.database)

    with venue.open(), Buyers.at(venue) as buyers:
        done = venue.heal()

        after = rows(venue)
        assert not done.problems
        assert {name: before[name] ^ after[name] for name in ROWS} == {name: set() for name in ROWS}
        assert {row[2] for row in after["orders"] if row[0] in (*paid, free)} == {"completed", "partially_refunded"}
        assert not venue.heal().numbers
        tender = str(venue.stand.one("SELECT tender_id FROM checkouts WHERE order_id = %s", unpaid))
        buyers.checkouts.close(tender, "expired")
        assert venue.stand.one("SELECT held FROM pools WHERE id = 'friday'") == 0
        assert verify(venue.stand.database).problem is None


def test_who_was_erased_after_the_backup_does_not_come_back_with_the_log(venue: Venue) -> None:
    with venue.open():
        load_event(venue.stand.hub, fest_with_something_free())
    venue.copy(venue.database, f"{venue.database}-before")

    with venue.open(), Buyers.at(venue) as buyers:
        gone, kept = buyers.take_free(), buyers.take_free()
        with venue.stand.hub.database.transaction() as connection:
            erase(venue.stand.hub, connection, [gone], "1")
    venue.copy(f"{venue.database}-before", venue.database)

    with venue.open():
        venue.heal()
        known = dict(venue.stand.sql("SELECT id, customer_email FROM orders WHERE id = ANY(%s)", [gone, kept]))

    assert known == {gone: None, kept: CAMILA["email"]}


def test_a_log_that_a_power_cut_tore_goes_on_after_the_tear(venue: Venue, tmp_path: Path) -> None:
    with venue.open() as stand:
        settings = venue.settings.model_copy(update={"hub_facts_dir": str(tmp_path)})
        with Database(settings.database(), 2) as database:
            hub = Hub.open(settings, database, "", "torn")
            load_event(hub, {**fest_with_something_free(), "cash": {"round_to": 5}})
            path = tmp_path / f"{hub.chain.device_id}.facts"
            with path.open("ab") as file:
                file.write(b'[7, {"id": "0192')
            load_event(hub, fest_with_something_free())

        mine = [line.fact for line in lines_beyond(tmp_path, {}) if line.fact.device_id == hub.chain.device_id]
        assert [fact.seq for fact in mine] == [1, 2]
        written = stand.sql("SELECT id FROM facts WHERE device_id = %s ORDER BY seq", str(hub.chain.device_id))
        assert [(fact.id,) for fact in mine] == [tuple(row) for row in written]


def test_what_could_not_be_logged_follows_and_a_later_process_adds_what_an_earlier_left_out(
    venue: Venue, tmp_path: Path
) -> None:
    with venue.open():
        settings = venue.settings.model_copy(update={"hub_facts_dir": str(tmp_path / "log")})
        with Database(settings.database(), 2) as database:
            hub = Hub.open(settings, database, "", "shut out")
            assert hub.log is not None
            (tmp_path / "log").rename(tmp_path / "elsewhere")
            (tmp_path / "log").write_text("a disk that is gone")

            load_event(hub, {**fest_with_something_free(), "cash": {"round_to": 5}})

            assert "can't be written" in (hub.log.problem or "")
            (tmp_path / "log").unlink()
            (tmp_path / "log").mkdir()
            load_event(hub, fest_with_something_free())
            assert hub.log.problem is None
            path = tmp_path / "log" / f"{hub.chain.device_id}.facts"
            whole = path.read_bytes()
            assert whole.count(b"\n") == 2
            path.write_bytes(whole[: whole.index(b"\n") + 1])

            Hub.open(settings, database, "", "the next")

            assert path.read_bytes() == whole
