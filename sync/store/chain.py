"""The chain of one hub process: signs drafts into facts, and stores any device's facts with what they post."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from time import time_ns
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from boxoffice.core.errors import BadInput
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Draft, Fact, Head, head_after, seal, unsealed
from boxoffice.core.ids import DeviceId, EventId, FactId, StaffId, uuid7
from boxoffice.core.ledger import Posting, postings
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.sales import draft
from sync.store import tables as t
from sync.store.database import note_facts
from sync.store.odd_facts import fact_from, stand_in

_NEWEST: Final = select(t.chains.c.epoch, t.chains.c.seq, t.chains.c.hash).order_by(t.chains.c.epoch.desc()).limit(1)
Posted = Mapping[str, tuple[Posting, ...]]
"""What facts post, by their ids."""


def new_id() -> str:
    """Returns a UUIDv7 of now."""
    return uuid7(time_ns() // 1_000_000, token_bytes(10))


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Chain:
    """A device of the hub itself, made when a process starts."""

    device_id: DeviceId
    key: Ed25519PrivateKey

    @classmethod
    def create(
        cls, connection: Connection, name: str, key_of: Callable[[str], Ed25519PrivateKey], device_id: str = ""
    ) -> "Chain":
        """Returns a new chain, registered as a device of kind `hub`; `key_of` makes its key of its id.

        With the `device_id` of one that was lost, that one is registered again.
        """
        own = DeviceId(device_id or new_id())
        chain = cls(own, key_of(own))
        public = chain.key.public_key().public_bytes_raw().hex()
        connection.execute(insert(t.devices).values(id=chain.device_id, name=name, kind="hub", public_key=public))
        head = Head(chain.device_id)
        connection.execute(
            insert(t.chains).values(device_id=head.device_id, epoch=head.epoch, seq=head.seq, hash=head.hash)
        )
        return chain

    def unsealed(self, drafts: Iterable[Draft]) -> list[Fact]:
        """Returns the drafts as facts that have no place in the chain yet: what follows from them is known before."""
        return [unsealed(each, Head(self.device_id)) for each in drafts]

    def append(self, connection: Connection, drafts: Sequence[Draft], posted: Posted | None = None) -> tuple[Fact, ...]:
        """Signs and stores the drafts; `posted` spares working out again what they post.

        Take every other lock before: all of this process's transactions queue for this one.
        """
        if not drafts:
            return ()
        head = lock_head(connection, self.device_id, 1)
        facts: list[Fact] = []
        for each in drafts:
            facts.append(seal(each, head, self.key))
            head = head_after(facts[-1])
        store_facts(connection, facts, posted=posted)
        move_head(connection, head)
        note_facts(connection)
        return tuple(facts)


def draft_now(payload: Payload, event_id: str | None, staff_id: str | None = None) -> Draft:
    """Returns the payload as a draft that happened now."""
    event = None if event_id is None else EventId(event_id)
    staff = None if staff_id is None else StaffId(staff_id)
    return draft(payload, id=FactId(new_id()), at=utc_now(), staff_id=staff, event_id=event)


def lock_head(connection: Connection, device_id: str, epoch: int) -> Head:
    """Returns where the device's chain ends, and keeps it there until the transaction ends."""
    row = connection.execute(
        select(t.chains.c.seq, t.chains.c.hash)
        .where(t.chains.c.device_id == device_id, t.chains.c.epoch == epoch)
        .with_for_update()
    ).one_or_none()
    device = DeviceId(device_id)
    return Head(device, epoch) if row is None else Head(device, epoch, row.seq, row.hash)


def newest_head(connection: Connection, device_id: str) -> Head:
    """Returns the end of the device's newest chain, and keeps it there until the transaction ends."""
    return _newest(connection, device_id, _NEWEST.with_for_update())


def read_head(connection: Connection, device_id: str) -> Head:
    """Returns the end of the device's newest chain as it is now."""
    return _newest(connection, device_id, _NEWEST)


def _newest(connection: Connection, device_id: str, newest: Select[Any]) -> Head:
    row = connection.execute(newest.where(t.chains.c.device_id == device_id)).one_or_none()
    device = DeviceId(device_id)
    return Head(device) if row is None else Head(device, row.epoch, row.seq, row.hash)


def move_head(connection: Connection, head: Head) -> None:
    """Records where the chain ends now."""
    where = (t.chains.c.device_id == head.device_id, t.chains.c.epoch == head.epoch)
    done = connection.execute(update(t.chains).where(*where).values(seq=head.seq, hash=head.hash))
    if not done.rowcount:
        connection.execute(
            insert(t.chains).values(device_id=head.device_id, epoch=head.epoch, seq=head.seq, hash=head.hash)
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a fact. One that is not applied posts all the same, unless it is `refused`, for this reason.

    `is_odd` is one that the columns can't hold.
    """

    is_applied: bool = True
    refused: str | None = None
    is_odd: bool = False


_GOOD: Final = Standing()


def store_facts(
    connection: Connection,
    facts: Sequence[Fact],
    standings: Mapping[str, Standing] = {},
    posted: Posted | None = None,
    *,
    is_told_again: bool = False,
) -> None:
    """Stores facts and what they post.

    `standings` are by hash, of those that were not just applied; `posted` is by id, where it is known already.
    `is_told_again` are facts of a hub that it had lost: they stand outside its chain, each by its own signature.
    """
    known = posted or {}
    if not facts:
        return
    rows = [_row(fact, standings.get(fact.hash, _GOOD)) | {"is_told_again": is_told_again} for fact in facts]
    connection.execute(insert(t.facts), rows)
    lines = [
        {
            "fact_id": fact.id,
            "line": line,
            "account": posting.account,
            "amount": posting.amount.minor,
            "currency": posting.amount.currency.code,
        }
        for fact in facts
        if standings.get(fact.hash, _GOOD).refused is None
        for line, posting in enumerate(known[fact.id] if fact.id in known else postings_or_none(fact))
    ]
    if lines:
        connection.execute(insert(t.ledger_postings), lines)


def postings_or_none(fact: Fact) -> tuple[Posting, ...]:
    """Returns what the fact posts; nothing if it does not even say so in a way that can be read."""
    try:
        return postings(fact)
    except (ValueError, BadInput):
        return ()


def fact_of(row: RowMapping) -> Fact:
    """Returns the fact that a row of `facts` holds."""
    if row["as_it_came"] is not None:
        return fact_from(row["as_it_came"])
    return Fact(
        id=FactId(row["id"]),
        device_id=DeviceId(row["device_id"]),
        epoch=row["epoch"],
        seq=row["seq"],
        kind=FactKind(row["kind"]),
        occurred_at=row["occurred_at"],
        staff_id=None if row["staff_id"] is None else StaffId(row["staff_id"]),
        event_id=None if row["event_id"] is None else EventId(row["event_id"]),
        payload=row["payload"],
        prev_hash=row["prev_hash"],
        hash=row["hash"],
        signature=row["signature"],
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """A fact with what became of it; see `Standing`."""

    fact: Fact
    is_applied: bool
    refused: str | None
    is_odd: bool
    is_told_again: bool


def stored_facts(connection: Connection, batch: int) -> Iterator[Stored]:
    """Yields all facts in the order in which they came, which is one in which causes stand before effects.

    Raises:
        ValueError: if one can't be read.
    """
    query = select(t.facts).order_by(t.facts.c.position).execution_options(yield_per=batch)
    with connection.execute(query) as rows:
        for row in rows.mappings():
            try:
                fact = fact_of(row)
            except ValueError as error:
                raise ValueError(f"fact {row['id']}: {error}") from error
            yield Stored(
                fact,
                row["is_applied"],
                row["refused"],
                is_odd=row["as_it_came"] is not None,
                is_told_again=row["is_told_again"],
            )


def facts_in_span(connection: Connection, device_id: str, epoch: int, first: int, last: int) -> Iterator[Fact]:
    """Yields the facts of a device's chain from one number to another, in their order.

    Raises:
        ValueError: if one can't be read.
    """
    f = t.facts.c
    mine = (f.device_id == device_id, f.epoch == epoch, f.seq.between(first, last), f.is_told_again.is_(False))
    return _readable(connection, select(t.facts).where(*mine).order_by(f.seq))


def told_again(connection: Connection) -> Iterator[Fact]:
    """Yields the facts that stand outside their chains, as `facts_in_span`."""
    f = t.facts.c
    return _readable(connection, select(t.facts).where(f.is_told_again).order_by(f.position))


def _readable(connection: Connection, query: Select[Any]) -> Iterator[Fact]:
    for row in connection.execute(query).mappings():
        try:
            yield fact_of(row)
        except ValueError as error:
            raise ValueError(f"fact {row['id']}: {error}") from error


def read_facts(connection: Connection, query: Select[Any]) -> list[Fact]:
    """Returns the facts that a query over `facts` finds, in its order."""
    return [fact_of(row) for row in connection.execute(query).mappings()]


def stored_in(connection: Connection, query: Select[Any]) -> list[tuple[int, Fact]]:
    """Returns the facts that a query over `facts` finds, each with its position, in its order."""
    return [(row["position"], fact_of(row)) for row in connection.execute(query).mappings()]


def facts_by_id(connection: Connection, ids: Iterable[str]) -> list[Fact]:
    """Returns the facts of these ids, in the order in which they came."""
    return read_facts(connection, select(t.facts).where(t.facts.c.id.in_(list(ids))).order_by(t.facts.c.position))


def staff_facts(connection: Connection, ids: Sequence[str]) -> list[Fact]:
    """Returns all that was ever said of these people, in the order in which it was."""
    f = t.facts.c
    mine = (f.kind == FactKind.STAFF_CHANGED.value, f.payload["staff_id"].astext.in_(list(ids)), f.is_applied)
    return read_facts(connection, select(t.facts).where(*mine).order_by(f.position))


def _row(fact: Fact, standing: Standing) -> dict[str, object]:
    row: dict[str, object] = {
        "id": fact.id,
        "device_id": fact.device_id,
        "epoch": fact.epoch,
        "seq": fact.seq,
        "kind": fact.kind.value,
        "event_id": fact.event_id,
        "occurred_at": fact.occurred_at,
        "staff_id": fact.staff_id,
        "payload": dict(fact.payload),
        "hash": fact.hash,
        "prev_hash": fact.prev_hash,
        "signature": fact.signature,
        "is_applied": standing.is_applied,
        "refused": standing.refused,
        "as_it_came": None,
    }
    return row | stand_in(fact) if standing.is_odd else row
