"""Mails to all customers of an event: what they say, and to whom they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy import Connection, select

from sync.store import tables as t
from sync.store.rows import value_of

_n: Final = t.notices.c
_m: Final = t.notice_mails.c
_NOTICES: Final = select(t.notices, t.events.c.name.label("event")).join(t.events, t.events.c.id == _n.event_id)


class NoticeStatus(Enum):
    DRAFT = "draft"
    SENDING = "sending"
    STOPPED = "stopped"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice; `event` is its event's name, `by` the organizer who wrote it."""

    id: str
    event_id: str
    event: str
    subject: str
    words: str
    subject_es: str
    words_es: str
    status: NoticeStatus
    by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NoticeMail:
    """A notice to one address."""

    id: str
    notice_id: str
    email: str
    language: str


@dataclass(frozen=True, slots=True)
class LostMail:
    """An address that a notice did not reach, and why, where that is known."""

    email: str
    last_error: str | None


def find(connection: Connection, notice_id: str, *, is_locked: bool = False) -> KeptNotice | None:
    """Returns a notice; locked, it stays as it is until the transaction ends."""
    query = _NOTICES.where(_n.id == notice_id)
    row = connection.execute(query.with_for_update(of=t.notices) if is_locked else query).one_or_none()
    return None if row is None else value_of(KeptNotice, row)


def newest(connection: Connection, most: int) -> Sequence[KeptNotice]:
    """Returns the newest notices."""
    rows = connection.execute(_NOTICES.order_by(_n.created_at.desc()).limit(most))
    return [value_of(KeptNotice, row) for row in rows]


def next_mail(connection: Connection, notice_id: str) -> NoticeMail | None:
    """Returns the next mail of a notice that is to be sent."""
    waiting = select(t.notice_mails).where(_m.notice_id == notice_id, _m.status == "queued")
    row = connection.execute(waiting.order_by(_m.email).limit(1)).one_or_none()
    return None if row is None else value_of(NoticeMail, row)


def lost(connection: Connection, notice_id: str, most: int) -> Sequence[LostMail]:
    """Returns the addresses that a notice did not reach."""
    failed = select(_m.email, _m.last_error).where(_m.notice_id == notice_id, _m.status.in_(["failed", "bounced"]))
    return [value_of(LostMail, row) for row in connection.execute(failed.order_by(_m.email).limit(most))]
