"""Organizers: who may see the sales. Passwords as argon2id, tries limited."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import timedelta
from hmac import compare_digest
from secrets import token_bytes
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.languages import later
from sync.ledger.hub import Hub
from sync.organizers.roles import Role
from sync.organizers.sessions import (
    KNOWN,
    Seen,
    SignedIn,
    Way,
    device_text,
    end_sessions,
    open_session,
)
from sync.organizers.steps import HalfIn, Purpose, begin
from sync.store import limits
from sync.store import tables as t

LEAST_PASSWORD: Final = 12
_DEVICE: Final = limits.Limit("sign-in device", tries=10, within=timedelta(minutes=10))
"""Of a browser that this account has signed in with before: what strangers try elsewhere does not count against it."""
_STRANGERS: Final = (
    limits.Limit("sign-in", tries=5, within=timedelta(minutes=1)),
    limits.Limit("sign-in", tries=10, within=timedelta(minutes=15)),
    limits.Limit("sign-in", tries=20, within=timedelta(hours=6)),
)
"""Of one account from one network: the more tries, the longer the wait."""
_WATCHED: Final = limits.Limit("sign-in", tries=2, within=timedelta(minutes=10))
"""The same while many try the account from anywhere: slow for each network, and never shut for all."""
_ACCOUNT: Final = limits.Limit("account", tries=50, within=timedelta(minutes=30))
_NETWORK: Final = limits.Limit("sign-in network", tries=100, within=timedelta(minutes=10))
"""Of all accounts from one network, where a whole team may sit behind one address."""
KNOWN_FOR: Final = timedelta(days=180)
_hasher: Final = PasswordHasher()


def _nobodys(hasher: PasswordHasher) -> str:
    """Returns what to check when there is no such organizer: no password's hash, and it takes as long as one.

    It is drawn, not worked out: every process of the hub would take a tenth of a second for it when it starts.
    """
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    drawn = (b64encode(token_bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    return "$".join(("", f"argon2{hasher.type.name.lower()}", f"v={ARGON2_VERSION}", costs, *drawn))


_NOBODY: Final = _nobodys(_hasher)


class SignInRefused(BoxofficeError):
    """E-mail or password are wrong: which of them is not told."""


def add_organizer(connection: Connection, email: str, password: str, role: Role | None = None) -> str:
    """Adds an organizer (an admin, if no role is named), or sets a new password, which ends the old one's sessions.

    Returns the account's address.

    Raises:
        BadInput: if the address or the password can't be used.
    """
    problems: list[FieldError] = []
    try:
        address = read_email(email).lower()
    except BadAddress as error:
        problems += error.problems
    if len(password) < LEAST_PASSWORD:
        problems.append(FieldError("password", f"must have at least {LEAST_PASSWORD} characters"))
    if problems:
        raise BadInput(problems)
    row = {"email": address, "password_hash": _hasher.hash(password), "role": (role or Role.ADMIN).value}
    new = upsert(t.organizers).values(row)
    known = {"password_hash": new.excluded.password_hash, "status": "active"}
    changed = new.on_conflict_do_update(
        index_elements=["email"], set_=known | ({} if role is None else {"role": role.value})
    )
    organizer = connection.execute(changed.returning(t.organizers.c.id)).scalar_one()
    end_sessions(connection, organizer)
    return address


def set_password(connection: Connection, organizer_id: int, password: str, *, but_session: str = "") -> None:
    """Sets another password, which ends the sessions of the old one, but for the one that it is set in.

    Raises:
        BadInput: if it is too short.
    """
    if len(password) < LEAST_PASSWORD:
        raise BadInput([FieldError("password", f"must have at least {LEAST_PASSWORD} characters")])
    mine = update(t.organizers).where(t.organizers.c.id == organizer_id)
    connection.execute(mine.values(password_hash=_hasher.hash(password)))
    end_sessions(connection, organizer_id, but_session)


def take_password_away(connection: Connection, organizer_id: int) -> None:
    """Lets no password open the account."""
    mine = update(t.organizers).where(t.organizers.c.id == organizer_id)
    connection.execute(mine.values(password_hash=no_password()))


def no_password() -> str:
    """Returns a hash that no password has."""
    return _nobodys(_hasher)


def is_password(connection: Connection, organizer_id: int, password: str) -> bool:
    o = t.organizers.c
    return _matches(connection.execute(select(o.password_hash).where(o.id == organizer_id)).scalar_one(), password)


def sign_in(
    hub: Hub, email: str, password: str, address: str, device: str | None = None, browser: str = ""
) -> SignedIn | HalfIn:
    """Returns a new session, or that a second proof is asked for. `device` is what the browser has kept of before.

    Tries are counted before the password is looked at, so that many at once get no more than one after the other.

    Raises:
        SignInRefused: if e-mail or password are wrong.
        limits.TooManyTries: if this browser, or strangers in this network, tried too often.
    """
    account = _clean(email)
    with hub.database.transaction() as connection:
        o = t.organizers.c
        mine = select(o.id, o.password_hash).where(o.email == account, o.status == "active")
        row = connection.execute(mine).one_or_none()
        is_known = row is not None and device is not None and _is_known(hub, row.id, row.password_hash, device)
        _count_try(connection, account, address, device if is_known else None)
    if not _matches(_NOBODY if row is None else row.password_hash, password) or row is None:
        raise SignInRefused(later("E-mail or password are wrong."))
    with hub.database.transaction() as connection:
        limits.forget(connection, _STRANGERS[0], f"{account} {address}")
        return enter(hub, connection, row.id, Way.PASSWORD, Seen(address, browser))


def enter(hub: Hub, connection: Connection, organizer_id: int, way: Way, seen: Seen) -> SignedIn | HalfIn:
    """Lets in who has proved once to be this organizer, or asks for the second proof if the account has one."""
    p, o = t.passkeys.c, t.organizers.c
    passkey = select(p.id).where(p.organizer_id == organizer_id).exists()
    if connection.execute(select(o.totp.is_not(None) | passkey).where(o.id == organizer_id)).scalar_one():
        return HalfIn(begin(connection, Purpose.HALF_IN, organizer_id))
    return open_session(hub, connection, organizer_id, way, seen)


def _count_try(connection: Connection, account: str, address: str, device: str | None) -> None:
    """Counts one try at an account: by the browser, if the account knows it, or else by the network it comes from."""
    if device is not None:
        limits.count(connection, _DEVICE, f"{account} {device.partition('.')[0]}")
        return
    is_watched = limits.is_used_up(connection, _ACCOUNT, account)
    here = f"{account} {address}"
    rules = [*((limit, here) for limit in _STRANGERS), *([(_WATCHED, here)] if is_watched else [])]
    limits.count_all(connection, [*rules, (_NETWORK, address)])
    connection.execute(insert(t.attempts).values(scope=_ACCOUNT.scope, who=account))


def _is_known(hub: Hub, organizer_id: int, password_hash: str, device: str) -> bool:
    name, _, signature = device.partition(".")
    return bool(name) and hub.sealer.is_signed(KNOWN, device_text(name, organizer_id, password_hash), signature)


def set_role(connection: Connection, email: str, role: Role) -> None:
    """Gives an account another role, from its next page on.

    Raises:
        BadInput: if there is no such account.
    """
    mine = update(t.organizers).where(t.organizers.c.email == _clean(email)).values(role=role.value)
    if connection.execute(mine).rowcount == 0:
        raise BadInput([FieldError("email", "has no account")])


def account_id(connection: Connection, email: str) -> int:
    """Returns the number of an account.

    Raises:
        BadInput: if there is no such one.
    """
    found = connection.scalar(select(t.organizers.c.id).where(t.organizers.c.email == _clean(email)))
    if found is None:
        raise BadInput([FieldError("email", "has no account")])
    return int(found)


def accounts(connection: Connection) -> list[tuple[str, Role]]:
    """Returns who may sign in, by address."""
    o = t.organizers.c
    return [(row.email, Role(row.role)) for row in connection.execute(select(o.email, o.role).order_by(o.email))]


def names_of(connection: Connection, written: Iterable[str]) -> dict[str, str]:
    """Returns what those are called whom facts know by number; what is no number stands for itself."""
    known = {each for each in written if each}
    numbers = [int(each) for each in known if each.isdecimal()]
    o = t.organizers.c
    rows = connection.execute(select(o.id, o.name, o.email).where(o.id.in_(numbers))) if numbers else ()
    return {each: f"organizer {each}" if each.isdecimal() else each for each in known} | {
        str(row.id): row.name or row.email for row in rows
    }


def unlock(connection: Connection, email: str) -> None:
    """Lets an account be signed in to again at once, from wherever wrong passwords came.

    Raises:
        BadInput: if there is no such account.
    """
    if not connection.scalar(select(t.organizers.c.id).where(t.organizers.c.email == _clean(email))):
        raise BadInput([FieldError("email", "has no account")])
    a = t.attempts.c
    scopes = (_ACCOUNT.scope, _DEVICE.scope, _STRANGERS[0].scope)
    mine = func.split_part(a.who, " ", 1) == _clean(email)
    connection.execute(delete(t.attempts).where(a.scope.in_(scopes), mine))


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
