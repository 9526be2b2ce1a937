"""The messages by which a till hands its facts to the hub."""

from typing import Annotated

from pydantic import Field

from boxoffice.core.wire.message import FactMessage, Message
from boxoffice.core.wire.protocol import PROTOCOL


class ContactMessage(Message):
    """A person's details, kept beside the chain so that they can be erased."""

    contact_id: str
    order_id: str
    email: str | None = None
    name: str | None = None
    phone: str | None = None
    note: str | None = None


class RecallAnswer(Message):
    """The till heeded the recall of this `asked_at`; `left` is what it could still give, beside its sales under way."""

    event_id: str
    pool_id: str
    asked_at: str
    left: Annotated[int, Field(ge=0, le=2**31 - 1)]


class PushRequest(Message):
    """`POST /api/till/facts`: the facts after the last acknowledged one, in order; `recalls` were heeded with them."""

    protocol: int = PROTOCOL
    facts: tuple[FactMessage, ...] = Field(max_length=500)
    contacts: tuple[ContactMessage, ...] = ()
    recalls: tuple[RecallAnswer, ...] = Field(default=(), max_length=500)


class PushAnswer(Message):
    """All facts of `epoch` up to `acknowledged_seq` are on the hub's disk; `quarantined` were kept aside.

    `is_revoked` tells a till that was shut out, and whose sales are taken all the same.
    """

    epoch: int
    acknowledged_seq: int
    acknowledged_hash: str
    quarantined: tuple[str, ...] = ()
    is_revoked: bool = False


class HeadAnswer(Message):
    """`GET /api/till/head`: where the till's newest chain ends at the hub; `seq` 0 where it has nothing of it.

    A till compares it with its own before it sells: one that lacks it is an older copy of itself.
    `life` changes when the hub's database was restored: a till that knew another tells again what it knows (empty from
    an older hub).
    """

    epoch: int
    seq: int
    hash: str
    life: str = ""
