"""Files that a person asked for: written whole or not at all."""

import os
from pathlib import Path

from boxoffice.core.errors import OperationFailed


def save(path: Path, content: bytes, safe: str) -> Path:
    """Writes the file, with the folder that it lies in, and returns where; `safe` says what is so if it can't.

    Raises:
        OperationFailed: if it can't be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise OperationFailed(
            f"“{path}” can't be written.", safe, "Free some space or choose another folder."
        ) from error
    return path
