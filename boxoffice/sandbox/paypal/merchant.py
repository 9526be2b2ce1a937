"""The one PayPal merchant: orders, captures, refunds and disputes by id, and the events that their changes cause.

All of it is touched on one event loop only, so nothing here needs a lock.
"""

import copy
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paypal.errors import no_such

PAYEE: Final = {"email_address": "box-office@business.example.com", "merchant_id": "SBXBOXOFFICE1"}
_ALPHABET: Final = string.ascii_uppercase + string.digits

Table = dict[str, Document]


def new_id(length: int = 17) -> str:
    """Returns an id as PayPal's look."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass(slots=True)
class Merchant:
    """Resources by id, oldest first."""

    base_url: str
    now_exact: Callable[[], float]
    publish: Callable[[Document], None] = lambda _event: None
    orders: Table = field(default_factory=dict)
    captures: Table = field(default_factory=dict)
    refunds: Table = field(default_factory=dict)
    disputes: Table = field(default_factory=dict)
    events: Table = field(default_factory=dict)

    def now(self) -> str:
        """Returns the time as PayPal writes it."""
        return moment(self.now_exact())

    def link(self, path: str, rel: str, method: str = "GET") -> Document:
        return {"href": self.base_url + path, "rel": rel, "method": method}

    def clear(self) -> None:
        for table in (self.orders, self.captures, self.refunds, self.disputes, self.events):
            table.clear()

    def emit(self, type: str, kind: str, summary: str, resource: Document) -> Document:
        """Makes the event of a change and hands it to the webhooks; its resource is how it is now."""
        event_id = f"WH-{new_id()}-{new_id()}"
        path = f"/v1/notifications/webhooks-events/{event_id}"
        event: Document = {
            "id": event_id,
            "event_version": "1.0",
            "create_time": self.now(),
            "resource_type": kind,
            "resource_version": "2.0",
            "event_type": type,
            "summary": summary,
            "resource": shown(resource),
            "links": [self.link(path, "self"), self.link(f"{path}/resend", "resend", "POST")],
        }
        self.events[event_id] = event
        self.publish(event)
        return event


def find(table: Table, id: str) -> Document:
    """Returns a resource.

    Raises:
        PayPalError: 404, if there is none.
    """
    try:
        return table[id]
    except KeyError:
        raise no_such(value=id) from None


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(document: Document) -> Document:
    """Returns a copy as it goes out: fields that begin with `_` are the stand-in's own."""
    return {name: copy.deepcopy(value) for name, value in document.items() if not name.startswith("_")}
