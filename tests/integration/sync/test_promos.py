"""Promo codes in the shop: their limit holds when many press at once, and a use that came to nothing is free again."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest

from sync.inventory.events import load_event
from sync.ledger.verify import verify
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.shopper import CAMILA, Shopper

pytestmark = pytest.mark.enable_socket

PROMOS = [
    {"code": "THREE", "percent": 20, "limit": 3},
    {"code": "ONCE", "amount_minor": 1000, "limit": 1},
    {"code": "LATE", "percent": 25, "limit": 2},
    {"code": "LATER", "percent": 25, "limit": 2},
    {"code": "BEFORE", "percent": 25, "limit": 3},
    {"code": "FREE", "percent": 100},
    {"code": "SHIRTS", "percent": 50, "products": ["t-shirt"], "limit": 1},
]

USES = "SELECT held + sold FROM pools WHERE id = %s"


@pytest.fixture(scope="module", autouse=True)
def promos(hub: Stand) -> None:
    file = fest()
    load_event(hub.hub, {**file, "promos": PROMOS})


@pytest.fixture
def shopper(hub: Stand) -> Iterator[Shopper]:
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        yield Shopper(http)
    assert verify(hub.database).problem is None


def buy(shopper: Shopper, code: str) -> httpx.Response:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": CAMILA, "promoCode": code}
    return shopper.post("payment/create-checkout-session", body)


def test_the_limit_holds_when_many_press_at_once(hub: Stand, shopper: Shopper) -> None:
    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda _: buy(shopper, "three"), range(12)))

    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [422] * 9
    assert hub.one(USES, "code:THREE") == 3
    paid = next(answer for answer in answers if answer.status_code == 200)
    assert hub.one("SELECT total_amount FROM orders WHERE id = %s", paid.json()["orderId"]) == 5200


def test_a_use_that_came_to_nothing_is_free_again(shopper: Shopper) -> None:
    first = buy(shopper, "ONCE").json()
    refused = buy(shopper, "ONCE")
    access = {"orderId": first["orderId"], "accessToken": first["accessToken"], "action": "cancel"}
    shopper.post("orders/update", access)

    again = buy(shopper, "ONCE")

    assert (refused.status_code, refused.json()["details"][0]["place"]) == (422, "promoCode")
    assert again.status_code == 200


def test_an_order_that_is_paid_late_uses_its_code_again(hub: Stand, shopper: Shopper) -> None:
    late = buy(shopper, "LATE").json()
    access = {"orderId": late["orderId"], "accessToken": late["accessToken"], "action": "cancel"}
    shopper.post("orders/update", access)
    given_back = hub.one(USES, "code:LATE")

    hub.settle(hub.sessions.pay(late["sessionId"]))
    hub.settle(hub.sessions.pay(late["sessionId"]))

    assert (given_back, hub.one(USES, "code:LATE")) == (0, 1)
    assert [buy(shopper, "LATE").status_code for _ in range(2)] == [200, 422]


def test_who_paid_late_keeps_the_price_of_a_code_that_others_used_up(hub: Stand, shopper: Shopper) -> None:
    late = buy(shopper, "LATER").json()
    access = {"orderId": late["orderId"], "accessToken": late["accessToken"], "action": "cancel"}
    shopper.post("orders/update", access)
    others = [buy(shopper, "LATER").status_code for _ in range(3)]

    hub.settle(hub.sessions.pay(late["sessionId"]))

    assert others == [200, 200, 422]
    assert hub.one("SELECT status FROM orders WHERE id = %s", late["orderId"]) == "completed"
    assert hub.one(USES, "code:LATER") == 3
    assert hub.one("SELECT capacity FROM pools WHERE id = 'code:LATER'") == 3


def test_uses_of_before_codes_were_pools_still_count(hub: Stand, shopper: Shopper) -> None:
    hub.sql("INSERT INTO promo_uses (event_id, code, uses) VALUES ('boulder-fest-2026', 'BEFORE', 2)")
    first = buy(shopper, "BEFORE").json()
    refused = buy(shopper, "BEFORE").status_code
    hub.sql("UPDATE holds SET is_promo_counted = true WHERE order_id = %s", first["orderId"])
    access = {"orderId": first["orderId"], "accessToken": first["accessToken"], "action": "cancel"}

    shopper.post("orders/update", access)

    assert refused == 422
    assert hub.one("SELECT uses FROM promo_uses WHERE code = 'BEFORE'") == 1


def test_a_code_that_takes_nothing_off_is_not_used_up(shopper: Shopper) -> None:
    others = [buy(shopper, "SHIRTS").status_code for _ in range(2)]
    shirt = {"items": [{"id": "t-shirt", "quantity": 1, "option": "M"}], "customerInfo": CAMILA, "promoCode": "SHIRTS"}

    bought = [shopper.post("payment/create-checkout-session", shirt) for _ in range(2)]

    assert others == [200, 200]
    assert [answer.status_code for answer in bought] == [200, 422]


def test_an_order_that_costs_nothing_is_completed_at_once(shopper: Shopper) -> None:
    bought = buy(shopper, "FREE")

    order = shopper.order(bought)
    assert (bought.json()["url"], order["status"], order["tickets"], order["total"]) == (None, "completed", 1, 0)


def test_an_unknown_code_is_told(shopper: Shopper) -> None:
    answer = shopper.post("payment/calculate-total", {"items": [{"id": "social", "quantity": 1}], "promoCode": "X"})

    assert answer.json()["details"] == [{"place": "promoCode", "message": "this code is not known"}]


def test_who_guesses_at_codes_is_told_nothing_more_not_even_of_right_ones(shopper: Shopper) -> None:
    def asked(code: str, address: str, path: str = "payment/calculate-total") -> int:
        body = {"items": [{"id": "full-pass", "quantity": 1}], "promoCode": code}
        return shopper.post(path, body, **{"X-Forwarded-For": address}).status_code

    guesses = [asked(f"GUESS{number}", "192.0.2.7") for number in range(205)]
    right = asked("FREE", "192.0.2.7"), asked("FREE", "192.0.2.7", "inventory/reserve-tickets")
    other = asked("FREE", "192.0.2.8")

    assert guesses == [422] * 200 + [429] * 5
    assert (right, other) == ((429, 429), 200)


def test_a_cookie_can_not_be_used_to_guess_at_codes(hub: Stand) -> None:
    cart = {"lines": [{"p": "full-pass", "q": 1}], "promo": "FREE"}

    page = httpx.get(f"{hub.base_url}/tickets", cookies={"boxoffice_cart": quote(json.dumps(cart))}).text

    assert "$150.00" in page
    assert "FREE" not in page


def test_a_code_typed_in_the_shop_makes_the_cart_cheaper_and_stays(hub: Stand) -> None:
    with httpx.Client(base_url=hub.base_url, follow_redirects=True) as http:
        csrf = http.get("/tickets").text.split('name="csrf" value="', 1)[1].split('"', 1)[0]
        http.post("/tickets", data={"csrf": csrf, "add": "full-pass"})

        http.post("/tickets", data={"csrf": csrf, "promo": "three"})
        page = http.get("/tickets").text

    assert "THREE" in page, page[page.index("<main") :]
    assert "$120.00" in page
