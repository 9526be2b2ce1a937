"""Events: loaded from an organizer's file, revised as a whole, and given to tills with their certificate."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, select

from boxoffice.core.catalogue import Catalogue, code_of
from boxoffice.core.chargeable import what_can_not_be_charged
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words
from boxoffice.core.ids import EventId
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.sale_times import ended
from boxoffice.core.tickets import certify
from boxoffice.core.wire.pairing import EventBody, EventSummary
from boxoffice.resources import resource_path
from sync.inventory.waiting import TooLittle, with_patience
from sync.ledger.event_keys import purpose_of
from sync.ledger.hub import Hub
from sync.store import lives
from sync.store import tables as t
from sync.store.cancelling import ended as cancelled
from sync.store.chain import utc_now
from sync.store.drafts import note_taken
from sync.store.events import hold_event, is_archived
from sync.store.tills import Device

_PLACE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_event_file(path: Path) -> Mapping[str, Any]:
    """Returns what a TOML or JSON file says, with the place of sale that it names and has not itself.

    That is looked for in the folder `places` beside the file or above it, and in the program's own.

    Raises:
        BadInput: if it can't be read.
    """
    data = _read_mapping(path)
    event, places = data.get("event"), data.get("places", [])
    name = event.get("place") if isinstance(event, dict) else None
    is_there = not isinstance(places, list) or any(isinstance(each, dict) and each.get("id") == name for each in places)
    if not isinstance(name, str) or is_there or not _PLACE.fullmatch(name):
        return data
    folders = (path.parent / "places", path.parent.parent / "places", resource_path("places"))
    found = next((file for folder in folders if (file := folder / f"{name}.toml").is_file()), None)
    return data if found is None else _with_place(data, _read_mapping(found), path=found)


def _with_place(data: Mapping[str, Any], place: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """Returns the event with the place and its taxes; those that the event has by the same name are its own.

    Raises:
        BadInput: if the place's file is none.
    """
    if not all(isinstance(place.get(what), list) for what in ("taxes", "places")):
        raise BadInput([FieldError(str(path), "is not a file of places: it needs taxes and places")])
    own = data.get("taxes", [])
    if not isinstance(own, list):
        return data
    known = {tax.get("id") for tax in own if isinstance(tax, dict)}
    more = [tax for tax in place["taxes"] if not (isinstance(tax, dict) and tax.get("id") in known)]
    return {**data, "taxes": [*own, *more], "places": [*data.get("places", []), *place["places"]]}


def _read_mapping(path: Path) -> Mapping[str, Any]:
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


_NOT_NOW: Final = "can't become less before the restored hub knows again what was sold; try again in a minute"


def load_event(hub: Hub, data: Mapping[str, Any], by: str = "") -> Catalogue:
    """Returns the event as it stands after loading: a new revision if anything changed.

    Tills are asked for the places that a smaller pool lacks, and waited for as long as they answer.

    Raises:
        BadInput: with every problem of the file; nothing was loaded.
    """
    must_be_chargeable(data)
    return with_patience(hub, lambda _: hub.database.run(lambda connection: revise(hub, connection, data, by)))


def must_be_chargeable(data: Mapping[str, Any]) -> None:
    """Does nothing for an event file that can be read, and whose money can be charged.

    Raises:
        BadInput: with every problem.
    """
    problems = list(what_can_not_be_charged(catalogue_from(data, 1), utc_now()))
    if problems:
        raise BadInput(problems)


def revise(hub: Hub, connection: Connection, data: Mapping[str, Any], by: str = "") -> Catalogue:
    """Writes an event's next revision, if it is another one than the last.

    What is cancelled is not on sale, whatever the file says.

    Raises:
        BadInput: with every problem of the file.
        TooLittle: if all that speaks against it is with tills, which may give it back.
    """
    event_id = data["event"]["id"]
    stored = hold_event(connection, event_id)
    catalogue = catalogue_from(data, stored.revision + 1 if stored else 1)
    for each in cancelled(connection, event_id):
        catalogue = ended(catalogue, each.products, each.at)
    file = event_file_of(catalogue)
    if stored is not None and stored.file == file:
        return catalogue_from(stored.file, stored.revision)
    wrong, lacking = _problems_of_pools(connection, catalogue)
    problems = [*_problems(stored.currency if stored else None, catalogue), *wrong]
    if problems:
        error = BadInput(problems)
        if lacking and len(problems) == len(lacking):
            raise TooLittle(event_id, lacking, error)
        raise error
    hub.write(connection, [CatalogueRevised(revision=catalogue.revision, event=file, by=by)], catalogue.id)
    return catalogue


def _problems(currency: str | None, catalogue: Catalogue) -> Iterator[FieldError]:
    if catalogue.is_training:
        yield FieldError("event.id", "is what people practise with; choose another one")
    if currency is not None and currency != catalogue.currency.code:
        yield FieldError("event.currency", f"the event sells in {currency} already")


def _problems_of_pools(connection: Connection, catalogue: Catalogue) -> tuple[list[FieldError], dict[str, int]]:
    """Returns what can't be: a pool that is gone, or smaller than what of it is leased, held or sold.

    Beside it, how much of each pool would have to be free, where no more is sold or held than is to be there: tills
    may give the rest back.
    """
    is_all_known = lives.is_healed(connection)
    mine = t.pools.c.event_id == catalogue.id
    known = {
        row.id: row for row in connection.execute(select(t.pools).where(mine).order_by(t.pools.c.id).with_for_update())
    }
    problems, lacking = list[FieldError](), dict[str, int]()
    for gone in {pool for pool in known if code_of(pool) is None} - {pool.id for pool in catalogue.pools}:
        words = f"“{gone}” can't be left out once the event is loaded; set its capacity down instead"
        problems.append(FieldError("pools", words))
    wanted: list[tuple[str, str, int, str]] = [
        (pool.id, f"pools[{i}].capacity", pool.capacity, "so many are sold or with the tills")
        for i, pool in enumerate(catalogue.pools)
    ]
    wanted += [
        (promo.pool_id, f"promos[{i}].limit", promo.limit, "so often it is used or with the tills")
        for i, promo in enumerate(catalogue.promos)
        if promo.pool_id is not None and promo.limit is not None
    ]
    for pool, place, capacity, why in wanted:
        row = known.get(pool)
        if row is None or capacity >= row.capacity:
            continue
        if capacity >= (taken := row.capacity - row.available):
            if not is_all_known:
                problems.append(FieldError(place, _NOT_NOW))
            continue
        problems.append(FieldError(place, f"can't be less than {taken}: {why}"))
        if capacity >= taken - row.leased:
            lacking[pool] = row.capacity - capacity
    return problems, lacking


def event_file_in(connection: Connection, event_id: str) -> Mapping[str, Any] | None:
    """Returns an event as it is published, as the mapping of its file; None if there is no such event."""
    return connection.execute(select(t.events.c.file).where(t.events.c.id == event_id)).scalar_one_or_none()


def has_events(connection: Connection) -> bool:
    """Returns whether anything was published here yet."""
    return connection.execute(select(t.events.c.id).limit(1)).first() is not None


def house_zone(connection: Connection) -> str:
    """Returns the time zone for what belongs to no event: that of the newest one."""
    e = t.events.c
    return connection.execute(select(e.timezone).order_by(e.created_at.desc()).limit(1)).scalar_one_or_none() or "UTC"


def list_events(connection: Connection) -> list[EventSummary]:
    """Returns the hub's events by name, those that are archived left out."""
    query = select(t.events.c.file, t.events.c.revision).where(~is_archived).order_by(t.events.c.name)
    rows = connection.execute(query)
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
    note_taken(connection, device.id, event_id, row.revision)
    return EventBody(
        event=in_its_own_words(row.file, utc_now().astimezone(ZoneInfo(row.timezone)).date()),
        revision=row.revision,
        public_key=row.public_key,
        certificate=certificate.hex(),
        public_url=hub.public_url,
        **beside_the_event(row.file),
    )
