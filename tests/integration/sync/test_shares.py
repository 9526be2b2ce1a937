"""What one till may have: never all because it asks, and what it has comes back, asked for or taken."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from boxoffice.core.payloads.leases import LeaseReturned
from sync.__main__ import main
from sync.config import Settings
from sync.inventory.recalls import ask_tills, recall
from sync.inventory.reclaiming import reclaim
from sync.ledger.verify import verify
from sync.organizers.roles import Role
from sync.store.chain import new_id
from sync.tills import pairing
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper

MINE = "SELECT coalesce(sum(granted - sold - returned), 0) FROM device_leases WHERE device_id = %s AND pool_id = %s"
COUNTS = "SELECT capacity, available, leased, held, sold FROM pools WHERE id = %s"


@pytest.fixture(scope="module")
def settings(database_url: str) -> Settings:
    """As a hub is that nobody has told how much a till may hold."""
    return Settings(postgres_url=SecretStr(database_url), hub_master_key=SecretStr("ab" * 32), database_connections=10)


@pytest.fixture(autouse=True)
def everything_is_back(hub: Stand) -> None:
    """Before each test, no till holds anything, and none but its own is active."""
    for (device,) in hub.sql("SELECT id FROM devices WHERE kind = 'till'"):
        reclaim(hub.hub, device, "test")
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 day' WHERE kind = 'till'")
    hub.hub.asked_tills.clear()


def ask(door: Door, units: int, pool: str = "friday", *, whole: bool = False) -> httpx.Response:
    body = {"request_id": new_id(), "event_id": EVENT, "wanted": {pool: units}, "whole": whole}
    return door.http.post("/api/till/leases", json=body)


def mine(hub: Stand, door: Door, pool: str = "friday") -> int:
    return int(hub.one(MINE, door.me.device_id, pool))


def recalls(door: Door) -> dict[str, int]:
    return {recall["pool_id"]: recall["units"] for recall in door.feed()["recalls"]}


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("units", [100_000, 449, 141])
def test_no_till_gets_the_house_however_much_it_asks_for(hub: Stand, door: Door, units: int, whole: bool) -> None:
    ask(door, units, whole=whole)

    assert mine(hub, door) <= 140
    assert hub.one("SELECT available FROM pools WHERE id = 'friday'") >= 450 - 140


def test_many_small_requests_come_to_no_more_than_a_large_one(hub: Stand, door: Door) -> None:
    dice = Random(8)
    for _ in range(60):
        ask(door, dice.randint(1, 30), whole=dice.random() < 0.7)

    assert mine(hub, door) <= 140


def test_requests_that_race_come_to_no_more_than_one_after_the_other(hub: Stand, door: Door) -> None:
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda i: ask(door, 25, whole=bool(i % 2)), range(48)))

    assert 0 < mine(hub, door) <= 140
    assert verify(hub.database).problem is None


def test_what_is_sold_makes_room_for_more(hub: Stand, door: Door) -> None:
    ask(door, 40)
    door.push(door.cash_sale(("friday-pass", 30))).raise_for_status()

    again = ask(door, 30)

    assert sum(fact["payload"]["units"] for fact in again.json()["granted"]) == 30
    assert mine(hub, door) == 40


@pytest.mark.parametrize(("pool", "product"), [("friday", "friday-pass"), ("rumba-workshop", "rumba-workshop")])
def test_a_group_of_thirty_is_served_at_once(hub: Stand, door: Door, pool: str, product: str) -> None:
    answer = ask(door, 30, pool, whole=True)

    assert answer.status_code == 200
    assert door.push(door.cash_sale((product, 30))).status_code == 200
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == []


def test_a_sale_that_is_larger_than_one_till_may_hold_is_told_so_and_takes_nothing(hub: Stand, door: Door) -> None:
    answer = ask(door, 200, whole=True)

    assert answer.status_code == 422
    assert "in parts" in answer.json()["error"]
    assert answer.json()["details"] == [{"place": "friday", "message": "at most 140 more at one till"}]
    assert mine(hub, door) == 0


def test_near_the_end_each_till_gets_one_at_a_time(hub: Stand) -> None:
    doors = [hub.door() for _ in range(4)]
    hub.sql("UPDATE pools SET sold = sold + available - 3, available = 3 WHERE id = 'social'")

    got = [sum(fact["payload"]["units"] for fact in ask(door, 40, "social").json()["granted"]) for door in doors]

    assert got == [1, 1, 1, 0]
    hub.sql("UPDATE pools SET available = available + sold, sold = 0 WHERE id = 'social'")


def test_a_till_is_told_what_it_has_and_what_is_elsewhere(hub: Stand, door: Door) -> None:
    other = hub.door()
    ask(other, 10)

    pools = {pool["pool_id"]: pool for pool in ask(door, 12).json()["pools"]}

    left = hub.one("SELECT available + leased FROM pools WHERE id = 'friday'")
    assert (pools["friday"]["left"], pools["friday"]["elsewhere"]) == (left, left - 12)


# Asked back


def test_idle_tills_are_asked_for_all_and_if_they_do_not_answer_busy_ones_for_just_what_is_lacking(hub: Stand) -> None:
    idle, busy, short = hub.door(), hub.door(), hub.door()
    ask(idle, 20)
    ask(busy, 21)
    busy.push(busy.cash_sale(("friday-pass", 1))).raise_for_status()
    left = hub.one("SELECT available FROM pools WHERE id = 'friday'")
    hub.sql("UPDATE pools SET sold = sold + available, available = 0 WHERE id = 'friday'")

    assert ask(short, 2, whole=True).status_code == 409

    assert (recalls(idle), recalls(busy), recalls(short)) == ({"friday": 20}, {"friday": 2}, {})
    asked = dict(hub.sql("SELECT device_id, asked_at FROM lease_recalls WHERE pool_id = 'friday' AND ends_at > now()"))
    assert asked[idle.me.device_id] < asked[busy.me.device_id]
    hub.sql("UPDATE pools SET sold = sold - %s, available = %s WHERE id = 'friday'", left, left)


def test_a_recall_is_told_until_the_till_gives_and_no_longer(hub: Stand, door: Door) -> None:
    ask(door, 20)
    ask_tills(hub.hub, EVENT, ["friday"])

    before = recalls(door)
    door.push(door.write(LeaseReturned(pool_id="friday", units=20))).raise_for_status()

    assert (before, recalls(door)) == ({"friday": 20}, {})
    assert mine(hub, door) == 0


def test_what_was_reclaimed_is_asked_for_no_more_when_the_till_has_places_again(hub: Stand, door: Door) -> None:
    door.lease({"friday": 20})
    with hub.database.transaction() as connection:
        recall(connection, door.me.device_id, "organizer")

    reclaim(hub.hub, door.me.device_id, "test")
    door.lease({"friday": 1})

    assert recalls(door) == {}


def test_tills_are_not_asked_over_and_over(hub: Stand, door: Door) -> None:
    ask(door, 20)

    first = ask_tills(hub.hub, EVENT, ["friday"])
    hub.hub.asked_tills.clear()  # as another process of the hub

    assert (first, ask_tills(hub.hub, EVENT, ["friday"])) == (1, 0)


def test_a_till_that_is_away_is_not_asked_and_keeps_what_it_has(hub: Stand, door: Door) -> None:
    ask(door, 20)
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 hour' WHERE id = %s", door.me.device_id)

    assert ask_tills(hub.hub, EVENT, ["friday"]) == 0
    assert mine(hub, door) == 20


def test_a_buyer_on_the_web_who_finds_none_makes_the_hub_ask(hub: Stand, door: Door, shopper: Shopper) -> None:
    ask(door, 6, "casino-workshop")
    free = hub.one("SELECT available FROM pools WHERE id = 'casino-workshop'")
    hub.sql("UPDATE pools SET sold = sold + available, available = 0 WHERE id = 'casino-workshop'")

    refused = shopper.buy("casino-workshop")

    (detail,) = refused.json()["details"]
    assert (refused.status_code, detail["message"]) == (409, "at the door")
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert recalls(door) == {"casino-workshop": 6}
    hub.sql("UPDATE pools SET sold = sold - %s, available = %s WHERE id = 'casino-workshop'", free, free)


# Taken back


def test_reclaiming_is_a_fact_with_a_name_and_others_can_sell_at_once(hub: Stand, door: Door, office: Office) -> None:
    ask(door, 40)
    other = hub.door()
    path = f"/tills/{door.me.device_id}/reclaim"
    looked = office.page(path)

    office.http.post(path, data={"csrf": office.hidden(path, "csrf")})

    facts = hub.sql("SELECT payload FROM facts WHERE kind = 'lease_reclaimed' ORDER BY position DESC LIMIT 1")
    payload: dict[str, Any] = facts[0][0]
    who = str(hub.one("SELECT id FROM organizers WHERE email = 'office@example.org'"))
    assert "40 places can be sold again" in looked
    assert (payload["from_device"], payload["units"], payload["by"]) == (door.me.device_id, 40, who)
    assert ask(other, 40).json()["granted"]
    assert mine(hub, door) == 0
    assert verify(hub.database).problem is None


def test_revoking_leads_straight_to_taking_back(hub: Stand, door: Door, office: Office) -> None:
    ask(door, 25)
    path = f"/tills/{door.me.device_id}/revoke"

    answer = office.http.post(path, data={"csrf": office.hidden(path, "csrf")})

    reclaiming = f"/tills/{door.me.device_id}/reclaim"
    assert answer.headers["location"] == reclaiming
    office.http.post(reclaiming, data={"csrf": office.hidden(reclaiming, "csrf")})
    assert hub.one("SELECT leased FROM pools WHERE id = 'friday'") == 0
    assert reclaiming not in office.page("/tills")


def test_a_till_that_comes_back_keeps_its_money_and_what_is_over_goes_to_a_person(hub: Stand, door: Door) -> None:
    ask(door, 6, "rumba-workshop")
    unsent = [*door.cash_sale(("rumba-workshop", 4)), *door.write(LeaseReturned(pool_id="rumba-workshop", units=2))]
    reclaim(hub.hub, door.me.device_id, "test")
    free = hub.one("SELECT available FROM pools WHERE id = 'rumba-workshop'")
    hub.sql("UPDATE pools SET sold = sold + available, available = 0 WHERE id = 'rumba-workshop'")

    assert door.push(unsent).json()["quarantined"] == []

    kinds = hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id)
    paid = hub.one("SELECT sum(amount) FROM ledger_postings WHERE account = %s", f"cash:{door.me.name}")
    assert kinds == [("over_capacity",)]
    assert paid == 4 * 3500
    hub.sql("UPDATE pools SET sold = sold - %s, available = %s WHERE id = 'rumba-workshop'", free, free)
    assert verify(hub.database).problem is None


def test_a_sale_that_races_the_reclaiming_leaves_the_pool_in_balance(hub: Stand) -> None:
    doors = [hub.door() for _ in range(4)]
    for door in doors:
        ask(door, 40, "saturday")
    sales = [door.cash_sale(("saturday-pass", 3)) for door in doors]

    def one(i: int) -> None:
        if i % 2:
            reclaim(hub.hub, doors[i // 2].me.device_id, "test")
        else:
            doors[i // 2].push(sales[i // 2]).raise_for_status()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(8)))

    capacity, *parts = hub.sql(COUNTS, "saturday")[0]
    assert capacity == sum(parts)
    assert parts == [450 - 12, 0, 0, 12]
    assert verify(hub.database).problem is None


def test_verify_finds_units_that_came_back_without_a_fact(hub: Stand, door: Door) -> None:
    ask(door, 5, "sunday")
    hub.sql("UPDATE device_leases SET returned = returned + 5 WHERE device_id = %s", door.me.device_id)
    hub.sql("UPDATE pools SET leased = leased - 5, available = available + 5 WHERE id = 'sunday'")

    found = verify(hub.database).problem

    hub.sql("UPDATE device_leases SET returned = returned - 5 WHERE device_id = %s", door.me.device_id)
    hub.sql("UPDATE pools SET leased = leased + 5, available = available - 5 WHERE id = 'sunday'")
    assert found is not None
    assert "lease of device" in found


def test_the_command_lists_first_and_takes_back_when_told(
    hub: Stand, door: Door, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(door, 7)
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)

    listed = main(["reclaim", door.me.name])
    held = mine(hub, door)
    done = main(["reclaim", door.me.name, "--yes"])
    unknown = main(["reclaim", "nobody", "--yes"])

    said = capsys.readouterr()
    assert (listed, held, done, mine(hub, door), unknown) == (0, 7, 0, 0, 2)
    assert "7 come back" in said.out
    assert "there is no till “nobody”" in said.err


def test_the_tills_page_shows_where_places_are_and_what_can_be_done(hub: Stand, door: Door, office: Office) -> None:
    ask(door, 20)
    door.push(door.cash_sale(("friday-pass", 3))).raise_for_status()
    door.phone_order(("friday-pass", 2))

    page = office.page("/tills")

    row = '<tr><th scope="row">Friday</th>' + "".join(f'<td class="r">{n}</td>' for n in (20, 0, 3, 2, 15))
    assert row in page
    assert "Reclaim 17" in page
    path = f"/tills/{door.me.device_id}/recall"
    assert "17 places on lease" in office.page(path)
    office.http.post(path, data={"csrf": office.hidden(path, "csrf")})
    assert recalls(door) == {"friday": 17}
    assert "asked to give back" in office.page("/tills")


def test_a_viewer_sees_the_places_and_takes_none(hub: Stand, door: Door) -> None:
    ask(door, 20)
    viewer = Office.open(hub, Role.VIEWER)

    page = viewer.page("/tills")

    assert '<th scope="row">Friday</th>' in page
    assert "Reclaim 20" not in page
    assert viewer.http.get(f"/tills/{door.me.device_id}/reclaim").status_code == 403
    viewer.http.close()


def test_a_revoked_token_asks_for_nothing(hub: Stand, door: Door) -> None:
    with hub.database.transaction() as connection:
        pairing.revoke(connection, door.me.device_id)

    assert ask(door, 1).status_code == 401
