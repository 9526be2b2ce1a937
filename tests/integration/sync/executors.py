"""The three that carry facts out, side by side: a till's SQLite, the hub's Postgres, and memory."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Table, or_, select, text

from boxoffice.core.books import Books
from boxoffice.core.columns import words_of
from boxoffice.core.effect_kinds import FeedKind, Task
from boxoffice.core.effects import Inconsistent
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, head_after, instant
from boxoffice.core.ids import DeviceId, EventId
from boxoffice.core.inventory import LeaseCount, NotEnoughLeft, PoolCount
from boxoffice.core.memory import MemoryHub, MemoryTill
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.rows import KEPT
from boxoffice.till.store import facts as till_facts
from boxoffice.till.store import journal
from boxoffice.till.store import tables as on_till
from boxoffice.till.store.journal import Journal, take_hub_fact
from boxoffice.till.store.leases import counts_of
from sync.ledger.hub import Hub
from sync.ledger.till_facts import apply_till_facts
from sync.store import tables as at_hub
from sync.store.chain import draft_now, facts_by_id, move_head
from sync.store.tills import Device
from tests.integration.sync.door import EVENT, Door

_ROWS: Final = ("orders", *(each.table for each in KEPT))

_OF_ORDERS: Final = [each.table for each in KEPT if each.named is None]


@dataclass
class Executors:
    """What each of the three has come to, and whether they agree."""

    hub: Hub
    door: Door
    device: Device
    journal: Journal
    there: Connection
    here: Connection
    memory_hub: MemoryHub = field(init=False)
    memory_till: MemoryTill = field(default_factory=MemoryTill)
    placed: dict[str, OrderPlaced] = field(default_factory=dict)
    sent: int = 0
    heard: int = 0
    first_news: int = 0
    first_exceptions: set[str] = field(default_factory=set)
    worries: list[str] = field(default_factory=list)
    revision: int = 0
    is_old: bool = False
    """Whether both sides write as the version before did: without generations of leases."""
    was_old: bool = False
    tenders: dict[str, OrderPlaced] = field(default_factory=dict)
    """Payments that were begun, with their orders."""
    written: set[FactKind] = field(default_factory=set)
    """What either side has written so far."""

    def __post_init__(self) -> None:
        self.memory_hub = MemoryHub(self._pools())
        self.revision = self.there.scalars(select(at_hub.events.c.revision).where(at_hub.events.c.id == EVENT)).one()
        self.first_exceptions = set(self.there.scalars(select(at_hub.exceptions.c.id)))
        self.first_news = self.heard = self._newest_news()

    def begin_with_the_version_before(self) -> None:
        self.is_old = self.was_old = True

    def update(self) -> None:
        """Both sides are of this version from now on."""
        self.is_old = False

    def sync(self) -> None:
        """The till sends what it has, and takes what the hub tells it."""
        self.send()
        self._hear()

    def hear_answers(self) -> None:
        """The till hears what it was granted by the answers to its requests, before it hears anything else."""
        for fact in self._untold():
            if fact.kind is FactKind.LEASE_GRANTED:
                self._take(fact)

    def send(self) -> None:
        """The till sends what it has."""
        facts = till_facts.own_after(self.here, self.sent, 10_000)
        self.sent = till_facts.newest_position(self.here)
        followed = apply_till_facts(self.there, self.device.writer, facts)
        moved = self.hub.follow_money(self.there, facts)
        self.hub.put_before_a_person(self.there, followed.findings, device_id=self.device.id)
        if facts:
            move_head(self.there, head_after(facts[-1]))
        self.memory_hub.carry_out(facts)  # together, as the hub does: it tells of each pool once
        self.memory_hub.carry_out(moved)
        for refused in followed.refused:
            self.by_hub(refused.end)

    def look(self) -> None:
        """Holds both databases to what they are in memory."""
        assert self._pools() == self.memory_hub.pools
        assert self._leases_at_hub() == self.memory_hub.leases
        self.look_at_rows(self.memory_hub.books, self.memory_till.books)
        ours = {(EVENT, str(pool)): lease for pool, lease in counts_of(self.here, EVENT).items()}
        assert {key: lease for key, lease in ours.items() if lease != LeaseCount()} == self.memory_till.leases
        assert self._news() == [
            (each.kind.value, each.event_id, each.device_id, each.fact_id) for each in self.memory_hub.feed
        ]
        hub = self.memory_hub
        for key, row in hub.books.exceptions.items():
            kept = self._kept(at_hub.exceptions, key)
            assert {name: kept[name] for name in words_of(row)} == words_of(row) | {"remedies": list(row.remedies)}
        for key, event in hub.books.events.items():
            kept = self._kept(at_hub.events, key)
            assert {name: kept[name] for name in words_of(event)} == words_of(event)
        assert self._inbox() == Counter(
            (each.kind, status, each.order_id, each.subject_id, each.detail, each.remedies)
            for status, found in (("open", hub.open), ("resolved", hub.over))
            for each in found
        )
        wanted = [job.subject_id for job in self.memory_hub.jobs if job.task is Task.SEND_REFUND]
        calls = select(at_hub.refund_calls.c.refund_id).where(at_hub.refund_calls.c.refund_id.in_(wanted or [""]))
        assert sorted(self.there.scalars(calls)) == sorted(wanted)

    def look_at_rows(self, there: Books, here: Books) -> None:
        """Holds the rows of both databases to these books."""
        self._look_at(self.there, at_hub.metadata.tables, there)
        self._look_at(self.here, on_till.metadata.tables, here)

    def look_at_the_till(self) -> None:
        """Holds the till, once it has heard, to what the hub says of its orders."""
        hub, till = self.memory_hub.books, self.memory_till.books
        assert till.orders == {key: row for key, row in hub.orders.items() if row.channel is Channel.DOOR}
        if not self.was_old:
            told = {key[1:]: (lease.granted, lease.left) for key, lease in self.memory_hub.leases.items()}
            ours = self.memory_till.leases.items()
            assert told == {key: (lease.granted, lease.left + lease.held) for key, lease in ours}
        for name in _OF_ORDERS:
            theirs = {key: row for key, row in getattr(hub, name).items() if _order_of(hub, row) in till.orders}
            assert getattr(till, name) == theirs

    def _by(self, is_till: bool, *payloads: Payload) -> bool:
        """Writes about an order: each side knows first what the other has written about it."""
        self.sync()
        is_done = self.by_till(*payloads) if is_till else self.by_hub(*payloads)
        self.sync()
        return is_done

    def by_till(self, *payloads: Payload) -> bool:
        attempt = self.here.begin_nested()
        try:
            with patch.object(journal, "takes_from_lease", lambda _: False) if self.is_old else nullcontext():
                facts = self.journal.write(self.here, payloads, EventId(EVENT))
        except NotEnoughLeft as short:
            attempt.rollback()
            self._is_refused(self.memory_till.carry_out, [self.journal_like(p) for p in payloads], short)
            return False
        attempt.commit()
        self.memory_till.carry_out(facts)
        self.written.update(fact.kind for fact in facts)
        return True

    def by_hub(self, *payloads: Payload) -> bool:
        attempt = self.there.begin_nested()
        try:
            facts = self.hub.write(self.there, payloads, EVENT)
        except NotEnoughLeft as short:
            attempt.rollback()
            facts = tuple(self.hub.chain.unsealed([draft_now(each, EVENT) for each in payloads]))
            self._is_refused(self.memory_hub.carry_out, list(facts), short)
            return False
        attempt.commit()
        self.memory_hub.carry_out(facts)
        self.written.update(fact.kind for fact in facts)
        return True

    def journal_like(self, payload: Payload) -> Fact:
        """Returns a fact as the till would write it."""
        (fact,) = self.hub.chain.unsealed([draft_now(payload, EVENT)])
        return Fact(**{**{name: getattr(fact, name) for name in fact.__slots__}, "device_id": DeviceId(self.device.id)})

    def _is_refused(self, carry_out: Callable[[list[Fact]], object], facts: list[Fact], short: NotEnoughLeft) -> None:
        with pytest.raises(NotEnoughLeft) as same:
            carry_out(facts)
        assert same.value.shortages.items() <= short.shortages.items()

    def _hear(self) -> None:
        for fact in self._untold():
            self._take(fact)
        self.heard = self._newest_news()

    def _untold(self) -> list[Fact]:
        f = at_hub.feed.c
        is_mine = or_(f.device_id == self.device.id, f.device_id.is_(None))
        mine = (f.id > self.heard, is_mine, f.kind == FeedKind.FACT.value)
        rows = self.there.execute(select(f.fact_id).where(*mine).order_by(f.id)).all()
        return list(facts_by_id(self.there, [row.fact_id for row in rows]))

    def _take(self, fact: Fact) -> None:
        if take_hub_fact(self.here, fact):
            try:
                self.memory_till.carry_out([fact])
            except (Inconsistent, NotEnoughLeft) as error:
                raise AssertionError("the till was told what it can't take") from error

    def _is_counted(self, voided: TicketVoided) -> bool:
        """Returns whether the pools know of the units: those sold beyond the house come back to nobody."""
        return all(self.memory_hub.pools[EVENT, pool].sold >= units for pool, units in voided.units.items())

    def _pools(self) -> dict[tuple[str, str], PoolCount]:
        p = at_hub.pools.c
        rows = self.there.execute(
            select(p.id, p.capacity, p.available, p.leased, p.held, p.sold).where(p.event_id == EVENT)
        )
        return {(EVENT, row.id): PoolCount(*row[1:]) for row in rows}

    def _leases_at_hub(self) -> dict[tuple[str, str, str], LeaseCount]:
        d = at_hub.device_leases.c
        rows = self.there.execute(
            select(d.pool_id, d.granted, d.sold, d.returned, d.generation).where(d.device_id == self.device.id)
        )
        return {(self.device.id, EVENT, row[0]): LeaseCount(row[1], row[2], 0, row[3], row[4]) for row in rows}

    def _kept(self, table: Table, key: str) -> Mapping[str, Any]:
        return dict(self.there.execute(select(table).where(table.c.id == key)).mappings().one())

    def _inbox(self) -> Counter[tuple[Any, ...]]:
        x, seen = at_hub.exceptions.c, self.first_exceptions | set(self.memory_hub.books.exceptions)
        columns = (x.kind, x.status, x.order_id, x.subject_id, x.detail, x.remedies)
        rows = self.there.execute(select(*columns).where(x.id.not_in(seen)))
        return Counter((*row[:5], tuple(row.remedies)) for row in rows)

    def _news(self) -> list[tuple[Any, ...]]:
        f = at_hub.feed.c
        ours = (f.id > self.first_news, f.xid == text("pg_current_xact_id()::text::bigint"))  # others write meanwhile
        query = select(f.kind, f.event_id, f.device_id, f.fact_id).where(*ours).order_by(f.id)
        return [tuple(row) for row in self.there.execute(query)]

    def _newest_news(self) -> int:
        return int(self.there.exec_driver_sql("SELECT coalesce(max(id), 0) FROM feed").scalar_one())

    def _look_at(self, connection: Connection, tables: Mapping[str, Any], books: Books) -> None:
        for name in _ROWS:
            expected, table = getattr(books, name), tables[name]
            found = connection.execute(select(table).where(table.c.id.in_(list(expected)))).mappings()
            rows = {row["id"]: row for row in found}
            for key, row in expected.items():
                said = {column: value for column, value in words_of(row).items() if column in table.c}
                held = {column: rows[key][column] for column in said}
                times = {column for column in said if isinstance(said[column], datetime)}
                assert held | {column: _instant(held[column]) for column in times} == said
        accounts = Counter[str]()
        for posting in (each for lines in books.postings.values() for each in lines):
            accounts[posting.account] += posting.amount.minor
        table = tables["ledger_postings"]
        mine = table.c.fact_id.in_(list(books.postings))
        totals = Counter[str]()
        for account, amount in connection.execute(select(table.c.account, table.c.amount).where(mine)):
            totals[account] += amount
        assert +totals == +accounts
        assert -totals == -accounts


def _instant(kept: datetime | str) -> datetime:
    """Returns an instant as Postgres or the till's file keeps it."""
    return kept if isinstance(kept, datetime) else instant(kept)


def _order_of(books: Books, row: Any) -> str | None:
    if hasattr(row, "order_id"):
        return str(row.order_id)
    payment = books.payments.get(row.payment_id)
    return payment.order_id if payment else None
