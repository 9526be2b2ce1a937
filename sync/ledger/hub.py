"""What every use case of the hub works with: the database, the process's own chain, and the sealed keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.effects import (
    announcements_of,
    capacities_of,
    findings_of,
    forgotten_of,
    jobs_of,
    moves_of,
    must_know_all,
)
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Draft, Fact
from boxoffice.core.findings import Finding, Over, Remedy, of_lack
from boxoffice.core.ids import EventId
from boxoffice.core.payloads.exceptions import ExceptionRaised, ExceptionResolved
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.tickets import Issuer, certify
from sync.config import Settings
from sync.exception_kinds import ExceptionKind
from sync.ledger.bell import Bell
from sync.ledger.event_keys import prove_key, purpose_of
from sync.ledger.fact_log import FactLog
from sync.ledger.sealing import Sealer
from sync.ledger.turns import Turns
from sync.store import erasing, exceptions, feed, lives, moves, tasks
from sync.store import tables as t
from sync.store.chain import Chain, draft_now, new_id
from sync.store.database import Database
from sync.store.events import EventKey, size_pools, write_events
from sync.store.ledger import changed, load_books, order_ids_of, take_all, with_named, write_books
from sync.store.order_money import moves_due

OVER: Final = "over_by_itself"
"""How an exception ends that nobody had to decide."""
BATCHES_AT_ONCE: Final = 2
BATCH_WAITS_S: Final = 0.5
"""How long a batch waits for its turn, in a thread that the shop can't have meanwhile."""
_OF_THE_INBOX: Final = frozenset({FactKind.EXCEPTION_RAISED, FactKind.EXCEPTION_RESOLVED})
"""Tills look at what is open now; what they are told of it stands in no entry of the feed."""
MOST_WAITING: Final = 20
"""Of the forty requests that one process works on at once."""


def _log_of(settings: Settings, database: Database, chain: Chain, sealer: Sealer) -> FactLog | None:
    folder = settings.hub_facts_dir
    return None if folder is None else FactLog.begin(Path(folder), chain.device_id, sealer, database)


@dataclass(frozen=True, slots=True)
class Hub:
    """One process of the hub."""

    database: Database
    settings: Settings
    sealer: Sealer
    chain: Chain
    public_url: str
    log: FactLog | None = None
    """Where its facts are kept once more, beside the database."""
    catalogues: dict[str, tuple[object, Catalogue]] = field(default_factory=dict)
    """Events that were read before, with what tells whether they were revised since."""
    in_the_shop: list[Catalogue] = field(default_factory=list)
    """The event that the shop sold when it was last looked at, for pages that must do without the database."""
    asked_tills: dict[tuple[str, str], float] = field(default_factory=dict)
    """When tills were last asked for units of a pool, by event and pool, on a clock that only goes forward."""
    returned: Bell = field(default_factory=Bell)
    """Rings when a till has given units back, or said that it can't."""
    waiters: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))
    """One for each request that waits for units: the others' threads are for the tills that give them back."""

    batches: Turns = field(default_factory=lambda: Turns(BATCHES_AT_ONCE, BATCH_WAITS_S))
    """For what tills send in batches: many that come back at once must not hold the shop."""

    @classmethod
    def open(cls, settings: Settings, database: Database, public_url: str, name: str = "hub") -> "Hub":
        """Returns the hub with a new chain of its own.

        Raises:
            BadInput: if a setting that every process needs is missing.
            WrongKey: if the master key did not seal what lies in the database.
        """
        sealer = Sealer(settings.secret("event keys", "hub_master_key"))
        with database.transaction() as connection:
            prove_key(connection, sealer)
            lives.look(connection)
            chain = Chain.create(connection, name, sealer.chain_key)
        hub = cls(database, settings, sealer, chain, public_url.rstrip("/"), _log_of(settings, database, chain, sealer))
        database.logs += () if hub.log is None else (hub.log.catch_up,)
        return hub

    def write(
        self,
        connection: Connection,
        payloads: Sequence[Payload],
        event_id: str | None,
        books: Books | None = None,
    ) -> tuple[Fact, ...]:
        """Writes facts of the hub's own about orders that the caller has locked, with all that follows from them.

        What a person must look at because of them is put before one. `books` spares reading them again: those of just
        these orders, as they stand (empty for orders that are new).

        Raises:
            NotEnoughLeft: if a fact claims more units than are left.
            ValueError: if the facts contradict the books. The transaction must then be given up, whichever it is.
        """
        drafts: list[Draft] = [draft_now(payload, event_id) for payload in payloads]
        orders = order_ids_of(drafts)
        before = load_books(connection, orders) if books is None else books  # first: they are read from the facts
        before = with_named(connection, before, drafts)
        after, effects, misfits = take_all(before, self.chain.unsealed(drafts))
        if misfits:
            raise ValueError(next(iter(misfits.values())))
        must_know_all(effects)
        write_events(connection, changed(before.events, after.events), self._new_event_key)
        size_pools(connection, capacities_of(effects))  # before what is sold of the places that are new
        lacks = moves.make(connection, moves_of(effects))
        facts = self.chain.append(connection, drafts, {each.fact.id: each.postings for each in effects})
        write_books(connection, before, after, facts)
        feed.tell(connection, announcements_of(effects))
        tasks.begin(connection, jobs_of(effects))
        erasing.forget(connection, forgotten_of(effects))
        found = (*findings_of(effects), *(of_lack(lack, after) for lack in lacks))
        self.put_before_a_person(connection, found, event_id=event_id)
        if any(fact.kind in _OF_THE_INBOX for fact in facts):
            feed.wake(connection, "feed", None, None)
        return (*facts, *self.follow_money(connection, facts))

    def follow_money(self, connection: Connection, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """Moves the orders whose money these facts have moved, and which the caller has locked, to where they are."""
        due = moves_due(connection, facts)
        return tuple(fact for each in due for fact in self.write(connection, [each.move], each.event_id))

    def put_before_a_person(
        self,
        connection: Connection,
        found: Iterable[Finding | Over],
        *,
        event_id: str | None = None,
        device_id: str | None = None,
    ) -> None:
        """Carries out what follows from facts for the list of exceptions: what is on it from now on, and what is over.

        `device_id` is the till whose facts they are.
        """
        for each in found:
            if isinstance(each, Over):
                self.settle_exceptions(connection, each.kinds, each.subject_id, event_id)
            elif not (each.stands_alone and exceptions.open_about(connection, (each.kind,), each.subject_id)):
                self.raise_exception(
                    connection,
                    each.kind,
                    each.detail,
                    event_id=event_id,
                    order_id=each.order_id,
                    device_id=device_id,
                    subject_id=each.subject_id,
                    remedies=each.remedies,
                )

    def raise_exception(
        self,
        connection: Connection,
        kind: ExceptionKind,
        detail: str,
        *,
        event_id: str | None = None,
        order_id: str | None = None,
        device_id: str | None = None,
        subject_id: str | None = None,
        remedies: tuple[Remedy, ...] = (),
    ) -> None:
        """Puts something before a person that follows from no fact: what the hub sees of the world outside."""
        raised = ExceptionRaised(
            exception_id=new_id(),
            exception_kind=kind,
            order_id=order_id,
            detail=detail,
            remedies=remedies,
            subject_id=subject_id,
            device_id=device_id,
        )
        self.write(connection, [raised], event_id, Books())

    def settle_exceptions(
        self, connection: Connection, kinds: Iterable[ExceptionKind], subject_id: str, event_id: str | None
    ) -> None:
        """Takes what is over by itself from the list: nobody has to decide it any more."""
        ended = exceptions.open_about(connection, tuple(kinds), subject_id)
        if ended:
            over = [ExceptionResolved(exception_id=each, remedy=OVER) for each in ended]
            self.write(connection, over, event_id, Books())

    def _new_event_key(self, event_id: str) -> EventKey:
        key = Ed25519PrivateKey.generate()
        return EventKey(key.public_key().public_bytes_raw().hex(), self.sealer.seal(key, purpose_of(event_id)))

    def issuer(self, connection: Connection, event_id: str) -> Issuer:
        """Returns this process as an issuer of the event's tickets."""
        event_key = self.event_key(connection, event_id)
        return Issuer(self.chain.key, certify(EventId(event_id), self.chain.key.public_key(), event_key))

    def event_key(self, connection: Connection, event_id: str) -> Ed25519PrivateKey:
        """Returns the key by which the event's devices are known, and by which it is said that something was paid."""
        sealed = connection.execute(select(t.events.c.sealed_key).where(t.events.c.id == event_id)).scalar_one()
        return self.sealer.open(sealed, purpose_of(event_id))
