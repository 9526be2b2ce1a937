"""The Stripe keys that tills have: one of its own where an organizer sets it, else one for all.

They are restricted keys: they bring money in and take none out. They lie sealed in Postgres, are given to tills alone,
and are shown to nobody: people see how they begin and end.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.languages import later
from boxoffice.core.payloads.office import Subject
from boxoffice.core.wire.protocol import key_id
from sync.ledger.hub import Hub
from sync.ledger.office import note_change
from sync.store import feed
from sync.store import tables as t

_RESTRICTED: Final = re.compile(r"rk_(test|live)_\w{4,200}")
_ID: Final = re.compile(r"[0-9a-f]{16}")
_k: Final = t.till_keys.c
_l: Final = t.leaked_keys.c
_d: Final = t.devices.c


@dataclass(frozen=True, slots=True)
class WantedKey:
    """The key that a till should have; `hint` is what people see of it."""

    id: str
    hint: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """A till that is at work, and whether it has taken the key that it should have."""

    name: str
    is_own: bool
    has_it: bool


@dataclass(frozen=True, slots=True)
class LeakedKey:
    """A key that a revoked till knows, and that still works at Stripe until somebody ends it there."""

    device_id: str
    key_id: str
    hint: str
    is_shared: bool
    ended_at: datetime | None


def hint_of(key: str) -> str:
    """Returns such as `rk_live_…3kQz`."""
    return f"{key[: key.rindex('_') + 1]}…{key[-4:]}"


def wanted_key(hub: Hub, connection: Connection, device_id: str | None) -> WantedKey | None:
    """Returns the key that this till should have: its own, else that of all (`device_id` None), else none."""
    mine = _k.device_id.is_(None) if device_id is None else (_k.device_id == device_id) | _k.device_id.is_(None)
    newest = select(_k.id, _k.hint, _k.device_id).where(mine)
    row = connection.execute(newest.order_by(_k.device_id.is_(None), _k.created_at.desc()).limit(1)).one_or_none()
    if row is not None:
        return WantedKey(row.id, row.hint, row.device_id is not None)
    set_up = _set_up(hub)
    return None if set_up is None else WantedKey(key_id(set_up), hint_of(set_up), is_own=False)


def key_of(hub: Hub, connection: Connection, device_id: str) -> str | None:
    """Returns the key itself, for the till alone."""
    wanted = wanted_key(hub, connection, device_id)
    if wanted is None:
        return None
    sealed = connection.scalar(select(_k.sealed).where(_k.id == wanted.id))
    return _set_up(hub) if sealed is None else hub.sealer.open_text(sealed, _purpose(wanted.id))


def set_key(hub: Hub, connection: Connection, key: str, by: str, device_id: str | None = None) -> WantedKey:
    """Gives a till a key of its own, or all others a new one; they take it at their next sync.

    Raises:
        BadInput: for what is no restricted key, or is in use already.
    """
    clean = key.strip()
    if not _RESTRICTED.fullmatch(clean):
        raise BadInput([FieldError("key", later("This must be a restricted key, rk_…: it goes to the till."))])
    new = key_id(clean)
    row = {"id": new, "device_id": device_id, "hint": hint_of(clean), "by": by}
    sealed = hub.sealer.seal_text(clean, _purpose(new))
    done = connection.execute(upsert(t.till_keys).values(**row, sealed=sealed).on_conflict_do_nothing()).rowcount
    now = wanted_key(hub, connection, device_id)
    is_leaked = connection.execute(select(_l.key_id).where(_l.key_id == new)).first() is not None
    is_set_up = device_id is not None and clean == _set_up(hub)
    if is_leaked or is_set_up or now is None or (now.id, now.is_own) != (new, device_id is not None):
        raise BadInput([FieldError("key", later("This key is in use already, or was: make a new one at Stripe."))])
    if done:
        note_change(hub, connection, Subject.KEY, device_id or "", "key_set", by, after=now.hint)
        feed.wake(connection, "feed", None, device_id)
    return now


def note_taken(hub: Hub, device_id: str, said: str) -> None:
    """Notes which key a till says to have."""
    if not _ID.fullmatch(said):
        return
    with hub.database.transaction() as connection:
        other = (_d.id == device_id, _d.stripe_key_id.is_distinct_from(said))
        if connection.execute(select(_d.id).where(*other)).first() is not None:
            connection.execute(update(t.devices).where(*other).values(stripe_key_id=said))


def holders(hub: Hub, connection: Connection) -> Sequence[Holder]:
    """Returns the tills that are at work, by name, and whether each has the key that it should have."""
    rows = connection.execute(
        select(_d.id, _d.name, _d.stripe_key_id).where(_d.kind == "till", _d.status != "revoked").order_by(_d.name)
    ).all()
    found = [(row, wanted_key(hub, connection, row.id)) for row in rows]
    return [Holder(row.name, key.is_own, row.stripe_key_id == key.id) for row, key in found if key is not None]


def note_leaked(hub: Hub, connection: Connection, device_id: str) -> None:
    """Keeps in mind which keys a till knows that is being revoked: only Stripe can end them."""
    told = connection.scalar(select(_d.stripe_key_id).where(_d.id == device_id))
    own = {row.id: row.hint for row in connection.execute(select(_k.id, _k.hint).where(_k.device_id == device_id))}
    hints = {row.id: row.hint for row in connection.execute(select(_k.id, _k.hint))}
    set_up = _set_up(hub)
    if set_up is not None:
        hints[key_id(set_up)] = hint_of(set_up)
    wanted = wanted_key(hub, connection, device_id)
    if told is None and wanted is not None and not wanted.is_own:
        told = wanted.id
    if told is not None and told not in hints:
        hints[told] = "a key that was set before"
    for each in {*own, *([told] if told else [])}:
        row = {"device_id": device_id, "key_id": each, "hint": hints[each], "is_shared": each not in own}
        connection.execute(upsert(t.leaked_keys).values(row).on_conflict_do_nothing())


def leaked_keys(connection: Connection, device_id: str | None = None) -> Sequence[LeakedKey]:
    """Returns the keys that revoked tills know: those still to be ended first."""
    query = select(_l.device_id, _l.key_id, _l.hint, _l.is_shared, _l.ended_at)
    mine = query if device_id is None else query.where(_l.device_id == device_id)
    return [LeakedKey(*row) for row in connection.execute(mine.order_by(_l.ended_at.is_not(None), _l.since))]


def note_ended(hub: Hub, connection: Connection, leaked_key_id: str, by: str) -> None:
    """Notes that somebody has ended the key at Stripe: for every till that knew it."""
    open_ones = (_l.key_id == leaked_key_id, _l.ended_at.is_(None))
    ended = update(t.leaked_keys).where(*open_ones).values(ended_at=func.now(), ended_by=by)
    hints = set(connection.scalars(ended.returning(_l.hint)))
    for hint in sorted(hints):
        note_change(hub, connection, Subject.KEY, "", "key_ended", by, before=hint)


def device_named(connection: Connection, name: str) -> str:
    """Returns the id of a till by its name.

    Raises:
        BadInput: if there is no such till at work.
    """
    query = select(_d.id).where(_d.name == name, _d.kind == "till", _d.status != "revoked")
    found = connection.scalar(query)
    if found is None:
        raise BadInput([FieldError("name", f"there is no till “{name}” at work")])
    return str(found)


def _set_up(hub: Hub) -> str | None:
    key = hub.settings.stripe_till_key
    return None if key is None else key.get_secret_value()


def _purpose(key: str) -> str:
    return f"till key {key}"
