"""The running hub's own role in Postgres: enough to sell, and not enough to rewrite what was sold."""

from collections.abc import Iterator

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from boxoffice.core.errors import BadInput
from sync.config import Settings
from sync.server import HubServer
from sync.store.database import Database
from sync.store.grants import grant
from tests.integration.sync.conftest import Stand
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.office import EMAIL, PASSWORD, Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def role(hub: Stand) -> Iterator[str]:
    hub.sql("CREATE ROLE little LOGIN")
    with hub.database.transaction() as connection:
        grant(connection, "little")
    yield "little"
    hub.sql("DROP OWNED BY little")
    hub.sql("DROP ROLE little")


@pytest.fixture(scope="module")
def url(hub: Stand, role: str) -> str:
    return hub.database.url.replace("//postgres:", f"//{role}:")


def test_a_hub_with_little_rights_sells_refunds_and_works_on_its_jobs(hub: Stand, settings: Settings, url: str) -> None:
    sessions, mail = FakeSessions(), FakeMail()
    little = settings.model_copy(update={"postgres_url": SecretStr(url)})
    office = Office.open(hub)
    with (
        HubServer.start(little, sessions=sessions, mail=mail, refunders={"stripe": hub.refunder}) as server,
        httpx.Client(base_url=server.base_url, timeout=150) as http,
    ):
        bought = Shopper(http).buy(quantity=2)
        order_id = bought.json()["orderId"]
        sessions.pay(bought.json()["sessionId"])
        Shopper(http).order(bought)
        hub.until("sent", "SELECT max(status) FROM mails WHERE order_id = %s", order_id)
        office.http.base_url = httpx.URL(server.base_url)
        office.http.cookies.clear()
        form = {"csrf": office.hidden("/sign-in", "csrf"), "email": EMAIL, "password": PASSWORD}
        assert office.http.post("/sign-in", data=form).status_code == 303
        office.refund(order_id)
        hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order_id)
        hub.until(2, "SELECT count(*) FROM processes")
        office.http.close()
    assert hub.one("SELECT count(*) FROM processes") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE facts SET payload = '{}'",
        "DELETE FROM facts",
        "UPDATE ledger_postings SET amount = 0",
        "DELETE FROM ledger_postings",
        "DELETE FROM orders",
        "DELETE FROM payment_events",
        "DROP TABLE tickets",
        "ALTER TABLE pools DROP CONSTRAINT ck_pools_no_oversell",
        "ALTER TABLE refunds DISABLE TRIGGER never_beyond_paid",
        "TRUNCATE facts",
        "CREATE TABLE mine (id int)",
        "UPDATE alembic_version SET version_num = '0001'",
    ],
)
def test_it_can_not_rewrite_what_happened(hub: Stand, url: str, statement: str) -> None:
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.parametrize("name", ["nobody", "postgres", "little; DROP TABLE facts"])
def test_a_role_that_is_none_or_could_do_all_is_refused(hub: Stand, name: str) -> None:
    with hub.database.transaction() as connection, pytest.raises(BadInput):
        grant(connection, name)


def test_granting_again_takes_back_what_was_given_by_hand(hub: Stand, role: str, url: str) -> None:
    hub.sql("GRANT UPDATE ON facts TO little")

    with hub.database.transaction() as connection:
        grant(connection, role)

    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE facts SET payload = '{}'")


def test_the_database_is_left_as_the_owner_sees_it(hub: Stand) -> None:
    with Database(hub.database.url, 1) as database, database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM facts").scalar_one() > 0
