"""PayPal's request ids, and what is left when a call fails on its way."""

import threading
from typing import Any

import httpx
import pytest

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.paypal_shop import Shop, issue, order_body, usd


def fault(sandbox: Sandbox, **rule: Any) -> None:
    httpx.post(f"{sandbox.base_url}/control/faults", json={"times": 1, **rule}).raise_for_status()


def test_the_same_request_again_is_answered_again_and_done_once(shop: Shop) -> None:
    made, again = (shop.post("/v2/checkout/orders", order_body(), "r-1") for _ in range(2))
    shop.control(made.json()["id"], "approve")
    captured, recaptured = (shop.capture(made.json()["id"], "r-2") for _ in range(2))
    capture = captured.json()["purchase_units"][0]["payments"]["captures"][0]["id"]
    refunded, rerefunded = (shop.refund(capture, {"amount": usd("5.00")}, "r-3") for _ in range(2))

    assert [made.status_code, captured.status_code, refunded.status_code] == [201] * 3
    assert [again.status_code, recaptured.status_code, rerefunded.status_code] == [200] * 3
    assert (made.json(), captured.json(), refunded.json()) == (again.json(), recaptured.json(), rerefunded.json())
    left = shop.refund(capture, {"amount": usd("20.00")})
    assert left.status_code == 201


def test_a_request_id_is_forgotten_after_six_hours(sandbox: Sandbox, shop: Shop) -> None:
    first = shop.post("/v2/checkout/orders", order_body(), "r-1").json()["id"]

    httpx.post(f"{sandbox.base_url}/control/clock", json={"advance_s": 6 * 3600 + 1})

    assert shop.post("/v2/checkout/orders", order_body(), "r-1").json()["id"] != first


def test_a_capture_whose_answer_was_lost_is_found_again(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.approved()
    fault(sandbox, kind="timeout_after_success", match="POST /v2/checkout/orders/*/capture")

    with pytest.raises(httpx.HTTPError):
        shop.capture(order, "r-1")

    assert shop.status(order) == "COMPLETED"
    assert shop.capture(order, "r-1").status_code == 200


def test_a_line_that_breaks_before_the_work_leaves_nothing(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.approved()
    fault(sandbox, kind="drop_before_work", match="POST /v2/*")

    with pytest.raises(httpx.HTTPError):
        shop.capture(order, "r-1")

    assert shop.status(order) == "APPROVED"
    assert shop.capture(order, "r-1").status_code == 201


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        ("error_500", 500, "INTERNAL_SERVER_ERROR"),
        ("error_503", 503, "SERVICE_UNAVAILABLE"),
        ("rate_limit", 429, "RATE_LIMIT_REACHED"),
        ("lock_timeout", 409, "RESOURCE_CONFLICT"),
    ],
)
def test_a_failure_before_any_work_can_be_repeated(
    sandbox: Sandbox, shop: Shop, kind: str, status: int, name: str
) -> None:
    order = shop.approved()
    fault(sandbox, kind=kind, match="POST /v2/*")

    failed = shop.capture(order, "r-1")

    assert (failed.status_code, failed.json()["name"]) == (status, name)
    assert failed.json()["debug_id"]
    assert shop.capture(order, "r-1").status_code == 201


def test_a_call_under_way_is_not_begun_twice(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.approved()
    fault(sandbox, kind="delay", delay_s=2, match="POST /v2/*")
    slow = threading.Thread(target=shop.capture, args=(order, "r-1"))
    slow.start()
    while httpx.get(f"{sandbox.base_url}/control/faults").json()["rules"]:
        continue

    conflict = shop.capture(order, "r-1")

    assert (conflict.status_code, issue(conflict)) == (409, "PREVIOUS_REQUEST_IN_PROGRESS")
    slow.join()
    assert shop.capture(order, "r-1").status_code == 200


def test_the_token_call_fails_as_told(sandbox: Sandbox, shop: Shop) -> None:
    fault(sandbox, kind="error_503", match="POST /v1/oauth2/token")
    form = {"grant_type": "client_credentials"}

    answers = [shop.http.post("/v1/oauth2/token", data=form, auth=("a", "b")).status_code for _ in range(2)]

    assert answers == [503, 200]
