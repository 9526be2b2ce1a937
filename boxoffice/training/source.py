"""What a training takes of the real till: its event and the names of its people. It is read, and nothing else of it.

It goes one way: a copy in plain words lies in the training's own folder, with no PIN, no badge, no key and no token in
it. Where no till is paired, or its file can't be opened, the last copy is practised with, or else the sample event.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.exc import DBAPIError

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, BoxofficeError
from boxoffice.core.event_file import catalogue_from, event_file_of, whole_event
from boxoffice.core.staff import StaffRole
from boxoffice.resources import resource_path
from boxoffice.till.app import vault_of
from boxoffice.till.config import Settings
from boxoffice.till.store import events_kept, staff
from boxoffice.till.store import settings as kept
from boxoffice.till.store.database import open_copy
from boxoffice.till.store.one_writer import OneWriter
from boxoffice.till.usecases import identity
from boxoffice.training.staging import can_be_drilled
from boxoffice.training.workspace import Workspace

_SAMPLE: Final = ("events", "boulder-fest-2026.toml")
_COPY: Final = "copy.json"


@dataclass(frozen=True, slots=True)
class Trainee:
    """Somebody who works at the real till, by what a training may know of them."""

    name: str
    role: StaffRole
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Source:
    """An event to practise with, the people who do, and the language that the till speaks."""

    catalogue: Catalogue
    people: tuple[Trainee, ...] = ()
    language: str = ""
    device_name: str = ""


def source_for(settings: Settings, workspace: Workspace) -> Source:
    """Returns what there is to practise with, the newest first."""
    try:
        fresh = _from_till(settings)
    except (BoxofficeError, DBAPIError):  # open elsewhere, locked, damaged, or of another version: its own window says
        fresh = None
    if fresh is not None:
        _keep(fresh, workspace)
    source = fresh or _last_copy(workspace)
    return source if source is not None and can_be_drilled(source.catalogue) else Source(_sample())


def _from_till(settings: Settings) -> Source | None:
    path = settings.data_dir / identity.FILE
    if not path.exists():
        return None
    with OneWriter(settings.data_dir):
        store = open_copy(path, identity.file_key(vault_of(settings), settings.data_dir))
        try:
            with store.reading() as connection:
                known = kept.get_all(connection)
                body = events_kept.read(connection, known.get("event_id"))
                people = staff.active(connection)
        finally:
            store.close()
    if body is None:
        return None
    file = whole_event(body.event, body.sales, body.hours, body.page, body.taxation, body.cash, body.doors, body.offers)
    return Source(
        catalogue_from(file, body.revision),
        tuple(Trainee(each.person.name, each.person.role, each.person.language) for each in people),
        known.get("language", ""),
        known.get("device_name", ""),
    )


def _keep(source: Source, workspace: Workspace) -> None:
    people = [{"name": each.name, "role": each.role.value, "language": each.language} for each in source.people]
    said = {
        "event": event_file_of(source.catalogue),
        "people": people,
        "language": source.language,
        "device_name": source.device_name,
    }
    workspace.folder.mkdir(parents=True, exist_ok=True)
    part = workspace.folder / f"{_COPY}.part"
    part.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    part.replace(workspace.folder / _COPY)


def _last_copy(workspace: Workspace) -> Source | None:
    try:
        said: Mapping[str, Any] = json.loads((workspace.folder / _COPY).read_text("utf-8"))
        people = tuple(
            Trainee(str(each["name"]), StaffRole(each["role"]), str(each["language"])) for each in said["people"]
        )
        return Source(catalogue_from(said["event"], 1), people, str(said["language"]), str(said["device_name"]))
    except (OSError, ValueError, KeyError, TypeError, BadInput):
        return None


def _sample() -> Catalogue:
    """Returns the sample event, whose place of sale and taxes stand in another file: nobody practises those."""
    data = tomllib.loads(resource_path(*_SAMPLE).read_text("utf-8"))
    return catalogue_from({**data, "event": {k: v for k, v in data["event"].items() if k != "place"}}, 1)
