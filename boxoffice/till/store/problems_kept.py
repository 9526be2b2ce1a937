"""The hub's open problems as it told them last, kept as a whole with when that was: they are read offline, too."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.facts import instant, instant_text
from boxoffice.core.wire.problems import ProblemMessage, ProblemsAnswer
from boxoffice.till.store import settings

_TAG: Final = "problems_tag"
_AT: Final = "problems_at"
_MORE: Final = "problems_more"


def keep(connection: Connection, answer: ProblemsAnswer, at: datetime) -> None:
    """Keeps what the hub has told, in place of all before."""
    connection.exec_driver_sql("DELETE FROM hub_problems")
    for place, each in enumerate(answer.problems):
        connection.exec_driver_sql("INSERT INTO hub_problems VALUES (?, ?)", (place, each.model_dump_json()))
    settings.put(connection, _TAG, answer.tag)
    settings.put(connection, _AT, instant_text(at))
    settings.put(connection, _MORE, "1" if answer.more else "")


def tag(connection: Connection) -> str:
    """Returns the tag of what is kept; empty before the hub has told anything."""
    return settings.get(connection, _TAG) or ""


def told_at(connection: Connection) -> datetime | None:
    """Returns when the hub told what is kept."""
    at = settings.get(connection, _AT)
    return None if at is None else instant(at)


def has_more(connection: Connection) -> bool:
    """Returns whether the hub has more than it told."""
    return bool(settings.get(connection, _MORE))


def count(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) FROM hub_problems").scalar_one())


def read(connection: Connection) -> Sequence[ProblemMessage]:
    """Returns what is kept, in the hub's order."""
    rows = connection.exec_driver_sql("SELECT body FROM hub_problems ORDER BY place")
    return [ProblemMessage.model_validate_json(row[0]) for row in rows]
