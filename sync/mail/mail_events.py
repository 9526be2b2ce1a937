"""What becomes of mails, as SendGrid tells it: delivered, bounced, dropped. Late, twice or in any order: one result."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import case, update

from sync.ledger.hub import Hub
from sync.ports import MailEvent
from sync.store import tables as t
from sync.store.mails import MailStatus

_RANKS: Final = {
    MailStatus.QUEUED: 0,
    MailStatus.FAILED: 0,
    MailStatus.SENT: 1,
    MailStatus.DELIVERED: 2,
    MailStatus.BOUNCED: 3,
}
"""A later word never takes back a better-known one: a mail that bounced after it was delivered has bounced."""
_RANKS_OF_WORDS: Final = {status.value: rank for status, rank in _RANKS.items()}


def take_mail_events(hub: Hub, events: Sequence[MailEvent]) -> int:
    """Writes what the events tell of our mails; returns how many they were about."""
    found = 0
    with hub.database.transaction() as connection:
        for event in sorted(events, key=lambda event: event.mail_id):
            table = t.notice_mails if event.is_notice else t.mails
            rank = case(_RANKS_OF_WORDS, value=table.c.status)
            newer = update(table).where(table.c.id == event.mail_id, rank < _RANKS[event.status])
            values = {"status": event.status.value, "last_error": event.why}
            found += connection.execute(newer.values(values)).rowcount
    return found
