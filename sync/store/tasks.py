"""What is done after facts: each of it becomes a durable job, in the same transaction."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, insert, select

from boxoffice.core.effect_kinds import Job, Task
from sync.store import tables as t
from sync.store.cancelling import is_held_back
from sync.store.mails import queue_mail
from sync.store.queue import defer


def begin(connection: Connection, jobs: Iterable[Job]) -> None:
    """Puts the jobs into the queue, with the rows that remember how they stand."""
    for job in jobs:
        _BEGIN[job.task](connection, job.subject_id)


def _send_refund(connection: Connection, refund_id: str) -> None:
    connection.execute(insert(t.refund_calls).values(refund_id=refund_id))
    if not is_held_back(connection, refund_id):
        defer(connection, "send_refund", {"refund_id": refund_id})


def _mail_tickets(connection: Connection, order_id: str) -> None:
    email = connection.execute(select(t.orders.c.customer_email).where(t.orders.c.id == order_id)).scalar_one()
    if email is not None:
        queue_mail(connection, order_id, email)


_BEGIN: Final[Mapping[Task, Callable[[Connection, str], None]]] = {
    Task.SEND_REFUND: _send_refund,
    Task.MAIL_TICKETS: _mail_tickets,
}
