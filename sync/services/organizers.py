"""Organizers: who may see the sales. Passwords as argon2id, sessions in Postgres, tries limited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.errors import BadInput, BoxofficeError, Problem
from sync.services import limits
from sync.services.hub import Hub
from sync.services.roles import Role
from sync.store import tables as t

LASTS: Final = timedelta(hours=12)
LEAST_PASSWORD: Final = 12
_LIMIT: Final = limits.Limit("sign-in", tries=8, within=timedelta(minutes=10))
_ACCOUNT: Final = limits.Limit("account", tries=12, within=timedelta(minutes=30))
"""Wrong passwords for one account from wherever they come; more than one address may try, so that nobody is shut out
by a slip of their own."""
_hasher: Final = PasswordHasher()
# Checked when there is no such organizer, so that the time taken tells nothing.
_NOBODY: Final = _hasher.hash(token_urlsafe(16))


class SignInRefused(BoxofficeError):
    """E-mail or password are wrong: which of them is not told."""


@dataclass(frozen=True, slots=True)
class Organizer:
    """Someone who is signed in. Forms must carry `csrf`."""

    id: int
    email: str
    csrf: str
    role: Role

    @property
    def may_refund(self) -> bool:
        return self.role.includes(Role.FINANCE)

    @property
    def may_control(self) -> bool:
        return self.role.includes(Role.ADMIN)


def add_organizer(connection: Connection, email: str, password: str, role: Role | None = None) -> None:
    """Adds an organizer (an admin, if no role is named), or sets a new password, which ends the old one's sessions.

    Raises:
        BadInput: if the address or the password can't be used.
    """
    problems: list[Problem] = []
    try:
        address = read_email(email).lower()
    except BadAddress as error:
        problems += error.problems
    if len(password) < LEAST_PASSWORD:
        problems.append(Problem("password", f"must have at least {LEAST_PASSWORD} characters"))
    if problems:
        raise BadInput(problems)
    row = {"email": address, "password_hash": _hasher.hash(password), "role": (role or Role.ADMIN).value}
    new = upsert(t.organizers).values(row)
    known = {"password_hash": new.excluded.password_hash} | ({} if role is None else {"role": role.value})
    changed = new.on_conflict_do_update(index_elements=["email"], set_=known)
    organizer = connection.execute(changed.returning(t.organizers.c.id)).scalar_one()
    connection.execute(delete(t.sessions).where(t.sessions.c.organizer_id == organizer))


def sign_in(hub: Hub, email: str, password: str, address: str) -> str:
    """Returns the token of a new session.

    Raises:
        SignInRefused: if e-mail or password are wrong.
        limits.TooManyTries: if this address tried too often, or this account was tried too often from anywhere.
    """
    with hub.database.transaction() as connection:
        limits.count(connection, _LIMIT, address)
        limits.count(connection, _ACCOUNT, _clean(email))
    with hub.database.transaction() as connection:
        o = t.organizers.c
        row = connection.execute(select(o.id, o.password_hash).where(o.email == _clean(email))).one_or_none()
    if not _matches(_NOBODY if row is None else row.password_hash, password) or row is None:
        raise SignInRefused("E-mail or password are wrong.")
    token = token_urlsafe(32)
    with hub.database.transaction() as connection:
        limits.forget(connection, _LIMIT, address)
        limits.forget(connection, _ACCOUNT, _clean(email))
        connection.execute(delete(t.sessions).where(t.sessions.c.expires_at < func.now()))
        connection.execute(
            insert(t.sessions).values(
                token_hash=_hashed(token),
                organizer_id=row.id,
                csrf=token_urlsafe(24),
                expires_at=func.now() + LASTS,
            )
        )
    return token


def set_role(connection: Connection, email: str, role: Role) -> None:
    """Gives an account another role, from its next page on.

    Raises:
        BadInput: if there is no such account.
    """
    mine = update(t.organizers).where(t.organizers.c.email == _clean(email)).values(role=role.value)
    if connection.execute(mine).rowcount == 0:
        raise BadInput([Problem("email", "has no account")])


def accounts(connection: Connection) -> list[tuple[str, Role]]:
    """Returns who may sign in, by address."""
    o = t.organizers.c
    return [(row.email, Role(row.role)) for row in connection.execute(select(o.email, o.role).order_by(o.email))]


def names_of(connection: Connection, written: Iterable[str]) -> dict[str, str]:
    """Returns the addresses of those that facts know by number; what is no number stands for itself."""
    known = {each for each in written if each}
    numbers = [int(each) for each in known if each.isdecimal()]
    o = t.organizers.c
    rows = connection.execute(select(o.id, o.email).where(o.id.in_(numbers))) if numbers else ()
    return {each: f"organizer {each}" if each.isdecimal() else each for each in known} | {
        str(row.id): row.email for row in rows
    }


def unlock(connection: Connection, email: str) -> None:
    """Lets an account be signed in to again at once, after too many wrong passwords."""
    limits.forget(connection, _ACCOUNT, _clean(email))


def sign_out(connection: Connection, token: str) -> None:
    connection.execute(delete(t.sessions).where(t.sessions.c.token_hash == _hashed(token)))


def organizer_of(connection: Connection, token: str | None) -> Organizer | None:
    """Returns who holds the session, if it has not ended."""
    if not token:
        return None
    s, o = t.sessions.c, t.organizers.c
    query = (
        select(o.id, o.email, s.csrf, o.role)
        .join(t.organizers, o.id == s.organizer_id)
        .where(s.token_hash == _hashed(token), s.expires_at > func.now())
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Organizer(row.id, row.email, row.csrf, Role(row.role))


def is_same(one: str | None, other: str | None) -> bool:
    """Returns whether two secrets are equal and not empty, in a time that tells nothing."""
    return bool(one) and bool(other) and compare_digest((one or "").encode(), (other or "").encode())


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _clean(email: str) -> str:
    try:
        return read_email(email).lower()
    except BadAddress:  # accounts of before may have an address that would not be taken now
        return email.strip().lower().replace("\0", "")


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()
