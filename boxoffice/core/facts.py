"""Facts: immutable, hash-chained, signed. A device writes them; nothing else changes state."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.fact_kinds import PAYLOADS, FactKind
from boxoffice.core.ids import DeviceId, EventId, FactId, StaffId
from boxoffice.core.known import Known, Written
from boxoffice.core.payloads.payload import Payload

GENESIS: Final = "0" * 64
"""The `prev_hash` of the first fact of each (device, epoch)."""


_encoder: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_ODD: Final = r"-?\d+(?:[.eE]|(?<=\d{16}))"
_ODD_NUMBERS: Final = tuple(re.compile(before + _ODD) for before in ('":', ",", r"\[", r"\A"))
"""A number with a fraction, an exponent or very many figures, by what stands before it; texts may look like one.

One pattern each, as one that begins with letters is looked for much faster than one of several.
"""

_FOUR_FIGURES: Final = 1000
_ZONE: Final = len("+00:00")

NOT_ITS_SIGNATURE: Final = "its signature is not its device's"
"""Why a fact is broken that somebody else has signed, or nobody."""


class BrokenFact(BoxofficeError):
    """A fact whose hash, signature or place in the chain is wrong; `why` says which."""

    def __init__(self, fact_id: str, why: str) -> None:
        self.fact_id, self.why = fact_id, why
        super().__init__(f"fact {fact_id}: {why}")


@dataclass(frozen=True, slots=True)
class Draft:
    """What happened, before it has its place in a chain. `payload` holds JSON's own types only."""

    id: FactId
    kind: FactKind
    occurred_at: datetime
    staff_id: StaffId | None
    event_id: EventId | None
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """A draft with its place: `hash` is SHA-256 (hex) of the rest, `signature` Ed25519 (hex) of the hash's bytes."""

    id: FactId
    device_id: DeviceId
    epoch: int
    seq: int
    kind: FactKind
    occurred_at: datetime
    staff_id: StaffId | None
    event_id: EventId | None
    payload: Mapping[str, Any]
    prev_hash: str
    hash: str
    signature: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a device's chain: the next fact is `seq + 1` and follows `hash`."""

    device_id: DeviceId
    epoch: int = 1
    seq: int = 0
    hash: str = GENESIS


def canonical(value: Any) -> bytes:
    """Returns the canonical JSON of a value (RFC 8785).

    Python's own encoder writes the same for ASCII and whole numbers, twenty times faster: only numbers that it may
    write otherwise, and names that it may sort otherwise, need the library.
    """
    text = _encoder.encode(value)
    if text.isascii() and not any(odd.search(text) for odd in _ODD_NUMBERS):
        return text.encode()
    return rfc8785.dumps(value)


def payload_text(fact: Fact | Draft) -> str:
    """Returns the payload as the databases keep it: canonical JSON."""
    return canonical(fact.payload).decode()


def text_in(payload: Mapping[str, Any], name: str) -> str | None:
    """Returns a text of a payload that nobody has read by its kind's type; None for anything else that stands there."""
    found = payload.get(name)
    return found if isinstance(found, str) and "\0" not in found else None


def instant_text(at: datetime) -> str:
    """Returns an instant as facts write it: UTC, milliseconds, `2026-05-15T21:14:02.123Z`."""
    utc = at.astimezone(UTC)
    if utc.year >= _FOUR_FIGURES:  # the same, five times as fast
        return utc.isoformat(timespec="milliseconds")[:-_ZONE] + "Z"
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def digest(fact: Fact) -> str:
    """Returns the hash that the fact must have."""
    rest = {
        "device_id": fact.device_id,
        "epoch": fact.epoch,
        "event_id": fact.event_id,
        "id": fact.id,
        "kind": fact.kind.value,
        "occurred_at": instant_text(fact.occurred_at),
        "payload": dict(fact.payload),
        "prev_hash": fact.prev_hash,
        "seq": fact.seq,
        "staff_id": fact.staff_id,
    }
    return sha256(canonical(rest)).hexdigest()


def unsealed(draft: Draft, head: Head) -> Fact:
    """Returns the draft as the next fact of the chain that ends at `head`, with neither hash nor signature yet."""
    at = draft.occurred_at
    return Fact(
        id=draft.id,
        device_id=head.device_id,
        epoch=head.epoch,
        seq=head.seq + 1,
        kind=draft.kind,
        occurred_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
        staff_id=draft.staff_id,
        event_id=draft.event_id,
        payload=json.loads(canonical(draft.payload)),
        prev_hash=head.hash,
        hash="",
        signature="",
    )


def seal(draft: Draft, head: Head, key: Ed25519PrivateKey) -> Fact:
    """Returns the draft as the next fact of the chain that ends at `head`, hashed and signed."""
    bare = unsealed(draft, head)
    hashed = replace(bare, hash=digest(bare))
    return replace(hashed, signature=key.sign(bytes.fromhex(hashed.hash)).hex())


def read_payload(fact: Fact) -> Payload:
    """Returns the fact's payload by its kind's own type.

    Raises:
        pydantic.ValidationError: if the payload is not of that type.
    """
    return PAYLOADS[fact.kind].model_validate(fact.payload)


def note(known: Known, fact: Fact) -> None:
    """Adds what a fact that counts has brought into the world to what is known.

    Raises:
        pydantic.ValidationError: if the payload is not of its kind's type.
    """
    read_payload(fact).note(known, Written(str(fact.device_id), fact.event_id, fact.occurred_at))


def head_after(fact: Fact) -> Head:
    return Head(fact.device_id, fact.epoch, fact.seq, fact.hash)


def check_fact(fact: Fact, key: Ed25519PublicKey) -> None:
    """Checks a fact by itself: its hash and its device's signature.

    Raises:
        BrokenFact: saying which is wrong.
    """
    check_content(fact)
    try:
        check_signature(key, bytes.fromhex(fact.signature), bytes.fromhex(fact.hash))
    except (InvalidSignature, ValueError) as error:
        raise BrokenFact(fact.id, NOT_ITS_SIGNATURE) from error


def check_signature(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> None:
    """Checks that what is signed was signed by the holder of the key.

    Raises:
        InvalidSignature: if not.
    """
    key.verify(signature, signed)


def check_content(fact: Fact) -> None:
    """Checks that a fact says what it did when it was hashed.

    Raises:
        BrokenFact: if not.
    """
    if digest(fact) != fact.hash:
        raise BrokenFact(fact.id, "its content does not match its hash")


def check_link(fact: Fact, head: Head) -> None:
    """Checks that a fact is the one that follows `head`.

    Raises:
        BrokenFact: if a number is missing, or it follows something else.
    """
    if (fact.device_id, fact.epoch) != (head.device_id, head.epoch) or fact.seq != head.seq + 1:
        raise BrokenFact(fact.id, f"number {fact.seq} does not follow number {head.seq}")
    if fact.prev_hash != head.hash:
        raise BrokenFact(fact.id, f"it does not follow fact number {head.seq} of its chain")
