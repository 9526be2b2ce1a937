"""Stripe's webhooks: which endpoints hear an event, and how it is signed for them."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase

from boxoffice.sandbox.account import Account, sent
from boxoffice.sandbox.deliveries import Deliveries, Post
from boxoffice.sandbox.errors import Document


def signature(body: bytes, secret: str, timestamp: int) -> str:
    """Returns the Stripe-Signature header of a body."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class StripeWebhooks:
    """Sends the account's events to its endpoints."""

    def __init__(self, account: Account, deliveries: Deliveries) -> None:
        self._account = account
        self._deliveries = deliveries

    def publish(self, event: Document) -> None:
        """Sends an event to whoever listens."""
        endpoints = [each for each in self._account.all("webhook_endpoint") if _hears(each, event["type"])]
        event["pending_webhooks"] = len(endpoints)
        self._deliveries.publish([self._post(event, each) for each in endpoints])

    def send_again(self, event: Document) -> None:
        """Sends an event once more, to every endpoint."""
        endpoints = self._account.all("webhook_endpoint")
        self._deliveries.send_again([self._post(event, each) for each in endpoints])

    def _post(self, event: Document, endpoint: Document) -> Post:
        def sign(body: bytes, at: int, *, is_forged: bool) -> Mapping[str, str]:
            return {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                "Stripe-Signature": signature(body, "whsec_wrong" if is_forged else endpoint["_secret"], at),
            }

        def on_taken() -> None:
            event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)

        return Post(
            provider="stripe",
            event=event["id"],
            type=event["type"],
            url=endpoint["url"],
            body=json.dumps(sent(event)).encode(),
            sign=sign,
            is_awaited=lambda: self._account.find(endpoint["id"]) is not None,
            on_taken=on_taken,
        )


def _hears(endpoint: Document, type: str) -> bool:
    return endpoint["status"] == "enabled" and any(fnmatchcase(type, name) for name in endpoint["enabled_events"])
