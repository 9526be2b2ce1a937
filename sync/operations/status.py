"""What organizers tell the public on the status page: the newest words first, taken back if they were wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.reading import read_note
from sync.store import tables as t

MOST: Final = 500
_SHOWN_FOR: Final = timedelta(days=7)
_s: Final = t.status_updates.c


@dataclass(frozen=True, slots=True)
class Words:
    id: int
    words: str
    at: datetime


def tell(connection: Connection, words: str, by: str) -> None:
    """Puts words on the status page.

    Raises:
        BadInput: for words that are none, or too many.
    """
    clean = read_note(words)
    if not clean or len(clean) > MOST:
        raise BadInput([FieldError("words", f"must have 1 to {MOST} characters")])
    connection.execute(insert(t.status_updates).values(words=clean, by=by))


def take_back(connection: Connection, update_id: int) -> None:
    """Takes words off the status page."""
    mine = update(t.status_updates).where(_s.id == update_id, _s.withdrawn_at.is_(None))
    connection.execute(mine.values(withdrawn_at=func.now()))


def told(connection: Connection) -> Sequence[Words]:
    """Returns what the public is told now, the newest first."""
    query = select(_s.id, _s.words, _s.at).where(_s.withdrawn_at.is_(None), _s.at > func.now() - _SHOWN_FOR)
    rows = connection.execute(query.order_by(_s.at.desc(), _s.id.desc()).limit(20))
    return [Words(row.id, row.words, row.at) for row in rows]
