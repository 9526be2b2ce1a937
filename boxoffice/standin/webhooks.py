"""Delivers events to webhook endpoints: signed, at least once, in no promised order, again after a failure."""

import hashlib
import hmac
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from boxoffice.standin.account import Account, Json, wants
from boxoffice.standin.faults import Faults

RETRIES_S: Final = (0.5, 2.0, 8.0)
"""Stripe's own sandbox tries three times over a few hours; here hours are seconds."""
_TIMEOUT_S: Final = 10


def signature(secret: str, body: bytes, at: int) -> str:
    """Returns the `Stripe-Signature` header of a body."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


@dataclass(slots=True)
class Delivery:
    """One event to one endpoint."""

    event_id: str
    event_type: str
    url: str
    tries: int = 0
    status: int = 0
    done: threading.Event = field(default_factory=threading.Event)


class Webhooks:
    """Sends in the background. Stopped with the sandbox."""

    def __init__(self, account: Account, faults: Faults) -> None:
        self._account = account
        self._faults = faults
        self._queue: queue.Queue[Json | None] = queue.Queue()
        self._pool = ThreadPoolExecutor(16, thread_name_prefix="webhook")
        self._held: list[Json] = []
        self._stopping = threading.Event()
        self.deliveries: list[Delivery] = []
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        account.on_event = self._queue.put
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._queue.put(None)
        self._thread.join()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def wait_for(self, object_id: str, type_: str, timeout_s: float) -> None:
        """Waits until an event about the object was taken by every endpoint, or the time is over."""
        ends = time.monotonic() + timeout_s
        while time.monotonic() < ends:
            with self._account.lock:
                event = next((e for e in self._account.all("event") if _is(e, object_id, type_)), None)
            if event is None or event["pending_webhooks"] <= 0:
                return
            self._stopping.wait(0.02)

    def _run(self) -> None:
        while (event := self._queue.get()) is not None:
            if self._faults.takes("webhook", "reorder_webhooks"):
                self._held.append(event)
                continue
            self._send_all(event)
            while self._held:
                self._send_all(self._held.pop())

    def _send_all(self, event: Json) -> None:
        copies = 0 if self._faults.takes("webhook", "drop_webhook") else 1
        copies += 1 if self._faults.takes("webhook", "duplicate_webhook") else 0
        with self._account.lock:
            endpoints = [e for e in self._account.all("webhook_endpoint") if wants(e, event["type"])]
        for endpoint in endpoints:
            for _ in range(copies):
                delivery = Delivery(event["id"], event["type"], endpoint["url"])
                self.deliveries.append(delivery)
                self._pool.submit(self._deliver, event, endpoint, delivery)

    def _deliver(self, event: Json, endpoint: Json, delivery: Delivery) -> None:
        body = json.dumps(event, separators=(",", ":")).encode()
        secret = self._account.secrets[endpoint["id"]]
        for pause_s in (*RETRIES_S, None):
            delivery.tries += 1
            delivery.status = _post(endpoint["url"], body, signature(secret, body, self._account.now()))
            if 200 <= delivery.status < 300:
                with self._account.lock:
                    event["pending_webhooks"] -= 1
                break
            if pause_s is None or self._stopping.wait(pause_s):
                break
        delivery.done.set()


def _is(event: Json, object_id: str, type_: str) -> bool:
    return bool(event["type"] == type_ and event["data"]["object"]["id"] == object_id)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def _post(url: str, body: bytes, signed: str) -> int:
    """Returns the HTTP status; 0 if nobody answered."""
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signed}
    request = urllib.request.Request(url, body, headers)  # noqa: S310  # an endpoint that was registered
    try:
        with _OPENER.open(request, timeout=_TIMEOUT_S) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0
