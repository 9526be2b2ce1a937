"""What an organizer's account may do. Each role may do all that the one before it may."""

from enum import Enum
from typing import Final


class Role(Enum):
    """`NONE` sees no event by itself: only those that it was given a role at."""

    NONE = "none"
    VIEWER = "viewer"
    FINANCE = "finance"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Returns whether who has this role may do what the other one may."""
        return _RANKS.index(self) >= _RANKS.index(other)


_RANKS: Final = (Role.NONE, Role.VIEWER, Role.FINANCE, Role.ADMIN)
AT_EVENTS: Final = (Role.VIEWER, Role.FINANCE, Role.ADMIN)
"""What somebody may be given at one event."""
MAY: Final = {
    Role.NONE: "sees only the events that it was given",
    Role.VIEWER: "sees sales, orders and problems, and changes nothing",
    Role.FINANCE: "also refunds, decides problems and sends receipts again",
    Role.ADMIN: "also pairs and revokes tills, stops and starts sales, and writes to customers",
}
"""What each role may do, in words for people."""
