"""Reports that an organizer keeps under a name, each by what was asked; some are mailed every morning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.reading import read_line
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.rows import value_of

LONGEST_NAME: Final = 60
MOST: Final = 30
_v: Final = t.report_views.c


@dataclass(frozen=True, slots=True)
class View:
    """`asked` is the query of its page."""

    id: str
    name: str
    asked: str
    is_mailed: bool


class TooManyViews(Exception):
    """Somebody keeps as many as there can be."""


def views_of(connection: Connection, organizer_id: int) -> Sequence[View]:
    """Returns the reports that somebody keeps, by name."""
    rows = connection.execute(select(t.report_views).where(_v.organizer_id == organizer_id).order_by(_v.name))
    return [value_of(View, row) for row in rows]


def keep_view(connection: Connection, organizer_id: int, name: str, asked: str, language: str) -> None:
    """Keeps a report; one of the same name is about what is asked now.

    Raises:
        TooManyViews: if there are too many.
    """
    called = read_line(name)[:LONGEST_NAME].strip()
    if not called:
        return
    mine = views_of(connection, organizer_id)
    if len(mine) >= MOST and called not in {each.name for each in mine}:
        raise TooManyViews
    row = {"id": new_id(), "organizer_id": organizer_id, "name": called, "asked": asked, "language": language}
    kept, anew = insert(t.report_views).values(row), {"asked": asked, "language": language}
    connection.execute(kept.on_conflict_do_update(index_elements=["organizer_id", "name"], set_=anew))


def drop_view(connection: Connection, organizer_id: int, view_id: str) -> None:
    connection.execute(delete(t.report_views).where(_v.id == view_id, _v.organizer_id == organizer_id))


def mail_view(connection: Connection, organizer_id: int, view_id: str, *, is_mailed: bool) -> None:
    """Says whether a report is mailed every morning."""
    mine = update(t.report_views).where(_v.id == view_id, _v.organizer_id == organizer_id)
    connection.execute(mine.values(is_mailed=is_mailed))
