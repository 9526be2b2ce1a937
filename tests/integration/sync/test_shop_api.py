"""Buying on the web by the API: one inventory with the door, the hub's own prices, one result however it is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from sync.config import Settings
from sync.ledger.verify import verify
from sync.payments.lapsing import take_lapsed
from sync.provider_states import PaymentState
from sync.server import HubServer
from tests.integration.sync.conftest import Stand
from tests.integration.sync.shopper import CAMILA, Shopper

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    yield

    assert verify(hub.database).problem is None


def pool(hub: Stand, name: str) -> tuple[int, int, int]:
    return hub.sql("SELECT available, held, sold FROM pools WHERE id = %s", name)[0]


def pay(hub: Stand, bought: httpx.Response, amount: int | None = None) -> str:
    session: str = bought.json()["sessionId"]
    hub.sessions.pay(session, amount)
    hub.checkouts.settle_session(session)
    return session


def test_two_full_passes_come_to_three_hundred_dollars(shopper: Shopper) -> None:
    answer = shopper.post("payment/calculate-total", {"items": [{"id": "full-pass", "quantity": 2, "price": 1}]})

    assert answer.json()["totalText"] == "$300.00"
    assert answer.json()["total"] == 30_000


def test_starting_to_pay_holds_the_places_and_gives_a_page_to_pay_on(hub: Stand, shopper: Shopper) -> None:
    available, held, sold = pool(hub, "friday")

    bought = shopper.buy("full-pass", 2)

    assert bought.status_code == 200
    assert bought.json()["url"].startswith("https://pay.test/")
    assert pool(hub, "friday") == (available - 2, held + 2, sold)


def test_paying_sells_the_places_issues_the_tickets_and_mails_them(hub: Stand, shopper: Shopper) -> None:
    bought = shopper.buy("saturday-pass", 2)
    available, held, sold = pool(hub, "saturday")

    pay(hub, bought)
    pay(hub, bought)

    order = shopper.order(bought)
    assert (order["status"], order["tickets"], order["totalText"]) == ("completed", 2, "$170.00")
    assert pool(hub, "saturday") == (available, held - 2, sold + 2)
    assert hub.one("SELECT count(*) FROM mails WHERE order_id = %s", order["orderId"]) == 1


def test_a_hold_that_lapses_ends_at_stripe_first_and_then_gives_the_places_back(hub: Stand, shopper: Shopper) -> None:
    available, held, sold = pool(hub, "sunday")
    bought = shopper.buy("sunday-pass", 3)
    session = bought.json()["sessionId"]

    hub.sql("UPDATE checkouts SET closes_at = now() - interval '1 s' WHERE session_id = %s", session)
    for tender in take_lapsed(hub.database, 30):
        hub.checkouts.close(tender, "expired")

    assert hub.sessions.by_id[session].state is PaymentState.ENDED
    assert shopper.order(bought)["status"] == "failed"
    assert pool(hub, "sunday") == (available, held, sold)


def test_a_payment_that_comes_late_is_taken_if_there_is_room(hub: Stand, shopper: Shopper) -> None:
    bought = shopper.buy("sunday-pass", 1)
    session = bought.json()["sessionId"]
    hub.checkouts.close(hub.one("SELECT tender_id FROM checkouts WHERE session_id = %s", session), "expired")

    pay(hub, bought)
    pay(hub, bought)

    order = shopper.order(bought)
    assert (order["status"], order["tickets"]) == ("completed", 1)
    assert hub.one("SELECT count(*) FROM exceptions WHERE order_id = %s", order["orderId"]) == 0


def test_a_payment_that_comes_late_for_what_is_gone_waits_for_a_person(hub: Stand, shopper: Shopper) -> None:
    left = pool(hub, "rumba-workshop")[0]
    first = shopper.buy("rumba-workshop", left)
    session = first.json()["sessionId"]
    hub.checkouts.close(hub.one("SELECT tender_id FROM checkouts WHERE session_id = %s", session), "expired")
    second = shopper.buy("rumba-workshop", left)
    pay(hub, second)

    pay(hub, first)

    order = shopper.order(first)
    assert (order["status"], order["tickets"]) == ("failed", 0)
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", order["orderId"]) == [("paid_nothing_left",)]


def test_more_than_is_left_is_refused_with_what_is_left_of_each_item(hub: Stand, shopper: Shopper) -> None:
    left = pool(hub, "rumba-workshop")[0]

    refused = shopper.buy("rumba-workshop", left + 1)

    assert refused.status_code == 409
    assert refused.json()["error"] == "Some tickets are no longer available"
    asked = {"id": "rumba-workshop", "requested": left + 1, "available": left, "held": 0, "retry_at": None}
    detail = {"place": "rumba-workshop", "message": f"{left} left"} | asked
    assert refused.json()["details"] == [detail]


def test_the_last_places_are_sold_once_however_many_press_at_once(hub: Stand, shopper: Shopper) -> None:
    left = pool(hub, "casino-workshop")[0]
    shopper.buy("casino-workshop", left - 5)

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda _: shopper.buy("casino-workshop"), range(16)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [409] * 11
    assert pool(hub, "casino-workshop")[0] == 0


def test_the_same_idempotency_key_gets_the_same_answer_and_one_order(hub: Stand, shopper: Shopper) -> None:
    before = hub.one("SELECT count(*) FROM orders")
    key = "press-1"

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: shopper.buy("friday-pass", key=key).json(), range(8)))

    assert all(answer == answers[0] for answer in answers)
    assert hub.one("SELECT count(*) FROM orders") == before + 1


def test_the_same_idempotency_key_with_another_body_is_refused(shopper: Shopper) -> None:
    key = "press-2"
    shopper.buy("friday-pass", key=key)

    assert shopper.buy("friday-pass", 2, key=key).status_code == 422


def test_an_order_is_shown_to_nobody_without_its_own_token(shopper: Shopper) -> None:
    mine, other = shopper.buy("friday-pass").json(), shopper.buy("friday-pass").json()

    answers = [
        shopper.retrieve(mine["orderId"], other["accessToken"]),
        shopper.retrieve("nothing", other["accessToken"]),
        shopper.http.get("/api/orders/retrieve", params={n: mine[n] for n in ("orderId", "accessToken")}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].json() == answers[1].json() == answers[2].json()


def test_giving_up_gives_the_places_back_at_once(hub: Stand, shopper: Shopper) -> None:
    available = pool(hub, "friday")
    bought = shopper.buy("friday-pass", 2).json()

    body = {"orderId": bought["orderId"], "accessToken": bought["accessToken"], "action": "cancel"}
    answer = shopper.post("orders/update", body)

    assert answer.json()["status"] == "failed"
    assert pool(hub, "friday") == available


def test_if_stripe_is_down_the_places_are_kept_and_the_same_key_goes_on(hub: Stand, shopper: Shopper) -> None:
    key = "press-3"
    with hub.sessions.down():
        refused = shopper.buy("friday-pass", key=key)

    again = shopper.buy("friday-pass", key=key)

    assert (refused.status_code, again.status_code) == (503, 200)


def test_an_order_that_is_reserved_first_is_paid_by_its_id(hub: Stand, shopper: Shopper) -> None:
    body = {"items": [{"id": "friday-pass", "quantity": 1}]}
    held = shopper.post("inventory/reserve-tickets", body).json()

    bought = shopper.post(
        "payment/create-checkout-session",
        {"orderId": held["orderId"], "accessToken": held["accessToken"], "customerInfo": CAMILA},
    )
    pay(hub, bought)

    assert shopper.order(bought)["status"] == "completed"


def test_a_hold_that_nobody_begins_to_pay_lapses_too(hub: Stand, shopper: Shopper) -> None:
    available = pool(hub, "friday")
    held = shopper.post("inventory/reserve-tickets", {"items": [{"id": "friday-pass", "quantity": 1}]}).json()

    hub.sql("UPDATE holds SET expires_at = now() - interval '1 s' WHERE order_id = %s", held["orderId"])
    hub.work()

    hub.until("failed", "SELECT status FROM orders WHERE id = %s", held["orderId"])
    assert pool(hub, "friday") == available


@pytest.mark.parametrize(
    "item",
    [
        {"id": "full-pass", "quantity": 0},
        {"id": "full-pass", "quantity": -1},
        {"id": "full-pass", "quantity": 1.5},
        {"id": "full-pass", "quantity": 10**12},
        {"id": "full-pass", "quantity": "1; DROP TABLE orders"},
        {"id": "full-pass\x00", "quantity": 1},
        {"id": "t-shirt", "quantity": 1, "option": "XXXXL"},
        {"id": "donation", "quantity": 1},
        {"id": "donation", "quantity": 1, "amount": -500},
        {"id": "full-pass", "quantity": 1, "amount": 1},
    ],
)
def test_what_can_not_be_sold_is_refused_with_its_place(shopper: Shopper, item: dict[str, object]) -> None:
    refused = shopper.post("payment/create-checkout-session", {"items": [item], "customerInfo": CAMILA})

    assert refused.status_code == 422
    assert refused.json()["details"][0]["place"].startswith("items[0].")


def test_what_is_not_sold_any_more_is_told_like_what_is_sold_out(shopper: Shopper) -> None:
    items = [{"id": "vip-pass", "quantity": 100}, {"id": "full-pass", "quantity": 1}]

    refused = shopper.post(
        "payment/create-checkout-session", {"items": items, "customerInfo": {"email": "test@example.com"}}
    )

    assert (refused.status_code, refused.json()["error"]) == (409, "Some tickets are no longer available")
    (detail,) = refused.json()["details"]
    assert (detail["id"], detail["requested"], detail["available"]) == ("vip-pass", 100, 0)


@pytest.mark.parametrize("more", [{}, {"items": []}, {"orderId": "01a20dd5-622e-7766-bec1-06f764d03dfa"}])
@pytest.mark.parametrize("path", ["create-checkout-session", "create-payment-intent"])
def test_a_payment_for_nothing_is_refused(shopper: Shopper, path: str, more: dict[str, object]) -> None:
    refused = shopper.post(f"payment/{path}", {"customerInfo": CAMILA, **more})

    assert refused.status_code == 422
    assert "needs" in refused.json()["details"][0]["message"]


def test_a_wrong_method_is_405(shopper: Shopper) -> None:
    assert shopper.http.get("/api/payment/create-checkout-session").status_code == 405


def test_a_form_of_ones_own_gets_a_payment_and_learns_that_it_went_through(hub: Stand, shopper: Shopper) -> None:
    body = {"items": [{"id": "friday-pass", "quantity": 1}], "customerInfo": CAMILA}
    begun = shopper.post("payment/create-payment-intent", body).json()
    access = {"orderId": begun["orderId"], "accessToken": begun["accessToken"]}

    before = shopper.post("payment/confirm-payment", access).json()["status"]
    hub.intents.pay(begun["paymentIntentId"])
    after = shopper.post("payment/confirm-payment", access).json()

    assert (begun["amount"], before, after["status"]) == (6500, "pending", "succeeded")
    assert after["orderStatus"] == "completed"


def test_paying_in_another_way_ends_the_first_way_and_keeps_the_places(hub: Stand, shopper: Shopper) -> None:
    bought = shopper.buy("friday-pass", 2)
    first = bought.json()["sessionId"]
    free = pool(hub, "friday")
    access = {"orderId": bought.json()["orderId"], "accessToken": bought.json()["accessToken"]}

    begun = shopper.post("payment/create-payment-intent", {**access, "customerInfo": CAMILA}).json()

    assert hub.sessions.by_id[first].state is PaymentState.ENDED
    assert pool(hub, "friday") == free
    hub.intents.pay(begun["paymentIntentId"])
    assert shopper.post("payment/confirm-payment", access).json()["status"] == "succeeded"


def test_paid_in_two_ways_at_once_the_second_is_put_before_a_person(hub: Stand, shopper: Shopper) -> None:
    bought = shopper.buy("friday-pass")
    access = {"orderId": bought.json()["orderId"], "accessToken": bought.json()["accessToken"]}
    begun = shopper.post("payment/create-payment-intent", {**access, "customerInfo": CAMILA}).json()
    hub.intents.pay(begun["paymentIntentId"])
    shopper.post("payment/confirm-payment", access)

    pay(hub, bought)
    pay(hub, bought)

    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", access["orderId"]) == [("paid_twice",)]
    assert shopper.order(bought)["tickets"] == 1


def test_a_receipt_is_sent_once_for_a_key_and_a_few_times_an_hour_at_most(hub: Stand, shopper: Shopper) -> None:
    bought = shopper.buy("friday-pass")
    pay(hub, bought)
    access = {"orderId": bought.json()["orderId"], "accessToken": bought.json()["accessToken"]}

    def send(key: str | None = None) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return shopper.post("orders/send-receipt", access, **headers)

    twice = [send("receipt-1").json()["mailId"] for _ in range(2)]
    more = [send().status_code for _ in range(5)]

    assert twice[0] == twice[1]
    assert more == [202, 202, 202, 202, 429]


def test_no_order_and_no_address_keeps_more_than_its_share_of_the_places(settings: Settings, hub: Stand) -> None:
    strict = settings.model_copy(update={"places_per_order": 10, "places_per_address": 25})
    body = {"items": [{"id": "social", "quantity": 10}, {"id": "donation", "quantity": 1, "amount": 500}]}
    before = pool(hub, "social")
    with HubServer.start(strict, sessions=hub.sessions) as server, httpx.Client(base_url=server.base_url) as http:

        def reserve(quantity: int, address: str) -> httpx.Response:
            items = [{"id": "social", "quantity": quantity}, body["items"][1]]
            return http.post(
                "/api/inventory/reserve-tickets", json={"items": items}, headers={"X-Forwarded-For": address}
            )

        too_much = reserve(11, "192.0.2.1")
        mine = [reserve(10, "192.0.2.1") for _ in range(3)]
        theirs = reserve(10, "192.0.2.2")
        access = {name: mine[0].json()[name] for name in ("orderId", "accessToken")}
        http.post("/api/orders/update", json=access | {"action": "cancel"})
        again = reserve(5, "192.0.2.1")

    assert (too_much.status_code, too_much.json()["details"][0]["place"]) == (422, "items")
    assert [answer.status_code for answer in mine] == [200, 200, 429]
    assert (theirs.status_code, again.status_code) == (200, 200)
    assert pool(hub, "social")[0] == before[0] - 25


def test_nobody_begins_and_gives_up_orders_again_and_again_to_keep_places_from_others(
    hub: Stand, settings: Settings
) -> None:
    strict = settings.model_copy(update={"holds_per_address": 3})
    body = {"items": [{"id": "social", "quantity": 1}]}
    with HubServer.start(strict, sessions=hub.sessions) as server, httpx.Client(base_url=server.base_url) as http:

        def begin(address: str) -> httpx.Response:
            return http.post("/api/inventory/reserve-tickets", json=body, headers={"X-Forwarded-For": address})

        begun = [begin("192.0.2.7") for _ in range(3)]
        for each in begun:
            access = {name: each.json()[name] for name in ("orderId", "accessToken")}
            http.post("/api/orders/update", json=access | {"action": "cancel"}).raise_for_status()
        more, other = begin("192.0.2.7"), begin("192.0.2.8")

    assert [each.status_code for each in (*begun, more, other)] == [200, 200, 200, 429, 200]
    assert int(more.headers["Retry-After"]) > 0


@pytest.mark.parametrize("other", ["friday-pass", "full-pass"], ids=["two lines of one product", "two of one pool"])
def test_what_can_not_be_had_together_is_not_available(shopper: Shopper, other: str) -> None:
    products = shopper.http.get("/api/inventory/check-availability").json()["products"]
    left = {each["id"]: each["left"] for each in products}
    taken = left[other] - (other == "friday-pass")
    items = [{"id": other, "quantity": taken}, {"id": "friday-pass", "quantity": left["friday-pass"] - taken + 1}]

    alone = [shopper.post("inventory/check-availability", {"items": [item]}).json() for item in items]
    together = shopper.post("inventory/check-availability", {"items": items}).json()
    held = shopper.post("inventory/reserve-tickets", {"items": items})

    assert all(answer["available"] for answer in alone)
    assert together["available"] is False
    assert {each["id"] for each in together["unavailable"]} == {other, "friday-pass"}
    assert held.status_code == 409
    assert {detail["id"] for detail in held.json()["details"]} == {other, "friday-pass"}


def test_a_shirt_without_a_size_can_not_be_ordered(shopper: Shopper) -> None:
    for path in ("payment/create-checkout-session", "orders/create", "inventory/reserve-tickets"):
        body = {"items": [{"id": "t-shirt", "quantity": 1}], "customerInfo": CAMILA}

        refused = shopper.post(path, body)

        assert (refused.status_code, refused.json()["details"][0]["place"]) == (422, "items[0].option"), path


@pytest.mark.parametrize(
    ("path", "more", "place"),
    [
        ("orders/update", {"status": "completed"}, "status"),
        ("orders/update", {"customerInfo": CAMILA | {"role": "admin"}}, "customerInfo.role"),
        ("orders/send-receipt", {"to": "x@example.org"}, "to"),
        ("orders/create", {"total": 0}, "total"),
        ("payment/calculate-total", {"discount": 100}, "discount"),
        (
            "payment/create-checkout-session",
            {"items": [{"id": "social", "quantity": 1, "free": True}]},
            "items[0].free",
        ),
        ("inventory/reserve-tickets", {"minutes": 600}, "minutes"),
    ],
)
def test_a_field_that_there_is_not_is_refused_by_name(
    hub: Stand, shopper: Shopper, path: str, more: dict[str, Any], place: str
) -> None:
    bought = shopper.buy("social").json()
    access = {"orderId": bought["orderId"], "accessToken": bought["accessToken"]}
    needed = (
        access if path in ("orders/update", "orders/send-receipt") else {"items": [{"id": "social", "quantity": 1}]}
    )
    if path in ("orders/create", "payment/create-checkout-session"):
        needed |= {"customerInfo": CAMILA}

    refused = shopper.post(path, needed | more)

    assert refused.status_code == 422
    assert {"place": place, "message": "is not a known field"} in refused.json()["details"]
    assert hub.one("SELECT status FROM orders WHERE id = %s", bought["orderId"]) == "processing"


def test_a_price_of_the_callers_own_list_counts_for_nothing(shopper: Shopper) -> None:
    item = {"id": "full-pass", "quantity": 2, "price": 150, "name": "Pass"}

    bought = shopper.post("payment/create-checkout-session", {"items": [item], "customerInfo": CAMILA})

    assert shopper.order(bought)["total"] == 30000
