"""What becomes of mails, as SendGrid tells it: delivered, bounced, dropped. Late, twice or in any order: one result."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import case, update

from sync.ledger.hub import Hub
from sync.store import tables as t

PROVIDER: Final = "sendgrid"
_STATUSES: Final[Mapping[str, str]] = {
    "delivered": "delivered",
    "bounce": "bounced",
    "dropped": "bounced",
    "deferred": "sent",
    "processed": "sent",
}
_RANKS: Final = {"queued": 0, "failed": 0, "sent": 1, "delivered": 2, "bounced": 3}
"""A later word never takes back a better-known one: a mail that bounced after it was delivered has bounced."""


def take_mail_events(hub: Hub, events: Sequence[Mapping[str, Any]]) -> int:
    """Writes what the events tell of our mails; returns how many they were about."""
    found = 0
    with hub.database.transaction() as connection:
        for event in sorted(events, key=lambda event: str(event.get("mail_id", ""))):
            status = _STATUSES.get(str(event.get("event")))
            mail_id = event.get("mail_id")
            if status is None or not isinstance(mail_id, str) or "\0" in mail_id:
                continue
            why = str(event.get("reason") or event.get("response") or "")[:1000].replace("\0", "")
            values = {"status": status, "last_error": why if status == "bounced" else None}
            table = t.notice_mails if event.get("notice_id") else t.mails
            rank = case(_RANKS, value=table.c.status)
            newer = update(table).where(table.c.id == mail_id, rank < _RANKS[status])
            found += connection.execute(newer.values(values)).rowcount
    return found
