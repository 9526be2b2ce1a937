"""Leases: whatever tills ask for, and however many at once, no unit is given away twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from boxoffice.core.inventory import NotEnoughLeft, PoolMove, UnitMove
from boxoffice.core.payloads.leases import LeaseReturned
from sync.inventory.reclaiming import reclaim
from sync.ledger.verify import verify
from sync.store import moves, pools
from tests.examples import examples
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door

COUNTS = "SELECT capacity, available, leased, held, sold FROM pools WHERE id = %s"


@pytest.fixture(scope="module")
def doors(hub: Stand) -> list[Door]:
    return [hub.door() for _ in range(6)]


def units(door: Door, wanted: dict[str, int], request_id: str | None = None) -> dict[str, int]:
    answer = door.lease(wanted, request_id).raise_for_status().json()["granted"]
    return {fact["payload"]["pool_id"]: fact["payload"]["units"] for fact in answer}


def test_a_till_gets_what_it_asks_for_as_facts_signed_by_the_hub(hub: Stand, door: Door) -> None:
    granted = door.lease({"friday": 3, "sunday": 2}).json()["granted"]

    assert {fact["payload"]["pool_id"]: fact["payload"]["units"] for fact in granted} == {"friday": 3, "sunday": 2}
    assert {fact["kind"] for fact in granted} == {"lease_granted"}
    assert {fact["payload"]["to_device"] for fact in granted} == {door.me.device_id}


def test_the_same_request_again_gets_the_same_answer_and_nothing_more(hub: Stand, door: Door) -> None:
    first = door.lease({"sunday": 2}, "same").json()

    again = door.lease({"sunday": 2}, "same").json()

    assert again == first
    assert hub.one("SELECT granted FROM device_leases WHERE device_id = %s", door.me.device_id) == 2


def test_a_request_sent_many_times_at_once_is_granted_once(hub: Stand, door: Door) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: units(door, {"sunday": 2}, "racing"), range(6)))

    assert answers == [{"sunday": 2}] * 6
    assert hub.one("SELECT granted FROM device_leases WHERE device_id = %s", door.me.device_id) == 2


def test_the_last_units_go_to_whoever_is_first_and_never_twice(hub: Stand, doors: list[Door]) -> None:
    with ThreadPoolExecutor(12) as threads:
        asked = [doors[i % 6] for i in range(48)]
        got = list(threads.map(lambda door: units(door, {"casino-workshop": 2}).get("casino-workshop", 0), asked))

    assert sum(got) == 60
    assert hub.sql(COUNTS, "casino-workshop") == [(60, 0, 60, 0, 0)]
    leased = "SELECT sum(granted - sold - returned) FROM device_leases WHERE pool_id = 'casino-workshop'"
    assert hub.one(leased) == 60


def test_tills_that_sell_and_ask_in_any_order_at_once_leave_every_pool_in_balance(
    hub: Stand, doors: list[Door]
) -> None:
    def one_evening(door: Door) -> None:
        dice = Random(door.me.device_id)
        for _ in range(5):
            door.lease({"saturday": dice.randint(1, 40), "social": dice.randint(1, 40)})
            sales = [door.cash_sale(("social", dice.randint(1, 9)), ("saturday-pass", 1)) for _ in range(3)]
            door.push([fact for sale in sales for fact in sale]).raise_for_status()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(one_evening, doors))

    for pool in ("saturday", "social"):
        capacity, available, leased, held, sold = hub.sql(COUNTS, pool)[0]
        assert capacity == available + leased + held + sold
        assert sold > 0
    assert verify(hub.database).problem is None


def test_a_sale_that_waits_gets_all_or_nothing_and_hears_how_much_is_left(hub: Stand, door: Door) -> None:
    body = {"request_id": "whole", "event_id": EVENT, "wanted": {"shirts": 121, "friday": 1}, "whole": True}

    answer = door.http.post("/api/till/leases", json=body)

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["details"] == [{"place": "shirts", "message": "120 left"}]
    assert hub.sql("SELECT 1 FROM device_leases WHERE device_id = %s", door.me.device_id) == []
    assert sum(units(door, {"shirts": 120}, "whole").values()) == 120


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({}, ["wanted"]),
        ({"friday": 0, "saturday": -1}, ["wanted.friday", "wanted.saturday"]),
        ({"friday": 1.5, "sunday": "many"}, ["wanted.friday", "wanted.sunday"]),
        ({"friday": 10**9}, ["wanted.friday"]),
        ({"balcony": 1, "cellar": 1, "friday": 1}, ["wanted.balcony", "wanted.cellar"]),
        ({"friday\0": 1}, ["wanted.friday\0"]),
    ],
)
def test_quantities_that_make_no_sense_get_every_problem(
    door: Door, wanted: dict[str, object], places: list[str]
) -> None:
    answer = door.http.post("/api/till/leases", json={"request_id": "x", "event_id": EVENT, "wanted": wanted})

    assert answer.status_code == 422
    assert [problem["place"] for problem in answer.json()["details"]] == places


def test_an_event_that_is_not_there_is_named(door: Door) -> None:
    answer = door.http.post("/api/till/leases", json={"request_id": "x", "event_id": "moon", "wanted": {"a": 1}})

    assert (answer.status_code, answer.json()["details"][0]["place"]) == (422, "event_id")


def test_units_that_come_back_can_be_had_by_another_till(hub: Stand, doors: list[Door]) -> None:
    giver, taker = doors[:2]
    before = hub.sql(COUNTS, "rumba-workshop")[0]
    units(giver, {"rumba-workshop": 60})
    refused = units(taker, {"rumba-workshop": 5})

    giver.push(giver.write(LeaseReturned(pool_id="rumba-workshop", units=before[1])))

    assert refused == {}
    assert units(taker, {"rumba-workshop": 5}) == {"rumba-workshop": 5}


def test_units_that_were_never_on_lease_do_not_come_back(hub: Stand, door: Door) -> None:
    units(door, {"sunday": 3})
    before = hub.sql(COUNTS, "sunday")

    door.push(door.write(LeaseReturned(pool_id="sunday", units=4)))

    assert hub.sql(COUNTS, "sunday") == before
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == [("lease_does_not_fit",)]


def test_a_sale_after_units_were_given_back_counts_only_what_is_left(hub: Stand, door: Door) -> None:
    units(door, {"friday": 4})
    three, one = door.cash_sale(("friday-pass", 3)), door.write(LeaseReturned(pool_id="friday", units=1))

    door.push([*three, *one, *door.cash_sale(("friday-pass", 1))])

    lease = "SELECT granted, sold, returned FROM device_leases WHERE device_id = %s"
    assert hub.sql(lease, door.me.device_id) == [(4, 3, 1)]
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == [("sold_without_lease",)]


def test_what_comes_late_of_reclaimed_places_is_never_counted_against_those_granted_since(
    hub: Stand, door: Door
) -> None:
    lease = "SELECT granted, sold, returned, generation FROM device_leases WHERE device_id = %s"
    units(door, {"friday": 6})
    reclaim(hub.hub, door.me.device_id, "test")
    again = door.lease({"friday": 4}).json()["granted"][0]["payload"]
    before = hub.sql(lease, door.me.device_id)

    door.push(door.write(LeaseReturned(pool_id="friday", units=2, generation=0))).raise_for_status()
    after_a_return = hub.sql(lease, door.me.device_id)
    door.push(door.cash_sale(("friday-pass", 3), generation=0)).raise_for_status()

    assert (again["units"], again["generation"]) == (4, 1)
    assert before == after_a_return == hub.sql(lease, door.me.device_id) == [(10, 0, 6, 1)]
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == [("sold_without_lease",)]
    door.push(door.cash_sale(("friday-pass", 3), generation=1)).raise_for_status()
    assert hub.sql(lease, door.me.device_id) == [(10, 3, 6, 1)]
    assert verify(hub.database).problem is None


def test_a_hub_that_has_forgotten_a_reclaim_goes_on_in_the_generation_that_the_till_knows(
    hub: Stand, door: Door
) -> None:
    lease = "SELECT granted, sold, returned, generation FROM device_leases WHERE device_id = %s"
    units(door, {"friday": 5})
    request = {"request_id": "ahead", "event_id": EVENT, "wanted": {"friday": 2, "sunday": 1}}

    answer = door.http.post("/api/till/leases", json={**request, "generations": {"friday": 3, "sunday": 1}})

    granted = [(fact["payload"]["units"], fact["payload"]["generation"]) for fact in answer.json()["granted"]]
    assert granted == [(2, 3), (1, 1)]
    assert hub.sql(f"{lease} ORDER BY pool_id", door.me.device_id) == [(7, 0, 5, 3), (1, 0, 0, 1)]
    door.push(door.cash_sale(("friday-pass", 2), generation=3)).raise_for_status()
    assert hub.sql(f"{lease} ORDER BY pool_id", door.me.device_id)[0] == (7, 2, 5, 3)
    assert verify(hub.database).problem is None


@pytest.mark.parametrize("generation", [-1, 2**31, "one", 1.5])
def test_a_generation_that_can_not_be_is_put_aside_and_moves_nothing(
    hub: Stand, door: Door, generation: object
) -> None:
    units(door, {"sunday": 3})
    before = hub.sql(COUNTS, "sunday")

    odd = door.seal_raw("lease_returned", {"pool_id": "sunday", "units": 1, "generation": generation})
    door.push([odd]).raise_for_status()

    assert hub.sql(COUNTS, "sunday") == before


STEPS = st.lists(
    st.tuples(
        st.sampled_from([PoolMove.GRANT, PoolMove.SELL_LEASED, PoolMove.RETURN]), st.integers(0, 2), st.integers(1, 200)
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def three_devices(hub: Stand) -> list[str]:
    return [hub.door().me.device_id for _ in range(3)]


@contextmanager
def undone(hub: Stand) -> Iterator[Connection]:
    with hub.database.engine.connect() as connection:
        yield connection
        connection.rollback()


@settings(max_examples=examples(20))
@given(steps=STEPS)
def test_no_sequence_of_moves_takes_a_pool_out_of_balance(
    hub: Stand, three_devices: list[str], steps: list[tuple[PoolMove, int, int]]
) -> None:
    leased, sold = dict.fromkeys(three_devices, 0), 0
    with undone(hub) as connection:
        start = pools.lock(connection, EVENT, ["friday"])["friday"]
        for how, who, count in steps:
            device = three_devices[who]
            free = start - sum(leased.values()) - sold
            if how is PoolMove.GRANT and count > free:
                with pytest.raises(NotEnoughLeft), connection.begin_nested():
                    moves.make(connection, [UnitMove(how, EVENT, "friday", count, device)])
                continue
            lacks = moves.make(connection, [UnitMove(how, EVENT, "friday", count, device)])
            is_short = how is not PoolMove.GRANT and count > leased[device]
            has_room = how is PoolMove.SELL_LEASED and count <= free
            assert [lack.has_room for lack in lacks] == ([has_room] if is_short else [])
            leased[device] += count if how is PoolMove.GRANT else 0 if is_short else -count
            sold += count if how is PoolMove.SELL_LEASED and (has_room or not is_short) else 0

        assert pools.lock(connection, EVENT, ["friday"])["friday"] == start - sum(leased.values()) - sold >= 0
