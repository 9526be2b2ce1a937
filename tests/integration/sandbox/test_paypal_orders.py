"""PayPal orders: made, approved by the payer, captured once, or refused with PayPal's own words."""

import re
from typing import Any

import httpx
import pytest

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.paypal_shop import CANCEL_URL, RETURN_URL, Shop, issue, order_body, usd


def links(answer: httpx.Response) -> dict[str, str]:
    return {each["rel"]: each["href"] for each in answer.json()["links"]}


def test_a_client_gets_a_token_that_opens_the_api(sandbox: Sandbox, shop: Shop) -> None:
    form = {"grant_type": "client_credentials"}
    token = httpx.post(f"{sandbox.base_url}/v1/oauth2/token", data=form, auth=("id", "secret")).json()

    assert (token["token_type"], token["expires_in"]) == ("Bearer", 32400)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    path = f"{sandbox.base_url}/v2/checkout/orders/{shop.order()}"
    assert httpx.get(path, headers=headers).status_code == 200
    assert httpx.get(path, headers={"Authorization": "Bearer another"}).json()["name"] == "AUTHENTICATION_FAILURE"
    no_secret = httpx.post(f"{sandbox.base_url}/v1/oauth2/token", data=form, auth=("id", ""))
    assert (no_secret.status_code, no_secret.json()["error"]) == (401, "invalid_client")


def test_a_token_ends_after_nine_hours(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.order()

    httpx.post(f"{sandbox.base_url}/control/clock", json={"advance_s": 32401})

    assert shop.get(f"/v2/checkout/orders/{order}").status_code == 401


def test_an_order_waits_for_its_payer(shop: Shop) -> None:
    made = shop.post("/v2/checkout/orders", order_body("25"))

    assert (made.status_code, made.json()["status"]) == (201, "PAYER_ACTION_REQUIRED")
    assert made.json().keys() == {"id", "status", "payment_source", "links"}
    assert links(made)["payer-action"].endswith(f"/checkoutnow?token={made.json()['id']}")
    whole = shop.get(f"/v2/checkout/orders/{made.json()['id']}").json()
    (unit,) = whole["purchase_units"]
    assert (unit["amount"], unit["custom_id"], unit["reference_id"]) == (usd("25.00"), "t-1", "default")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", whole["create_time"])


def test_an_order_without_a_source_has_the_older_link(shop: Shop) -> None:
    body = {"intent": "CAPTURE", "purchase_units": [{"amount": usd("25.00")}]}

    made = shop.post("/v2/checkout/orders", body, Prefer="return=representation")

    assert (made.json()["status"], made.json()["intent"]) == ("CREATED", "CAPTURE")
    assert links(made).keys() == {"self", "approve", "update", "capture"}


def test_an_order_with_a_source_needs_a_request_id(sandbox: Sandbox, shop: Shop) -> None:
    headers = {"Authorization": f"Bearer {shop.token}"}

    refused = httpx.post(f"{sandbox.base_url}/v2/checkout/orders", json=order_body(), headers=headers)

    assert (refused.status_code, issue(refused)) == (400, "PAYPAL_REQUEST_ID_REQUIRED")


def test_the_payer_approves_on_paypals_page_and_the_shop_captures(shop: Shop) -> None:
    made = shop.post("/v2/checkout/orders", order_body())
    order = made.json()["id"]
    page = httpx.get(links(made)["payer-action"])
    assert page.status_code == 200
    for shown in ("25.00 USD", "Full Pass", "Box office", "no real money"):
        assert shown in page.text

    back = httpx.post(links(made)["payer-action"], data={"do": "approve"})

    assert (back.status_code, back.headers["location"]) == (303, f"{RETURN_URL}&token={order}&PayerID=SBXADATESTER1")
    assert shop.status(order) == "APPROVED"
    answer = shop.capture(order)
    assert (answer.status_code, answer.json()["status"]) == (201, "COMPLETED")
    assert answer.json()["payer"]["email_address"] == "ada.tester@personal.example.com"
    (capture,) = answer.json()["purchase_units"][0]["payments"]["captures"]
    assert (capture["status"], capture["amount"], capture["custom_id"]) == ("COMPLETED", usd("25.00"), "t-1")
    assert capture["seller_receivable_breakdown"] == {
        "gross_amount": usd("25.00"),
        "paypal_fee": usd("1.36"),
        "net_amount": usd("23.64"),
    }
    alone = shop.get(f"/v2/payments/captures/{capture['id']}").json()
    assert alone["supplementary_data"]["related_ids"] == {"order_id": order}


def test_a_payer_who_cancels_goes_back_and_may_still_pay(shop: Shop) -> None:
    made = shop.post("/v2/checkout/orders", order_body())

    back = httpx.post(links(made)["payer-action"], data={"do": "cancel"})

    assert back.headers["location"] == f"{CANCEL_URL}?token={made.json()['id']}"
    assert issue(shop.capture(made.json()["id"])) == "ORDER_NOT_APPROVED"
    shop.control(made.json()["id"], "approve")
    assert shop.capture(made.json()["id"]).status_code == 201


def test_an_order_is_captured_only_when_it_is_approved_and_only_once(shop: Shop) -> None:
    order = shop.order()
    early = shop.capture(order)
    shop.control(order, "approve")
    shop.capture(order)

    again = shop.capture(order)

    assert (early.status_code, issue(early)) == (422, "ORDER_NOT_APPROVED")
    assert (again.status_code, issue(again)) == (422, "ORDER_ALREADY_CAPTURED")
    assert early.json()["name"] == "UNPROCESSABLE_ENTITY"
    assert early.json()["debug_id"] == early.headers["Paypal-Debug-Id"]


def test_a_declined_instrument_sends_the_payer_back_to_choose_another(shop: Shop) -> None:
    order = shop.approved()
    shop.control(order, "decline_next")

    declined = shop.capture(order, "capture-1")

    assert (declined.status_code, issue(declined)) == (422, "INSTRUMENT_DECLINED")
    assert links(declined)["redirect"].endswith(f"/checkoutnow?token={order}")
    assert shop.status(order) == "PAYER_ACTION_REQUIRED"
    assert issue(shop.capture(order)) == "ORDER_NOT_APPROVED"
    httpx.post(links(declined)["redirect"], data={"do": "approve"})
    assert shop.capture(order, "capture-1").status_code == 201


@pytest.mark.parametrize(("end", "status"), [("complete", "COMPLETED"), ("deny", "DECLINED")])
def test_a_payment_under_review_is_no_money_until_it_ends_well(shop: Shop, end: str, status: str) -> None:
    order = shop.approved()
    shop.control(order, "pending_next")

    answer = shop.capture(order).json()

    (capture,) = answer["purchase_units"][0]["payments"]["captures"]
    assert (answer["status"], capture["status"]) == ("COMPLETED", "PENDING")
    assert capture["status_details"] == {"reason": "PENDING_REVIEW"}
    assert capture["seller_receivable_breakdown"] == {"gross_amount": usd("25.00")}
    assert issue(shop.refund(capture["id"])) == "PENDING_CAPTURE"
    shop.control(order, end)
    ended = shop.get(f"/v2/payments/captures/{capture['id']}").json()
    assert (ended["status"], "status_details" in ended) == (status, False)


def test_an_invoice_is_paid_once(shop: Shop) -> None:
    shop.captured(invoice_id="A-17")

    again = shop.capture(shop.approved(invoice_id="A-17"))

    assert (again.status_code, issue(again)) == (422, "DUPLICATE_INVOICE_ID")


def test_the_caller_can_ask_for_a_refusal(shop: Shop) -> None:
    order = shop.approved()
    mock = {"PayPal-Mock-Response": '{"mock_application_codes":"PAYER_CANNOT_PAY"}'}

    refused = shop.post(f"/v2/checkout/orders/{order}/capture", **mock)

    assert (refused.status_code, issue(refused)) == (422, "PAYER_CANNOT_PAY")
    assert shop.capture(order).status_code == 201


@pytest.mark.parametrize("path", ["/v2/checkout/orders/UNKNOWN", "/v2/payments/captures/UNKNOWN", "/v2/nothing"])
def test_what_is_not_there_is_missing(shop: Shop, path: str) -> None:
    missing = shop.get(path)

    assert (missing.status_code, missing.json()["name"]) == (404, "RESOURCE_NOT_FOUND")
    assert issue(missing) == "INVALID_RESOURCE_ID"


def item(price: str = "25.00", **more: Any) -> dict[str, Any]:
    return {"name": "Full Pass", "quantity": "1", "unit_amount": usd(price), **more}


def priced(value: str, **breakdown: str) -> dict[str, Any]:
    return {**usd(value), "breakdown": {name: usd(each) for name, each in breakdown.items()}}


@pytest.mark.parametrize(
    ("unit", "status", "expected", "field"),
    [
        ({"amount": None}, 400, "MISSING_REQUIRED_PARAMETER", "/amount"),
        ({"amount": {"value": "25.00"}}, 400, "MISSING_REQUIRED_PARAMETER", "/amount/currency_code"),
        ({"amount": {"currency_code": "USD", "value": 25}}, 400, "INVALID_PARAMETER_SYNTAX", "/amount/value"),
        ({"amount": usd("25,00")}, 400, "INVALID_PARAMETER_SYNTAX", "/amount/value"),
        ({"amount": usd("25.001")}, 422, "DECIMAL_PRECISION", "/amount/value"),
        ({"amount": {"currency_code": "JPY", "value": "25.50"}}, 422, "DECIMALS_NOT_SUPPORTED", "/amount/value"),
        ({"amount": usd("0.00")}, 422, "CANNOT_BE_ZERO_OR_NEGATIVE", "/amount/value"),
        ({"amount": {"currency_code": "XAU", "value": "1"}}, 422, "CURRENCY_NOT_SUPPORTED", "/amount/currency_code"),
        ({"amount": priced("25.00", item_total="24.00")}, 422, "AMOUNT_MISMATCH", "/amount/value"),
        ({"items": [item()]}, 422, "ITEM_TOTAL_REQUIRED", "/amount/breakdown/item_total"),
        (
            {"items": [item("20.00")], "amount": priced("25.00", item_total="25.00")},
            422,
            "ITEM_TOTAL_MISMATCH",
            "/amount/breakdown/item_total",
        ),
        (
            {"items": [item(tax=usd("1.00"))], "amount": priced("25.00", item_total="25.00")},
            422,
            "TAX_TOTAL_REQUIRED",
            "/amount/breakdown/tax_total",
        ),
        ({"items": [item(name=None)]}, 400, "MISSING_REQUIRED_PARAMETER", "/items/0/name"),
        ({"items": [item(category="PETS")]}, 400, "INVALID_PARAMETER_VALUE", "/items/0/category"),
        ({"items": ["a ticket"]}, 400, "INVALID_PARAMETER_SYNTAX", "/items/0"),
        (
            {"items": [item(unit_amount={"currency_code": "EUR", "value": "25.00"})]},
            422,
            "MULTI_CURRENCY_ORDER",
            "/items/0/unit_amount/currency_code",
        ),
        ({"items": [item(quantity="0")]}, 400, "INVALID_PARAMETER_SYNTAX", "/items/0/quantity"),
        ({"custom_id": "x" * 128}, 400, "INVALID_STRING_LENGTH", "/custom_id"),
        ({"custom_id": 17}, 400, "INVALID_PARAMETER_SYNTAX", "/custom_id"),
        ({"soft_descriptor": "x" * 23}, 400, "INVALID_STRING_LENGTH", "/soft_descriptor"),
    ],
)
def test_a_wrong_order_is_refused_with_its_field(
    shop: Shop, unit: dict[str, Any], status: int, expected: str, field: str
) -> None:
    refused = shop.post("/v2/checkout/orders", order_body(**unit))

    assert (refused.status_code, issue(refused)) == (status, expected)
    assert refused.json()["details"][0]["field"] == f"/purchase_units/0{field}"


@pytest.mark.parametrize(
    ("wrong", "expected", "field"),
    [
        ({"intent": None}, "MISSING_REQUIRED_PARAMETER", "/intent"),
        ({"intent": "TAKE"}, "INVALID_PARAMETER_VALUE", "/intent"),
        ({"intent": "AUTHORIZE"}, "NOT_SUPPORTED", "/intent"),
        ({"purchase_units": None}, "MISSING_REQUIRED_PARAMETER", "/purchase_units"),
        ({"purchase_units": []}, "INVALID_ARRAY_MIN_ITEMS", "/purchase_units"),
        ({"purchase_units": [{}] * 2}, "NOT_SUPPORTED", "/purchase_units/1"),
        ({"purchase_units": [{}] * 11}, "INVALID_ARRAY_MAX_ITEMS", "/purchase_units"),
    ],
)
def test_an_order_is_for_one_payment_now(shop: Shop, wrong: dict[str, Any], expected: str, field: str) -> None:
    refused = shop.post("/v2/checkout/orders", {**order_body(), **wrong})

    assert (refused.status_code, issue(refused), refused.json()["details"][0]["field"]) == (400, expected, field)


def test_the_payer_can_only_come_back_to_an_address(shop: Shop) -> None:
    refused = shop.post("/v2/checkout/orders", order_body(return_url="javascript:alert(1)"))

    assert (refused.status_code, issue(refused)) == (400, "INVALID_PARAMETER_SYNTAX")


def test_a_breakdown_that_adds_up_is_kept(shop: Shop) -> None:
    amount = priced("29.00", item_total="30", tax_total="2", discount="3")
    items = [item("15.00", quantity="2", tax=usd("1.00"))]

    order = shop.order(amount=amount, items=items)

    (unit,) = shop.get(f"/v2/checkout/orders/{order}").json()["purchase_units"]
    assert unit["amount"]["breakdown"] == {
        "item_total": usd("30.00"),
        "tax_total": usd("2.00"),
        "discount": usd("3.00"),
    }
    assert unit["items"][0]["unit_amount"] == usd("15.00")


def test_a_currency_without_decimals_has_none(shop: Shop) -> None:
    capture = shop.captured(amount={"currency_code": "JPY", "value": "2500"})

    assert capture["amount"] == {"currency_code": "JPY", "value": "2500"}


def test_a_body_that_is_no_json_is_refused(sandbox: Sandbox, shop: Shop) -> None:
    url, token = f"{sandbox.base_url}/v2/checkout/orders", {"Authorization": f"Bearer {shop.token}"}

    broken = httpx.post(url, content="{", headers={**token, "Content-Type": "application/json"})
    form = httpx.post(url, data={"intent": "CAPTURE"}, headers=token)

    assert (broken.status_code, issue(broken)) == (400, "MALFORMED_REQUEST_JSON")
    assert (form.status_code, form.json()["name"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
