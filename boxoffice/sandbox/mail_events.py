"""What becomes of accepted mails, told by SendGrid's event webhook: as the address says, or as a person does."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Final

from boxoffice.sandbox.account import Account
from boxoffice.sandbox.deliveries import Deliveries, Post
from boxoffice.sandbox.errors import Document, invalid
from boxoffice.sandbox.mail_listeners import MailListener
from boxoffice.sandbox.outbox import Kept, Outbox

STEP_S: Final = 0.05
"""Between one event of a mail and the next."""

_BROWSER: Final = {"useragent": "Mozilla/5.0 (sandbox)", "ip": "203.0.113.7"}
MAIL_EVENTS: Final[Mapping[str, Document]] = {
    "processed": {},
    "delivered": {"response": "250 OK"},
    "deferred": {"response": "451 4.7.1 Try again later.", "attempt": "1"},
    "bounce": {"reason": "550 5.1.1 The email account does not exist.", "status": "5.1.1", "type": "bounce"},
    "blocked": {"event": "bounce", "reason": "554 5.7.1 Message refused.", "status": "5.7.1", "type": "blocked"},
    "dropped": {"reason": "Bounced Address", "status": "5.0.0"},
    "open": {**_BROWSER, "sg_machine_open": False},
    "click": {**_BROWSER, "url": "https://tickets.example.org/"},
    "spamreport": {},
    "unsubscribe": {},
}
"""What can happen to a mail, and what its event says of it."""

_ARRIVES: Final = ("processed", "delivered")
_STORIES: Final = {
    "bounce": ("processed", "bounce"),
    "block": ("processed", "blocked"),
    "drop": ("dropped",),
    "defer": ("processed", "deferred"),
    "open": (*_ARRIVES, "open"),
    "spam": (*_ARRIVES, "spamreport"),
}
"""What happens to a mail by the name of its mailbox, such as bounce@example.org or bounce+17@example.org."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one type and one mail, which are sent together."""

    mail_id: str
    events: tuple[Document, ...]

    @property
    def id(self) -> str:
        return str(self.events[0]["sg_event_id"])

    @property
    def type(self) -> str:
        return str(self.events[0]["event"])


class MailEvents:
    """The events of the outbox's mails, oldest first, and who hears them."""

    def __init__(self, outbox: Outbox, account: Account, deliveries: Deliveries) -> None:
        self._outbox = outbox
        self._account = account
        self._deliveries = deliveries
        self._batches: dict[str, Batch] = {}
        self.listeners: dict[str, MailListener] = {}
        outbox.on_accepted = self._accepted

    def clear(self, *, keep_webhooks: bool) -> None:
        self._batches.clear()
        if not keep_webhooks:
            self.listeners.clear()

    def happen(self, kept: Kept, what: str, emails: Sequence[str] = ()) -> Sequence[Document]:
        """Makes something happen to a mail, for these of its recipients or for all; returns the events.

        Raises:
            StripeError: 400, for what can't happen, or for a recipient that the mail has not.
        """
        if what not in MAIL_EVENTS:
            raise invalid(f"do must be one of: {', '.join(MAIL_EVENTS)}", "do")
        if strangers := set(emails) - set(kept.mail.to):
            raise invalid(f"The mail did not go to {', '.join(strangers)}.", "email")
        batch = Batch(kept.id, tuple(self._event(kept, each, what) for each in emails or kept.mail.to))
        self._batches[batch.id] = batch
        hearing = [each for each in self.listeners.values() if each.hears(batch.type)]
        self._deliveries.publish([self._post(batch, each) for each in hearing])
        return batch.events

    def story(self, mail_id: str) -> list[Document]:
        """Returns what became of a mail so far."""
        return [event for batch in self._batches.values() if batch.mail_id == mail_id for event in batch.events]

    def send_again(self, batch_id: str) -> bool:
        """Sends a batch once more, to every endpoint; returns whether there is such a batch."""
        batch = self._batches.get(batch_id)
        if batch is not None:
            self._deliveries.send_again([self._post(batch, each) for each in self.listeners.values()])
        return batch is not None

    def _accepted(self, kept: Kept) -> None:
        stories = [_story(email) for email in kept.mail.to]
        for place, step in enumerate(zip_longest(*stories)):
            self._account.later(place * STEP_S, partial(self._step, kept, step))

    def _step(self, kept: Kept, step: Sequence[str | None]) -> None:
        """Makes happen to each recipient what comes next in its story."""
        if self._outbox.find(kept.id) is not kept:
            return
        for what in dict.fromkeys(filter(None, step)):
            emails = [email for email, own in zip(kept.mail.to, step, strict=True) if own == what]
            self.happen(kept, what, emails)

    def _event(self, kept: Kept, email: str, what: str) -> Document:
        place = kept.mail.to.index(email)
        categories = {"category": list(kept.mail.categories)} if kept.mail.categories else {}
        return {
            **kept.mail.custom_args,
            **categories,
            "email": email,
            "timestamp": self._account.now(),
            "smtp-id": f"<{kept.message_id}@sandbox>",
            "event": what,
            "sg_event_id": secrets.token_urlsafe(32),
            "sg_message_id": f"{kept.message_id}.recvd-sandbox-1-{place}.0",
            **MAIL_EVENTS[what],
        }

    def _post(self, batch: Batch, listener: MailListener) -> Post:
        return Post(
            provider="sendgrid",
            event=batch.id,
            type=batch.type,
            url=listener.url,
            body=json.dumps(batch.events).encode(),
            sign=listener.sign,
            is_awaited=lambda: listener.id in self.listeners,
        )


def _story(email: str) -> Sequence[str]:
    mailbox = email.partition("@")[0].partition("+")[0].lower()
    return _STORIES.get(mailbox, _ARRIVES)
