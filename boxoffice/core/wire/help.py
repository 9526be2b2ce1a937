"""The messages by which a customer at a kiosk calls somebody, and hears that somebody comes."""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from boxoffice.core.wire.message import Message

LONGEST: Final = 200
Id = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


class HelpCall(Message):
    """Somebody at the kiosk of this name needs help. `answered_by` names the till from which somebody comes."""

    id: str
    till: str
    doing: str
    called_at: str
    answered_by: str = ""


class HelpRequest(Message):
    """`POST /api/till/help`: a call, and what the kiosk was doing; again with the same id: once. One that is over ends.

    A kiosk has one call at a time.
    """

    id: Id
    event_id: Id
    doing: Annotated[str, Field(max_length=LONGEST)] = ""
    is_over: bool = False


class HelpAnswer(Message):
    """All calls of the event that are not over, oldest first."""

    calls: tuple[HelpCall, ...] = ()


class TicketsLink(Message):
    """`GET /api/till/orders/{order_id}/tickets`: the address at which whoever has it sees the order's tickets."""

    url: str
