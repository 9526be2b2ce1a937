"""The witness: how far a till's chain has come, kept outside the till's file, and what a chain lacks by it.

A write-ahead log of which one frame is bad ends before it, silently: what is left is a shorter chain that is whole.
Only what lies elsewhere can say that there was more. Two slots are written in turn, so that one is whole whenever the
power goes.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from boxoffice.core.facts import Head
from boxoffice.core.ids import DeviceId

SLOT_BYTES: Final = 4096
"""Each slot has a sector of its own, of the larger kind: writing the one can't tear the other."""
SIZE_BYTES: Final = 2 * SLOT_BYTES
_MAGIC: Final = b"BOXWITN1"
_LAYOUT: Final = struct.Struct(">8sQ64sQQQ?32s")
_DIGEST_BYTES: Final = 32
_RECORD_BYTES: Final = _LAYOUT.size + _DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of a chain, with how many orders the till has numbered. The newest mark has the highest `counter`.

    One that `is_told` is the hub's word for a chain that is not here: whether there was more of it, nobody here saw.
    """

    head: Head
    orders: int
    counter: int = 0
    is_told: bool = False

    @property
    def place(self) -> tuple[int, int]:
        return self.head.epoch, self.head.seq


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of a till's chain: the numbers `first` to `last` of an epoch; none, if nobody knows how many.

    `is_other` says that numbers up to `last` are here, but are not those that the witness saw.
    """

    epoch: int
    first: int
    last: int
    is_other: bool = False

    @property
    def count(self) -> int:
        return max(0, self.last - self.first + 1)

    def words(self, code: str) -> str:
        """Returns the gap as people are told it, with the till's code before the numbers: `7K2 51 to 60`."""
        numbers = f"{self.first} to {self.last}"
        if not self.count:
            numbers = f"from {self.first} on"
        elif self.count == 1:
            numbers = str(self.first)
        return f"{code} {numbers}" if self.epoch == 1 else f"{code} {numbers} of part {self.epoch}"


def slot_of(mark: Mark) -> tuple[int, bytes]:
    """Returns where in the file a mark is written, and what: a record that is whole or not one at all."""
    head = mark.head
    body = _LAYOUT.pack(
        _MAGIC,
        mark.counter,
        head.device_id.encode(),
        head.epoch,
        head.seq,
        mark.orders,
        mark.is_told,
        bytes.fromhex(head.hash),
    )
    return mark.counter % 2 * SLOT_BYTES, body + sha256(body).digest()


def newest_mark(content: bytes) -> Mark | None:
    """Returns the newest mark that is whole in a witness's bytes, or None: they may be torn, damaged or none."""
    slots = (content[at : at + _RECORD_BYTES] for at in (0, SLOT_BYTES))
    return max(_marks(slots), key=lambda mark: mark.counter, default=None)


def _marks(slots: Iterable[bytes]) -> Iterable[Mark]:
    for slot in slots:
        body, digest = slot[: _LAYOUT.size], slot[_LAYOUT.size :]
        if len(slot) == _RECORD_BYTES and sha256(body).digest() == digest and body.startswith(_MAGIC):
            _, counter, device, epoch, seq, orders, is_told, hash_ = _LAYOUT.unpack(body)
            name = device.rstrip(b"\0").decode()
            yield Mark(Head(DeviceId(name), epoch, seq, hash_.hex()), orders, counter, is_told)


def gap_between(chain: Head, seen: Head, hash_there: str | None) -> Gap | None:
    """Returns what a chain lacks of what was seen of it; None if all of that is there.

    Args:
        chain: where the chain ends.
        seen: where it ended when it was seen.
        hash_there: of the chain's fact at the place of `seen`, None if there is none.
    """
    if hash_there == seen.hash or chain.epoch > seen.epoch:  # who goes on in a new epoch waits for nothing before it
        return None
    if hash_there is not None:
        return Gap(seen.epoch, 1, seen.seq, is_other=True)
    if chain.epoch == seen.epoch:
        return Gap(seen.epoch, chain.seq + 1, seen.seq) if chain.seq < seen.seq else None
    return Gap(seen.epoch, 1, seen.seq)
