"""The three kinds of error: bad input with all its problems, failed operations, and bugs (which just crash)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with an input: where, and what, in words for the person who wrote it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class BoxofficeError(Exception):
    """Every error that the product raises on purpose."""


class BadInput(BoxofficeError):
    """The input can't be used. Holds every problem found, not only the first; nothing was changed."""

    def __init__(self, problems: Sequence[FieldError]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class OperationFailed(BoxofficeError):
    """Something could not be done: what happened, what is safe, and what to do next."""

    def __init__(self, what_happened: str, what_is_safe: str, what_to_do: str) -> None:
        self.what_happened = what_happened
        self.what_is_safe = what_is_safe
        self.what_to_do = what_to_do
        super().__init__(f"{what_happened} {what_is_safe} {what_to_do}".strip())


class TryAgainLater(OperationFailed):
    """A failure that may pass by itself: the same call may be made again."""


class TillStopped(OperationFailed):
    """The till must not go on selling: damaged database, disk full, a SQLite that can lose data."""
