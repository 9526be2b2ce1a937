"""Events: loaded from an organizer's file, revised as a whole, and given to tills with their certificate."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, insert, select, text, update

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.chargeable import what_can_not_be_charged
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words
from boxoffice.core.ids import EventId
from boxoffice.core.payloads import CatalogueRevised
from boxoffice.core.tickets import certify
from boxoffice.core.wire import EventBody, EventSummary
from sync.ledger.event_keys import purpose_of
from sync.ledger.hub import Hub
from sync.store import tables as t
from sync.store.tills import Device

_RESIZE = text("""
    UPDATE pools SET name = :name, capacity = :capacity, available = available + :capacity - capacity
    WHERE event_id = :event AND id = :pool AND available + :capacity - capacity >= 0
    RETURNING id
""")


def read_event_file(path: Path) -> Mapping[str, Any]:
    """Returns what a TOML or JSON file says.

    Raises:
        BadInput: if it can't be read.
    """
    try:
        content = path.read_text(encoding="utf-8")
        data = json.loads(content) if path.suffix == ".json" else tomllib.loads(content)
    except OSError as error:
        raise BadInput([FieldError(str(path), error.strerror or "can't be read")]) from error
    except ValueError as error:
        raise BadInput([FieldError(str(path), str(error))]) from error
    if not isinstance(data, dict):
        raise BadInput([FieldError(str(path), "is not an event file")])
    return data


def load_event(hub: Hub, data: Mapping[str, Any]) -> Catalogue:
    """Returns the event as it stands after loading: a new revision if anything changed.

    Raises:
        BadInput: with every problem of the file; nothing was loaded.
    """
    problems = list(what_can_not_be_charged(catalogue_from(data, 1)))
    if problems:
        raise BadInput(problems)
    return hub.database.run(lambda connection: _load(hub, connection, data))


def _load(hub: Hub, connection: Connection, data: Mapping[str, Any]) -> Catalogue:
    event_id = data["event"]["id"]
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:event))"), {"event": f"event {event_id}"})
    stored = connection.execute(select(t.events).where(t.events.c.id == event_id)).one_or_none()
    catalogue = catalogue_from(data, stored.revision + 1 if stored else 1)
    file = event_file_of(catalogue)
    if stored is not None and stored.file == file:
        return catalogue_from(data, stored.revision)
    _write_event(hub, connection, catalogue, file, is_new=stored is None)
    _write_pools(connection, catalogue)
    hub.write(connection, [CatalogueRevised(revision=catalogue.revision, event=file)], catalogue.id)
    return catalogue


def _write_event(hub: Hub, connection: Connection, catalogue: Catalogue, file: dict[str, Any], *, is_new: bool) -> None:
    values: dict[str, Any] = {
        "revision": catalogue.revision,
        "name": catalogue.name,
        "timezone": catalogue.timezone,
        "currency": catalogue.currency.code,
        "file": file,
        "revised_at": text("now()"),
    }
    if is_new:
        key = Ed25519PrivateKey.generate()
        values["id"] = catalogue.id
        values["public_key"] = key.public_key().public_bytes_raw().hex()
        values["sealed_key"] = hub.sealer.seal(key, purpose_of(catalogue.id))
        connection.execute(insert(t.events).values(**values))
        return
    currency = connection.scalar(select(t.events.c.currency).where(t.events.c.id == catalogue.id))
    if currency != catalogue.currency.code:
        raise BadInput([FieldError("event.currency", f"the event sells in {currency} already")])
    connection.execute(update(t.events).where(t.events.c.id == catalogue.id).values(**values))


def _write_pools(connection: Connection, catalogue: Catalogue) -> None:
    """Makes new pools and resizes old ones, which never takes away what is leased, held or sold."""
    mine = t.pools.c.event_id == catalogue.id
    known = {
        row.id: row for row in connection.execute(select(t.pools).where(mine).order_by(t.pools.c.id).with_for_update())
    }
    problems = [
        FieldError("pools", f"“{gone}” can't be left out once the event is loaded; set its capacity down instead")
        for gone in known.keys() - {pool.id for pool in catalogue.pools}
    ]
    for i, pool in enumerate(catalogue.pools):
        values = {"event": catalogue.id, "pool": pool.id, "name": pool.name, "capacity": pool.capacity}
        if pool.id not in known:
            row = {"event_id": catalogue.id, "id": pool.id, "name": pool.name}
            connection.execute(insert(t.pools).values(**row, capacity=pool.capacity, available=pool.capacity))
        elif not connection.execute(_RESIZE, values).rowcount:
            row_now = known[pool.id]
            taken = row_now.capacity - row_now.available
            problems.append(
                FieldError(f"pools[{i}].capacity", f"can't be less than {taken}: so many are sold or with the tills")
            )
    if problems:
        raise BadInput(problems)


def house_zone(connection: Connection) -> str:
    """Returns the time zone for what belongs to no event: that of the newest one."""
    e = t.events.c
    return connection.execute(select(e.timezone).order_by(e.created_at.desc()).limit(1)).scalar_one_or_none() or "UTC"


def list_events(connection: Connection) -> list[EventSummary]:
    """Returns the hub's events by name."""
    rows = connection.execute(select(t.events.c.file, t.events.c.revision).order_by(t.events.c.name))
    return [
        EventSummary(
            id=row.file["event"]["id"],
            name=row.file["event"]["name"],
            venue=row.file["event"]["venue"],
            days=tuple(row.file["event"]["days"]),
            revision=row.revision,
        )
        for row in rows
    ]


def event_for(hub: Hub, connection: Connection, event_id: str, device: Device) -> EventBody | None:
    """Returns the event with the till's certificate to issue its tickets, or None if there is no such event."""
    row = connection.execute(select(t.events).where(t.events.c.id == event_id)).one_or_none()
    if row is None:
        return None
    key = hub.sealer.open(row.sealed_key, purpose_of(event_id))
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(device.public_key))
    certificate = certify(EventId(event_id), public, key)
    return EventBody(
        event=in_its_own_words(row.file),
        revision=row.revision,
        public_key=row.public_key,
        certificate=certificate.hex(),
        **beside_the_event(row.file),
    )
