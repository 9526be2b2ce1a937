"""The queue of the printer, in the till's file: what waits, how far each job has come, and what stopped it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

_KEPT: Final = 50
"""So many jobs that are over are remembered."""
_COLUMNS: Final = "id, kind, about, title, asked_at, state, pieces, done, copy, is_torn, why"
_ADD: Final = f"INSERT INTO print_jobs ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, 'waiting', ?, 0, 0, 0, '')"  # noqa: S608  # of column names
_OPEN: Final = f"SELECT {_COLUMNS} FROM print_jobs WHERE state IN ('waiting', 'printing', 'stopped') ORDER BY id"  # noqa: S608  # of column names
_OVER: Final = f"SELECT {_COLUMNS} FROM print_jobs WHERE state IN ('printed', 'skipped') ORDER BY id DESC LIMIT ?"  # noqa: S608  # of column names
_ONE: Final = f"SELECT {_COLUMNS} FROM print_jobs WHERE id = ?"  # noqa: S608  # of column names
_LEFT_BY_A_KILL: Final = "UPDATE print_jobs SET state = 'stopped', is_torn = 1, why = ? WHERE state = 'printing'"
_BEGIN: Final = "UPDATE print_jobs SET state = 'printing', copy = ?, pieces = ? WHERE id = ?"
_PUT_OUT: Final = "UPDATE print_jobs SET done = done + 1, is_torn = 0 WHERE id = ?"
_END: Final = "UPDATE print_jobs SET state = ?, is_torn = ?, why = ? WHERE id = ?"
_FORGET: Final = """
    DELETE FROM print_jobs WHERE state IN ('printed', 'skipped') AND id NOT IN (
        SELECT id FROM print_jobs WHERE state IN ('printed', 'skipped') ORDER BY id DESC LIMIT ?
    )
"""


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job as it lies in the file. `is_torn` says that paper `done` + 1 may be out, or half of it."""

    id: str
    kind: str
    about: str
    title: str
    asked_at: datetime
    state: str
    pieces: int
    done: int
    copy: int
    is_torn: bool
    why: str


def add(connection: Connection, job_id: str, kind: str, about: str, title: str, at: datetime, pieces: int) -> None:
    """Lets a paper wait for the printer; `id`s are made in time's order, and so is the queue."""
    connection.exec_driver_sql(_ADD, (job_id, kind, about, title, at.isoformat(), pieces))
    connection.exec_driver_sql(_FORGET, (_KEPT,))


def all_open(connection: Connection) -> Sequence[JobRow]:
    """Returns what is not over, the oldest first."""
    return [_row(row) for row in connection.exec_driver_sql(_OPEN)]


def over(connection: Connection, most: int) -> Sequence[JobRow]:
    """Returns what was printed or skipped last, the newest first."""
    return [_row(row) for row in connection.exec_driver_sql(_OVER, (most,))]


def one(connection: Connection, job_id: str) -> JobRow | None:
    row = connection.exec_driver_sql(_ONE, (job_id,)).one_or_none()
    return None if row is None else _row(row)


def stop_what_was_printing(connection: Connection, why: str) -> None:
    """Notes, as the till is opened, that nobody knows of a paper that was being printed as the program ended."""
    connection.exec_driver_sql(_LEFT_BY_A_KILL, (why,))


def begin(connection: Connection, job_id: str, copy: int, pieces: int) -> None:
    """Notes that the next paper of a job is about to go to the printer."""
    connection.exec_driver_sql(_BEGIN, (copy, pieces, job_id))


def put_out(connection: Connection, job_id: str) -> None:
    """Notes that one more paper of it is out."""
    connection.exec_driver_sql(_PUT_OUT, (job_id,))


def end(connection: Connection, job_id: str, state: str, *, is_torn: bool = False, why: str = "") -> None:
    """Notes that nothing of it is being printed now."""
    connection.exec_driver_sql(_END, (state, int(is_torn), why, job_id))


def _row(row: Sequence[object]) -> JobRow:
    id_, kind, about, title, asked_at, state, pieces, done, copy, is_torn, why = row
    return JobRow(
        id=str(id_),
        kind=str(kind),
        about=str(about),
        title=str(title),
        asked_at=datetime.fromisoformat(str(asked_at)),
        state=str(state),
        pieces=int(str(pieces)),
        done=int(str(done)),
        copy=int(str(copy)),
        is_torn=bool(is_torn),
        why=str(why),
    )
