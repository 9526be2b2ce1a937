"""PayPal's orders for a person: the control calls and the buttons of the control page."""

import httpx
import pytest

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.paypal_shop import RETURN_URL, Shop


def test_a_test_approves_in_the_place_of_the_payer(shop: Shop) -> None:
    order = shop.order()

    done = shop.control(order, "approve")

    assert done["redirect"] == f"{RETURN_URL}&token={order}&PayerID=SBXADATESTER1"
    assert (done["status"], done["capture"], done["next_capture"]) == ("APPROVED", None, "paid")
    assert done["approve_url"].endswith(f"/checkoutnow?token={order}")
    listed = shop.http.get("/control/paypal/orders").json()["orders"]
    assert [(each["id"], each["status"]) for each in listed] == [(order, "APPROVED")]


@pytest.mark.parametrize(("what", "status"), [("fly", 400), ("complete", 422), ("dispute", 422)])
def test_what_cannot_be_done_is_said(shop: Shop, what: str, status: int) -> None:
    refused = shop.http.post(f"/control/paypal/orders/{shop.order()}", json={"do": what})

    assert refused.status_code == status
    assert refused.json()["error"]


def test_an_order_that_is_paid_is_under_no_review(shop: Shop) -> None:
    order = shop.approved()
    shop.capture(order)

    refused = shop.http.post(f"/control/paypal/orders/{order}", json={"do": "deny"})

    assert (refused.status_code, refused.json()["error"]) == (
        422,
        "This capture is COMPLETED, so there is no review to end.",
    )


def test_the_control_page_has_the_orders_with_their_buttons(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.order()
    page = f"{sandbox.base_url}/control"
    assert 'value="approve"' in httpx.get(page).text

    back = httpx.post(f"{sandbox.base_url}/paypal/orders/{order}", data={"do": "approve"})

    assert (back.status_code, back.headers["location"]) == (303, "/control")
    assert "APPROVED" in httpx.get(page).text


def test_a_person_chooses_on_paypals_page_what_comes_of_the_payment(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.order()

    httpx.post(f"{sandbox.base_url}/checkoutnow?token={order}", data={"do": "approve", "next": "pending_next"})

    capture = shop.capture(order).json()["purchase_units"][0]["payments"]["captures"][0]
    assert capture["status"] == "PENDING"


def test_a_paid_order_cannot_be_approved_again(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.approved()
    shop.capture(order)
    page = f"{sandbox.base_url}/checkoutnow?token={order}"

    assert "This was paid" in httpx.get(page).text
    assert httpx.post(page, data={"do": "approve"}).status_code == 422
    assert httpx.get(f"{sandbox.base_url}/checkoutnow?token=UNKNOWN").status_code == 404


def test_what_the_shop_says_cannot_become_markup(sandbox: Sandbox, shop: Shop) -> None:
    order = shop.order(description="<script>alert(1)</script>")

    assert "<script>alert(1)" not in httpx.get(f"{sandbox.base_url}/checkoutnow?token={order}").text
