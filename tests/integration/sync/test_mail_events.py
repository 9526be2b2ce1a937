"""What becomes of mails: SendGrid's signed events end on the order, in any order and however often they come."""

import base64
import itertools
import json
import time
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.integration.sync.conftest import MAIL_KEY, Stand
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket

STATUS = "SELECT status FROM mails WHERE id = %s"


@pytest.fixture
def mail(hub: Stand) -> str:
    """A mail that was sent."""
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        bought = Shopper(http).buy("friday-pass")
    session = bought.json()["sessionId"]
    hub.sessions.pay(session)
    hub.checkouts.settle_session(session)
    found: str = hub.one("SELECT id FROM mails WHERE order_id = %s", bought.json()["orderId"])
    hub.until("sent", STATUS, found)
    return found


def tell(
    hub: Stand, events: Any, *, key: ec.EllipticCurvePrivateKey = MAIL_KEY, at: int | None = None, body: bytes = b""
) -> httpx.Response:
    text, when = json.dumps(events).encode(), str(at or int(time.time()))
    signature = key.sign(when.encode() + text, ec.ECDSA(hashes.SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": when,
    }
    return httpx.post(f"{hub.base_url}/api/webhooks/sendgrid", content=body or text, headers=headers)


@pytest.mark.parametrize("order", list(itertools.permutations(["processed", "deferred", "delivered"])))
def test_the_best_known_word_stays_whatever_the_order(hub: Stand, mail: str, order: tuple[str, ...]) -> None:
    for event in (*order, *order):
        assert tell(hub, [{"event": event, "mail_id": mail}]).status_code == 200

    assert hub.one(STATUS, mail) == "delivered"


def test_a_mail_that_bounced_says_why_even_if_it_was_delivered_before(hub: Stand, mail: str) -> None:
    tell(hub, [{"event": "bounce", "mail_id": mail, "reason": "550 no such user"}, {"event": "open", "mail_id": mail}])
    tell(hub, [{"event": "delivered", "mail_id": mail}])

    assert hub.sql("SELECT status, last_error FROM mails WHERE id = %s", mail) == [("bounced", "550 no such user")]


def test_what_sendgrid_did_not_sign_lately_is_refused(hub: Stand, mail: str) -> None:
    events = [{"event": "bounce", "mail_id": mail}]
    other = ec.generate_private_key(ec.SECP256R1())

    answers = [
        tell(hub, events, key=other),
        tell(hub, events, at=int(time.time()) - 90_000),
        tell(hub, events, body=b"[]"),
        httpx.post(f"{hub.base_url}/api/webhooks/sendgrid", json=events),
        tell(hub, {"event": "bounce"}),
    ]

    assert [answer.status_code for answer in answers] == [400] * 5
    assert hub.one(STATUS, mail) == "sent"
