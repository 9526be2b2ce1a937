"""The waiting line before the shop: in the order of coming, forged by nobody, and no way around it."""

import contextlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from boxoffice.core.errors import BadInput
from sync.shop.waiting_room import ORDERS_EACH, join, set_line
from sync.store.limits import TooManyTries
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import CAMILA

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def http(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        yield http
    line(hub, 0)


@pytest.fixture(autouse=True)
def _fresh(hub: Stand) -> None:
    hub.sql("DELETE FROM attempts")
    hub.sql("UPDATE lines SET next_turn = now(), joined = joined + 100")


def line(hub: Stand, per_minute: int) -> None:
    with hub.database.transaction() as connection:
        set_line(connection, per_minute)


def place(http: httpx.Client, token: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = http.post("/api/inventory/waiting-line", json={"lineToken": token}).json()
    return found


def buy(http: httpx.Client, token: str | None = None) -> httpx.Response:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": CAMILA, "lineToken": token}
    return http.post("/api/payment/create-checkout-session", json=body)


def test_without_a_line_everyone_may_buy(http: httpx.Client) -> None:
    assert place(http) == {"isOpen": False, "lineToken": None, "number": None, "ahead": 0, "waitSeconds": 0}
    assert buy(http).status_code == 200


def test_with_a_line_only_who_is_called_may_buy(hub: Stand, http: httpx.Client) -> None:
    line(hub, 1)
    first, second = place(http), place(http)

    statuses = [buy(http, token).status_code for token in (None, second["lineToken"], first["lineToken"])]

    assert statuses == [429, 429, 200]
    assert (first["waitSeconds"], first["ahead"]) == (0, 0)
    assert 50 <= second["waitSeconds"] <= 60
    assert second["ahead"] == 1
    assert int(buy(http, second["lineToken"]).headers["retry-after"]) >= 50


def test_asking_again_keeps_the_place(hub: Stand, http: httpx.Client) -> None:
    line(hub, 1)
    place(http)
    mine = place(http)

    again = place(http, mine["lineToken"])

    assert (again["number"], again["lineToken"]) == (mine["number"], mine["lineToken"])


@pytest.mark.parametrize("change", [("^[0-9]+", "1"), (r"\.[0-9]+\.", ".1."), (".$", "_"), ("^.*$", "1.1.x")])
def test_a_forged_place_is_none(hub: Stand, http: httpx.Client, change: tuple[str, str]) -> None:
    line(hub, 1)
    place(http)
    token = place(http)["lineToken"]

    assert buy(http, re.sub(*change, token)).status_code == 429


def test_a_number_is_good_for_a_few_orders_only(hub: Stand, http: httpx.Client) -> None:
    line(hub, 1000)
    token = place(http)["lineToken"]

    statuses = [buy(http, token).status_code for _ in range(ORDERS_EACH + 1)]

    assert statuses == [200] * ORDERS_EACH + [429]
    assert place(http, token)["lineToken"] != token


def test_a_turn_that_was_missed_is_over(hub: Stand, http: httpx.Client) -> None:
    line(hub, 1000)
    hub.sql("UPDATE lines SET next_turn = now()")
    number, now = hub.sql("SELECT joined, extract(epoch FROM now())::bigint FROM lines")[0]
    words = f"{number}.{now - 16 * 60}"

    old = f"{words}.{hub.hub.sealer.sign('line', words)}"

    assert buy(http, old).status_code == 429


def test_a_crowd_that_comes_at_once_gets_numbers_and_moments_of_its_own(hub: Stand) -> None:
    line(hub, 60)

    def one(address: int) -> tuple[int, int]:
        with hub.database.transaction() as connection:
            turn = join(hub.hub, connection, f"address {address}")
        assert turn is not None
        return turn.number, turn.wait_s

    with ThreadPoolExecutor(10) as crowd:
        turns = sorted(crowd.map(one, range(60)))
    line(hub, 0)

    assert len({number for number, _ in turns}) == 60
    waits = [wait for _, wait in turns]
    assert waits == sorted(waits)
    assert 50 <= waits[-1] <= 60


def test_one_address_gets_no_more_numbers_than_a_few_hundred(hub: Stand) -> None:
    line(hub, 1000)

    got = 0
    with contextlib.suppress(TooManyTries):
        while got < 1_010:
            with hub.database.transaction() as connection:
                join(hub.hub, connection, "a bot")
            got += 1
    line(hub, 0)

    assert got == 1_000


def test_the_page_says_how_long_and_goes_on_by_itself(hub: Stand, http: httpx.Client) -> None:
    line(hub, 1)
    place(http)

    waiting = http.get("/tickets").text
    spanish = http.get("/tickets", headers={"Accept-Language": "es"}).text
    hub.sql("UPDATE lines SET per_minute = 0")
    shop = http.get("/tickets").text

    assert "You are in line" in waiting
    assert "data-again=" in waiting
    assert "Estás en la fila" in spanish
    assert "increment-btn" in shop


def test_reloading_the_page_does_not_lose_the_place(hub: Stand, http: httpx.Client) -> None:
    line(hub, 1)
    place(http)

    numbers = [re.findall(r"<b>(\d+)</b>", http.get("/tickets").text) for _ in range(3)]

    assert numbers[0] == numbers[1] == numbers[2] != []


def test_an_organizer_opens_and_ends_it(hub: Stand, http: httpx.Client) -> None:
    office = Office.open(hub)
    csrf = office.hidden("/control", "csrf")

    for many in ("30", "0"):
        assert office.http.post("/control/waiting-line", data={"csrf": csrf, "per_minute": many}).status_code == 303
        assert place(http)["isOpen"] == (many == "30")
    office.http.close()


def test_a_rate_that_can_not_be_is_refused(hub: Stand) -> None:
    with hub.database.transaction() as connection, pytest.raises(BadInput):
        set_line(connection, -1)


def test_who_holds_places_loses_them_to_no_line(hub: Stand, http: httpx.Client) -> None:
    page = http.get("/tickets").text
    csrf, attempt = (re.findall(f'name="{name}" value="([^"]*)"', page)[0] for name in ("csrf", "attempt"))
    http.post("/tickets", data={"csrf": csrf, "add": "friday-pass"})
    http.post("/checkout", data={"csrf": csrf, "attempt": attempt})
    held = hub.one("SELECT order_id FROM holds ORDER BY created_at DESC LIMIT 1")
    line(hub, 1)
    place(http)

    again = http.post("/checkout", data={"csrf": csrf, "attempt": "another"})

    assert again.headers["location"] == "/checkout"
    assert hub.one("SELECT status FROM orders WHERE id = %s", held) == "pending"
