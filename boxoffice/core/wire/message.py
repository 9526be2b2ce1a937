"""What all messages between till and hub have in common: both sides read and write exactly these."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, instant, instant_text
from boxoffice.core.ids import DeviceId, EventId, FactId, StaffId

Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FactMessage(Message):
    id: str
    device_id: str
    epoch: int
    seq: int
    kind: FactKind
    occurred_at: str
    staff_id: str | None
    event_id: str | None
    payload: dict[str, Any]
    prev_hash: str
    hash: str
    signature: str

    @classmethod
    def of(cls, fact: Fact) -> "FactMessage":
        return cls(
            id=fact.id,
            device_id=fact.device_id,
            epoch=fact.epoch,
            seq=fact.seq,
            kind=fact.kind,
            occurred_at=instant_text(fact.occurred_at),
            staff_id=fact.staff_id,
            event_id=fact.event_id,
            payload=dict(fact.payload),
            prev_hash=fact.prev_hash,
            hash=fact.hash,
            signature=fact.signature,
        )

    def fact(self) -> Fact:
        return Fact(
            id=FactId(self.id),
            device_id=DeviceId(self.device_id),
            epoch=self.epoch,
            seq=self.seq,
            kind=self.kind,
            occurred_at=instant(self.occurred_at),
            staff_id=None if self.staff_id is None else StaffId(self.staff_id),
            event_id=None if self.event_id is None else EventId(self.event_id),
            payload=self.payload,
            prev_hash=self.prev_hash,
            hash=self.hash,
            signature=self.signature,
        )
