"""The one test account: every resource by id, its clock, and the events that its changes cause.

All of it is touched on one event loop only, so nothing here needs a lock.
"""

import copy
import secrets
import string
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from boxoffice.sandbox.errors import Document, no_such

API_VERSION: Final = "2026-10-28.endive"
ACCOUNT_ID: Final = "acct_1SandboxBoxoffice"
REFUND_PENDS_S: Final = 5.0
_ALPHABET: Final = string.ascii_letters + string.digits

Later = Callable[[float, Callable[[], None]], None]
"""Runs something after so many seconds."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The API call that changes things: events name it."""

    request_id: str
    idempotency_key: str | None


def new_id(prefix: str, length: int = 24) -> str:
    """Returns an id as Stripe's look."""
    return f"{prefix}_" + "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass(slots=True)
class Account:
    """Resources by kind and id, newest last.

    A refund that pends does so for `refund_pends_s` if nobody ends it before, or with None until somebody does.
    """

    base_url: str
    later: Later
    publish: Callable[[Document], None] = lambda _event: None
    cause: Cause | None = None
    clock_ahead_s: float = 0.0
    refund_pends_s: float | None = REFUND_PENDS_S
    _tables: dict[str, dict[str, Document]] = field(default_factory=dict)

    def now(self) -> int:
        """Returns the account's time in whole seconds; `/control/clock` can move it."""
        return int(self.now_exact())

    def now_exact(self) -> float:
        return time.time() + self.clock_ahead_s

    def add(self, document: Document) -> Document:
        self._tables.setdefault(document["object"], {})[document["id"]] = document
        return document

    def remove(self, document: Document) -> None:
        del self._tables[document["object"]][document["id"]]

    def all(self, kind: str) -> list[Document]:
        """Returns every resource of a kind, oldest first."""
        return list(self._tables.get(kind, {}).values())

    def get(self, kind: str, id: str, param: str = "id") -> Document:
        """Returns a resource.

        Raises:
            StripeError: 404, if there is none.
        """
        try:
            return self._tables[kind][id]
        except KeyError:
            raise no_such(kind, id, param) from None

    def find(self, id: str) -> Document | None:
        """Returns the resource with this id, whatever it is."""
        return next((table[id] for table in self._tables.values() if id in table), None)

    def clear(self) -> None:
        self._tables.clear()
        self.clock_ahead_s = 0.0
        self.refund_pends_s = REFUND_PENDS_S

    def emit(self, type: str, about: Document, previous: Document | None = None) -> Document:
        """Makes the event of a change and hands it to the webhooks; its object is how it is now."""
        data: Document = {"object": sent(about)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Document = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {
                "id": self.cause.request_id if self.cause else None,
                "idempotency_key": self.cause.idempotency_key if self.cause else None,
            },
            "type": type,
        }
        self.add(event)
        self.publish(event)
        return event


def sent(document: Document) -> Document:
    """Returns a copy as it goes out: fields that begin with `_` are the stand-in's own, or sent only when expanded."""
    return {name: copy.deepcopy(value) for name, value in document.items() if not name.startswith("_")}


def matching(documents: list[Document], **wanted: Any) -> Iterator[Document]:
    """Yields the documents whose fields equal those that are given; None matches all."""
    filters = {name: value for name, value in wanted.items() if value is not None}
    return (each for each in documents if all(each.get(name) == value for name, value in filters.items()))
