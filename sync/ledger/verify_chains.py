"""Judges chains: each fact's place, its hash and its signature. It is done in spans, which processes can share."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, func, select

from boxoffice.core.facts import BrokenFact, Fact, Head, check_fact, check_link, head_after
from boxoffice.core.ids import DeviceId
from sync.store import tables as t
from sync.store.chain import facts_in_span, told_again

SPAN: Final = 4_000
_f: Final = t.facts.c
_public: Final = t.devices.c.public_key


class Wrong(Exception):
    """The first thing found to be wrong."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a device's chain: its facts from one number to another. `public_key` is the device's, in hex."""

    device_id: str
    epoch: int
    first: int
    last: int
    public_key: str


def spans_of(connection: Connection, size: int = SPAN) -> Sequence[Span]:
    """Returns all chains in parts of at most so many numbers, those of one chain in their order."""
    newest = (
        select(_f.device_id, _f.epoch, func.max(_f.seq).label("last"), func.count().label("count"), _public)
        .outerjoin(t.devices, t.devices.c.id == _f.device_id)
        .where(_f.is_told_again.is_(False))
        .group_by(_f.device_id, _f.epoch, _public)
        .order_by(_f.device_id, _f.epoch)
    )
    return [
        Span(row.device_id, row.epoch, first, min(first + step - 1, row.last), row.public_key or "")
        for row in connection.execute(newest)
        for step in (size if row.count == row.last else row.last,)  # where numbers are missing, that is found at once
        for first in range(1, row.last + 1, step)
    ]


def check_span(span: Span, connection: Connection) -> Head:
    """Returns where the span ends, once it is proved from the fact before it on.

    That one is proved with the span before: what it says of itself is enough here.

    Raises:
        Wrong: if a fact is missing, was changed, or was not signed by its device.
    """
    key, head = _key(span.device_id, span.public_key), Head(DeviceId(span.device_id), span.epoch)
    if span.first > 1:
        before = list(_read(connection, span, span.first - 1, span.first - 1))
        if not before:
            raise Wrong(f"chain of device {span.device_id}: number {span.first - 1} is missing")
        head = head_after(before[0])
    for fact in _read(connection, span, span.first, span.last):
        try:
            check_link(fact, head)
            check_fact(fact, key)
        except BrokenFact as error:
            raise Wrong(f"chain of device {span.device_id}: {error}") from error
        except (ValueError, TypeError) as error:
            raise Wrong(f"chain of device {span.device_id}: fact {fact.id}: it can't be read: {error}") from error
        head = head_after(fact)
    return head


def check_ends(connection: Connection, spans: Iterable[Span], ends: Iterable[Head]) -> None:
    """Holds what is kept of each chain's end to the end of its last span.

    Raises:
        Wrong: if they differ.
    """
    heads = {(span.device_id, span.epoch): end for span, end in zip(spans, ends, strict=True)}
    for row in connection.execute(select(t.chains)):
        head = heads.pop((row.device_id, row.epoch), Head(row.device_id, row.epoch))
        if (row.seq, row.hash) != (head.seq, head.hash):
            raise Wrong(f"chain of device {row.device_id}: its end should be fact {head.seq}, not {row.seq}")
    for device, _ in heads:
        raise Wrong(f"chain of device {device}: nothing says where it ends")


def check_told_again(connection: Connection) -> None:
    """Checks facts that this hub had lost and a till has told again: what they followed may be lost for good.

    Raises:
        Wrong: if one was changed, or was not signed by its device.
    """
    d = t.devices.c
    keys = {row.id: row.public_key for row in connection.execute(select(d.id, d.public_key))}
    try:
        for fact in told_again(connection):
            _check_alone(fact, _key(fact.device_id, keys[fact.device_id]))
    except ValueError as error:
        raise Wrong(str(error)) from error


def _check_alone(fact: Fact, key: Ed25519PublicKey) -> None:
    try:
        check_fact(fact, key)
    except (BrokenFact, ValueError, TypeError) as error:
        raise Wrong(f"fact {fact.id}, told again by a till: {error}") from error


def _read(connection: Connection, span: Span, first: int, last: int) -> Iterator[Fact]:
    try:
        yield from facts_in_span(connection, span.device_id, span.epoch, first, last)
    except ValueError as error:
        raise Wrong(f"chain of device {span.device_id}: {error}") from error


def _key(device: str, public: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    except ValueError as error:
        raise Wrong(f"device {device}: its public key can't be read") from error
