"""Who waits for places that tills give back: in what order, for how long, and for nothing that can't come."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from time import monotonic

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.core.ids import EventId, ProductId
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.wire.pushes import RecallAnswer
from sync.__main__ import main
from sync.config import Settings
from sync.inventory.events import load_event
from sync.inventory.reclaiming import reclaim
from sync.inventory.waiting import PATIENCE_S
from sync.ledger.verify import verify
from sync.store import claims
from sync.store.chain import new_id
from sync.tills.pairing import revoke
from tests.integration.sync.conftest import WEBHOOK_SECRET, Stand
from tests.integration.sync.door import Door
from tests.integration.sync.selling_out import at_a_till, on_the_web, tills_at
from tests.integration.sync.test_on_sale import event_of

SUMS = "SELECT capacity, available, leased, held + sold FROM pools WHERE event_id = %s"


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    return Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        stripe_webhook_secret=SecretStr(WEBHOOK_SECRET),
        database_connections=20,
        requests_per_second=10_000,
        places_per_order=200,
        places_per_address=1_000_000,
        holds_per_address=1_000_000,
    )


@pytest.fixture
def web(hub: Stand) -> Iterator[httpx.Client]:
    for (device,) in hub.sql("SELECT id FROM devices WHERE kind = 'till'"):
        reclaim(hub.hub, device, "test")
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 day' WHERE kind = 'till'")
    with httpx.Client(base_url=hub.base_url, timeout=60) as http:
        yield http


def hall(hub: Stand, name: str, capacity: int) -> str:
    load_event(hub.hub, event_of(name, capacity))
    return name


def ask(door: Door, event: str, units: int, *, whole: bool = False, for_outage: bool = False) -> httpx.Response:
    body = {"request_id": new_id(), "event_id": event, "wanted": {"hall": units}, "whole": whole}
    return door.http.post("/api/till/leases", json=body | {"for_outage": for_outage})


def got(answer: httpx.Response) -> int:
    return sum(fact["payload"]["units"] for fact in answer.json()["granted"])


def took_s(began: float) -> float:
    return monotonic() - began


# For nothing that can't come


def test_a_till_that_does_not_answer_is_waited_for_by_one_and_not_by_the_next(hub: Stand, web: httpx.Client) -> None:
    event = hall(hub, "silent", 10)
    silent = hub.door()
    ask(silent, event, 10, whole=True)
    buy = on_the_web(web, "pass", event)

    began = monotonic()
    first = buy(1)
    first_s, began = took_s(began), monotonic()
    second = buy(1)

    assert "at the door" in first
    assert "at the door" in second
    assert took_s(began) < first_s < PATIENCE_S + 1


def test_what_a_sale_under_way_holds_is_not_waited_for_and_is_not_sold_out(
    hub: Stand, web: httpx.Client, tmp_path: Path
) -> None:
    event = hall(hub, "under-way", 3)

    with tills_at(hub, tmp_path, event, 1) as (till,):
        order = till.place(till.services.selling.quoted(Cart((CartLine(ProductId("pass"), 3),))))
        began = monotonic()
        refused = on_the_web(web, "pass", event)(1)
        waited_s = took_s(began)
        stock = till.services.status.now().stock[0]
        till.abandon(order.id)
        till.sync_now()

        assert "at the door" in refused
        assert waited_s < PATIENCE_S
        assert (stock.here, stock.overall, stock.held) == (0, 0, 3)
        assert on_the_web(web, "pass", event)(3) == ""


def test_a_whole_request_that_nobody_can_help_is_refused_at_once(hub: Stand, web: httpx.Client) -> None:
    event = hall(hub, "nothing", 4)
    assert on_the_web(web, "pass", event)(4) == ""

    began = monotonic()
    answer = ask(hub.door(), event, 1, whole=True)

    assert answer.status_code == 409
    assert took_s(began) < 1
    assert hub.one("SELECT count(*) FROM pool_claims WHERE event_id = %s", event) == 0


# First come, first served


def test_refills_and_newcomers_leave_what_comes_back_to_who_waits_for_it(hub: Stand, web: httpx.Client) -> None:
    event = hall(hub, "refill", 40)
    giver, other = hub.door(), hub.door()
    ask(giver, event, 34, whole=True)
    assert on_the_web(web, "pass", event)(6) == ""
    with hub.database.transaction() as connection:
        claims.put(connection, event, {"hall": 2}, "", timedelta(minutes=1))

    giver.push(giver.write_for(event, LeaseReturned(pool_id="hall", units=3))).raise_for_status()
    refilled = got(ask(other, event, 3))
    newcomer = on_the_web(web, "pass", event)(1)

    assert (refilled, hub.one("SELECT available FROM pools WHERE event_id = %s", event)) == (1, 2)
    assert newcomer.startswith("409")
    assert "no longer available" not in newcomer


def test_of_two_that_each_have_half_of_what_they_need_the_first_is_served(
    hub: Stand, web: httpx.Client, tmp_path: Path
) -> None:
    event = hall(hub, "halves", 2)

    with tills_at(hub, tmp_path, event, 2) as tills, ThreadPoolExecutor(2) as threads:
        for till in tills:
            till.sync_now()
        assert sorted(till.services.status.now().stock[0].here for till in tills) == [1, 1]
        said = list(threads.map(lambda till: at_a_till(till, "pass")(2), tills))

    assert sorted(not words for words in said) == [False, True], said
    assert hub.sql(SUMS, event) == [(2, 0, 0, 2)]
    assert verify(hub.database).problem is None


def test_a_claim_of_a_process_that_died_ends_by_itself(hub: Stand, web: httpx.Client) -> None:
    event = hall(hub, "died", 3)
    with hub.database.transaction() as connection:
        claims.put(connection, event, {"hall": 3}, "", claims.SILENT_AFTER)
    hub.sql("UPDATE pool_claims SET ends_at = now()")

    assert on_the_web(web, "pass", event)(3) == ""


def test_an_answer_that_nobody_asked_for_changes_nothing(hub: Stand, web: httpx.Client) -> None:
    event = hall(hub, "unasked", 10)
    door = hub.door()
    odd = [
        RecallAnswer(event_id=event, pool_id="hall", asked_at=at, left=5)
        for at in ("", "yesterday", "2026-05-15T21:14:02.123Z", "9999-12-31T23:59:59Z")
    ]
    body = {"facts": [], "recalls": [each.model_dump() for each in odd]}

    assert door.http.post("/api/till/facts", json=body).status_code == 200


# For a bad network


def test_more_is_granted_for_a_bad_network_and_never_the_house(hub: Stand, web: httpx.Client) -> None:
    event = hall(hub, "outage", 450)
    door, other = hub.door(), hub.door()

    usual = got(ask(door, event, 10_000))
    more = got(ask(door, event, 10_000, for_outage=True))
    again = got(ask(door, event, 10_000, for_outage=True))

    assert (usual, usual + more, again) == (40, 150, 0)
    assert ask(door, event, 31, whole=True, for_outage=True).status_code == 422
    assert got(ask(other, event, 10_000, for_outage=True)) == 150
    assert got(ask(other, event, 10_000)) == 0


# Whatever became of a till


@pytest.mark.parametrize("way", ["closed", "switched", "idle", "revoked", "lost"])
def test_whatever_became_of_a_till_every_place_can_be_sold_again_without_raising_a_capacity(  # of pytest
    hub: Stand,
    web: httpx.Client,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    event, other = hall(hub, f"once-{way}", 40), hall(hub, f"next-{way}", 40)

    with tills_at(hub, tmp_path, event, 1) as (till,):
        device, name = str(till.services.context.device.id), till.device_name
        assert at_a_till(till, "pass")(3) == ""
        till.sync_now()
        assert hub.one("SELECT leased FROM pools WHERE event_id = %s", event) > 0
        match way:
            case "closed":
                till.close()
            case "switched":
                till.choose_event(EventId(other))
            case "idle":
                hub.sql("UPDATE device_leases SET last_sold_at = now() - interval '1 hour'")
            case "revoked":
                with hub.database.transaction() as connection:
                    revoke(connection, device)
                reclaim(hub.hub, device, "an organizer")
            case _:
                monkeypatch.setenv("POSTGRES_URL", hub.database.url)
                monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
                assert main(["reclaim", name, "--yes"]) == 0

        assert on_the_web(web, "pass", event)(37) == ""

    assert hub.sql(SUMS, event) == [(40, 0, 0, 40)]
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", device) == []
    assert verify(hub.database).problem is None
