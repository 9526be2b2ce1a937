"""The kill switch: stops new payments of a channel with a word to the public, and lets them in again bit by bit.

What is under way goes on: payments that were begun are settled, holds last as long as they were promised.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.reading import read_line
from boxoffice.documents.languages import later
from sync.store import tables as t
from sync.store.lives import is_healed

CHANNELS: Final = {
    "web": later("Tickets on the web"),
    "phone": later("Payment by phone at the door"),
    "paypal": later("PayPal"),
}
PAUSED: Final = later("Ticket sales are paused for a moment. Please come back soon.")
"""What the public is told if the organizers say nothing of their own."""
_MOST_MESSAGE: Final = 300
_s: Final = t.switches.c


class Stopped(OperationFailed):
    """An organizer has stopped this channel; `message` is for the public."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message, "Nothing was charged.", "Try again later.")


@dataclass(frozen=True, slots=True)
class Switch:
    """`share` is how many of a hundred buyers may buy: 0 is stopped, 100 is open."""

    channel: str
    name: str
    share: int
    message: str
    since: datetime | None

    @property
    def is_open(self) -> bool:
        return self.share == 100  # of a hundred


def turn(connection: Connection, channel: str, share: int, message: str = "", by: str = "") -> None:
    """Lets `share` of a hundred buyers in from now on.

    Raises:
        BadInput: for a channel or a share that there is not.
    """
    problems, message = [], read_line(message)
    if channel not in CHANNELS:
        problems.append(FieldError("channel", f"is not one of {', '.join(CHANNELS)}"))
    if not 0 <= share <= 100:  # of a hundred
        problems.append(FieldError("share", "must be from 0 to 100"))
    if len(message) > _MOST_MESSAGE:
        problems.append(FieldError("message", f"must have at most {_MOST_MESSAGE} characters"))
    if problems:
        raise BadInput(problems)
    values = {"share": share, "message": message, "by": by, "since": func.now()}
    row = insert(t.switches).values(channel=channel, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["channel"], set_=values))


def switches(connection: Connection) -> Sequence[Switch]:
    """Returns how every channel stands."""
    rows = {row.channel: row for row in connection.execute(select(t.switches))}
    return [
        Switch(channel, name, rows[channel].share, rows[channel].message or PAUSED, rows[channel].since)
        if channel in rows
        else Switch(channel, name, 100, "", None)
        for channel, name in CHANNELS.items()
    ]


def must_be_open(connection: Connection, channel: str, buyer: str) -> None:
    """Does nothing if this buyer may buy by the channel now; the same buyer gets the same answer.

    Raises:
        Stopped: with what the public is told.
    """
    row = connection.execute(select(_s.share, _s.message).where(_s.channel == channel)).one_or_none()
    if row is not None and _place(channel, buyer) >= row.share:
        raise Stopped(row.message or PAUSED)


def must_be_whole(connection: Connection) -> None:
    """Does nothing unless the database was restored, and not every till has told yet what it has sold.

    Raises:
        Stopped: with what the public is told.
    """
    if not is_healed(connection):
        raise Stopped(PAUSED)


def _place(channel: str, buyer: str) -> int:
    """Returns the buyer's place among a hundred."""
    return int.from_bytes(sha256(f"{channel} {buyer}".encode()).digest()[:4]) % 100
