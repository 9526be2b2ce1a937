"""What not everybody may do, as the screens put it before who may."""

from dataclasses import dataclass

from boxoffice.core.money import Money
from boxoffice.core.rights import Right


@dataclass(frozen=True, slots=True)
class Act:
    """One act: somebody `wants` (such as `to give away`) something, `what` it is, and what it comes to.

    `notes` are lines of an icon and words. `percent` is how much of the price a discount takes. One that `wants_second`
    is confirmed by another person, whoever does it.
    """

    right: Right
    wants: str
    what: str
    amount: Money | None = None
    notes: tuple[tuple[str, str], ...] = ()
    percent: int = 0
    wants_second: bool = False
