"""The organizers' accounts: what each may do and where, and that there is always one who may do all.

Every change is a fact with who made it. Names and addresses stand in no fact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from boxoffice.core.reading import read_name
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers.organizers import take_password_away
from sync.organizers.roles import AT_EVENTS, Role
from sync.organizers.sessions import end_sessions
from sync.store import tables as t

LONGEST_NAME: Final = 60
_o: Final = t.organizers.c
_e: Final = t.event_roles.c


class Status(Enum):
    """`INVITED` has not chosen a password yet; `ENDED` signs in no more."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Account:
    id: int
    email: str
    name: str
    role: Role
    status: Status
    has_totp: bool
    passkeys: int
    sessions: int
    last_seen_at: datetime | None
    invited_until: datetime | None
    at_events: Mapping[str, Role] = field(default_factory=dict)

    @property
    def has_second(self) -> bool:
        return self.has_totp or self.passkeys > 0


class LastAdmin(BadInput):
    """Nobody would be left who may change the hub."""

    def __init__(self) -> None:
        super().__init__(
            [FieldError("role", later("nobody else may change the hub: make somebody else an admin first"))]
        )


def all_accounts(connection: Connection) -> Sequence[Account]:
    """Returns all accounts, those that sign in before those that have ended."""
    p, s, i = t.passkeys.c, t.sessions.c, t.invitations.c
    passkeys = select(func.count()).where(p.organizer_id == _o.id).scalar_subquery()
    mine = (s.organizer_id == _o.id, s.expires_at > func.now())
    sessions, seen = select(func.count()).where(*mine), select(func.max(s.last_seen_at)).where(*mine)
    until = select(i.expires_at).where(i.organizer_id == _o.id).scalar_subquery()
    query = select(
        *(_o.id, _o.email, _o.name, _o.role, _o.status, _o.totp.is_not(None).label("has_totp")),
        passkeys.label("passkeys"),
        sessions.scalar_subquery().label("sessions"),
        seen.scalar_subquery().label("last_seen_at"),
        until.label("invited_until"),
    ).order_by(_o.status == "ended", func.lower(_o.email))
    events: dict[int, dict[str, Role]] = {}
    for row in connection.execute(select(t.event_roles)):
        events.setdefault(row.organizer_id, {})[row.event_id] = Role(row.role)
    return [
        Account(
            **{**row, "role": Role(row["role"]), "status": Status(row["status"])},
            at_events=events.get(row["id"], {}),
        )
        for row in connection.execute(query).mappings()
    ]


def account_of(connection: Connection, organizer_id: int) -> Account:
    """Returns one account.

    Raises:
        BadInput: if there is no such one.
    """
    found = next((each for each in all_accounts(connection) if each.id == organizer_id), None)
    if found is None:
        raise no_account()
    return found


def no_account() -> BadInput:
    return BadInput([FieldError("organizer", later("there is no such account"))])


def read_account_name(name: str) -> str:
    """Returns a name as it is kept; nobody has to say one."""
    return read_name(name, most=LONGEST_NAME) if name.strip() else ""


def set_name(connection: Connection, organizer_id: int, name: str) -> None:
    """Raises BadInput if it can't be a name."""
    clean = read_account_name(name)
    connection.execute(update(t.organizers).where(_o.id == organizer_id).values(name=clean))


def set_roles(
    hub: Hub, connection: Connection, organizer_id: int, role: Role, at_events: Mapping[str, Role], by: str
) -> None:
    """Says what somebody may do at every event, and at some beyond that, from their next page on.

    Raises:
        BadInput: if there is no such account or event.
        LastAdmin: if nobody would be left who may change the hub.
    """
    _one_at_a_time(connection)
    before = account_of(connection, organizer_id)
    _must_be_events(connection, at_events)
    connection.execute(update(t.organizers).where(_o.id == organizer_id).values(role=role.value))
    must_have_an_admin(connection)
    if role is not before.role:
        words = {"before": before.role.value, "after": role.value}
        note_change(hub, connection, Subject.ORGANIZER, str(organizer_id), "role", by, **words)
    write_event_roles(hub, connection, organizer_id, at_events, by, before.at_events)


def write_event_roles(
    hub: Hub,
    connection: Connection,
    organizer_id: int,
    at_events: Mapping[str, Role],
    by: str,
    before: Mapping[str, Role],
) -> None:
    """Keeps what somebody may do at each event, and writes down what is another than before."""
    wanted = {event: role for event, role in at_events.items() if role in AT_EVENTS}
    connection.execute(delete(t.event_roles).where(_e.organizer_id == organizer_id))
    if wanted:
        rows = [{"organizer_id": organizer_id, "event_id": event, "role": role.value} for event, role in wanted.items()]
        connection.execute(insert(t.event_roles), rows)
    for event in sorted({*before, *wanted}):
        was, now = before.get(event, Role.NONE), wanted.get(event, Role.NONE)
        if was is not now:
            words = {"before": was.value, "after": now.value}
            note_change(
                hub, connection, Subject.ORGANIZER, str(organizer_id), "event_role", by, event_id=event, **words
            )


def end(hub: Hub, connection: Connection, organizer_id: int, by: str) -> None:
    """Lets somebody sign in no more, and ends their sessions; what they did stands.

    Raises:
        BadInput: if there is no such account.
        LastAdmin: if nobody would be left who may change the hub.
    """
    _one_at_a_time(connection)
    if account_of(connection, organizer_id).status is Status.ENDED:
        return
    connection.execute(update(t.organizers).where(_o.id == organizer_id).values(status=Status.ENDED.value))
    must_have_an_admin(connection)
    take_password_away(connection, organizer_id)
    for table in (t.invitations, t.passkeys, t.recovery_codes, t.sign_in_links, t.sign_in_steps):
        connection.execute(delete(table).where(table.c.organizer_id == organizer_id))
    gone = update(t.organizers).where(_o.id == organizer_id).values(totp=None, totp_begun=None)
    connection.execute(gone)
    end_sessions(connection, organizer_id)
    note_change(hub, connection, Subject.ORGANIZER, str(organizer_id), "ended", by)


def must_have_an_admin(connection: Connection) -> None:
    """Raises LastAdmin if nobody is left who may change the hub."""
    admins = (_o.role == Role.ADMIN.value, _o.status == Status.ACTIVE.value)
    if connection.execute(select(func.count()).where(*admins)).scalar_one() == 0:
        raise LastAdmin


def _must_be_events(connection: Connection, ids: Iterable[str]) -> None:
    e = t.events.c
    wanted = set(ids)
    known = set(connection.scalars(select(e.id).where(e.id.in_(wanted)))) if wanted else set()
    if wanted - known:
        raise BadInput([FieldError("event", later("there is no such event"))])


def _one_at_a_time(connection: Connection) -> None:
    """Lets two who take the right from each other see what the other did."""
    connection.execute(select(_o.id).where(_o.role == Role.ADMIN.value).order_by(_o.id).with_for_update())
