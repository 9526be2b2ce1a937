"""What facts about scans at gates say. They name no person: a ticket's own order does."""

from typing import Literal

from boxoffice.core.payloads.payload import Payload
from boxoffice.core.rights import Right

Way = Literal["code", "name", "list", "sale"]
"""How a ticket was known: by its code, by its buyer's name, by a tick on a printed list, or as just sold."""


class TicketScanned(Payload):
    """One look at a ticket at a gate, and what came of it; nobody passed unless it was `admitted`.

    `day` is the day of the event, and `clock` the time on a clock there. `is_listed` says whether the ticket was on the
    machine's list; no `ticket_id` that what was scanned is no ticket of the event. With `is_undo` an earlier scan of
    the same machine, which is of that ticket, counts no more; `why` says why.
    """

    scan_id: str
    ticket_id: str | None = None
    zone: str
    gate: str
    direction: Literal["in", "out"]
    outcome: Literal[
        "admitted", "look_id", "already_in", "wrong_day", "wrong_zone", "wrong_event", "void", "not_a_ticket"
    ]
    day: str
    clock: str
    way: Way = "code"
    is_listed: bool = True
    seen: Literal["", "id", "stamp"] = ""
    is_undo: bool = False
    why: str = ""

    @property
    def right(self) -> Right:
        return Right.UNDO_SCAN if self.is_undo else Right.SCAN
