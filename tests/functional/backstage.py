"""What happens behind the shop while someone buys: its database, its jobs, the payment service and the outbox."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic
from typing import Any, TypeVar

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.ids import EventId
from boxoffice.core.tickets import TicketClaims, decode_token
from boxoffice.demo.stack import Stack
from sync.store.queue import defer
from tests.outside import ask

T = TypeVar("T")


@dataclass(frozen=True)
class Backstage:
    """The running stack, for a test to look into and to hurry on."""

    stack: Stack

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return ask(self.stack.addresses.postgres_url, query, *values)

    def left(self, pool: str) -> int:
        """Returns how many places the shop has now; what others don't pay for comes back at any moment."""
        return int(self.sql("SELECT available FROM pools WHERE id = %s", pool)[0][0])

    def left_alone(self, pool: str) -> int:
        """Returns how many places the shop has when nobody holds any: from here on only this test changes it."""
        self.all_give_back()
        return self.left(pool)

    def orders(self) -> list[str]:
        """Returns how all web orders stand, the newest first."""
        return [row[0] for row in self.sql("SELECT status FROM orders WHERE channel = 'web' ORDER BY id DESC")]

    def sessions(self) -> int:
        return int(self.sql("SELECT count(session_id) FROM checkouts")[0][0])

    def charges(self) -> int:
        """Returns how often the payment service took money."""
        found = httpx.get(
            f"{self.stack.addresses.sandbox_url}/v1/charges",
            params={"limit": 100},
            headers={"Authorization": f"Bearer {self.stack.addresses.stripe_key}"},
        )
        return sum(charge["status"] == "succeeded" for charge in found.json()["data"])

    def proved(self, code: str) -> TicketClaims:
        """Returns what a ticket says, proved by the event's key; anything but a ticket raises `BadToken`."""
        event, key = self.sql("SELECT id, public_key FROM events")[0]
        return decode_token(code, EventId(event), Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)))

    def let_time_run_out(self, *, in_s: float = -1) -> None:
        """Ends the time to pay of all that is held."""
        self.sql("UPDATE holds SET expires_at = now() + make_interval(secs => %s)", in_s)
        self.sql("UPDATE checkouts SET closes_at = now() + make_interval(secs => %s) WHERE status <> 'paid'", in_s)

    def do_what_is_due(self) -> None:
        """Has the hub give back what was not paid in time, as its jobs do at that time."""
        with self.stack.database.transaction() as connection:
            for task, key, query in _DUE:
                for (value,) in self.sql(query):
                    defer(connection, task, {key: value})
        eventually(lambda: not {"pending", "processing"} & set(self.orders()))

    def all_give_back(self) -> None:
        """Ends what others, such as the tests before, hold and don't pay for."""
        self.let_time_run_out()
        self.do_what_is_due()

    def someone_else_takes(self, product: str, quantity: int) -> None:
        body = {
            "items": [{"id": product, "quantity": quantity}],
            "customerInfo": {"email": "else@example.com", "name": "Someone Else"},
        }
        url = f"{self.stack.addresses.hub_url}/api/payment/create-checkout-session"
        httpx.post(url, json=body, timeout=150).raise_for_status()

    def mail_to(self, email: str) -> dict[str, Any]:
        """Returns the mail that was sent to the address, as soon as it is."""

        def look() -> dict[str, Any] | None:
            mails = httpx.get(f"{self.stack.addresses.sandbox_url}/outbox.json").json()["mails"]
            return next((mail for mail in mails if email in mail["to"]), None)

        return eventually(look)


_DUE = (
    ("release_hold", "order_id", "SELECT id FROM orders WHERE channel = 'web' AND status = 'pending'"),
    ("close_checkout", "tender_id", "SELECT tender_id FROM checkouts WHERE status IN ('open', 'opened', 'paying')"),
)


def eventually(look: Callable[[], T | None]) -> T:
    """Returns what is looked for as soon as it is there."""
    patience, pause = monotonic() + 150, Event()
    while not (found := look()):
        assert monotonic() < patience, "it did not come"
        pause.wait(0.02)
    return found
