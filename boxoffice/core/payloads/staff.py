"""What facts say about the people who work an event."""

from typing import Annotated

from pydantic import Field

from boxoffice.core.known import Known, KnownStaff, Written
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.staff import LONGEST_LIMIT, StaffRole, StaffStatus


class StaffChanged(Payload):
    """Somebody as they are from now on; `what` was changed, and `by` whom: an organizer, by number.

    It holds no name and nothing that a PIN or a badge could be told from: these stand beside the facts. `badge` counts
    the badges that somebody was ever given; the last of them is good while they have one.
    """

    staff_id: str
    role: StaffRole
    status: StaffStatus = StaffStatus.ACTIVE
    language: str = "en"
    discount_limit: Annotated[int, Field(ge=0, le=LONGEST_LIMIT)] = 0
    badge: Annotated[int, Field(ge=0, lt=2**31)] = 0
    has_badge: bool = False
    what: str = ""
    by: str = ""

    def note(self, known: Known, written: Written) -> None:
        now = KnownStaff(written.at, self.role, self.status, self.discount_limit)
        known.staff[self.staff_id] = (*known.staff.get(self.staff_id, ()), now)
