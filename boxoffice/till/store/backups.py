"""Copies of the till's file, made while it sells: encrypted with the same key, a few of the newest, each marked as one.

A copy never has the witness beside it: what was written after it was made must be found missing.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlcipher3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.exc import DBAPIError

from boxoffice.core.closed_sets import listed
from boxoffice.core.errors import OperationFailed, TillStopped
from boxoffice.core.facts import BrokenFact, Fact, Head, check_fact, check_link, head_after, instant_text
from boxoffice.core.ids import DeviceId
from boxoffice.core.orders import PAID_FOR
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store import people
from boxoffice.till.store.database import open_copy
from boxoffice.till.store.disk import flush_folder, flush_path
from boxoffice.till.store.migrate import NEWEST

KEPT: Final = 6
_NAME: Final = re.compile(r"till-(\d{8}T\d{6})Z(?:-(\d+))?\.db")
_TIME: Final = "%Y%m%dT%H%M%S"
_SALES: Final = f"SELECT count(*) FROM orders WHERE status IN ({listed(PAID_FOR)})"  # noqa: S608  # of the words of closed sets
_MARK: Final = "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING"
_ALL: Final = 2**62


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy, by when it was made; `number` counts those of one second."""

    path: Path
    made_at: datetime
    number: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a copy that is good: how far its chain reaches, and how many sales it has."""

    backup: Backup
    head: Head
    sales: int


class Backups:
    """The copies of one till in one folder."""

    def __init__(self, folder: Path, key_hex: str, kept: int = KEPT) -> None:
        self.folder = folder
        self._key = key_hex
        self._kept = kept

    def make(self, source: Path, at: datetime) -> Backup:
        """Copies the file as it is at one moment, while others write to it, and lets the oldest copies go.

        Raises:
            OperationFailed: if there is no space, or the folder can't be written to; the copies before are still there.
        """
        backup = self._free(at)
        target = backup.path
        part = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            self._copy(source, part, at)
            flush_path(part)
            part.replace(target)
            flush_folder(self.folder)
            for old in self.all()[self._kept :]:
                old.path.unlink(missing_ok=True)
        except (OSError, sqlcipher3.DatabaseError) as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise OperationFailed(
                f"This till's backup could not be made: {why}.",
                "Sales are saved here, and the backups before are still there.",
                f"Look at the disk of “{self.folder}”: is it there, and is there space?",
            ) from error
        return backup

    def make_if_new(self, source: Path, at: datetime) -> Backup | None:
        """Makes a copy, unless the newest has all of it: a till that is only opened and closed keeps its older ones.

        Raises:
            OperationFailed: as `make`.
        """
        copies = self.all()
        with suppress(TillStopped, DBAPIError, sqlcipher3.DatabaseError):
            if copies and self._content(copies[0].path) == self._content(source):
                return None
        return self.make(source, at)

    def all(self) -> list[Backup]:
        """Returns the copies, the newest first."""
        found = [(path, _NAME.fullmatch(path.name)) for path in self.folder.glob("till-*.db")]
        made = [
            Backup(path, datetime.strptime(name[1], _TIME).replace(tzinfo=UTC), int(name[2] or 1))
            for path, name in found
            if name is not None
        ]
        return sorted(made, key=lambda each: (each.made_at, each.number), reverse=True)

    def look_into(self, backup: Backup, key: Ed25519PublicKey | None) -> Found:
        """Returns what a copy has, once every page of it and its whole chain were looked at.

        Raises:
            OperationFailed: if it is damaged, or not this till's.
        """
        try:
            with self.reading(backup) as connection:
                _check_pages(connection)
                own = fact_store.own_after(connection, 0, _ALL)
                _check_chain(own, key)
                mark = fact_store.chain_mark(connection)
                sales = int(connection.exec_driver_sql(_SALES).scalar_one())
        except (TillStopped, BrokenFact, ValueError, KeyError, sqlcipher3.DatabaseError) as error:
            raise OperationFailed(
                f"“{backup.path.name}” is damaged, or another till's: {_why(error)}", "Nothing was changed.", ""
            ) from error
        if mark is None:
            raise OperationFailed(f"“{backup.path.name}” is of no paired till.", "Nothing was changed.", "")
        return Found(backup, mark.head, sales)

    def put_in_place(self, backup: Backup, file: Path) -> Path | None:
        """Puts a copy where the till's file was; returns where that is kept now, if there was one. It is never deleted.

        Raises:
            OperationFailed: if there is no space for it; the till's files are all still there.
        """
        ready = file.with_name(f"{file.name}.restoring")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            ready.unlink(missing_ok=True)
            self._copy(backup.path, ready, backup.made_at)
            flush_path(ready)
            kept = _put_aside(file)
            ready.replace(file)
            flush_folder(file.parent)
        except (OSError, sqlcipher3.DatabaseError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise OperationFailed(
                f"The backup could not be put in place: {why}.",
                "The till's files are all still there.",
                "Free some space, and try again.",
            ) from error
        return kept

    def facts_of(self, backup: Backup, device_id: DeviceId) -> list[Fact]:
        """Returns all facts that a copy has of this till, with causes before effects; none, if it is another till's.

        Raises:
            TillStopped: if it can't be read.
        """
        with self.reading(backup) as connection:
            mark = fact_store.chain_mark(connection)
            if mark is None or mark.head.device_id != device_id:
                return []
            return [each.fact for each in fact_store.all_facts(connection)]

    @contextmanager
    def reading(self, backup: Backup) -> Iterator[Any]:
        """A look at a copy as it lies there."""
        store = open_copy(backup.path, self._key)
        try:
            with store.reading() as connection:
                yield connection
        finally:
            store.close()

    def _content(self, path: Path) -> tuple[object, ...]:
        """Returns what changes with everything that a till must not lose."""
        store = open_copy(path, self._key)
        try:
            with store.reading() as connection:
                told = connection.exec_driver_sql("SELECT max(position) FROM hub_facts").scalar()
                return fact_store.chain_mark(connection), told, people.count_ever(connection)
        finally:
            store.close()

    def _copy(self, source: Path, target: Path, at: datetime) -> None:
        start, end = _connect(source, self._key), _connect(target, self._key)
        try:
            start.backup(end)
            end.execute(_MARK, (fact_store.COPIED_AT, instant_text(at)))
            end.execute("PRAGMA journal_mode = DELETE")
        finally:
            start.close()
            end.close()

    def _free(self, at: datetime) -> Backup:
        name, number = f"till-{at.astimezone(UTC):{_TIME}}Z", 1
        path = self.folder / f"{name}.db"
        while path.exists():
            number += 1
            path = self.folder / f"{name}-{number}.db"
        return Backup(path, at, number)


def _put_aside(file: Path) -> Path | None:
    """Renames a file with its log; the file itself last, so that it is whole until nothing else is left of it."""
    number = 1
    while (kept := file.with_name(f"{file.stem}-damaged-{number}.db")).exists():
        number += 1
    there = False
    for end in ("-wal", "-shm", ""):
        beside = file.with_name(file.name + end)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + end))
            there = True
    return kept if there else None


def _connect(path: Path, key_hex: str) -> Any:
    connection = sqlcipher3.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key = \"x'{key_hex}'\"")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _check_pages(connection: Any) -> None:
    for pragma, good in (("cipher_integrity_check", []), ("integrity_check", [("ok",)])):
        found = [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}")]
        if found != good:
            raise ValueError(str(found[0][0]))
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if version is None or version > NEWEST:
        raise ValueError("it was made by a newer version of this program")


def _check_chain(facts: list[Fact], key: Ed25519PublicKey | None) -> None:
    if not facts or key is None:
        return
    head = Head(facts[0].device_id, facts[0].epoch)
    for fact in facts:
        if fact.epoch > head.epoch:
            head = Head(fact.device_id, fact.epoch)
        check_link(fact, head)
        check_fact(fact, key)
        head = head_after(fact)


def _why(error: Exception) -> str:
    return error.why if isinstance(error, BrokenFact) else str(error)
