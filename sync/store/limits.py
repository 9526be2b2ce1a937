"""Limits how often something may be tried, counted in Postgres so that all processes count together.

A venue's Wi-Fi is one address for all its guests, so what is counted by address alone is counted generously, and what
is meant for one person by what tells people apart: an e-mail address, an account, a browser.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, text

from boxoffice.core.errors import BoxofficeError
from sync.store import tables as t

LONGEST: Final = timedelta(days=1)
"""No limit looks further back."""


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
    count_all(connection, [(limit, who)])


def count_all(connection: Connection, tries: Sequence[tuple[Limit, str]]) -> None:
    """Counts one try by all of these limits; limits of one scope and person count it once.

    Raises:
        TooManyTries: if one of them is used up, with the longest wait; nothing is counted then.
    """
    waits = [_wait_s(connection, limit, who) for limit, who in tries]
    if any(waits):
        raise TooManyTries(max(waits))
    for scope, who in dict.fromkeys((limit.scope, who) for limit, who in tries):
        connection.execute(insert(t.attempts).values(scope=scope, who=who))


def must_have_left(connection: Connection, limit: Limit, who: str) -> None:
    """Does nothing if one more try is allowed; whoever counts it then is the only one who does so meanwhile.

    Raises:
        TooManyTries: if there were too many already.
    """
    wait_s = _wait_s(connection, limit, who)
    if wait_s:
        raise TooManyTries(wait_s)


def is_used_up(connection: Connection, limit: Limit, who: str) -> bool:
    """Returns whether there were as many tries as the limit allows."""
    a = t.attempts.c
    mine = (a.scope == limit.scope, a.who == who, a.at > func.now() - limit.within)
    return connection.execute(select(func.count()).where(*mine)).scalar_one() >= limit.tries


def forget(connection: Connection, limit: Limit, who: str) -> None:
    """Forgets the tries of someone who got it right."""
    connection.execute(delete(t.attempts).where(t.attempts.c.scope == limit.scope, t.attempts.c.who == who))


def forget_old(connection: Connection) -> None:
    """Drops tries that no limit looks at any more."""
    connection.execute(delete(t.attempts).where(t.attempts.c.at < func.now() - LONGEST))


def _wait_s(connection: Connection, limit: Limit, who: str) -> int:
    """Returns 0 if one more try is allowed, or in how many seconds the next one will be."""
    a = t.attempts.c
    lock = text("SELECT pg_advisory_xact_lock(hashtext(:who))")
    connection.execute(lock, {"who": f"{limit.scope} {who}"})
    mine = (a.scope == limit.scope, a.who == who, a.at > func.now() - limit.within)
    # The one that must grow old before another is allowed: the last but as many as are allowed.
    newest = select(a.at).where(*mine).order_by(a.at.desc()).limit(1).offset(limit.tries - 1)
    now, at = connection.execute(select(func.now(), newest.scalar_subquery())).one()
    return 0 if at is None else max(1, int((at + limit.within - now).total_seconds()) + 1)
