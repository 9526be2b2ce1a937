"""Limits how often one address may try, counted in Postgres so that all processes count together."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select, text

from boxoffice.core.errors import BoxofficeError
from sync.store import tables as t


@dataclass(frozen=True, slots=True)
class Limit:
    scope: str
    tries: int
    within: timedelta


class TooManyTries(BoxofficeError):
    """Wait `retry_after_s` seconds before trying again."""

    def __init__(self, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__("Too many tries. Wait a few minutes, then try again.")


def count(connection: Connection, limit: Limit, who: str) -> None:
    """Counts one try.

    Raises:
        TooManyTries: if there were too many already; this one then does not count.
    """
    must_have_left(connection, limit, who)
    connection.execute(insert(t.attempts).values(scope=limit.scope, who=who))


def must_have_left(connection: Connection, limit: Limit, who: str) -> None:
    """Does nothing if one more try is allowed; whoever counts it then is the only one who does so meanwhile.

    Raises:
        TooManyTries: if there were too many already.
    """
    a = t.attempts.c
    lock = text("SELECT pg_advisory_xact_lock(hashtext(:who))")
    connection.execute(lock, {"who": f"{limit.scope} {who}"})
    mine = (a.scope == limit.scope, a.who == who)
    connection.execute(delete(t.attempts).where(*mine, a.at < func.now() - limit.within))
    tries, first = connection.execute(select(func.count(), func.min(a.at)).where(*mine)).one()
    if tries >= limit.tries:
        now = connection.execute(select(func.now())).scalar_one()
        raise TooManyTries(max(1, int((first + limit.within - now).total_seconds()) + 1))


def forget(connection: Connection, limit: Limit, who: str) -> None:
    """Forgets the tries of someone who got it right."""
    connection.execute(delete(t.attempts).where(t.attempts.c.scope == limit.scope, t.attempts.c.who == who))
