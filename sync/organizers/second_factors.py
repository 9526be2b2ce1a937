"""The second proof of who somebody is: six digits that a telephone shows (TOTP), and recovery codes if it is lost.

What makes the digits is sealed before it lies in Postgres. A code is good once: neither who looks over a shoulder nor
who reads the database can use it.
"""

from datetime import timedelta
from secrets import choice
from typing import Final

import pyotp
from sqlalchemy import Connection, delete, func, insert, select, update

from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.organizers.organizers import is_same
from sync.organizers.sessions import end_sessions
from sync.store import limits
from sync.store import tables as t

CODES: Final = 10
"""How many recovery codes somebody gets."""
_LETTERS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""Those that nobody takes for another."""
_HALF: Final = 5
_STEP_S: Final = 30
_APART: Final = (-1, 0, 1)
"""A telephone's clock may be half a minute off."""
_ISSUER: Final = "Box Office"
_TRIES: Final = (
    limits.Limit("second factor", tries=5, within=timedelta(minutes=5)),
    limits.Limit("second factor", tries=30, within=timedelta(hours=12)),
)
"""Of one account: only who has its password gets here."""
_RECOVERY: Final = "recovery code"
_o: Final = t.organizers.c
_r: Final = t.recovery_codes.c


class WrongCode(BoxofficeError):
    """The code is none of theirs, or it was used already."""

    def __init__(self) -> None:
        super().__init__(later("This code is not right, or it was used already. Wait for the next one."))


def has_totp(connection: Connection, organizer_id: int) -> bool:
    return connection.execute(select(_o.totp.is_not(None)).where(_o.id == organizer_id)).scalar_one()


def has_second(connection: Connection, organizer_id: int) -> bool:
    """Returns whether a password alone lets this account in no more."""
    p = t.passkeys.c
    passkey = select(p.id).where(p.organizer_id == organizer_id).exists()
    return connection.execute(select(_o.totp.is_not(None) | passkey).where(_o.id == organizer_id)).scalar_one()


def codes_left(connection: Connection, organizer_id: int) -> int:
    mine = (_r.organizer_id == organizer_id, _r.used_at.is_(None))
    return connection.execute(select(func.count()).where(*mine)).scalar_one()


def begin_totp(hub: Hub, connection: Connection, organizer_id: int, email: str) -> tuple[str, str]:
    """Returns a new secret, and the address that an app reads from a picture. It counts once it is proved."""
    secret = pyotp.random_base32()
    sealed = hub.sealer.seal_text(secret, _purpose(organizer_id))
    connection.execute(update(t.organizers).where(_o.id == organizer_id).values(totp_begun=sealed))
    return secret, _address(secret, email)


def begun_totp(hub: Hub, connection: Connection, organizer_id: int, email: str) -> tuple[str, str] | None:
    """Returns the secret that was begun and not proved yet, as `begin_totp` does."""
    sealed = connection.execute(select(_o.totp_begun).where(_o.id == organizer_id)).scalar_one()
    if sealed is None:
        return None
    secret = hub.sealer.open_text(sealed, _purpose(organizer_id))
    return secret, _address(secret, email)


def prove_totp(hub: Hub, connection: Connection, organizer_id: int, code: str) -> None:
    """Lets the secret count that was begun, if the code is of it.

    Raises:
        WrongCode: if it is not, and nothing is changed.
    """
    mine = select(_o.totp_begun, func.now().label("now")).where(_o.id == organizer_id).with_for_update()
    row = connection.execute(mine).one()
    step = None
    if row.totp_begun is not None:
        secret = hub.sealer.open_text(row.totp_begun, _purpose(organizer_id))
        step = _step_of(secret, _clean(code), int(row.now.timestamp()))
    if step is None:
        raise WrongCode
    values = {"totp": row.totp_begun, "totp_begun": None, "totp_step": step}
    connection.execute(update(t.organizers).where(_o.id == organizer_id).values(**values))
    note_change(hub, connection, Subject.ORGANIZER, str(organizer_id), "totp", str(organizer_id))


def new_recovery_codes(hub: Hub, connection: Connection, organizer_id: int) -> list[str]:
    """Returns new codes, for the last time that anybody can read them; those of before end."""
    codes = [f"{_drawn()}-{_drawn()}" for _ in range(CODES)]
    connection.execute(delete(t.recovery_codes).where(_r.organizer_id == organizer_id))
    rows = [{"organizer_id": organizer_id, "code_hash": _hash(hub, organizer_id, code)} for code in codes]
    connection.execute(insert(t.recovery_codes), rows)
    note_change(hub, connection, Subject.ORGANIZER, str(organizer_id), "codes", str(organizer_id))
    return codes


def count_try(hub: Hub, organizer_id: int) -> None:
    """Counts one try, before it is looked at.

    Raises:
        limits.TooManyTries: after too many.
    """
    with hub.database.transaction() as connection:
        limits.count_all(connection, [(limit, str(organizer_id)) for limit in _TRIES])


def take_code(hub: Hub, connection: Connection, organizer_id: int, code: str) -> None:
    """Takes a code of the telephone, or a recovery code: each once.

    Raises:
        WrongCode: if it is none that is good.
    """
    code = _clean(code)
    if not (_take_totp(hub, connection, organizer_id, code) or _take_recovery(hub, connection, organizer_id, code)):
        raise WrongCode
    limits.forget(connection, _TRIES[0], str(organizer_id))


def end_totp(hub: Hub, connection: Connection, organizer_id: int) -> None:
    """Takes the telephone off an account; recovery codes go with the last thing that they stand in for."""
    connection.execute(update(t.organizers).where(_o.id == organizer_id).values(totp=None, totp_begun=None))
    note_change(hub, connection, Subject.ORGANIZER, str(organizer_id), "totp_off", str(organizer_id))
    drop_idle_codes(connection, organizer_id)


def drop_idle_codes(connection: Connection, organizer_id: int) -> None:
    """Drops recovery codes that stand in for nothing any more."""
    if not has_second(connection, organizer_id):
        connection.execute(delete(t.recovery_codes).where(_r.organizer_id == organizer_id))


def reset(hub: Hub, connection: Connection, organizer_id: int, by: str) -> None:
    """Takes telephone, passkeys and codes off an account that has lost them, and ends its sessions.

    Raises:
        BadInput: if there is no such account.
    """
    gone = update(t.organizers).where(_o.id == organizer_id).values(totp=None, totp_begun=None)
    if connection.execute(gone).rowcount == 0:
        raise BadInput([FieldError("organizer", later("there is no such account"))])
    for table in (t.passkeys, t.recovery_codes):
        connection.execute(delete(table).where(table.c.organizer_id == organizer_id))
    end_sessions(connection, organizer_id)
    note_change(hub, connection, Subject.ORGANIZER, str(organizer_id), "second_reset", by)


def _take_totp(hub: Hub, connection: Connection, organizer_id: int, code: str) -> bool:
    row = connection.execute(select(_o.totp, func.now().label("now")).where(_o.id == organizer_id)).one()
    if row.totp is None:
        return False
    secret = hub.sealer.open_text(row.totp, _purpose(organizer_id))
    step = _step_of(secret, code, int(row.now.timestamp()))
    if step is None:
        return False
    later_step = update(t.organizers).where(_o.id == organizer_id, _o.totp_step < step).values(totp_step=step)
    return connection.execute(later_step).rowcount == 1


def _take_recovery(hub: Hub, connection: Connection, organizer_id: int, code: str) -> bool:
    good = (_r.organizer_id == organizer_id, _r.code_hash == _hash(hub, organizer_id, code), _r.used_at.is_(None))
    if connection.execute(update(t.recovery_codes).where(*good).values(used_at=func.now())).rowcount == 0:
        return False
    note_change(hub, connection, Subject.ORGANIZER, str(organizer_id), "code_used", str(organizer_id))
    return True


def _step_of(secret: str, code: str, now_s: int) -> int | None:
    """Returns in which half minute a code is good, if it is in one of these."""
    steps = (now_s // _STEP_S + each for each in _APART)
    return next((step for step in steps if is_same(pyotp.HOTP(secret).at(step), code)), None)


def _address(secret: str, email: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def _clean(code: str) -> str:
    """Returns a code as it is kept: people write it with spaces, dashes and capitals."""
    return "".join(each for each in code.lower() if each.isalnum())


def _hash(hub: Hub, organizer_id: int, code: str) -> str:
    """Returns what a code is held to: by a key that is not in the database, or its few letters could be guessed."""
    return hub.sealer.sign(_RECOVERY, f"{organizer_id} {_clean(code)}")


def _drawn() -> str:
    return "".join(choice(_LETTERS) for _ in range(_HALF))


def _purpose(organizer_id: int) -> str:
    return f"totp {organizer_id}"
