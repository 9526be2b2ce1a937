"""What publishing a draft changes, what speaks against it, and the one step in which it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.chargeable import what_can_not_be_charged
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.event_changes import Change, Path, changes, with_value
from boxoffice.core.event_file import catalogue_from, event_file_of
from boxoffice.core.languages import later
from sync.editing.drafts import NoSuchEvent, SavedMeanwhile, save_within, take_over
from sync.inventory import recalls
from sync.inventory.events import revise
from sync.inventory.waiting import TooLittle, with_patience
from sync.ledger.hub import Hub
from sync.store import drafts as store
from sync.store.chain import utc_now
from sync.store.drafts import Draft
from sync.store.events import hold_event

MOST_REVISIONS: Final = 200


class StillWithTills(OperationFailed):
    """A pool is to be smaller than what is sold, held and with tills, which did not give enough of it back yet."""

    def __init__(self, lacking: Mapping[str, int], asked: int) -> None:
        self.lacking = dict(lacking)
        self.asked = asked
        super().__init__(
            later("Some of the places that are to go are still with tills."),
            later("Nothing was published. Everything is sold as before, and your draft is kept."),
            later("The tills were asked to give them back. Publish again once they have, or reclaim them under Tills."),
        )


@dataclass(frozen=True, slots=True)
class Look:
    """A draft beside what is published. `catalogue` is None as long as there are `problems`.

    `revision` is what is published now, 0 where nothing is; `newer` are the revisions that came since the draft was
    begun, and are in it already.
    """

    draft: Draft
    file: Mapping[str, Any]
    published: Mapping[str, Any] | None
    revision: int
    newer: int
    catalogue: Catalogue | None
    problems: Sequence[FieldError]
    changes: Sequence[Change]


def look(connection: Connection, event_id: str) -> Look:
    """Returns what publishing the draft would change.

    Raises:
        NoSuchEvent: if there is no draft.
    """
    stored, draft = hold_event(connection, event_id), store.read(connection, event_id)
    if draft is None:
        raise NoSuchEvent
    revision = 0 if stored is None else stored.revision
    is_behind = stored is not None and draft.base != revision
    file = take_over(connection, draft, stored) if is_behind and stored is not None else draft.file
    catalogue, problems = checked(file)
    published = None if stored is None else stored.file
    told = changes(published or {}, file if catalogue is None else event_file_of(catalogue))
    return Look(draft, file, published, revision, revision - draft.base, catalogue, problems, told)


def checked(file: Mapping[str, Any]) -> tuple[Catalogue | None, Sequence[FieldError]]:
    """Returns the event that a file describes, or all that speaks against it."""
    try:
        catalogue = catalogue_from(file, 1)
    except BadInput as error:
        return None, error.problems
    problems = tuple(what_can_not_be_charged(catalogue, utc_now()))
    return (None if problems else catalogue), problems


def publish(hub: Hub, event_id: str, version: int, revision: int, by: str) -> Catalogue:
    """Publishes the draft as it was shown: of this version, over this revision. All of it, in one step, or nothing.

    Raises:
        NoSuchEvent: if there is no draft.
        SavedMeanwhile: if the draft, or the event, has changed since it was shown.
        BadInput: with every problem.
        StillWithTills: if tills hold what is to go; they were asked for it.
    """

    def work(connection: Connection) -> Catalogue:
        seen = look(connection, event_id)
        if (seen.draft.version, seen.revision) != (version, revision):
            raise SavedMeanwhile(seen.draft.changed_by)
        if seen.problems:
            raise BadInput(seen.problems)
        catalogue = revise(hub, connection, seen.file, by)
        store.drop(connection, event_id, version)
        return catalogue

    lacking = dict[str, int]()

    def attempt(_: int | None) -> Catalogue:
        try:
            return hub.database.run(work)
        except TooLittle as short:
            lacking.update(short.wanted)
            raise

    try:
        return with_patience(hub, attempt)
    except BadInput as error:
        if not lacking:
            raise
        asked = hub.database.run(lambda connection: recalls.recall_pools(connection, event_id, lacking, by))
        raise StillWithTills(lacking, asked) from error


def leave_out(hub: Hub, event_id: str, version: int, path: Path, by: str) -> None:
    """Puts one place of the draft back to what is published.

    Raises:
        NoSuchEvent: if there is no draft.
        SavedMeanwhile: if somebody else has saved since.
    """

    def work(connection: Connection) -> None:
        seen = look(connection, event_id)
        before = next((each.before for each in seen.changes if each.path == path), None)
        file = event_file_of(seen.catalogue) if seen.catalogue is not None else seen.file
        save_within(connection, event_id, version, lambda _: with_value(file, path, before), by)

    hub.database.run(work)


def archive(hub: Hub, event_id: str, by: str, *, is_over: bool = True) -> Catalogue:
    """Takes an event off sale and out of the lists, or puts it back: a revision like any other.

    Raises:
        NoSuchEvent: if there is no such event.
        BadInput: if what is published can't be read any more.
    """

    def work(connection: Connection) -> Catalogue:
        stored = hold_event(connection, event_id)
        if stored is None:
            raise NoSuchEvent
        return revise(hub, connection, with_value(stored.file, ("event", "archived"), is_over or None), by)

    return hub.database.run(work)
