"""Who works at the till, as the screens see it."""

from dataclasses import dataclass
from typing import Final

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import StaffId
from boxoffice.core.rights import Right
from boxoffice.core.staff import NOBODY, Acting, Person


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may sign in here: by a PIN of so many digits (0 without one), or by a badge.

    `wait_s` is how long wrong PINs have shut it for.
    """

    person: Person
    pin_digits: int = 0
    has_badge: bool = False
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class Team:
    """Who may sign in, and who has. Nobody is asked for while `people` is empty: then no staff is kept.

    `lock_after_s` is after how long a till that nobody touches asks again; 0 for never.
    """

    people: tuple[Colleague, ...] = ()
    acting: Acting = NOBODY
    lock_after_s: int = 0

    @property
    def person(self) -> Person | None:
        return self.acting.person

    @property
    def is_kept(self) -> bool:
        return bool(self.people)

    @property
    def must_sign_in(self) -> bool:
        """Whether nobody is signed in who may be."""
        return self.is_kept and (self.person is None or self.colleague(self.person.id) is None)

    def colleague(self, staff_id: StaffId) -> Colleague | None:
        return next((each for each in self.people if each.person.id == staff_id), None)


NO_TEAM: Final = Team()
"""Where no staff is kept."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's leave for one act; it is used up by it."""

    id: str
    by: Person
    right: Right


class WrongPin(OperationFailed):
    """A PIN or a badge that is not the one asked for. After so many more tries there is a wait of `wait_s`."""

    def __init__(self, tries_left: int, wait_s: int) -> None:
        self.tries_left, self.wait_s = tries_left, wait_s
        tries = "try" if tries_left == 1 else "tries"
        next_ = f"{tries_left} {tries} left." if tries_left else f"Wait {waiting_words(wait_s)}, or take your badge."
        super().__init__("That PIN does not match.", "Nothing was changed.", next_)


class ShutOut(OperationFailed):
    """Too many wrong PINs came before."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        what = f"Wait {waiting_words(wait_s)}, take your badge, or ask an organizer for a new PIN."
        super().__init__("Too many wrong PINs.", "Nothing was changed.", what)


class NoBadge(OperationFailed):
    """A badge that is no longer good, or is not for this."""


def waiting_words(wait_s: int) -> str:
    """Returns a wait as people say it."""
    minutes = -(-wait_s // 60)
    return f"{wait_s} s" if wait_s < 60 else f"{minutes} min"
