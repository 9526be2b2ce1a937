"""Facts of this hub's own that its database has lost: proved by signature, they are the same facts again."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, func, select

from boxoffice.core.errors import BadInput
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import BrokenFact, Fact, check_fact, text_in
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.writers import Role, Writer
from sync.ledger.hub import Hub
from sync.ledger.till_facts import Followed, apply_till_facts, keep_aside
from sync.store import tables as t
from sync.store.chain import Chain

_f = t.facts.c
_d = t.devices.c
_FOLLOWING: Final = frozenset({FactKind.ORDER_STATE_CHANGED, FactKind.UNITS_FREED})
"""What the hub says by itself after facts of others."""


def proved(hub: Hub, connection: Connection, message: FactMessage) -> Fact | None:
    """Returns the fact if a process of this hub signed it: one that is known, or one that was lost with its facts."""
    known = connection.execute(select(_d.kind, _d.public_key).where(_d.id == message.device_id)).one_or_none()
    if known is not None and known.kind != "hub":
        return None
    made = hub.sealer.chain_key(message.device_id).public_key()
    key = made if known is None else Ed25519PublicKey.from_public_bytes(bytes.fromhex(known.public_key))
    try:
        fact = message.fact()
        check_fact(fact, key)
    except (BrokenFact, BadInput, ValueError, OverflowError, RecursionError):
        return None
    if known is None:
        Chain.create(connection, "hub, before it was restored", hub.sealer.chain_key, fact.device_id)
    return fact


def is_here(connection: Connection, fact: Fact) -> bool:
    """Returns whether the fact is here, or another that has its place."""
    is_there = (_f.device_id == fact.device_id) & (_f.epoch == fact.epoch) & (_f.seq == fact.seq)
    return connection.execute(select(_f.id).where((_f.id == fact.id) | is_there)).first() is not None


def apply_own(connection: Connection, fact: Fact) -> Followed:
    """Carries a fact out that the hub had lost; it stands outside its chain."""
    writer = Writer(fact.device_id, Role.HUB, "The hub", "")
    return apply_till_facts(connection, writer, [fact], is_told_again=True)


def is_so_already(connection: Connection, fact: Fact) -> bool:
    """Returns whether an order is where the fact moves it: orders follow their money by themselves, here once more."""
    if fact.kind is not FactKind.ORDER_STATE_CHANGED:
        return False
    status = select(t.orders.c.status).where(t.orders.c.id == text_in(fact.payload, "order_id"))
    return connection.scalar(status) == text_in(fact.payload, "to")


def is_said_anew(connection: Connection, fact: Fact) -> bool:
    """Returns whether this life of the hub has said the same by itself; keeps the fact then, and nothing follows.

    Places come free and orders move as soon as a till tells what it gave back: told again, that must not count twice.
    """
    same = (_f.kind == fact.kind.value, _f.payload == dict(fact.payload))
    since = select(func.max(t.hub_lives.c.began_at)).scalar_subquery()
    anew = func.count().filter(_f.is_told_again.is_(False), _f.received_at >= since)
    kept = func.count().filter(_f.is_told_again, _f.is_applied.is_(False))
    if fact.kind not in _FOLLOWING or not connection.scalar(select(anew > kept).where(*same)):
        return False
    keep_aside(connection, fact, "the hub has said it anew")
    return True
