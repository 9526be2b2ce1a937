"""PayPal refunds: never more than was captured, in part or in whole."""

from tests.integration.sandbox.paypal_shop import PayPalHooks, Shop, issue, usd


def test_a_refund_gives_back_all_that_is_left(shop: Shop) -> None:
    capture = shop.captured()["id"]
    part = shop.refund(capture, {"amount": usd("10.00")}, Prefer="return=representation").json()
    assert shop.get(f"/v2/payments/captures/{capture}").json()["status"] == "PARTIALLY_REFUNDED"

    rest = shop.refund(capture)

    assert (rest.status_code, rest.json().keys()) == (201, {"id", "status", "links"})
    assert (part["status"], part["amount"], part["custom_id"]) == ("COMPLETED", usd("10.00"), "t-1")
    whole = shop.get(f"/v2/payments/refunds/{rest.json()['id']}").json()
    assert whole["seller_payable_breakdown"] == {
        "gross_amount": usd("15.00"),
        "paypal_fee": usd("0.00"),
        "net_amount": usd("15.00"),
        "total_refunded_amount": usd("25.00"),
    }
    assert shop.get(f"/v2/payments/captures/{capture}").json()["status"] == "REFUNDED"


def test_no_more_goes_back_than_was_paid(shop: Shop) -> None:
    capture = shop.captured()["id"]
    shop.refund(capture, {"amount": usd("20.00")})

    too_much = shop.refund(capture, {"amount": usd("5.01")})
    other = shop.refund(capture, {"amount": {"currency_code": "EUR", "value": "1.00"}})
    shop.refund(capture)
    twice = shop.refund(capture)

    assert issue(too_much) == "REFUND_AMOUNT_EXCEEDED"
    assert issue(other) == "REFUND_CAPTURE_CURRENCY_MISMATCH"
    assert issue(twice) == "CAPTURE_FULLY_REFUNDED"


def test_the_order_shows_what_went_back(shop: Shop) -> None:
    order = shop.approved()
    capture = shop.capture(order).json()["purchase_units"][0]["payments"]["captures"][0]["id"]

    refund = shop.refund(capture, {"amount": usd("5.00")}).json()["id"]

    payments = shop.get(f"/v2/checkout/orders/{order}").json()["purchase_units"][0]["payments"]
    assert [each["id"] for each in payments["refunds"]] == [refund]


def test_a_refund_is_told_with_the_way_to_its_capture(shop: Shop, hooks: PayPalHooks) -> None:
    capture = shop.captured()["id"]

    refund = shop.refund(capture, {"amount": usd("5.00")}).json()["id"]

    event = hooks.event("PAYMENT.CAPTURE.REFUNDED")
    assert (event["resource_type"], event["resource"]["id"]) == ("refund", refund)
    assert event["resource"]["amount"] == usd("5.00")
    (up,) = [each["href"] for each in event["resource"]["links"] if each["rel"] == "up"]
    assert up.endswith(f"/v2/payments/captures/{capture}")


def test_a_payer_who_disputes_stands_in_the_way_of_partial_refunds(shop: Shop, hooks: PayPalHooks) -> None:
    order = shop.approved()
    capture = shop.capture(order).json()["purchase_units"][0]["payments"]["captures"][0]["id"]

    shop.control(order, "dispute")

    dispute = hooks.event("CUSTOMER.DISPUTE.CREATED")["resource"]
    (transaction,) = dispute["disputed_transactions"]
    assert (transaction["seller_transaction_id"], transaction["custom"]) == (capture, "t-1")
    assert dispute["dispute_amount"] == usd("25.00")
    assert issue(shop.refund(capture, {"amount": usd("5.00")})) == "TRANSACTION_DISPUTED"
    assert shop.refund(capture).status_code == 201
