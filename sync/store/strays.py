"""Payments that no till and no page of ours had asked for, and the readers that have taken money for us."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects.postgresql import insert

from sync.store import tables as t
from sync.store.rows import value_of

Provider = Literal["stripe", "paypal"]
Decision = Literal["sale", "refund", "not_ours", "refunded_there"]
_s: Final = t.strays.c
_UNSEEN: Final = text("""
    SELECT m.payment FROM provider_moves m
    WHERE m.provider = :provider AND m.kind = 'charge' AND NOT m.is_marked AND m.payment IS NOT NULL
      AND m.created_at > now() - interval '60 days'
      AND NOT EXISTS (SELECT FROM strays s WHERE s.reference = m.payment)
      AND NOT EXISTS (SELECT FROM payments p WHERE p.provider_reference = m.payment)
    ORDER BY m.created_at LIMIT :most
""")


@dataclass(frozen=True, slots=True)
class Stray:
    """A payment with nothing of ours in it. It is settled once what was decided is done: a refund takes a moment."""

    reference: str
    provider: Provider
    amount: int
    currency: str
    paid_at: datetime
    card: str
    read_method: str
    reader: str
    words: str
    decision: Decision | None
    decided_by: str
    decided_at: datetime | None
    order_id: str | None
    settled_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A payment as its provider tells of it, in minor units."""

    reference: str
    amount: int
    currency: str
    paid_at: datetime
    card: str
    read_method: str
    reader: str
    words: str


def note_reader(connection: Connection, reader: str) -> None:
    """Notes that a reader has taken a payment of ours."""
    connection.execute(insert(t.our_readers).values(reader=reader).on_conflict_do_nothing())


def is_our_reader(connection: Connection, reader: str) -> bool:
    mine = t.our_readers.c.reader == reader
    return bool(reader) and connection.execute(select(mine).where(mine)).first() is not None


def keep(connection: Connection, provider: Provider, seen: Seen) -> bool:
    """Keeps a payment as one that nobody has asked for; returns whether it is new."""
    row = insert(t.strays).values(provider=provider, **asdict(seen))
    return connection.execute(row.on_conflict_do_nothing().returning(_s.reference)).first() is not None


def stray(connection: Connection, reference: str, *, is_locked: bool = False) -> Stray | None:
    query = select(t.strays).where(_s.reference == reference)
    row = connection.execute(query.with_for_update() if is_locked else query).one_or_none()
    return None if row is None else value_of(Stray, row)


def undecided(connection: Connection) -> Sequence[Stray]:
    """Returns what nobody has decided, the oldest first."""
    query = select(t.strays).where(_s.decision.is_(None)).order_by(_s.paid_at, _s.reference)
    return [value_of(Stray, row) for row in connection.execute(query)]


def change(connection: Connection, reference: str, **values: Any) -> None:
    connection.execute(update(t.strays).where(_s.reference == reference).values(**values))


def unseen(connection: Connection, provider: Provider, most: int) -> Sequence[str]:
    """Returns payments in the provider's list that are neither ours nor known as strays."""
    return [str(each) for each in connection.scalars(_UNSEEN, {"provider": provider, "most": most})]
