"""An endpoint that hears what becomes of mails."""

import json
import threading
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import httpx
from sendgrid.helpers.eventwebhook import EventWebhook

from tests.integration.sandbox.listening import WAIT_S


@dataclass
class PostOffice:
    """What it heard, and what it answers; everything that counts is verified by SendGrid's own helper."""

    base_url: str
    heard: list[tuple[bytes, Message]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    url: str = ""
    public_key: str = ""

    def register(self, url: str, **more: Any) -> None:
        body = {"provider": "sendgrid", "url": url, **more}
        made = httpx.post(f"{self.base_url}/control/webhooks", json=body).raise_for_status().json()
        self.url, self.public_key = url, made["public_key"]

    def take(self, body: bytes, headers: Message) -> int:
        with self.changed:
            self.heard.append((body, headers))
            self.changed.notify_all()
            return self.answers.pop(0) if self.answers else 200

    def wait_for(self, event: str, times: int = 1) -> list[dict[str, Any]]:
        """Returns the events of a type once there are so many that are signed."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self._of(event)) >= times, WAIT_S), f"{event}: {self.types()}"
            return self._of(event)

    def types(self) -> list[str]:
        return [each["event"] for body, _ in self.heard for each in json.loads(body)]

    def is_signed(self, body: bytes, headers: Message) -> bool:
        webhook = EventWebhook(self.public_key)
        signature = headers["X-Twilio-Email-Event-Webhook-Signature"]
        timestamp = headers["X-Twilio-Email-Event-Webhook-Timestamp"]
        return bool(webhook.verify_signature(body.decode(), signature, timestamp))

    def _of(self, event: str) -> list[dict[str, Any]]:
        signed = (json.loads(body) for body, headers in self.heard if self.is_signed(body, headers))
        return [each for events in signed for each in events if each["event"] == event]
