"""PayPal's webhooks: signed so that anyone can check it, by certificate or by asking, and sent until they are taken."""

import base64
import json
import zlib
from email.message import Message
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.paypal_shop import PayPalHooks, Shop, issue

FIELDS = {
    "auth_algo": "PAYPAL-AUTH-ALGO",
    "cert_url": "PAYPAL-CERT-URL",
    "transmission_id": "PAYPAL-TRANSMISSION-ID",
    "transmission_sig": "PAYPAL-TRANSMISSION-SIG",
    "transmission_time": "PAYPAL-TRANSMISSION-TIME",
}


def is_signed(webhook_id: str, body: bytes, headers: Message) -> bool:
    """Returns whether a body is PayPal's, by its certificate alone."""
    certificate = x509.load_pem_x509_certificate(httpx.get(headers["PAYPAL-CERT-URL"]).content)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    parts = (headers["PAYPAL-TRANSMISSION-ID"], headers["PAYPAL-TRANSMISSION-TIME"], webhook_id, zlib.crc32(body))
    signature = base64.b64decode(headers["PAYPAL-TRANSMISSION-SIG"])
    try:
        key.verify(signature, "|".join(map(str, parts)).encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def ask(shop: Shop, webhook_id: str, body: str, headers: Message, **more: str) -> str:
    """Asks PayPal whether an event is its own, with the event as it came."""
    fields = {**{name: headers[header] for name, header in FIELDS.items()}, "webhook_id": webhook_id, **more}
    content = json.dumps(fields)[:-1] + ', "webhook_event": ' + body + "}"
    sent = {"Authorization": f"Bearer {shop.token}", "Content-Type": "application/json"}
    answer = shop.http.post("/v1/notifications/verify-webhook-signature", content=content.encode(), headers=sent)
    return str(answer.raise_for_status().json()["verification_status"])


def fault(sandbox: Sandbox, **rule: Any) -> None:
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()


def test_an_approval_is_told_before_any_money_moves(shop: Shop, hooks: PayPalHooks) -> None:
    order = shop.approved()

    event = hooks.event("CHECKOUT.ORDER.APPROVED")

    assert (event["resource_type"], event["event_version"]) == ("checkout-order", "1.0")
    assert (event["resource"]["id"], event["resource"]["status"]) == (order, "APPROVED")
    assert event["resource"]["purchase_units"][0]["custom_id"] == "t-1"


def test_a_capture_is_told_with_its_order(shop: Shop, hooks: PayPalHooks) -> None:
    order = shop.approved()
    shop.capture(order)

    event = hooks.event("PAYMENT.CAPTURE.COMPLETED")

    assert (event["resource_type"], event["resource"]["custom_id"]) == ("capture", "t-1")
    assert event["resource"]["supplementary_data"]["related_ids"] == {"order_id": order}
    assert shop.get(f"/v1/notifications/webhooks-events/{event['id']}").json() == event


@pytest.mark.parametrize(("end", "type"), [("complete", "COMPLETED"), ("deny", "DENIED")])
def test_a_review_is_told_when_it_begins_and_when_it_ends(shop: Shop, hooks: PayPalHooks, end: str, type: str) -> None:
    order = shop.approved()
    shop.control(order, "pending_next")
    shop.capture(order)
    pending = hooks.event("PAYMENT.CAPTURE.PENDING")

    shop.control(order, end)

    ended = hooks.event(f"PAYMENT.CAPTURE.{type}")
    assert ended["resource"]["id"] == pending["resource"]["id"]


def test_an_event_can_be_checked_by_certificate(shop: Shop, hooks: PayPalHooks) -> None:
    shop.approved()
    ((body, headers),) = hooks.wait_for("CHECKOUT.ORDER.APPROVED")

    assert headers["PAYPAL-AUTH-ALGO"] == "SHA256withRSA"
    assert headers["PAYPAL-CERT-URL"] == hooks.cert_url
    assert is_signed(hooks.webhook_id, body, headers)
    assert not is_signed(hooks.webhook_id, body + b" ", headers)
    assert not is_signed("another", body, headers)


def test_an_event_can_be_checked_by_asking(shop: Shop, hooks: PayPalHooks) -> None:
    shop.approved(description="Pase completo – sábado")
    ((raw, headers),) = hooks.wait_for("CHECKOUT.ORDER.APPROVED")
    body = raw.decode()

    assert ask(shop, hooks.webhook_id, body, headers) == "SUCCESS"
    assert ask(shop, "another", body, headers) == "FAILURE"
    assert ask(shop, hooks.webhook_id, body, headers, auth_algo="none") == "FAILURE"
    assert ask(shop, hooks.webhook_id, body, headers, transmission_sig="AAAA") == "FAILURE"
    assert ask(shop, hooks.webhook_id, body.replace("25.00", "2.00"), headers) == "FAILURE"
    written_anew = json.dumps(json.loads(body))
    assert ask(shop, hooks.webhook_id, written_anew, headers) == "FAILURE"


def test_a_question_without_its_fields_is_refused(shop: Shop) -> None:
    refused = shop.post("/v1/notifications/verify-webhook-signature", {"webhook_id": "1"})

    assert (refused.status_code, issue(refused)) == (400, "MISSING_REQUIRED_PARAMETER")


def test_a_refused_event_comes_again_signed_anew(shop: Shop, hooks: PayPalHooks) -> None:
    hooks.answers = [500, 302]
    shop.approved()

    tries = hooks.wait_for("CHECKOUT.ORDER.APPROVED", times=3)

    assert len({body for body, _ in tries}) == 1
    assert len({headers["PAYPAL-TRANSMISSION-ID"] for _, headers in tries}) == 3
    assert all(is_signed(hooks.webhook_id, body, headers) for body, headers in tries)


@pytest.mark.parametrize(("kind", "is_first_good"), [("bad_signature", False), ("old_timestamp", True)])
def test_a_forged_or_old_event_comes_before_the_true_one(
    sandbox: Sandbox, shop: Shop, hooks: PayPalHooks, kind: str, is_first_good: bool
) -> None:
    fault(sandbox, kind=kind, match="CHECKOUT.ORDER.*", times=1)
    shop.approved()

    first, second = hooks.wait_for("CHECKOUT.ORDER.APPROVED", times=2)

    assert is_signed(hooks.webhook_id, *first) is is_first_good
    assert is_signed(hooks.webhook_id, *second)
    assert first[1]["PAYPAL-TRANSMISSION-TIME"] <= second[1]["PAYPAL-TRANSMISSION-TIME"]


def test_an_event_can_be_lost_and_sent_again_by_a_person(sandbox: Sandbox, shop: Shop, hooks: PayPalHooks) -> None:
    fault(sandbox, kind="drop_webhook", match="CHECKOUT.ORDER.APPROVED", times=1)
    shop.capture(shop.approved())
    hooks.wait_for("PAYMENT.CAPTURE.COMPLETED")
    assert "CHECKOUT.ORDER.APPROVED" not in hooks.types()
    log = httpx.get(f"{sandbox.base_url}/control/webhooks").json()["deliveries"]
    (lost,) = [each["event"] for each in log if each["note"] == "dropped"]

    httpx.post(f"{sandbox.base_url}/control/events/{lost}/resend").raise_for_status()

    assert hooks.event("CHECKOUT.ORDER.APPROVED")["id"] == lost


def test_an_endpoint_hears_only_what_it_asked_for(sandbox: Sandbox, shop: Shop, hooks: PayPalHooks) -> None:
    httpx.post(f"{sandbox.base_url}/control/reset").raise_for_status()
    hooks.register(hooks.url, enabled_events=["PAYMENT.CAPTURE.*"])

    shop.capture(shop.approved())

    hooks.wait_for("PAYMENT.CAPTURE.COMPLETED")
    assert hooks.types() == ["PAYMENT.CAPTURE.COMPLETED"]


def test_the_shop_can_have_an_event_sent_again(shop: Shop, hooks: PayPalHooks) -> None:
    shop.approved()
    event = hooks.event("CHECKOUT.ORDER.APPROVED")
    (resend,) = [each["href"] for each in event["links"] if each["rel"] == "resend"]

    assert shop.post(resend).status_code == 202

    assert len({body for body, _ in hooks.wait_for("CHECKOUT.ORDER.APPROVED", times=2)}) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"provider": "paypal", "url": "nowhere"},
        {"provider": "sendgrid", "url": ""},
        {"provider": "square", "url": "http://127.0.0.1:9/"},
    ],
)
def test_an_endpoint_that_is_none_is_refused(sandbox: Sandbox, body: dict[str, str]) -> None:
    refused = httpx.post(f"{sandbox.base_url}/control/webhooks", json=body)

    assert (refused.status_code, bool(refused.json()["error"])) == (400, True)


def test_endpoints_stay_over_a_reset_if_asked(sandbox: Sandbox, shop: Shop, hooks: PayPalHooks) -> None:
    order = shop.order()

    httpx.post(f"{sandbox.base_url}/control/reset", json={"keep_webhooks": True}).raise_for_status()

    assert shop.get(f"/v2/checkout/orders/{order}").status_code == 404
    shop.approved()
    hooks.wait_for("CHECKOUT.ORDER.APPROVED")
