"""PayPal's Transaction Search in the sandbox: payments, refunds and reversals, in pages, of a month at most."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.integration.sandbox.paypal_shop import Shop, issue, usd


def query(days: float = 1, **more: Any) -> str:
    now = datetime.now(UTC)
    times = {"start_date": now - timedelta(days=days), "end_date": now + timedelta(minutes=1)}
    params = {name: at.isoformat(timespec="seconds") for name, at in times.items()} | more
    return f"/v1/reporting/transactions?{urlencode(params)}"


def listed(shop: Shop, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = shop.get(query(**more)).raise_for_status().json()
    return found


def test_payments_and_what_went_back_are_listed_with_their_codes(shop: Shop) -> None:
    order = shop.approved("25.00")
    capture = shop.capture(order).json()["purchase_units"][0]["payments"]["captures"][0]["id"]
    refund = shop.refund(capture, {"amount": usd("5.00")}).json()["id"]
    shop.control(order, "dispute")
    shop.control(order, "resolve_for_buyer")

    infos = [each["transaction_info"] for each in listed(shop)["transaction_details"]]

    mine = [each for each in infos if capture in (each["transaction_id"], each.get("paypal_reference_id"))]
    assert [(each["transaction_event_code"], each["transaction_amount"]["value"]) for each in mine] == [
        ("T0006", "25.00"),
        ("T1107", "-5.00"),
        ("T1106", "-20.00"),
    ]
    assert mine[1]["transaction_id"] == refund
    assert {each["transaction_status"] for each in mine} == {"S"}


def test_pages_hold_all_of_it_once(shop: Shop) -> None:
    captures = {shop.captured()["id"] for _ in range(5)}

    first = listed(shop, page_size="2")
    pages = [listed(shop, page_size="2", page=str(page + 1)) for page in range(first["total_pages"])]

    ids = [each["transaction_info"]["transaction_id"] for page in pages for each in page["transaction_details"]]
    assert captures <= set(ids)
    assert len(ids) == len(set(ids)) == first["total_items"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (query(days=40), "INVALID_PARAMETER_VALUE"),
        (query(page_size="501"), "INVALID_PARAMETER_VALUE"),
        ("/v1/reporting/transactions", "MISSING_REQUIRED_PARAMETER"),
        ("/v1/reporting/transactions?start_date=now&end_date=later", "INVALID_PARAMETER_SYNTAX"),
    ],
)
def test_a_question_that_paypal_would_not_answer_is_refused(shop: Shop, path: str, expected: str) -> None:
    answer = shop.get(path)

    assert (answer.status_code, issue(answer)) == (400, expected)
