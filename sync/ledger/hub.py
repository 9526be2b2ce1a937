"""What every use case of the hub works with: the database, the process's own chain, and the sealed keys."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.effects import announcements_of, jobs_of, moves_of
from boxoffice.core.facts import Draft, Fact
from boxoffice.core.ids import EventId
from boxoffice.core.payloads import ExceptionRaised, ExceptionResolved, Payload
from boxoffice.core.tickets import Issuer, certify
from sync.config import Settings
from sync.exception_kinds import ExceptionKind, Finding
from sync.ledger.bell import Bell
from sync.ledger.event_keys import prove_key, purpose_of
from sync.ledger.lacks import finding_of
from sync.ledger.sealing import Sealer
from sync.store import feed, moves, tasks
from sync.store import tables as t
from sync.store.chain import Chain, draft_now, new_id
from sync.store.database import Database
from sync.store.ledger import load_books, order_ids_of, take_all, write_books
from sync.store.order_money import moves_due

OVER: Final = "over_by_itself"
"""How an exception ends that nobody had to decide."""
MOST_WAITING: Final = 20
"""Of the forty requests that one process works on at once."""


@dataclass(frozen=True, slots=True)
class Hub:
    """One process of the hub."""

    database: Database
    settings: Settings
    sealer: Sealer
    chain: Chain
    public_url: str
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
            chain = Chain.create(connection, name)
        return cls(database, settings, sealer, chain, public_url.rstrip("/"))

    def write(
        self,
        connection: Connection,
        payloads: Sequence[Payload],
        event_id: str | None,
        books: Books | None = None,
    ) -> tuple[Fact, ...]:
        """Writes facts of the hub's own about orders that the caller has locked, with all that follows from them.

        What had happened without units for it is put before a person. `books` spares reading them again: those of just
        these orders, as they stand (empty for orders that are new).

        Raises:
            NotEnoughLeft: if a fact claims more units than are left.
            ValueError: if the facts contradict the books. The transaction must then be given up, whichever it is.
        """
        drafts: list[Draft] = [draft_now(payload, event_id) for payload in payloads]
        orders = order_ids_of(drafts)
        before = load_books(connection, orders) if books is None else books  # first: they are read from the facts
        after, effects, misfits = take_all(before, self.chain.unsealed(drafts))
        if misfits:
            raise ValueError(next(iter(misfits.values())))
        lacks = moves.make(connection, moves_of(effects))
        facts = self.chain.append(connection, drafts, {each.fact.id: each.postings for each in effects})
        write_books(connection, before, after, facts)
        feed.tell(connection, announcements_of(effects))
        tasks.begin(connection, jobs_of(effects))
        self.raise_findings(connection, [finding_of(lack, after) for lack in lacks], event_id=event_id)
        return (*facts, *self.follow_money(connection, facts))

    def follow_money(self, connection: Connection, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        """Moves the orders whose money these facts have moved, and which the caller has locked, to where they are."""
        due = moves_due(connection, facts)
        return tuple(fact for each in due for fact in self.write(connection, [each.move], each.event_id))

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
        remedies: tuple[str, ...] = (),
    ) -> Fact:
        """Puts something before a person, as a fact and as a row of the list of exceptions."""
        exception_id = new_id()
        payload = ExceptionRaised(
            exception_id=exception_id,
            exception_kind=kind,
            order_id=order_id,
            detail=detail,
            remedies=remedies,
            subject_id=subject_id,
        )
        connection.execute(
            insert(t.exceptions).values(
                id=exception_id,
                kind=kind,
                order_id=order_id,
                device_id=device_id,
                subject_id=subject_id,
                detail=detail,
                remedies=list(remedies),
            )
        )
        (fact,) = self.chain.append(connection, [draft_now(payload, event_id)])
        return fact

    def settle_exceptions(
        self, connection: Connection, kinds: Iterable[ExceptionKind], subject_id: str, event_id: str | None
    ) -> None:
        """Takes what is over by itself from the list: nobody has to decide it any more."""
        x = t.exceptions.c
        mine = (x.status == "open", x.kind.in_(list(kinds)), x.subject_id == subject_id)
        values = {"status": "resolved", "remedy": OVER, "resolved_at": func.now(), "resolved_by": ""}
        ended = list(connection.scalars(update(t.exceptions).where(*mine).values(values).returning(x.id)))
        if ended:
            words = [ExceptionResolved(exception_id=each, remedy=OVER) for each in sorted(ended)]
            self.chain.append(connection, [draft_now(each, event_id) for each in words])

    def raise_findings(
        self,
        connection: Connection,
        findings: Iterable[Finding],
        *,
        event_id: str | None = None,
        device_id: str | None = None,
    ) -> None:
        """Puts each before a person."""
        for each in findings:
            self.raise_exception(
                connection,
                each.kind,
                each.detail,
                event_id=event_id,
                order_id=each.order_id,
                device_id=device_id,
                subject_id=each.subject_id,
            )

    def issuer(self, connection: Connection, event_id: str) -> Issuer:
        """Returns this process as an issuer of the event's tickets."""
        sealed = connection.execute(select(t.events.c.sealed_key).where(t.events.c.id == event_id)).scalar_one()
        event_key = self.sealer.open(sealed, purpose_of(event_id))
        return Issuer(self.chain.key, certify(EventId(event_id), self.chain.key.public_key(), event_key))
