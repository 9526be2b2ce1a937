"""How much work waits to be done by the jobs."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

_QUEUES: Final = text("""
    SELECT (SELECT count(*) FROM payment_events WHERE status = 'received') AS events,
           (SELECT count(*) FROM payment_events WHERE status = 'dead') AS dead,
           (SELECT count(*) FROM mails WHERE status = 'queued') AS mails,
           (SELECT count(*) FROM refund_calls WHERE state <> 'done') AS refunds
""")


@dataclass(frozen=True, slots=True)
class Queues:
    """How many provider events, mails and refunds wait, and how many events could not be worked on."""

    events: int
    dead: int
    mails: int
    refunds: int


def queues(connection: Connection) -> Queues:
    """Returns what waits now."""
    row = connection.execute(_QUEUES).one()
    return Queues(row.events, row.dead, row.mails, row.refunds)
