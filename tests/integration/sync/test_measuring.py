"""How long payments take, as the facts tell it: by one clock, by provider, and whether they went through."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from sync.operations.measuring import PAYMENT_BUCKETS, PaymentTimes, payment_times
from sync.store.chain import new_id
from sync.store.database import Database
from tests.postgres import new_database

pytestmark = pytest.mark.enable_socket

FACT = text("""
    INSERT INTO facts (id, device_id, epoch, seq, kind, occurred_at, received_at, payload, hash, prev_hash, signature)
    SELECT :id, :by, 1, count(*) + 1, :kind, :at, :heard, CAST(:payload AS jsonb), '', '', '' FROM facts
""")


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    with Database(new_database(postgres_url, f"payments-{new_id()}"), 2) as database:
        with database.transaction() as connection:
            for device in ("door", "hub"):
                row = text("INSERT INTO devices (id, name, public_key) VALUES (:id, :id, '')")
                connection.execute(row, {"id": device})
        yield database


class Payment:
    """One payment's facts, as they would stand in the hub's table."""

    def __init__(self, database: Database, tender: str) -> None:
        self.database = database
        self.now = datetime.now(UTC)
        self.payload = {"order_id": new_id(), "tender_id": new_id(), "tender": tender}

    def tell(self, kind: str, by: str, at: float, heard: float | None = None, **more: str) -> "Payment":
        """Writes that something happened so many seconds ago, and when the hub heard of it."""
        payload = json.dumps({**self.payload, **more})
        times = {"at": self.now - timedelta(seconds=at), "heard": self.now - timedelta(seconds=heard or at)}
        with self.database.transaction() as connection:
            connection.execute(FACT, {"id": new_id(), "by": by, "kind": f"payment_{kind}", "payload": payload, **times})
        return self


def timed(database: Database) -> list[tuple[str, bool, dict[int, int], float]]:
    """Returns provider, success, how many lie within which bound, and all seconds."""

    def filled(times: PaymentTimes) -> dict[int, int]:
        bounds = (*PAYMENT_BUCKETS, 0)
        return {bound: many for bound, many in zip(bounds, times.by_time, strict=True) if many}

    with database.transaction() as connection:
        return [(each.provider, each.is_success, filled(each), each.seconds) for each in payment_times(connection)]


def test_a_card_at_the_door_is_timed_by_the_tills_own_clock(database: Database) -> None:
    # Sold offline: the hub heard of all of it in the same instant.
    payment = Payment(database, "terminal").tell("started", "door", 9007, heard=60, step="asked")
    payment.tell("started", "door", 9006, heard=60, step="sent").tell("captured", "door", 9000, heard=60)

    assert timed(database) == [("stripe", True, {10: 1}, 7.0)]


def test_a_payment_by_phone_is_timed_by_the_hubs_clock(database: Database) -> None:
    # The till's clock is an hour ahead.
    Payment(database, "checkout").tell("started", "door", -3520, heard=80, step="asked").tell("captured", "hub", 40)

    assert timed(database) == [("stripe", True, {60: 1}, 40.0)]


def test_providers_and_failures_are_told_apart(database: Database) -> None:
    for seconds in (1, 1.5, 1000):
        Payment(database, "checkout").tell("started", "hub", seconds + 1).tell("captured", "hub", 1)
    Payment(database, "paypal").tell("started", "hub", 100).tell("captured", "hub", 50)
    Payment(database, "terminal").tell("started", "door", 9).tell("failed", "door", 5, code="card_declined")

    assert timed(database) == [
        ("paypal", True, {60: 1}, 50.0),
        ("stripe", False, {5: 1}, 4.0),
        ("stripe", True, {1: 1, 2: 1, 0: 1}, 1002.5),
    ]


def test_what_nobody_went_on_with_and_what_has_no_start_is_left_out(database: Database) -> None:
    Payment(database, "checkout").tell("started", "hub", 900).tell("failed", "hub", 1, code="expired")
    Payment(database, "checkout").tell("started", "hub", 90_000).tell("captured", "hub", 89_000)
    Payment(database, "cash").tell("captured", "door", 5)
    Payment(database, "checkout").tell("started", "hub", 5)

    assert timed(database) == []
