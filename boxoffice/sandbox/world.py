"""The whole sandbox in one place: every provider, the faults, the webhooks, and how it is reset."""

from collections.abc import Callable
from typing import Final

from boxoffice.sandbox.account import Account, Later
from boxoffice.sandbox.analytics import Analytics
from boxoffice.sandbox.call_log import CallLog
from boxoffice.sandbox.deliveries import Deliveries
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.faults import Faults
from boxoffice.sandbox.mail_events import MailEvents
from boxoffice.sandbox.outbox import Outbox
from boxoffice.sandbox.paypal.api import PayPal
from boxoffice.sandbox.readers import new_reader
from boxoffice.sandbox.stripe_api import StripeApi
from boxoffice.sandbox.stripe_webhooks import StripeWebhooks
from boxoffice.sandbox.terminal_calls import new_location

VENUE: Final = {
    "line1": "6185 Arapahoe Rd",
    "city": "Boulder",
    "state": "CO",
    "postal_code": "80303",
    "country": "US",
}
READERS: Final = ("Door reader 1", "Door reader 2")


class World:
    """Everything that lives while the sandbox runs."""

    def __init__(self, base_url: str, later: Later) -> None:
        self.account = Account(base_url, later)
        self.faults = Faults()
        self.calls = CallLog()
        self.outbox = Outbox(self.faults)
        self.analytics = Analytics(self.account, self.faults, self.calls)
        self.stripe = StripeApi(self.account, self.faults, self.calls)
        self.deliveries = Deliveries(self.faults, later)
        self.webhooks = StripeWebhooks(self.account, self.deliveries)
        self.account.publish = self.webhooks.publish
        self.mail_events = MailEvents(self.outbox, self.account, self.deliveries)
        self.paypal = PayPal(base_url, self.account.now_exact, self.deliveries, self.faults, self.calls)
        self._furnish()

    def reset(self, *, keep_webhooks: bool) -> None:
        """Makes everything as at the start; webhook endpoints can stay."""
        endpoints: list[Document] = self.account.all("webhook_endpoint") if keep_webhooks else []
        self.deliveries.clear()
        self.faults.clear()
        self.stripe.keys.clear()
        self.calls.calls.clear()
        self.outbox.mails.clear()
        self.mail_events.clear(keep_webhooks=keep_webhooks)
        self.analytics.clear()
        self.paypal.clear(keep_webhooks=keep_webhooks)
        self.account.clear()
        for endpoint in endpoints:
            self.account.add(endpoint)
        self._furnish()

    def _furnish(self) -> None:
        location = new_location(self.account, "Avalon Ballroom", dict(VENUE), {})
        for label in READERS:
            new_reader(self.account, "simulated-wpe", label, location["id"], {})


def after(loop_call_later: Callable[..., object]) -> Later:
    """Returns an event loop's timer as the account asks for it."""

    def later(seconds: float, work: Callable[[], None]) -> None:
        loop_call_later(seconds, work)

    return later
