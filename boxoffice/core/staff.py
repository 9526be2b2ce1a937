"""The people who work an event: what each is, and who acts at a till, alone or with another's approval.

Names are kept beside the facts, which know people by their ids. A PIN is never kept at all.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from boxoffice.core.ids import StaffId
from boxoffice.core.limits import NO_LIMITS, Limits


class StaffRole(Enum):
    """What somebody is at the event; what each may do stands in `core.rights`."""

    STEWARD = "steward"
    SELLER = "seller"
    SUPERVISOR = "supervisor"
    ORGANIZER = "organizer"


class StaffStatus(Enum):
    """Somebody who has ended signs in nowhere; what they did stands."""

    ACTIVE = "active"
    ENDED = "ended"


LONGEST_NAME: Final = 60
LONGEST_LIMIT: Final = 100
"""Percent."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here. `discount_limit` is what they may take off a price by themselves, in percent."""

    id: StaffId
    name: str
    role: StaffRole
    language: str = "en"
    discount_limit: int = 0


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts at a till. Nobody where it `is_staffed` and nobody has signed in; and where no staff is kept at all.

    `approved_by` has allowed the act under way by a PIN or a badge, and nothing else. At a kiosk customers act.
    `limits` are what the event lets sellers do with nobody's approval.
    """

    person: Person | None = None
    is_staffed: bool = False
    approved_by: Person | None = None
    is_kiosk: bool = False
    limits: Limits = NO_LIMITS

    @property
    def staff_id(self) -> StaffId | None:
        return None if self.person is None else self.person.id

    @property
    def approver_id(self) -> StaffId | None:
        return None if self.approved_by is None else self.approved_by.id


NOBODY: Final = Acting()
"""Who acts where no staff is kept: whoever stands there, who may do everything."""
