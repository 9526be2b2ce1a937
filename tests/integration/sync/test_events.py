"""Events: loaded whole or not at all, revised without taking back what is sold."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from, whole_event
from boxoffice.core.ledger import postings
from boxoffice.core.training import TRAINING_EVENT
from sync.__main__ import main
from sync.inventory.events import load_event, read_event_file
from sync.ledger.verify import verify
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door

FEST = fest()


def small(event_id: str, capacity: int = 10, **event: object) -> dict[str, Any]:
    data: dict[str, Any] = copy.deepcopy(dict(FEST))
    data["event"] |= {"id": event_id, "name": f"Night {event_id}", **event}
    data["pools"] = [{"id": "hall", "name": "Hall", "capacity": capacity}]
    data["products"] = [
        {
            "id": "night",
            "name": "Night",
            "kind": "ticket",
            "category": "Passes",
            "price_minor": 2000,
            "pools": {"hall": 1},
        }
    ]
    data["taxes"] = data["places"] = data["promos"] = []
    data["doors"] = {}
    del data["event"]["place"]
    return data


def problems_of(hub: Stand, data: Mapping[str, Any]) -> list[str]:
    with pytest.raises(BadInput) as refused:
        load_event(hub.hub, data)
    return [problem.place for problem in refused.value.problems]


def pool(hub: Stand, event_id: str) -> tuple[Any, ...]:
    return hub.sql("SELECT capacity, available, leased FROM pools WHERE event_id = %s", event_id)[0]


def test_loading_the_same_file_again_changes_nothing(hub: Stand) -> None:
    facts = hub.one("SELECT count(*) FROM facts")

    again = load_event(hub.hub, FEST)

    assert again.revision == 1
    assert hub.one("SELECT count(*) FROM facts") == facts


def test_a_new_capacity_is_a_new_revision_and_tills_hear_of_it(hub: Stand, door: Door) -> None:
    load_event(hub.hub, small("growing", 10))
    cursor = door.http.get("/api/till/feed", params={"event_id": "growing"}).json()["cursor"]

    revised = load_event(hub.hub, small("growing", 25))

    news = door.http.get("/api/till/feed", params={"event_id": "growing", "after": cursor}).json()["entries"]
    assert revised.revision == 2
    assert pool(hub, "growing") == (25, 25, 0)
    assert [entry["kind"] for entry in news] == ["event", "pools"]
    assert [(pool["pool_id"], pool["capacity"], pool["left"]) for pool in news[1]["pools"]] == [("hall", 25, 25)]


def test_a_capacity_never_goes_below_what_tills_hold(hub: Stand, door: Door) -> None:
    load_event(hub.hub, small("shrinking", 10))
    body = {"request_id": "r", "event_id": "shrinking", "wanted": {"hall": 6}}
    door.http.post("/api/till/leases", json=body).raise_for_status()

    places = problems_of(hub, small("shrinking", 5))
    load_event(hub.hub, small("shrinking", 6))

    assert places == ["pools[0].capacity"]
    assert pool(hub, "shrinking") == (6, 0, 6)
    assert verify(hub.database).problem is None


def test_an_event_that_sells_keeps_its_currency_and_its_pools(hub: Stand) -> None:
    load_event(hub.hub, small("settled"))
    moved, gone = small("settled", currency="EUR"), small("settled")
    gone["pools"][0]["id"] = gone["products"][0]["pools"] = "other"
    gone["products"][0]["pools"] = {"other": 1}

    assert problems_of(hub, moved) == ["event.currency"]
    assert problems_of(hub, gone) == ["pools"]
    assert hub.one("SELECT revision FROM events WHERE id = 'settled'") == 1


def test_no_hub_takes_an_event_by_the_name_of_trainings(hub: Stand) -> None:
    assert problems_of(hub, small(TRAINING_EVENT)) == ["event.id"]
    assert hub.one("SELECT count(*) FROM events WHERE id = %s", TRAINING_EVENT) == 0


def test_a_file_with_many_faults_names_each_with_its_place_and_loads_nothing(hub: Stand) -> None:
    data = small("faulty", timezone="Mars/Olympus", currency="XXX")
    data["products"][0] |= {"pools": {"balcony": 1}, "tax": "vat", "days": ["2030-01-01"]}

    places = problems_of(hub, data)

    assert set(places) == {
        "event.currency",
        "event.timezone",
        "products[0].pools.balcony",
        "products[0].tax",
        "products[0].days",
    }
    assert hub.sql("SELECT 1 FROM events WHERE id = 'faulty'") == []
    assert hub.sql("SELECT 1 FROM pools WHERE event_id = 'faulty'") == []


def shirt_sold_by(till: Door) -> dict[str, int]:
    """Sells a shirt for cash; returns what is booked for taxes by it, by account."""
    assert till.lease({"shirts": 1}).is_success
    facts = till.cash_sale(("t-shirt", 1))
    till.push(facts).raise_for_status()
    return {each.account: each.amount.minor for each in postings(facts[-1]) if each.account.startswith("tax:")}


def booked_taxes(hub: Stand) -> dict[str, int]:
    return dict(
        hub.sql("SELECT account, sum(amount)::int FROM ledger_postings WHERE account LIKE 'tax:%%' GROUP BY account")
    )


def test_an_event_of_before_gets_a_place_of_sale_and_nothing_that_was_sold_changes(hub: Stand) -> None:
    old: dict[str, Any] = copy.deepcopy(FEST)
    del old["places"], old["event"]["place"]
    old["taxes"] = [{"id": "boulder-sales", "name": "Boulder sales tax", "rate_ppm": 88_450, "included": True}]
    shirt = next(product for product in old["products"] if product["id"] == "t-shirt")
    shirt["tax"] = "boulder-sales"
    load_event(hub.hub, old)

    first = shirt_sold_by(hub.door())
    load_event(hub.hub, FEST)
    of_before = hub.door()
    second = shirt_sold_by(of_before)
    of_now = hub.door()
    body = of_now.http.get(f"/api/till/events/{EVENT}").json()
    beside = {what: body[what] for what in ("sales", "hours", "page", "taxation")}
    of_now.catalogue = catalogue_from(whole_event(body["event"], **beside), body["revision"])
    third = shirt_sold_by(of_now)

    assert first == {"tax:boulder-sales": -244}
    assert {account.count(":") for account in second} == {1}
    assert {account.split(":")[1] for account in third} == {
        "state-of-colorado",
        "boulder-county",
        "rtd-and-cultural-district",
    }
    assert sorted(second.values()) == sorted(third.values())
    assert booked_taxes(hub) == first | second | third
    assert hub.sql("SELECT kind FROM exceptions") == []
    assert verify(hub.database).problem is None


def test_a_file_of_the_wrong_shape_names_each_field(hub: Stand) -> None:
    data = small("shapeless")
    del data["event"]["venue"]
    data["pools"][0]["capacity"] = -1
    data["products"][0] |= {"price_minor": 12.5, "colour": "red"}
    data["products"].append({**small("x")["products"][0], "id": "late", "pools": {"balcony": 1}})
    data["event"]["currency"] = "XXX"

    assert set(problems_of(hub, data)) == {
        "event.venue",
        "event.currency",
        "products[1].pools.balcony",
        "pools[0].capacity",
        "products[0].price_minor",
        "products[0].colour",
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.toml", b"[event"), ("a.json", b"{"), ("a.json", b"[]"), ("a.toml", b"\xff\xfe"), ("a.toml", None)],
)
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(BadInput) as refused:
        read_event_file(path)

    assert refused.value.problems[0].place == str(path)


def test_json_says_the_same_as_toml(tmp_path: Path) -> None:
    path = tmp_path / "fest.json"
    path.write_text(json.dumps(dict(FEST), default=str))

    assert json.loads(path.read_text())["event"]["id"] == read_event_file(path)["event"]["id"] == EVENT


def test_the_command_exits_with_2_and_prints_every_problem(
    hub: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
    data = small("typed", currency="XXX")
    data["products"][0]["pools"] = {"balcony": 1}
    path = tmp_path / "typed.json"
    path.write_text(json.dumps(data, default=str))

    code = main(["load-event", str(path)])

    printed = capsys.readouterr().err.splitlines()
    assert code == 2
    assert [line.split(":")[0] for line in printed] == ["event.currency", "products[0].pools.balcony"]


def test_an_event_goes_to_a_till_with_a_certificate_of_its_own(hub: Stand, door: Door) -> None:
    mine = door.http.get(f"/api/till/events/{EVENT}").json()
    theirs = hub.door().http.get(f"/api/till/events/{EVENT}").json()

    assert mine["public_key"] == theirs["public_key"]
    assert mine["certificate"] != theirs["certificate"]
    assert door.http.get("/api/till/events/moon").status_code == 404


def test_tills_get_the_event_in_its_own_words_alone(hub: Stand, door: Door) -> None:

    told = door.http.get(f"/api/till/events/{EVENT}").json()["event"]

    assert "texts" in str(hub.one("SELECT file FROM events"))
    assert "texts" not in str(told)
    assert catalogue_from(told, 1).products
