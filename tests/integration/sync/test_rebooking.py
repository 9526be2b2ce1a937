"""A database of before disputes had rows of their own: migrated with what was booked then, booked again, and level."""

from typing import Any

import psycopg
import pytest
from alembic import command
from procrastinate.schema import SchemaManager
from pydantic import SecretStr

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.bank import FeeRecorded
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.sales import changed
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.orders.order_states import follow_all_money
from sync.payments.rebooking import rebook
from sync.ports import Session
from sync.provider_states import PaymentState
from sync.providers.events import READERS
from sync.store import migrate as migrations
from sync.store.chain import new_id
from sync.store.database import Database
from sync.store.tables import metadata
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket

BEFORE = "0020"
PRICE = 6500
ROWS = "SELECT d.id, d.status, d.withdrawn, d.lost FROM disputes d ORDER BY d.id"
ACCOUNTS = "SELECT account, sum(amount)::int FROM ledger_postings WHERE account = ANY(%s) GROUP BY 1 ORDER BY 1"


def bought(hub: Stand, shopper: Shopper, *, paypal: bool = False) -> str:
    answer = shopper.buy("friday-pass").json()
    order, session = str(answer["orderId"]), str(answer["sessionId"])
    if paypal:
        hub.sql("UPDATE checkouts SET provider = 'paypal' WHERE session_id = %s", session)
    paid = Session(
        session,
        None,
        PaymentState.PAID,
        amount=PRICE,
        currency="USD",
        payment=f"{'CAP' if paypal else 'pi'}_{order}",
    )
    hub.settle(paid)
    return order


def refunded_then(hub: Stand, order: str, refund: str, name: str, *more: Payload) -> None:
    """Books what was given back as hubs did then, and moves the order."""
    about = about_refund(hub, order, refund, name)
    payloads = [
        RefundRequested(**about),
        RefundSucceeded(**about),
        changed(OrderId(order), OrderState.COMPLETED, OrderState.REFUNDED, "refunded"),
        *more,
    ]
    with hub.database.transaction() as connection:
        hub.hub.write(connection, payloads, EVENT)


def about_refund(hub: Stand, order: str, refund: str, name: str) -> dict[str, Any]:
    query = "SELECT id, tender FROM payments WHERE order_id = %s AND status = 'captured'"
    tender_id, tender = hub.sql(query, order)[0]
    return {
        "order_id": order,
        "tender_id": tender_id,
        "tender": tender,
        "amount": PRICE,
        "currency": "USD",
        "provider_reference": name,
        "refund_id": refund,
    }


def told(hub: Stand, order: str, reversal: str) -> None:
    hub.sql(
        "INSERT INTO payment_events (provider, event_id, event_type, payload, status, order_id)"
        " VALUES ('paypal', %s, 'PAYMENT.CAPTURE.REVERSED', jsonb_build_object('resource', jsonb_build_object("
        " 'id', %s::text)), 'processed', %s)",
        new_id(),
        reversal,
        order,
    )


def at_revision_before(there: str, url: str) -> None:
    """Makes a database at the revision before, and fills it with what lies in another."""
    with Database(url) as database, database.transaction() as connection:
        connection.connection.driver_connection.execute(SchemaManager.get_schema())  # type: ignore[union-attr]
        command.upgrade(migrations._config(connection), BEFORE)
    columns = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
    with psycopg.connect(there) as source, psycopg.connect(url) as target:
        for table in metadata.sorted_tables:
            names = [row[0] for row in target.execute(columns, (table.name,))]
            if not names:
                continue
            listed = ", ".join(f'"{name}"' for name in names)
            with (
                source.cursor().copy(f"COPY (SELECT {listed} FROM {table.name}) TO STDOUT".encode()) as out,
                target.cursor().copy(f"COPY {table.name} ({listed}) FROM STDIN".encode()) as into,
            ):
                for block in out:
                    into.write(block)
            for name in names:
                sequence = target.execute("SELECT pg_get_serial_sequence(%s, %s)", (table.name, name)).fetchone()
                if sequence is not None and sequence[0] is not None:
                    top = f"SELECT setval('{sequence[0]}', coalesce(max({name}), 1)) FROM {table.name}"
                    target.execute(top.encode())


def test_what_was_booked_before_is_booked_again_after_the_migration(
    hub: Stand, shopper: Shopper, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.ledger.hub.moves_due", lambda _connection, _facts: ())  # as hubs did then
    reversed_, disputed, came_back, kept = (bought(hub, shopper, paypal=each) for each in (True, False, False, False))
    refunded_then(hub, reversed_, new_id(), "REV-1")
    told(hub, reversed_, "REV-1")
    fee = FeeRecorded(provider="stripe", amount=1500, currency="USD", provider_reference="dp_1")
    refunded_then(hub, disputed, "dp_1", "dp_1", fee)
    refund = new_id()
    failed = RefundFailed(**about_refund(hub, came_back, refund, "re_1"), code="x", message="lost", is_reversal=True)
    refunded_then(hub, came_back, refund, "re_1", failed)
    refunded_then(hub, kept, new_id(), "re_2")
    url = new_empty(postgres_url)
    at_revision_before(hub.hub.settings.database(), url)
    monkeypatch.undo()

    with Database(url) as database:
        migrations.migrate(database)
        settings = hub.hub.settings.model_copy(update={"postgres_url": SecretStr(url)})
        later = Hub.open(settings, database, "")
        again = [rebook(later, READERS.values()), rebook(later, READERS.values())]
        behind = [follow_all_money(later), follow_all_money(later)]
        verdict = verify(database)
        with psycopg.connect(url) as connection:
            rows = connection.execute(ROWS).fetchall()
            statuses: dict[str, str] = dict(connection.execute("SELECT id, status FROM orders").fetchall())
            sums = connection.execute(ACCOUNTS, (["stripe", "paypal", "refunds", "losses", "disputes"],)).fetchall()

    assert verdict.problem is None
    assert (again, behind) == ([2, 0], [[came_back], []])
    assert rows == [("REV-1", "lost", PRICE, PRICE), ("dp_1", "open", PRICE, 0)]
    assert statuses == {reversed_: "completed", disputed: "completed", came_back: "completed", kept: "refunded"}
    assert dict(sums) == {"disputes": PRICE, "losses": PRICE, "paypal": 0, "refunds": PRICE, "stripe": PRICE - 1500}


def new_empty(postgres_url: str) -> str:
    name = f"rebooked-{new_id()}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return postgres_url.replace("/postgres?", f"/{name}?")
