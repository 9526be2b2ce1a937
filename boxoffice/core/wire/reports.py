"""The messages by which a till has a Z report mailed to the organizers."""

from typing import Annotated

from pydantic import Field, StringConstraints

from boxoffice.core.wire.message import FactMessage, Message


class ReportAsk(Message):
    """`POST /api/till/shifts/{shift_id}/mails`: the Z report of a closed shift as PDF; again with the same id: once.

    `language` is that of whoever asked.
    """

    mail_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    language: Annotated[str, StringConstraints(max_length=20)] = "en"


class ReportMailed(Message):
    """How many organizers get it. It tells of no facts."""

    organizers: Annotated[int, Field(ge=0)]
    facts: tuple[FactMessage, ...] = ()
