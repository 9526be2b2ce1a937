"""The waiting line before the shop when a sale opens: who comes gets a number and a time, and buys when it has come.

A number is a text that the hub has signed, kept by the browser: nobody is asked for a name, and no table grows with the
crowd. The times are those of the database alone. A number is good for a few orders; who lets them lapse unpaid goes to
the end of the line.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from sync.ledger.hub import Hub
from sync.store import limits
from sync.store import tables as t

LASTS: Final = timedelta(minutes=15)
"""How long a turn lasts."""
ORDERS_EACH: Final = 3
"""Orders that may be begun with one number: a cart may be changed, and holding again and again has an end."""
_MOST: Final = 100_000
_NUMBERS: Final = limits.Limit("line", tries=1_000, within=timedelta(minutes=10))
"""Numbers that one address gets: a festival's own Wi-Fi is one address, and so is a bot."""
_WEB: Final = "web"
# Each gets the next free moment: after who came before, but never one that has passed.
_JOIN: Final = text("""
    UPDATE lines SET joined = joined + 1,
        next_turn = greatest(next_turn, now()) + make_interval(secs => 60.0 / per_minute)
    WHERE channel = 'web' AND per_minute > 0
    RETURNING joined, extract(epoch FROM greatest(next_turn - make_interval(secs => 60.0 / per_minute), now())) AS turn,
        extract(epoch FROM now()) AS now, per_minute
""")
_l: Final = t.lines.c


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in the line. `wait_s` is 0 when it has come; `ahead` is about how many come before."""

    token: str
    number: int
    wait_s: int
    ahead: int


class InLine(BoxofficeError):
    """It is not this buyer's turn (yet, or any more)."""

    def __init__(self, wait_s: int = 0) -> None:
        self.retry_after_s = max(1, wait_s)
        super().__init__("There is a waiting line. Join it, and buy when it is your turn.")


def set_line(connection: Connection, per_minute: int) -> None:
    """Lets so many people in each minute from now on; 0 ends the line, and everyone may buy.

    Raises:
        BadInput: for a number that can't be.
    """
    if not 0 <= per_minute <= _MOST:
        raise BadInput([FieldError("per_minute", f"must be from 0 to {_MOST}")])
    row = insert(t.lines).values(channel=_WEB, per_minute=per_minute)
    connection.execute(row.on_conflict_do_update(index_elements=["channel"], set_={"per_minute": per_minute}))


def people_a_minute(connection: Connection) -> int:
    """Returns how many are let in each minute; 0 if there is no line."""
    return connection.execute(select(_l.per_minute).where(_l.channel == _WEB)).scalar_one_or_none() or 0


def waiting(connection: Connection) -> int:
    """Returns about how many wait now."""
    left = func.extract("epoch", _l.next_turn - func.now()) / 60 * _l.per_minute
    return max(0, round(connection.execute(select(left).where(_l.channel == _WEB)).scalar_one_or_none() or 0))


def join(hub: Hub, connection: Connection, address: str) -> Turn | None:
    """Returns a new place at the end of the line; None if there is none.

    Raises:
        limits.TooManyTries: if this address took too many.
    """
    if people_a_minute(connection) == 0:
        return None
    limits.count(connection, _NUMBERS, address)
    row = connection.execute(_JOIN).one_or_none()
    if row is None:
        return None
    words = f"{row.joined}.{int(row.turn)}"
    return _turn(f"{words}.{hub.sealer.sign('line', words)}", row.joined, float(row.turn - row.now), row.per_minute)


def look(hub: Hub, connection: Connection, token: str | None) -> Turn | None:
    """Returns how a place stands; None if it is not one of ours, is used up, or its time is over."""
    found = _read(hub, token)
    if found is None:
        return None
    number, turn_at = found
    h = t.holds.c
    used = select(func.count()).where(h.line_number == number).scalar_subquery()
    now, orders = connection.execute(select(func.extract("epoch", func.now()), used)).one()
    if float(now) > turn_at + LASTS.total_seconds() or orders >= ORDERS_EACH:
        return None
    return _turn(str(token), number, turn_at - float(now), people_a_minute(connection))


def must_be_ones_turn(hub: Hub, connection: Connection, token: str | None) -> int | None:
    """Returns the number of who may buy now; None if there is no line.

    Raises:
        InLine: for everyone else.
    """
    if people_a_minute(connection) == 0:
        return None
    turn = look(hub, connection, token)
    if turn is None or turn.wait_s > 0:
        raise InLine(turn.wait_s if turn else 0)
    return turn.number


def _turn(token: str, number: int, wait_s: float, per_minute: int) -> Turn:
    wait = max(0, -int(-wait_s // 1))
    return Turn(token, number, wait, round(wait * per_minute / 60))


def _read(hub: Hub, token: str | None) -> tuple[int, int] | None:
    words, _, signature = (token or "").rpartition(".")
    number, _, turn = words.partition(".")
    if not words or not hub.sealer.is_signed("line", words, signature):
        return None
    return int(number), int(turn)
