"""The stand-in's state: one Stripe account in memory, its objects by kind, and the events they make."""

import copy
import random
import string
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from boxoffice.standin.errors import no_such

API_VERSION: Final = "2026-10-28.endive"
_LETTERS: Final = string.ascii_letters + string.digits

Json = dict[str, Any]


class Account:
    """All handlers run under `lock`: Stripe's own objects are locked one by one, ours all at once."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.objects: dict[str, dict[str, Json]] = {}
        self.secrets: dict[str, str] = {}
        """Of webhook endpoints, by id."""
        self.on_event: Callable[[Json], None] = lambda _event: None
        self._random = random.Random()  # noqa: S311  # names, no secrets

    def new_id(self, prefix: str, length: int = 24) -> str:
        return prefix + "".join(self._random.choices(_LETTERS, k=length))

    def now(self) -> int:
        return int(time.time())

    def add(self, thing: Json) -> Json:
        self.objects.setdefault(thing["object"], {})[thing["id"]] = thing
        return thing

    def all(self, kind: str) -> list[Json]:
        """Returns all of a kind, newest first."""
        return list(reversed(self.objects.get(kind, {}).values()))

    def find(self, kind: str, id_: str) -> Json | None:
        return self.objects.get(kind, {}).get(id_)

    def get(self, kind: str, id_: str, param: str = "id") -> Json:
        """Returns an object.

        Raises:
            StripeError: if there is none.
        """
        found = self.find(kind, id_)
        if found is None:
            raise no_such(kind, id_, param)
        return found

    def emit(self, type_: str, thing: Json, request_id: str | None = None) -> Json:
        """Makes an event of the object as it is now."""
        event: Json = {
            "id": self.new_id("evt_"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": {"object": copy.deepcopy(thing)},
            "livemode": False,
            "pending_webhooks": sum(1 for e in self.all("webhook_endpoint") if wants(e, type_)),
            "request": {"id": request_id, "idempotency_key": None},
            "type": type_,
        }
        self.add(event)
        self.on_event(event)
        return event

    def reset(self) -> None:
        """Forgets everything but webhook endpoints."""
        with self.lock:
            kept = self.objects.get("webhook_endpoint", {})
            self.objects = {"webhook_endpoint": kept}


def wants(endpoint: Json, type_: str) -> bool:
    enabled = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in enabled or type_ in enabled)
