"""Applies proven facts to the books: all that fit, and what a person must look at. None about money is refused."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, IntegrityError

from boxoffice.core.authority import Writer, is_own_money, why_not
from boxoffice.core.books import Books
from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.known import Known
from boxoffice.core.payloads import LeaseReturned, OrderPlaced, read_payload
from sync.services.problems import Finding
from sync.services.recalls import answered
from sync.services.till_refunds import send_refunds
from sync.store import feed, pools
from sync.store import tables as t
from sync.store.chain import Standing, store_facts
from sync.store.known import load_known
from sync.store.ledger import load_books, lock_orders, order_ids_of, take_all, write_books


def apply_facts(
    connection: Connection, writer: Writer, facts: Sequence[Fact], odd: Mapping[str, str] = {}
) -> list[Finding]:
    """Stores a till's facts with all that follows from those that it may write; returns what a person must look at.

    `odd` are facts that can't be stored as the others are, with why, by hash.
    """
    if not facts:
        return []
    plain = [fact for fact in facts if fact.hash not in odd]
    orders = order_ids_of(plain)
    lock_orders(connection, orders)
    known = load_known(connection, plain)
    refused = _judged(writer, plain, known)
    allowed = [fact for fact in plain if fact.hash not in refused]
    books, misfits = _write(connection, load_books(connection, orders), allowed)
    standings = {hash_: Standing(False, why, is_odd=True) for hash_, why in odd.items()}
    for fact in plain:
        why = refused.get(fact.hash) or misfits.get(fact.id)
        if why is not None:
            standings[fact.hash] = Standing(False, None if is_own_money(writer, fact, known) else why)
    store_facts(connection, facts, standings)
    applied = [fact for fact in allowed if fact.id not in misfits]
    findings = [*_move_units(connection, applied, books), *send_refunds(connection, applied, books)]
    findings += [_misfit(fact, misfits[fact.id], known) for fact in allowed if fact.id in misfits]
    return findings + list(_not_theirs(writer, facts, {**odd, **refused}, known))


def _judged(writer: Writer, facts: Sequence[Fact], known: Known) -> dict[str, str]:
    """Returns why facts are not the writer's to say, by hash; `known` then has what the others bring."""
    refused: dict[str, str] = {}
    for fact in facts:
        why = why_not(writer, fact, known)
        if why is None:
            known.note(fact)
        else:
            refused[fact.hash] = why
    return refused


def _not_theirs(writer: Writer, facts: Sequence[Fact], why: Mapping[str, str], known: Known) -> Iterator[Finding]:
    """Yields one finding for each thing that the till said and may not, however often it said so."""
    counts: Counter[tuple[str, str, str | None]] = Counter()
    for fact in facts:
        if fact.hash in why:
            order = fact.payload.get("order_id")
            about = order if isinstance(order, str) and order in known.orders else None
            counts[fact.kind.value, why[fact.hash], about] += 1
    for (kind, reason, about), count in counts.items():
        times = "" if count == 1 else f" ({count} times)"
        yield Finding("not_allowed", f"{writer.name} wrote {kind}{times}: {reason}.", about)


def sell_units(connection: Connection, books: Books, order_ids: Sequence[str]) -> Iterator[Finding]:
    """Moves finished orders' units from their tills' leases, or from their holds, to sold; yields what went over."""
    leased = [order for order in order_ids if books.placed[order].source == "lease"]
    sellers = _sellers(connection, leased)
    sold: defaultdict[str, defaultdict[str, list[OrderPlaced]]] = defaultdict(lambda: defaultdict(list))
    for order in order_ids:
        if books.placed[order].source == "lease":
            sold[books.orders[order].event_id][sellers[order]].append(books.placed[order])
        else:
            end_hold(connection, books, order, "sold")
    for event, by_seller in sorted(sold.items()):
        pools.lock(connection, event, {pool for orders in by_seller.values() for each in orders for pool in each.units})
        for seller, orders in by_seller.items():
            yield from _sell(connection, event, seller, orders)
        feed.add(connection, "pools", event)


def end_hold(connection: Connection, books: Books, order_id: str, how: Literal["sold", "available"]) -> None:
    """Moves what a web order holds to sold, or gives it back."""
    event = books.orders[order_id].event_id
    pools.end_hold(connection, event, books.placed[order_id].units, how)
    feed.add(connection, "pools", event)


def _sell(connection: Connection, event: str, seller: str, orders: Sequence[OrderPlaced]) -> Iterator[Finding]:
    """Moves all units of a pool at once; where the lease is too small for all, order by order."""
    totals: Counter[str] = Counter()
    for placed in orders:
        totals.update({pool: max(0, units) for pool, units in placed.units.items()})
    short = pools.spend(connection, seller, event, totals, "sold")
    for placed in orders if short else ():
        units = {pool: placed.units[pool] for pool in short if pool in placed.units}
        for pool in pools.spend(connection, seller, event, units, "sold"):
            has_room = pools.sell(connection, event, pool, placed.units[pool])
            yield _over(placed, pool, has_room=has_room)


def _write(connection: Connection, before: Books, facts: Sequence[Fact]) -> tuple[Books, dict[str, str]]:
    """Returns the books with all facts that fit, as they are now on disk, and why each other fact does not."""
    after, misfits = take_all(before, facts)
    if _is_written(connection, before, after, [fact for fact in facts if fact.id not in misfits]):
        return after, misfits
    # One of them goes against a rule of the tables, such as a quantity of none: one by one, to find it.
    books, misfits = before, {}
    for fact in facts:
        after, why = take_all(books, [fact])
        if not why and not _is_written(connection, books, after, [fact]):
            why = {fact.id: f"fact {fact.id} ({fact.kind.value}): its values can't be right"}
        misfits |= why
        books = books if why else after
    return books, misfits


def _is_written(connection: Connection, before: Books, after: Books, facts: Sequence[Fact]) -> bool:
    try:
        with connection.begin_nested():
            write_books(connection, before, after, facts)
    except (IntegrityError, DataError):
        return False
    return True


def _misfit(fact: Fact, why: str, known: Known) -> Finding:
    order = fact.payload.get("order_id")
    return Finding("fact_does_not_fit", why, order if isinstance(order, str) and order in known.orders else None)


def _move_units(connection: Connection, facts: Sequence[Fact], books: Books) -> Iterator[Finding]:
    finished: list[str] = []
    for fact in facts:
        if fact.kind is FactKind.TICKETS_ISSUED:
            finished.append(fact.payload["order_id"])
        elif fact.kind is FactKind.LEASE_RETURNED:
            yield from sell_units(connection, books, finished)
            finished = []
            yield from _give_back(connection, fact)
    yield from sell_units(connection, books, finished)


def _give_back(connection: Connection, fact: Fact) -> Iterator[Finding]:
    payload = read_payload(fact)
    assert isinstance(payload, LeaseReturned)  # noqa: S101  # by the kind
    event, back = fact.event_id or "", {payload.pool_id: payload.units}
    for pool in pools.spend(connection, fact.device_id, event, back, "returned"):
        if not pools.was_reclaimed(connection, fact.device_id, event, pool):  # it did not know then that they were gone
            yield Finding("lease_does_not_fit", f"{payload.units} of {pool} came back that were not on lease")
    answered(connection, fact.device_id, event, payload.pool_id)
    feed.add(connection, "pools", event)


def _sellers(connection: Connection, order_ids: Sequence[str]) -> dict[str, str]:
    o = t.orders.c
    rows = connection.execute(select(o.id, o.placed_by).where(o.id.in_(order_ids))) if order_ids else ()
    return {row.id: row.placed_by for row in rows}


def _over(placed: OrderPlaced, pool: str, *, has_room: bool) -> Finding:
    detail = f"Order {placed.order_number} sold {placed.units[pool]} of {pool} without a lease"
    return Finding("sold_without_lease" if has_room else "over_capacity", detail, placed.order_id, pool)
