"""The look at a till before doors open, as the screens ask for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from boxoffice.core.preflight import Answer, Check, Verdict


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look came to: when it was, and by whom, where staff is kept."""

    verdict: Verdict
    at: datetime
    by: str = ""
    is_open: bool = False
    """Whether the doors were opened on it."""


class PreflightPort(Protocol):
    """All but `last` may block, each check no longer than its limit."""

    def look(self, screens: int | None, tell: Callable[[Answer], None], only: Sequence[Check] = ()) -> Look:
        """Looks at all, or only at some, beside each other; tells each answer at once. What came of it is kept.

        Args:
            screens: how many screens are plugged in, if anybody knows.
            tell: called for each answer as it comes, on this thread.
            only: which checks; all for none.
        """

    def last(self) -> Look | None:
        """Returns what the last look came to, of this event and of tonight."""

    def mend(self, check: Check, language: str) -> str:
        """Does what a check asks for: a test page, a trial of the reader, the door list; returns where it lies, if it
        is a file."""

    def note_scan(self) -> None:
        """Notes that a code was read."""

    def open_doors(self) -> Look:
        """Keeps that the doors are opened on the last look."""

    def print(self, language: str) -> None:
        """Prints the last look."""

    def save_pdf(self, language: str) -> Path:
        """Writes it into the person's documents folder; returns where."""
