"""The messages by which till and hub tell each other what one of them has lost."""

from pydantic import Field

from boxoffice.core.wire.message import FactMessage, Message
from boxoffice.core.wire.protocol import PROTOCOL
from boxoffice.core.wire.pushes import ContactMessage


class HistoryAnswer(Message):
    """`GET /api/till/history?epoch=E&seq=N&hash=H&after=CURSOR`: what a till lacks that ends at this fact.

    Its own facts after that one and all of the hub's facts for it, in an order in which causes stand before effects.
    `is_known` says whether the fact is in the till's chain at the hub; where it is not, there is nothing else. The last
    page has the `contacts` of the till's own orders, as the hub knows them now.
    """

    is_known: bool
    facts: tuple[FactMessage, ...] = ()
    contacts: tuple[ContactMessage, ...] = ()
    cursor: int = 0
    more: bool = False


class KnownRequest(Message):
    """`POST /api/till/known`: ids of facts of the hub that the till has, the newest first.

    `life` is the hub's as the till knows it; `is_behind` says that the hub has acknowledged more than it has now.
    """

    life: str
    is_behind: bool
    facts: tuple[str, ...] = Field(max_length=500)


class KnownAnswer(Message):
    """Those that the hub has lost; `life` is the hub's from now on."""

    life: str
    lacking: tuple[str, ...] = ()


class TellAgainRequest(Message):
    """`POST /api/till/told`: what the hub has lost, with causes before effects: its own facts, and the till's.

    `is_all` with the last of them: nothing that this till knows is missing any more.
    """

    protocol: int = PROTOCOL
    life: str
    facts: tuple[FactMessage, ...] = Field(max_length=500)
    is_all: bool = False
