"""Takes a till's facts: every one is kept, only the proven ones count, and none about money is refused."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.facts import (
    NOT_ITS_SIGNATURE,
    BrokenFact,
    Fact,
    Head,
    canonical,
    check_fact,
    check_link,
    head_after,
)
from boxoffice.core.findings import Finding, FindingKind
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pushes import ContactMessage, PushAnswer, PushRequest
from sync.ledger.came_back import CameBack
from sync.ledger.hub import Hub
from sync.ledger.till_facts import apply_till_facts
from sync.store import tables as t
from sync.store.chain import lock_head, move_head, newest_head
from sync.store.contacts import as_read, set_contact
from sync.store.lives import NotHealed, is_silent
from sync.store.odd_facts import as_text, message_from, why_odd
from sync.store.tills import Device, TillStatus

_LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class _Proven:
    """A message with the fact that it tells."""

    message: FactMessage
    fact: Fact


@dataclass(slots=True)
class _Sorted:
    """What became of each message of one push."""

    accepted: list[Fact] = field(default_factory=list)
    waiting: list[_Proven] = field(default_factory=list)
    aside: list[tuple[FactMessage, str]] = field(default_factory=list)
    cloned: str = ""
    """Why two copies of the till must be at work, if so."""


Taken = Callable[[Connection, Sequence[CameBack], Sequence[Fact]], None]
"""What is done with what a push brought back, and with the facts that were new."""


def take_facts(hub: Hub, device: Device, push: PushRequest, then: Taken = lambda *_: None) -> PushAnswer:
    """Stores what the till sent, in one transaction, and returns how far its chain reaches now.

    `then` is done in the same transaction if there was anything new.

    Raises:
        NotHealed: if the hub was restored, and this till has still to tell what it knows.
    """

    def take(connection: Connection) -> PushAnswer:
        if lock_device(connection, device.id) and push.facts:  # what it sold rests on leases that it has still to tell
            raise NotHealed
        return take_facts_in(hub, connection, device, push, then)

    return hub.database.run(take)


def take_facts_in(hub: Hub, connection: Connection, device: Device, push: PushRequest, then: Taken) -> PushAnswer:
    """The same, in a transaction of the caller's, who keeps the device locked."""
    before = newest_head(connection, device.id)
    epochs = sorted({message.epoch for message in push.facts})
    sorted_out = _Sorted()
    fresh = _check_each(connection, device, push.facts, sorted_out)
    for epoch in epochs:
        _link(connection, device.id, epoch, [each for each in fresh if each.fact.epoch == epoch], sorted_out)
    begun = _epochs(device, before, sorted_out)
    odd = _odd(connection, sorted_out.accepted)
    followed = apply_till_facts(connection, device.writer, sorted_out.accepted, odd)
    hub.follow_money(connection, [fact for fact in sorted_out.accepted if fact.hash not in odd])
    _keep_waiting(connection, sorted_out.waiting)
    findings = [*followed.findings, *begun, *_quarantine(connection, device, sorted_out)]
    _contacts(connection, device, push.contacts)
    hub.put_before_a_person(connection, findings, device_id=device.id)
    for each in followed.refused:
        hub.write(connection, [each.end], each.event_id)
    if sorted_out.accepted:
        then(connection, followed.came_back, followed.applied)
    head = max((before, *map(head_after, sorted_out.accepted)), key=lambda each: (each.epoch, each.seq))
    return PushAnswer(
        epoch=head.epoch,
        acknowledged_seq=head.seq,
        acknowledged_hash=head.hash,
        quarantined=tuple(message.id for message, _ in sorted_out.aside),
        is_revoked=device.is_revoked,
    )


def lock_device(connection: Connection, device_id: str) -> bool:
    """Keeps all that concerns one till's chain and leases in one line.

    Returns whether that till has still to tell what it knows, as the hub was restored.
    """
    query = select(is_silent()).where(t.devices.c.id == device_id).with_for_update(key_share=True, of=t.devices)
    return bool(connection.scalar(query))


def _check_each(connection: Connection, device: Device, messages: Sequence[FactMessage], out: _Sorted) -> list[_Proven]:
    """Returns the messages that are whole, signed by the device and new; puts the broken ones aside."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(device.public_key))
    known = _known_hashes(connection, device.id, messages)
    fresh: list[_Proven] = []
    for message in messages:
        try:
            fact = _checked(message, device, key)
        except (BrokenFact, ValueError, OverflowError, RecursionError) as error:
            out.aside.append((message, error.why if isinstance(error, BrokenFact) else str(error)))
            continue
        place = message.epoch, message.seq
        if place not in known:
            known[place] = message.hash
            fresh.append(_Proven(message, fact))
        elif known[place] != message.hash:
            out.aside.append((message, f"another fact of this device has number {message.seq}"))
            out.cloned = TWO_WITH_ONE_NUMBER
    return fresh


def _checked(message: FactMessage, device: Device, key: Ed25519PublicKey) -> Fact:
    if message.device_id != device.id:
        raise BrokenFact(message.id, "it is another device's")
    if message.seq < 1 or message.epoch < 1 or message.seq > 2**62 or message.epoch > 2**30:
        raise BrokenFact(message.id, "its number is not one that a chain has")
    fact = message.fact()
    if fact.occurred_at.tzinfo is None:
        raise BrokenFact(message.id, "its time has no zone")
    check_fact(fact, key)
    return fact


def _odd(connection: Connection, facts: Sequence[Fact]) -> dict[str, str]:
    """Returns why facts can't be stored as the others are, by hash: they stand in the chain, and nothing more."""
    odd = {fact.hash: why for fact in facts if (why := why_odd(fact)) is not None}
    ids = [fact.id for fact in facts if fact.hash not in odd]
    taken = set(connection.scalars(select(t.facts.c.id).where(t.facts.c.id.in_(ids))))
    for fact in facts:
        if fact.hash not in odd and fact.id in taken:
            odd[fact.hash] = "its id is that of another fact"
        taken.add(fact.id)
    return odd


def _known_hashes(
    connection: Connection, device_id: str, messages: Sequence[FactMessage]
) -> dict[tuple[int, int], str]:
    """Returns the hashes of the facts that stand, or wait, where these would."""
    places = [(m.epoch, m.seq) for m in messages if 0 < m.seq <= 2**62 and 0 < m.epoch <= 2**30]
    known: dict[tuple[int, int], str] = {}
    for table in (t.waiting_facts, t.facts):
        found = select(table.c.epoch, table.c.seq, table.c.hash).where(
            table.c.device_id == device_id, tuple_(table.c.epoch, table.c.seq).in_(places)
        )
        known.update({(row.epoch, row.seq): row.hash for row in connection.execute(found)})
    return known


def _link(connection: Connection, device_id: str, epoch: int, fresh: Sequence[_Proven], out: _Sorted) -> None:
    """Appends what follows the end of the chain; what comes after a gap waits for what is missing."""
    head = lock_head(connection, device_id, epoch)
    w = t.waiting_facts.c
    mine = (w.device_id == device_id, w.epoch == epoch)
    kept = [_message_of(each) for each in connection.scalars(select(w.message).where(*mine))]
    waiting = [_Proven(message, message.fact()) for message in kept]
    pending = {each.fact.seq: each for each in (*waiting, *fresh)}
    start = head
    while proven := pending.pop(head.seq + 1, None):
        try:
            check_link(proven.fact, head)
        except BrokenFact as error:
            out.aside.append((proven.message, error.why))
            connection.execute(delete(t.waiting_facts).where(*mine, w.seq == proven.fact.seq))
            break
        out.accepted.append(proven.fact)
        head = head_after(proven.fact)
    if head.seq > start.seq:
        move_head(connection, head)
    if head.seq > start.seq and waiting:
        connection.execute(delete(t.waiting_facts).where(*mine, w.seq <= head.seq))
    out.waiting += [each for each in fresh if each.fact.seq in pending]


def _message_of(kept: Mapping[str, Any]) -> FactMessage:
    return message_from(kept["text"]) if "text" in kept else FactMessage.model_validate(kept)


def _keep_waiting(connection: Connection, waiting: Sequence[_Proven]) -> None:
    rows = [
        {
            "device_id": each.fact.device_id,
            "epoch": each.fact.epoch,
            "seq": each.fact.seq,
            "hash": each.fact.hash,
            "message": {"text": as_text(each.message)} if why_odd(each.fact) else each.message.model_dump(mode="json"),
        }
        for each in waiting
    ]
    if rows:
        connection.execute(insert(t.waiting_facts).on_conflict_do_nothing(), rows)


def _quarantine(connection: Connection, device: Device, out: _Sorted) -> list[Finding]:
    """Keeps broken facts aside; returns one finding for each reason that is new."""
    raised: dict[str, FindingKind] = {}
    for message, why in out.aside:
        body = _body(message)
        row = {
            "digest": sha256(body.encode()).hexdigest(),
            "device_id": device.id,
            "fact_id": message.id.replace("\0", "\ufffd"),
            "epoch": min(max(message.epoch, 0), 2**31 - 1),
            "seq": min(max(message.seq, 0), 2**63 - 1),
            "message": _storable(message, body),
            "why": why.encode(errors="replace").decode().replace("\0", "\ufffd")[:_LONGEST_REASON],
        }
        new = insert(t.quarantined_facts).values(row).on_conflict_do_nothing().returning(t.quarantined_facts.c.digest)
        if connection.execute(new).first() is not None:
            raised[f"A fact of {device.name} was kept aside: {row['why']}."] = (
                "bad_signature" if why == NOT_ITS_SIGNATURE else "broken_fact"
            )
    found = [Finding(kind, detail) for detail, kind in raised.items()]
    return [*found, *distrust(connection, device, out.cloned)] if out.cloned else found


TWO_WITH_ONE_NUMBER: Final = "sent two different facts with one number"


def distrust(connection: Connection, device: Device, why: str) -> Iterator[Finding]:
    """Trusts a till no more of which there are two copies; yields that, once."""
    if device.status is TillStatus.ACTIVE:
        suspect = update(t.devices).where(t.devices.c.id == device.id, t.devices.c.status == "active")
        if connection.execute(suspect.values(status="suspect")).rowcount:
            yield Finding("cloned_device", f"{device.name} {why}.")


def _epochs(device: Device, before: Head, out: _Sorted) -> list[Finding]:
    """Notes facts of a chain that the till has left; returns what is to be said of one that it has begun."""
    if any(fact.epoch < before.epoch for fact in out.accepted):
        out.cloned = "sent facts of a chain that it had left for a new one"
    begun = next((fact.epoch for fact in out.accepted if fact.epoch > before.epoch), None)
    if begun is None or not before.seq:
        return []
    detail = (
        f"{device.name} has lost facts of its file and goes on in part {begun} of its chain, after number {before.seq} "
        "here. What it may have sold and nobody knows of, it does not sell again: those places stay on its lease."
    )
    return [Finding("till_lost_facts", detail)]


def _storable(message: FactMessage, body: str) -> object:
    """Returns the message as JSON that Postgres takes; what it does not take (NUL, NaN) is kept as text, whole."""
    try:
        is_plain = b"\\u0000" not in canonical({**message.model_dump(), "kind": message.kind.value})
    except (ValueError, RecursionError):
        is_plain = False
    return json.loads(body) if is_plain else {"text": body}


def _body(message: FactMessage) -> str:
    try:
        return as_text(message)
    except RecursionError:  # deeper than Python goes: then its place and its hash are all that can be kept
        return json.dumps({"id": message.id, "epoch": message.epoch, "seq": message.seq, "hash": message.hash})


def _contacts(connection: Connection, device: Device, contacts: Sequence[ContactMessage]) -> None:
    """Keeps people's details beside their orders, where they can be erased.

    A till that was revoked may be in wrong hands: it adds what it knows, the newest first, and changes nothing.
    """
    is_revoked = device.is_revoked
    for contact in reversed(contacts) if is_revoked else contacts:
        given = as_read(contact.email, contact.name, contact.phone, contact.note)
        if given:
            mine = (t.orders.c.id == contact.order_id, t.orders.c.placed_by == device.id)
            set_contact(connection, given, *mine, is_only_added=is_revoked)
