"""Durable jobs, put into Postgres in the same transaction as what caused them (procrastinate)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

QUEUE: Final = "hub"
_LATER: Final = {
    "send_mail": -1,
    "send_gift": -1,
    "send_gift_mail": -1,
    "send_cancellation": -1,
    "count": -2,
    "send_notice": -2,
}
"""What waits when there is much to do: tickets are issued first, then mailed, then counted."""

_DEFER: Final = text("""
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW(CAST(:queue AS text), CAST(:task AS text), CAST(:priority AS int), NULL, NULL, args,
            CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1
    )) FROM jsonb_array_elements(CAST(:all AS jsonb)) AS args
""")


def defer(connection: Connection, task: str, arguments: Mapping[str, Any], at: datetime | None = None) -> None:
    """Puts one job into the queue, to be done when the transaction has committed (or at `at`)."""
    defer_all(connection, task, [arguments], at)


def defer_all(
    connection: Connection, task: str, arguments: Sequence[Mapping[str, Any]], at: datetime | None = None
) -> None:
    """Puts many jobs of one task into the queue with one statement."""
    if arguments:
        every = json.dumps([dict(each) for each in arguments])
        values = {"queue": QUEUE, "task": task, "priority": _LATER.get(task, 0), "all": every, "at": at}
        connection.execute(_DEFER, values)
