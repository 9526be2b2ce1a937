"""Drafts: a new event, a copy of one on other days, and changes to one that is on sale; nobody overwrites another."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from babel.dates import format_date
from sqlalchemy import Connection

from boxoffice.core.errors import BadInput, BoxofficeError, FieldError, OperationFailed
from boxoffice.core.event_changes import merged
from boxoffice.core.event_file import catalogue_from, event_file_of
from boxoffice.core.languages import LANGUAGES, later
from boxoffice.core.moved_events import moved
from sync.editing.places_of_sale import with_place
from sync.ledger.hub import Hub
from sync.store import drafts as store
from sync.store.drafts import Draft
from sync.store.events import StoredEvent, hold_event

_WRITTEN: Final = {"en": "MMMM d", "es": "d 'de' MMMM"}
"""How texts of an event write a day, by language."""
_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(9998, 1, 1)


class NoSuchEvent(BoxofficeError):
    """There is neither an event nor a draft of that name."""

    def __init__(self) -> None:
        super().__init__("There is no such event.")


class SavedMeanwhile(OperationFailed):
    """Somebody else has changed the draft since it was looked at; nothing was saved."""

    def __init__(self, by: str) -> None:
        self.by = by
        super().__init__(
            later("Somebody else has saved this event since you opened the page."),
            later("Nothing of theirs was overwritten. What you typed is still in the form."),
            later("Look at what stands there now, and save again if yours shall hold."),
        )


def make_draft(hub: Hub, event: Mapping[str, Any], by: str) -> str:
    """Begins a draft of a new event; returns its id.

    Raises:
        BadInput: if there is an event of that name already.
    """
    event_id = str(event["id"])
    file = {"event": dict(event), "pools": [], "products": []}
    hub.database.run(lambda connection: _begin(connection, event_id, file, by))
    return event_id


def copy(hub: Hub, event_id: str, new_id: str, name: str, first_day: date, by: str) -> str:
    """Begins a draft of the same on other days: all days, hours, sales and prices move along, nothing else changes.

    Raises:
        NoSuchEvent: if there is nothing to copy.
        BadInput: if there is an event of the new name already, or if what is to be copied is not complete.
    """
    if not _FIRST_DAY <= first_day <= _LAST_DAY:
        raise BadInput([FieldError("first_day", "is too far away")])

    def work(connection: Connection) -> None:
        before, _ = standing(connection, event_id)
        catalogue = catalogue_from(before, 1)
        by_days = first_day - min(catalogue.days)
        file = event_file_of(moved(catalogue, by_days, _reworded(catalogue.days, by_days)))
        event = {what: given for what, given in file["event"].items() if what not in {"texts", "archived"}}
        texts = _renamed(file["event"].get("texts", {}), catalogue.name, name)
        file["event"] = event | {"id": new_id, "name": name} | ({"texts": texts} if texts else {})
        _begin(connection, new_id, file, by, event_id)

    hub.database.run(work)
    return new_id


def _renamed(texts: Mapping[str, Any], before: str, name: str) -> dict[str, Any]:
    """Returns the name's translations, those in which only the year is another; the rest is to be translated anew."""
    year, new = re.search(r"\b\d{4}\b", before), re.search(r"\b\d{4}\b", name)
    if year is None or new is None or before.replace(year[0], new[0]) != name:
        return {}
    return {code: {"name": str(said["name"]).replace(year[0], new[0])} for code, said in texts.items()}


def _reworded(days: tuple[date, ...], by: timedelta) -> Callable[[str, str], str]:
    """Returns what puts the days of later into texts that name those of before."""
    names = {
        code: {
            format_date(day, _WRITTEN[code], locale=code): format_date(day + by, _WRITTEN[code], locale=code)
            for day in days
        }
        for code in LANGUAGES
        if code in _WRITTEN
    }

    def said(names: Mapping[str, Mapping[str, str]], code: str, text: str) -> str:
        known = names.get(code, {})
        if not known:
            return text
        any_day = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
        return re.sub(rf"\b(?:{any_day})\b", lambda found: known[found.group()], text)

    return partial(said, names)


def _begin(
    connection: Connection, event_id: str, file: Mapping[str, Any], by: str, copied_from: str | None = None
) -> None:
    if hold_event(connection, event_id) is not None or not store.begin(connection, event_id, file, 0, by, copied_from):
        raise BadInput([FieldError("id", "there is an event of this name already")])


def take_file(hub: Hub, file: Mapping[str, Any], others: Sequence[Mapping[str, Any]], by: str) -> str:
    """Makes an event file the draft of its event, in the place of one that was there; returns the event's id.

    Raises:
        BadInput: with every problem of the file.
    """
    if not _is_tables(file):
        raise BadInput([FieldError("", "is not an event file")])
    catalogue = catalogue_from(with_place(file, others), 1)
    said = event_file_of(catalogue)

    def work(connection: Connection) -> None:
        stored, draft = hold_event(connection, catalogue.id), store.read(connection, catalogue.id)
        if draft is not None:
            store.drop(connection, catalogue.id, draft.version)
        if stored is None or said != stored.file:
            store.begin(connection, catalogue.id, said, 0 if stored is None else stored.revision, by)

    hub.database.run(work)
    return catalogue.id


def _is_tables(file: Mapping[str, Any]) -> bool:
    """Returns whether places and taxes can be looked for at all; the rest is for the checks of event files."""
    lists = (file.get(what, []) for what in ("places", "taxes"))
    return all(isinstance(each, list) and all(isinstance(item, Mapping) for item in each) for each in lists)


def in_normal_form(file: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns the file as it is published, if it can be read; as it is, if not yet."""
    try:
        return event_file_of(catalogue_from(file, 1))
    except BadInput:
        return file


def standing(connection: Connection, event_id: str) -> tuple[Mapping[str, Any], Draft | None]:
    """Returns an event as it shall become: its draft, or else what is published.

    Raises:
        NoSuchEvent: if there is neither.
    """
    draft = store.read(connection, event_id)
    if draft is not None:
        return draft.file, draft
    stored = hold_event(connection, event_id)
    if stored is None:
        raise NoSuchEvent
    return stored.file, None


def save(
    hub: Hub, event_id: str, version: int, edit: Callable[[Mapping[str, Any]], Mapping[str, Any]], by: str
) -> None:
    """Keeps what an edit makes of the event as it stands; `version` is 0 where there was no draft.

    One that changes nothing is kept nowhere, and a draft that came to what is published anyway is none any more.

    Raises:
        NoSuchEvent: if there is no such event.
        SavedMeanwhile: if somebody else has saved since.
    """
    hub.database.run(lambda connection: save_within(connection, event_id, version, edit, by))


def save_within(
    connection: Connection,
    event_id: str,
    version: int,
    edit: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    by: str,
) -> None:
    stored = hold_event(connection, event_id)
    draft = store.read(connection, event_id)
    if draft is None and stored is None:
        raise NoSuchEvent
    if (0 if draft is None else draft.version) != version:
        raise SavedMeanwhile("" if draft is None else draft.changed_by)
    before = draft.file if draft is not None else stored.file if stored is not None else {}
    after = in_normal_form(edit(before))
    if after == before:
        return
    if stored is not None and after == stored.file:
        store.drop(connection, event_id, version)
    elif draft is None:
        store.begin(connection, event_id, after, 0 if stored is None else stored.revision, by)
    else:
        store.change(connection, event_id, version, after, draft.base, by)


def throw_away(hub: Hub, event_id: str, version: int) -> bool:
    """Throws a draft away; returns whether the event is published, and stays.

    Raises:
        NoSuchEvent: if there is no draft.
        SavedMeanwhile: if somebody else has saved since.
    """

    def work(connection: Connection) -> bool:
        stored, draft = hold_event(connection, event_id), store.read(connection, event_id)
        if draft is None:
            raise NoSuchEvent
        if not store.drop(connection, event_id, version):
            raise SavedMeanwhile(draft.changed_by)
        return stored is not None

    return hub.database.run(work)


def bring_back(hub: Hub, event_id: str, number: int, version: int, by: str) -> None:
    """Makes an earlier revision the draft.

    Raises:
        NoSuchEvent: if there is no such revision.
        SavedMeanwhile: if somebody else has saved since.
    """

    def work(connection: Connection) -> None:
        found = store.revision(connection, event_id, number)
        if found is None:
            raise NoSuchEvent
        save_within(connection, event_id, version, lambda _: found.file, by)

    hub.database.run(work)


def take_over(connection: Connection, draft: Draft, stored: StoredEvent) -> Mapping[str, Any]:
    """Returns a draft with what was published since it was begun: where both say something new, the draft's holds."""
    base = store.revision(connection, draft.event_id, draft.base)
    return draft.file if base is None else merged(base.file, draft.file, stored.file)
