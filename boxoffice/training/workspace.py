"""Where a training lives: a folder of its own beside the real till's, in which nothing leads to a real hub.

What is practised is thrown away with the key that it was written under: that lies in memory alone. What stays are the
scores, the papers, and the copy of the event.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_NAME: Final = "training"
_FILE: Final = "practice"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Made of a till's folder alone: there is no address and no key to give it."""

    folder: Path

    @classmethod
    def beside(cls, data_dir: Path) -> Self:
        return cls(data_dir / _NAME)

    @property
    def practice(self) -> Path:
        """Where the practised till's file is."""
        return self.folder / _FILE

    @property
    def papers(self) -> Path:
        """Where papers come out, as pictures and as PDF."""
        return self.folder / "papers"

    def clear(self) -> None:
        """Takes away what was practised before: nobody has its key any more."""
        shutil.rmtree(self.practice, ignore_errors=True)
        self.practice.mkdir(parents=True, exist_ok=True)


class OpenVault:
    """Keeps the secrets of a training, which open nothing, for as long as it runs."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        self._secrets[name] = secret
