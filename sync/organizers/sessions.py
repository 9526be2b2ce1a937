"""Who is signed in where: sessions in Postgres, which end by themselves, by idleness, or because somebody ends them.

A session's token is with the browser alone; what is kept opens nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, cast, delete, func, insert, select, update

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers.roles import Role
from sync.store import tables as t
from sync.store.office_settings import set_setting, setting

LASTS: Final = timedelta(hours=12)
IDLE: Final = "idle minutes"
IDLE_MINUTES: Final = (15, 30, 60, 120, 240, 720)
USUAL_IDLE: Final = 120
SECOND: Final = "second factor"
KNOWN: Final = "known device"
_TOUCHED: Final = timedelta(minutes=1)
"""So exactly is it kept when a session was last used: not each look at a page writes."""
_s: Final = t.sessions.c
_o: Final = t.organizers.c


class Way(Enum):
    """What somebody proved themselves with."""

    PASSWORD = "password"  # noqa: S105  # the name of a way, not one
    LINK = "link"
    PASSKEY = "passkey"
    INVITATION = "invitation"


class SecondFactor(Enum):
    """Who must prove themselves twice."""

    OWN_CHOICE = "own choice"
    ADMINS = "admins"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a request shows of where it comes from: its network, and its browser in words."""

    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` opens the session; `device` is kept by the browser, so that it is known the next time."""

    token: str
    device: str


@dataclass(frozen=True, slots=True)
class Organizer:
    """Someone who is signed in. Forms must carry `csrf`; `language` is the code of the one that they read.

    `role` is theirs at every event, `at_events` what they may at some beyond that. Who `must_add_second` may do nothing
    else before.
    """

    id: int
    email: str
    csrf: str
    role: Role
    language: str = "en"
    name: str = ""
    session_id: str = ""
    at_events: Mapping[str, Role] = field(default_factory=dict)
    must_add_second: bool = False
    is_everywhere: bool = True
    """Whether they see every event; others see nothing but theirs."""

    @property
    def may_refund(self) -> bool:
        return self.role.includes(Role.FINANCE)

    @property
    def may_control(self) -> bool:
        return self.role.includes(Role.ADMIN)

    def may_at(self, event_id: str | None, role: Role) -> bool:
        """Returns whether they have a role at an event."""
        return self.role.includes(role) or self.at_events.get(event_id or "", Role.NONE).includes(role)


@dataclass(frozen=True, slots=True)
class Session:
    """A session that has not ended."""

    id: str
    organizer_id: int
    email: str
    name: str
    since: datetime
    last_seen_at: datetime
    address: str
    browser: str
    way: Way
    is_second: bool


def open_session(
    hub: Hub, connection: Connection, organizer_id: int, way: Way, seen: Seen, *, is_second: bool = False
) -> SignedIn:
    """Returns a new session of someone who has proved to be this organizer."""
    token = token_urlsafe(32)
    connection.execute(delete(t.sessions).where(_s.expires_at < func.now()))
    connection.execute(
        insert(t.sessions).values(
            token_hash=hashed(token),
            organizer_id=organizer_id,
            csrf=token_urlsafe(24),
            expires_at=func.now() + LASTS,
            address=seen.address[:60],
            browser=seen.browser[:60],
            way=way.value,
            is_second=is_second,
        )
    )
    password_hash = connection.execute(select(_o.password_hash).where(_o.id == organizer_id)).scalar_one()
    name = token_urlsafe(12)
    return SignedIn(token, f"{name}.{hub.sealer.sign(KNOWN, device_text(name, organizer_id, password_hash))}")


def device_text(name: str, organizer_id: int, password_hash: str) -> str:
    """Returns what is signed: a new password makes all browsers strangers again."""
    return f"{name} {organizer_id} {password_hash}"


def organizer_of(connection: Connection, token: str | None) -> Organizer | None:
    """Returns who holds the session, if it has not ended, and keeps that it is used."""
    if not token:
        return None
    e = t.event_roles.c
    events = select(func.jsonb_object_agg(e.event_id, e.role)).where(e.organizer_id == _o.id).scalar_subquery()
    has_passkey = select(t.passkeys.c.id).where(t.passkeys.c.organizer_id == _o.id).exists()
    query = (
        select(
            *(_o.id, _o.email, _s.csrf, _o.role, _o.name),
            _s.id.label("session_id"),
            (_s.last_seen_at < func.now() - _TOUCHED).label("is_stale"),
            (_o.totp.is_not(None) | has_passkey).label("has_second"),
            events.label("events"),
        )
        .join(t.organizers, _o.id == _s.organizer_id)
        .where(_s.token_hash == hashed(token), *_is_open())
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.is_stale:
        mine = update(t.sessions).where(_s.id == row.session_id)
        connection.execute(mine.values(last_seen_at=func.now()))
    role = Role(row.role)
    at_events = {event: Role(its) for event, its in (row.events or {}).items()}
    must_add = not row.has_second and is_second_asked_of(connection, role)
    return Organizer(
        row.id,
        row.email,
        row.csrf,
        role,
        name=row.name,
        session_id=row.session_id,
        at_events=at_events,
        must_add_second=must_add,
        is_everywhere=role is not Role.NONE,
    )


def open_sessions(connection: Connection, organizer_id: int | None = None) -> Sequence[Session]:
    """Returns the sessions that have not ended, of all or of one, the last used first."""
    query = (
        select(
            *(_s.id, _s.organizer_id, _o.email, _o.name, _s.created_at.label("since"), _s.last_seen_at),
            *(_s.address, _s.browser, _s.way, _s.is_second),
        )
        .join(t.organizers, _o.id == _s.organizer_id)
        .where(*_is_open())
        .order_by(_s.last_seen_at.desc(), _s.id)
    )
    if organizer_id is not None:
        query = query.where(_s.organizer_id == organizer_id)
    return [Session(**{**row, "way": Way(row["way"])}) for row in connection.execute(query).mappings()]


def end_session(hub: Hub, connection: Connection, session_id: str, by: Organizer) -> None:
    """Ends a session of one's own; who may change the hub ends those of others, too.

    Raises:
        BadInput: if there is no such session that is theirs to end.
    """
    mine = () if by.may_control else (_s.organizer_id == by.id,)
    ended = delete(t.sessions).where(_s.id == session_id, *mine).returning(_s.organizer_id)
    whose = connection.execute(ended).scalar_one_or_none()
    if whose is None:
        raise BadInput([FieldError("session", later("has ended already"))])
    note_change(hub, connection, Subject.ORGANIZER, str(whose), "session_ended", str(by.id))


def end_sessions(connection: Connection, organizer_id: int, but: str = "") -> int:
    """Ends all sessions of somebody but one; returns how many there were."""
    mine = delete(t.sessions).where(_s.organizer_id == organizer_id, _s.id != but)
    return connection.execute(mine).rowcount


def sign_out(connection: Connection, token: str) -> None:
    connection.execute(delete(t.sessions).where(_s.token_hash == hashed(token)))


def idle_minutes(connection: Connection) -> int:
    """Returns after how long a session that nobody uses ends."""
    return int(setting(connection, IDLE, str(USUAL_IDLE)))


def second_factor(connection: Connection) -> SecondFactor:
    return SecondFactor(setting(connection, SECOND, SecondFactor.OWN_CHOICE.value))


def is_second_asked_of(connection: Connection, role: Role) -> bool:
    asked = second_factor(connection)
    return asked is SecondFactor.ALL or (asked is SecondFactor.ADMINS and role.includes(Role.ADMIN))


def set_rules(hub: Hub, connection: Connection, minutes: int, second: SecondFactor, by: str) -> None:
    """Sets when idle sessions end, and who must prove themselves twice.

    Raises:
        BadInput: for a time that is none of those that can be chosen.
    """
    if minutes not in IDLE_MINUTES:
        raise BadInput([FieldError("idle", later("must be one of those in the list"))])
    new = {IDLE: str(minutes), SECOND: second.value}
    was = {IDLE: str(idle_minutes(connection)), SECOND: second_factor(connection).value}
    for name, value in new.items():
        if value != was[name]:
            set_setting(connection, name, value)
            note_change(hub, connection, Subject.SETTING, name, "set", by, before=was[name], after=value)


def hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _is_open() -> tuple[ColumnElement[Any], ...]:
    c = t.office_settings.c
    minutes = cast(select(c.value).where(c.name == IDLE).scalar_subquery(), Integer)
    idle = func.make_interval(0, 0, 0, 0, 0, func.coalesce(minutes, USUAL_IDLE))
    return (_s.expires_at > func.now(), _s.last_seen_at > func.now() - idle, _o.status == "active")
