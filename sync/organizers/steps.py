"""What is begun in one request and ended in the next: good once and for minutes, and kept so that it opens nothing."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.languages import later
from sync.organizers.sessions import hashed
from sync.store import tables as t

LASTS: Final = timedelta(minutes=10)
_s: Final = t.sign_in_steps.c


class Purpose(Enum):
    """What a step is good for. `HALF_IN` is a password, or a mailed link, that was right."""

    HALF_IN = "half in"
    PASSKEY_IN = "passkey in"
    NEW_PASSKEY = "new passkey"


class StepOver(BoxofficeError):
    """It was ended, it took too long, or it was never begun."""

    def __init__(self) -> None:
        super().__init__(later("This took too long, or it was done already. Begin again."))


@dataclass(frozen=True, slots=True)
class HalfIn:
    """Somebody whose password is right, and who is asked for more: `token` is kept by the browser."""

    token: str


def begin(connection: Connection, purpose: Purpose, organizer_id: int | None = None) -> str:
    """Returns the token of a new step."""
    token = token_urlsafe(32)
    connection.execute(delete(t.sign_in_steps).where(_s.expires_at < func.now()))
    row = {"token_hash": hashed(token), "purpose": purpose.value, "organizer_id": organizer_id}
    connection.execute(insert(t.sign_in_steps).values(**row, expires_at=func.now() + LASTS))
    return token


def look(connection: Connection, purpose: Purpose, token: str) -> int:
    """Returns whose step it is, and changes nothing.

    Raises:
        StepOver: if it is not good (any more).
    """
    found = connection.execute(select(_s.organizer_id).where(*_good(purpose, token))).one_or_none()
    if found is None or found.organizer_id is None:
        raise StepOver
    return int(found.organizer_id)


def take(connection: Connection, purpose: Purpose, token: str) -> int | None:
    """Ends a step; returns whose it was, if it was somebody's. Of two at once, one gets it.

    Raises:
        StepOver: if it is not good (any more).
    """
    ended = delete(t.sign_in_steps).where(*_good(purpose, token)).returning(_s.organizer_id)
    found = connection.execute(ended).one_or_none()
    if found is None:
        raise StepOver
    return None if found.organizer_id is None else int(found.organizer_id)


def _good(purpose: Purpose, token: str) -> tuple[Any, ...]:
    return (_s.token_hash == hashed(token), _s.purpose == purpose.value, _s.expires_at > func.now())
