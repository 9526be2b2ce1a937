"""Applies proven facts to the books: all that fit, and what a person must look at. None about money is refused."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError, IntegrityError

from boxoffice.core.authority import why_not
from boxoffice.core.books import Books
from boxoffice.core.effects import Effects, announcements_of, findings_of, forgotten_of, jobs_of, moves_of
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, note, text_in
from boxoffice.core.findings import Finding, Over, of_lack, of_money_given_back_twice
from boxoffice.core.inventory import Lack, PoolMove
from boxoffice.core.known import Known
from boxoffice.core.own_money import is_given_by_itself, is_own_money
from boxoffice.core.who_wrote import Doubt, doubt_about
from boxoffice.core.writers import Role, Writer
from sync.ledger.came_back import CameBack, came_back
from sync.ledger.till_refunds import Refused, may_be_sent, unsent
from sync.store import erasing, feed, moves, pools, tasks
from sync.store.chain import Posted, Standing, store_facts
from sync.store.known import load_known
from sync.store.ledger import load_books, lock_orders, orders_behind, take_all, with_named, write_books


@dataclass(frozen=True, slots=True)
class Followed:
    """What is left to be done after a till's facts."""

    findings: Sequence[Finding | Over] = ()
    came_back: Sequence[CameBack] = ()
    applied: Sequence[Fact] = ()
    refused: Sequence[Refused] = ()
    """Refunds that the till asked for, and that are not made: the caller writes their ends."""


def apply_till_facts(
    connection: Connection,
    writer: Writer,
    facts: Sequence[Fact],
    odd: Mapping[str, str] = {},
    *,
    is_told_again: bool = False,
) -> Followed:
    """Stores a till's facts with all that follows from those that it may write.

    `odd` are facts that can't be stored as the others are, with why, by hash. `is_told_again` are a hub's own that it
    had lost.
    """
    if not facts:
        return Followed()
    plain = [fact for fact in facts if fact.hash not in odd]
    orders = orders_behind(connection, plain)
    lock_orders(connection, orders)
    known = load_known(connection, plain)
    refused = _judged(writer, plain, known)
    allowed = [fact for fact in plain if fact.hash not in refused]
    before = with_named(connection, load_books(connection, orders), allowed)
    books, effects, misfits = _write(connection, before, allowed)
    standings = {hash_: Standing(False, why, is_odd=True) for hash_, why in odd.items()}
    for fact in plain:
        why = refused.get(fact.hash) or misfits.get(fact.id)
        if why is not None:
            is_posted = is_own_money(writer, fact, known) or (fact.id in misfits and is_given_by_itself(writer, fact))
            standings[fact.hash] = Standing(False, None if is_posted else why)
    posted: Posted = {each.fact.id: each.postings for each in effects}
    store_facts(connection, facts, standings, posted, is_told_again=is_told_again)
    lacks = moves.make(connection, moves_of(effects))
    feed.tell(connection, announcements_of(effects))
    is_tills = writer.role is Role.TILL
    # What the hub itself asks for it may: also where a till tells it that it did, and it has lost that.
    jobs, refused_back = may_be_sent(jobs_of(effects), books) if is_tills else (jobs_of(effects), [])
    tasks.begin(connection, jobs)
    erasing.forget(connection, forgotten_of(effects))
    findings = [*findings_of(effects), *unsent(refused_back)]
    findings += [of_lack(lack, books) for lack in lacks if not _was_reclaimed(connection, lack)]
    findings += _misfitting(writer, [fact for fact in allowed if fact.id in misfits], misfits, books)
    findings += _doubted(writer, allowed, known)
    findings += _not_theirs(writer, facts, {**odd, **refused}, known)
    fitting = [fact for fact in allowed if fact.id not in misfits]
    back = came_back(before, books, fitting) if is_tills else ()
    return Followed(findings, tuple(back), fitting, tuple(refused_back))


def keep_aside(connection: Connection, fact: Fact, why: str) -> None:
    """Stores a fact of a hub's own that it had lost, of which nothing follows any more."""
    store_facts(connection, [fact], {fact.hash: Standing(False, why)}, is_told_again=True)


def _was_reclaimed(connection: Connection, lack: Lack) -> bool:
    """Returns whether a till gave back what it did not know yet to be gone."""
    move = lack.move
    is_back = move.move is PoolMove.RETURN
    return is_back and pools.was_reclaimed(connection, move.till or "", move.event_id, move.pool_id, move.generation)


def _judged(writer: Writer, facts: Sequence[Fact], known: Known) -> dict[str, str]:
    """Returns why facts are not the writer's to say, by hash; `known` then has what the others bring."""
    refused: dict[str, str] = {}
    for fact in facts:
        why = why_not(writer, fact, known)
        if why is None:
            note(known, fact)
        else:
            refused[fact.hash] = why
    return refused


def _not_theirs(writer: Writer, facts: Sequence[Fact], why: Mapping[str, str], known: Known) -> Iterator[Finding]:
    """Yields one finding for each thing that the till said and may not, however often it said so."""
    counts: Counter[tuple[str, str, str | None]] = Counter()
    for fact in facts:
        if fact.hash in why:
            order = text_in(fact.payload, "order_id")
            about = order if order in known.orders else None
            counts[fact.kind.value, why[fact.hash], about] += 1
    for (kind, reason, about), count in counts.items():
        times = "" if count == 1 else f" ({count} times)"
        yield Finding("not_allowed", f"{writer.name} wrote {kind}{times}: {reason}.", about)


_DOUBTS: Final[Mapping[Doubt, str]] = {
    "unknown": "{till} wrote {count} records for somebody whom this hub does not know.",
    "ended": "{till} wrote {count} records for somebody who worked here no more.",
    "not_approved": "{till} wrote {count} records that somebody must approve, and nobody did.",
}


def _doubted(writer: Writer, facts: Sequence[Fact], known: Known) -> Iterator[Finding]:
    """Yields one finding for each doubt about each person; what they wrote counts all the same."""
    counts: Counter[tuple[Doubt, str]] = Counter()
    orders: dict[tuple[Doubt, str], str | None] = {}
    for fact in facts if writer.role is Role.TILL else ():
        doubt = doubt_about(fact, known)
        if doubt is not None:
            counts[doubt] += 1
            orders.setdefault(doubt, text_in(fact.payload, "order_id"))
    for (kind, staff_id), count in counts.items():
        order = orders[kind, staff_id]
        words = _DOUBTS[kind].format(till=writer.name, count=count)
        about = order if order in known.orders else None
        yield Finding("staff_in_doubt", words, about, subject_id=f"{kind} {staff_id}", stands_alone=True)


def _write(connection: Connection, before: Books, facts: Sequence[Fact]) -> tuple[Books, list[Effects], dict[str, str]]:
    """Returns the books with all facts that fit, as they are on disk now, what follows, and why others don't fit."""
    after, effects, misfits = take_all(before, facts)
    if _is_written(connection, before, after, [fact for fact in facts if fact.id not in misfits]):
        return after, effects, misfits
    # One of them goes against a rule of the tables, such as a quantity of none: one by one, to find it.
    books, effects, misfits = before, [], {}
    for fact in facts:
        after, follows, why = take_all(books, [fact])
        if not why and not _is_written(connection, books, after, [fact]):
            why = {fact.id: f"fact {fact.id} ({fact.kind.value}): its values can't be right"}
        misfits |= why
        effects += [] if why else follows
        books = books if why else after
    return books, effects, misfits


_REFUNDS: Final = frozenset({FactKind.REFUND_REQUESTED, FactKind.REFUND_SUCCEEDED, FactKind.REFUND_FAILED})
_TOLD: Final = text("SELECT set_config('boxoffice.is_told', :is_told, true)")


def _is_written(connection: Connection, before: Books, after: Books, facts: Sequence[Fact]) -> bool:
    is_refund = any(fact.kind in _REFUNDS for fact in facts)
    try:
        with connection.begin_nested():
            if is_refund:  # others may have given the same back: Postgres holds only what the hub writes itself to that
                connection.execute(_TOLD, {"is_told": "yes"})
            write_books(connection, before, after, facts)
            if is_refund:
                connection.execute(_TOLD, {"is_told": "no"})
    except (IntegrityError, DataError):
        return False
    return True


def _misfitting(writer: Writer, facts: Sequence[Fact], why: Mapping[str, str], books: Books) -> Iterator[Finding]:
    """Yields what a person must look at of facts that don't fit; of what was given back twice, once."""
    twice = {fact.payload["refund_id"] for fact in facts if is_given_by_itself(writer, fact)}
    for fact in facts:
        order = text_in(fact.payload, "order_id")
        is_twice = text_in(fact.payload, "refund_id") in twice
        if is_twice and fact.kind is FactKind.REFUND_SUCCEEDED:
            yield of_money_given_back_twice(fact, books.orders[str(order)].order_number, writer.name)
        elif not is_twice:
            yield Finding("fact_does_not_fit", why[fact.id], order if order in books.orders else None)
