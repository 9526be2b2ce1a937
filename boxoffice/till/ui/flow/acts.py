"""What not everybody may do, as the screens put it before who may."""

from dataclasses import dataclass

from boxoffice.core.limits import NO_EXTENT, Extent
from boxoffice.core.money import Money
from boxoffice.core.rights import Right
from boxoffice.core.staff import Person


@dataclass(frozen=True, slots=True)
class Act:
    """One act: somebody `wants` (such as `to give away`) something, `what` it is, and what it comes to.

    `notes` are lines of an icon and words. `extent` is how far it goes, where there is a limit. One that `wants_second`
    is confirmed by another person, whoever does it: by nobody but `by`, where one is named. `is_signed` says that who
    does it puts their own name to it, by PIN or badge.
    """

    right: Right
    wants: str
    what: str
    amount: Money | None = None
    notes: tuple[tuple[str, str], ...] = ()
    extent: Extent = NO_EXTENT
    wants_second: bool = False
    by: Person | None = None
    is_signed: bool = False
