"""Pairs tills: a one-time code, the till's public key, and a token of which the hub keeps only the hash."""

from datetime import timedelta
from hashlib import sha256
from secrets import choice, token_urlsafe
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, text, update

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.facts import instant_text
from boxoffice.core.ids import device_code
from boxoffice.core.payloads.office import Subject
from boxoffice.core.reading import read_code, read_line
from boxoffice.core.wire.pairing import PairAnswer, PairRequest
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.store import feed, limits
from sync.store import tables as t
from sync.store.chain import new_id, utc_now
from sync.store.rows import value_of
from sync.store.tills import Device
from sync.tills import till_keys

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST_NAME: Final = 40
LASTS: Final = timedelta(minutes=15)
_SEEN_EVERY: Final = timedelta(seconds=30)
# Skipped while the till's facts are being taken: nobody should wait for a time of day.
_SEEN: Final = text("""
    UPDATE devices SET last_seen_at = now(), unsent_facts = coalesce(CAST(:unsent AS integer), unsent_facts)
    WHERE id = (SELECT id FROM devices WHERE id = :device FOR NO KEY UPDATE SKIP LOCKED)
""")
_LIMIT: Final = limits.Limit("pair", tries=60, within=timedelta(minutes=5))
"""Of one network: tills are paired where guests are. One of 30^8 codes lasts a quarter of an hour."""


class PairingRefused(BoxofficeError):
    """The code is unknown, used or too old: which of them is not told."""


def create_code(connection: Connection, name: str | None = None) -> str:
    """Returns a new one-time code such as `K4PM-7QXT`; it can't be read back later.

    Args:
        connection: where the code is kept.
        name: what the till will be called, as a person wrote it; without one, it gets a number.
    """
    clean = read_line(name or "")[:MOST_NAME].strip()
    code = "".join(choice(LETTERS) for _ in range(8))
    row = {"code_hash": hashed(code), "name": clean or None, "expires_at": func.now() + LASTS}
    connection.execute(insert(t.pairing_codes).values(row))
    return f"{code[:4]}-{code[4:]}"


def pair(hub: Hub, request: PairRequest, address: str) -> PairAnswer:
    """Returns the new till's name, token and Stripe key.

    Raises:
        PairingRefused: if the code is not good.
        limits.TooManyTries: if this address tried too often.
    """
    with hub.database.transaction() as connection:
        limits.count(connection, _LIMIT, address)
    token = token_urlsafe(32)
    paired = hub.database.run(lambda connection: _pair(hub, connection, request, token))
    with hub.database.transaction() as connection:
        limits.forget(connection, _LIMIT, address)
    return paired


def _pair(hub: Hub, connection: Connection, request: PairRequest, token: str) -> PairAnswer:
    codes = t.pairing_codes.c
    use = (
        update(t.pairing_codes)
        .where(codes.code_hash == hashed(request.code), codes.used_at.is_(None), codes.expires_at > func.now())
        .values(used_at=func.now())
        .returning(codes.name)
    )
    used = connection.execute(use).one_or_none()
    if used is None:
        raise PairingRefused("This pairing code is not valid. Ask an organizer for a new one.")
    counter = connection.execute(text("SELECT nextval('device_counter')")).scalar_one()
    device = {
        "id": new_id(),
        "name": _free_name(connection, used.name or f"till-{counter}"),
        "code": device_code(counter),
        "public_key": request.public_key,
        "token_hash": hashed_token(token),
        "app_version": request.app_version[:80].replace("\0", ""),
    }
    connection.execute(insert(t.devices).values(**device))
    connection.execute(
        update(t.pairing_codes).where(codes.code_hash == hashed(request.code)).values(device_id=device["id"])
    )
    note_change(hub, connection, Subject.TILL, device["id"], "paired", "")
    key = till_keys.key_of(hub, connection, device["id"])
    return PairAnswer(
        device_id=device["id"],
        device_code=device["code"],
        name=device["name"],
        token=token,
        stripe_key=key,
        stripe_base=hub.settings.stripe_api_base,
        hub_time=instant_text(utc_now()),
    )


def device_of(connection: Connection, token: str, unsent: int | None = None) -> Device | None:
    """Returns the till that holds the token, unless it was revoked.

    `unsent` is how many facts it says to have that the hub does not: fewer are noted at once, more at its next turn.
    """
    return _device(connection, t.devices.c.token_hash, token, unsent)


def revoked_device_of(connection: Connection, token: str, unsent: int | None = None) -> Device | None:
    """Returns the till that held the token until it was revoked."""
    return _device(connection, t.devices.c.former_token_hash, token, unsent)


def _device(connection: Connection, column: ColumnElement[str], token: str, unsent: int | None) -> Device | None:
    d = t.devices.c
    was_seen = d.last_seen_at.is_not(None) & (d.last_seen_at > func.now() - _SEEN_EVERY)
    is_first_since = func.coalesce(d.last_seen_at < d.revoked_at, False)
    seen_lately = (was_seen & ~is_first_since).label("was_seen_lately")
    row = connection.execute(select(t.devices, seen_lately).where(column == hashed_token(token))).one_or_none()
    if row is None:
        return None
    are_fewer = unsent is not None and (row.unsent_facts is None or unsent < row.unsent_facts)
    if are_fewer or not row.was_seen_lately:
        connection.execute(_SEEN, {"device": row.id, "unsent": unsent})
    return value_of(Device, row)


def revoke(connection: Connection, device_id: str) -> bool:
    """Ends a till's token at once, and wakes it to hear so; returns whether there was such a till."""
    d = t.devices.c
    if connection.execute(select(d.id).where(d.id == device_id, d.kind == "till")).first() is None:
        return False
    values = {"status": "revoked", "revoked_at": func.now(), "token_hash": None, "former_token_hash": d.token_hash}
    connection.execute(update(t.devices).where(d.id == device_id, d.status != "revoked").values(values))
    feed.wake(connection, "feed", None, device_id)
    return True


def hashed(code: str) -> str:
    """Returns the hash of a code as it was typed: case, blanks, dashes and marks don't matter."""
    return sha256(read_code(code).replace("-", "").encode()).hexdigest()


def hashed_token(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _free_name(connection: Connection, name: str) -> str:
    """Returns the name, with a number behind it if another till has it: cash accounts go by it."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('till names'))"))
    taken = set(connection.scalars(select(t.devices.c.name).where(t.devices.c.kind == "till")))
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free
