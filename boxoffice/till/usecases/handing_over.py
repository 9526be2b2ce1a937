"""What a revoked till does instead of selling: hands over what it holds, and makes room for a new beginning.

It never forgets a sale: its file is kept beside the new one, and is left only when the hub has all of it, or a person
has said that the export is in safe hands.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from boxoffice.core.cash_moves import drawer_account
from boxoffice.core.errors import OperationFailed
from boxoffice.core.exports import Export
from boxoffice.core.facts import instant_text
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pushes import PushRequest
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store import people, settings
from boxoffice.till.store.database import Store
from boxoffice.till.store.orders import count_unfinished
from boxoffice.till.store.printed import NAME as PRINTED
from boxoffice.till.store.projections import balances_of
from boxoffice.till.store.witness import NAME as WITNESS
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.standing import HandOver
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.syncing import Sync
from boxoffice.till.usecases.tenders import Tenders

REVOKED_AT: Final = "revoked_at"
"""The setting that says since when this till knows that it is revoked."""
_EXPORTED: Final = "handed_over_export"
_EXPORTED_PEOPLE: Final = "handed_over_export_people"
_EXPORTED_TO: Final = "handed_over_export_path"


class Revoked(OperationFailed):
    """This till may not sell any more."""

    def __init__(self) -> None:
        super().__init__(
            "An organizer has revoked this till, so it sells no more.",
            "Everything that it sold is saved here.",
            "Hand over what it holds, then pair it anew.",
        )


class NotHandedOver(OperationFailed):
    """The till still holds what nobody else has."""

    def __init__(self, unsent: int) -> None:
        super().__init__(
            f"This till still holds {unsent:,} records that the hub does not have.",
            "Nothing was changed.",
            "Send them, or save them to a file and give it to an organizer first.",
        )


@dataclass(slots=True)
class HandingOver:
    """The use cases of a revoked till."""

    context: TillContext
    link: Link
    sync: Sync
    tenders: Tenders
    documents: Path
    hub_url: str
    problem: str = ""
    has_said_all: bool = False

    @property
    def is_revoked(self) -> bool:
        return self.link.is_revoked

    def remember(self) -> None:
        """Keeps that this till is revoked, so that it sells no more after a restart either."""
        with self.context.store.transaction() as connection:
            if settings.get(connection, REVOKED_AT) is None:
                settings.put(connection, REVOKED_AT, instant_text(self.context.clock.now()))

    def must_sell(self) -> None:
        """Does nothing if this till may sell.

        Raises:
            Revoked: if it is revoked.
        """
        if self.is_revoked:
            raise Revoked

    def send(self) -> HandOver:
        """Sends all that the hub does not have yet; what went wrong is told, never raised."""
        try:
            self.sync.push()
            self.sync.send_mails()
            if not self._left() and not self.has_said_all:
                self.link.call(lambda hub: hub.push(PushRequest(facts=()), 0))  # the hub hears that this was all
                self.has_said_all = True
            self.problem = ""
        except (Unreachable, HubRefused) as error:
            self.problem = error.what_happened
        return self.now()

    def export(self) -> HandOver:
        """Writes all that the hub does not have into a file that `boxoffice-hub take-facts` reads.

        Raises:
            OperationFailed: if the file can't be written.
        """
        with self.context.store.reading() as connection:
            facts = fact_store.own_after(connection, fact_store.acknowledged_position(connection), 2**62)
            newest = fact_store.newest_position(connection)
            ever = people.count_ever(connection)
            export = Export(
                device_id=self.context.device.id,
                facts=tuple(FactMessage.of(fact) for fact in facts),
                contacts=people.unsent_contacts(connection),
                mails=people.unsent_mails(connection),
            ).signed(self.context.journal.key)
        name = f"boxoffice-{self.context.device.name}-{self.context.clock.now():%Y%m%d-%H%M%S}.json"
        path = self.documents / "".join(c if c.isalnum() or c in "-._" else "-" for c in name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                json.dump(export.model_dump(mode="json"), file)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OperationFailed(
                f"The file could not be written: {error.strerror or error}.",
                "Everything is still on this till.",
                "Free some space, or plug in the disk again, and try once more.",
            ) from error
        with self.context.store.transaction() as connection:
            settings.put(connection, _EXPORTED, str(newest))
            settings.put(connection, _EXPORTED_PEOPLE, str(ever))
            settings.put(connection, _EXPORTED_TO, str(path))
        return self.now()

    def now(self) -> HandOver:
        """Returns where handing over stands."""
        with self.context.store.reading() as connection:
            known = settings.get_all(connection)
            cash = balances_of(connection, drawer_account(self.context.drawer))
            unfinished = count_unfinished(connection)
            has_people = int(known.get(_EXPORTED_PEOPLE, 0)) >= people.count_ever(connection)
            is_whole = has_people and int(known.get(_EXPORTED, -1)) >= fact_store.newest_position(connection)
        return HandOver(
            device_name=self.context.device.name,
            hub_url=self.hub_url,
            unsent=self._left(),
            cash=tuple(each for each in cash if each.minor),
            unfinished=unfinished,
            exported_to=known.get(_EXPORTED_TO, "") if is_whole else "",
            problem=self.problem,
        )

    def check_may_leave(self, *, is_export_safe: bool) -> None:
        """Does nothing if this till's file may be put away.

        Raises:
            NotHandedOver: if it holds what neither the hub nor a person has.
        """
        state = self.now()
        if state.unsent and not (is_export_safe and state.exported_to):
            raise NotHandedOver(state.unsent)

    def _left(self) -> int:
        with self.context.store.reading() as connection:
            beside = people.count_unsent(connection)
        return self.sync.unsent_count() + beside + len(self.tenders.unknown())


def put_away(store: Store, name: str) -> Path:
    """Closes a till's file and moves it aside, under its own key; returns where it is now. It is never deleted."""
    path = store.path
    store.close()  # the last one to close it writes back its WAL
    wal = _beside(path, "-wal")
    if wal.exists() and wal.stat().st_size:
        raise OperationFailed(
            "This till's file is still open in another window.", "Nothing was changed.", "Close it and try again."
        )
    clean = "".join(c if c.isalnum() or c in "-_" else "-" for c in name)
    number, kept = 1, path.with_name(f"{path.stem}-{clean}.db")
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.stem}-{clean}-{number}.db")
    for end in ("-wal", "-shm"):
        _beside(path, end).unlink(missing_ok=True)
    path.rename(kept)
    for outside in (WITNESS, PRINTED):
        beside = path.with_name(outside)
        if beside.exists():
            beside.replace(kept.with_suffix(beside.suffix))
    return kept


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)
