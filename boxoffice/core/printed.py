"""The journal of printed papers: how far a till's chain had come when a paper went out, and whose order that was.

A paper in somebody's hand proves that its sale was here. The journal lies outside the till's file, so that a file that
has lost the sale still finds that it has, and can say which. Records are written in a ring, each in a sector of its
own: one that is torn takes no other with it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from boxoffice.core.facts import Head
from boxoffice.core.ids import DeviceId
from boxoffice.core.witness import Mark

RECORD_BYTES: Final = 4096
KEPT: Final = 128
"""So many papers are remembered."""
SIZE_BYTES: Final = KEPT * RECORD_BYTES
_MAGIC: Final = b"BOXPAPR1"
_LAYOUT: Final = struct.Struct(">8sQ64sQQQ32s32s16s")
_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """A paper that was about to be printed or saved; `mark` is where the chain ended, with its order in it."""

    mark: Mark
    order_number: str
    kind: str


def record_of(paper: PrintedPaper) -> tuple[int, bytes]:
    """Returns where in the file a paper is written, and what: a record that is whole or not one at all."""
    head = paper.mark.head
    body = _LAYOUT.pack(
        _MAGIC,
        paper.mark.counter,
        head.device_id.encode(),
        head.epoch,
        head.seq,
        paper.mark.orders,
        bytes.fromhex(head.hash),
        paper.order_number.encode(),
        paper.kind.encode(),
    )
    return paper.mark.counter % KEPT * RECORD_BYTES, body + sha256(body).digest()


def papers_in(content: bytes) -> list[PrintedPaper]:
    """Returns the papers that are whole in a journal's bytes, the oldest first."""
    return sorted(_papers(content), key=lambda paper: paper.mark.counter)


def _papers(content: bytes) -> Iterator[PrintedPaper]:
    end = _LAYOUT.size + _DIGEST_BYTES
    for at in range(0, len(content), RECORD_BYTES):
        body, digest = content[at : at + _LAYOUT.size], content[at + _LAYOUT.size : at + end]
        if body.startswith(_MAGIC) and sha256(body).digest() == digest:
            _, counter, device, epoch, seq, orders, hash_, number, kind = _LAYOUT.unpack(body)
            head = Head(DeviceId(_text(device)), epoch, seq, hash_.hex())
            yield PrintedPaper(Mark(head, orders, counter), _text(number), _text(kind))


def _text(field: bytes) -> str:
    return bytes(field).rstrip(b"\0").decode()
