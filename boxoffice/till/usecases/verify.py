"""Proves a till's books: recomputes chain, signatures, postings, projections and leases from the facts alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError
from sqlalchemy import Connection, Table, select

from boxoffice.core.books import Books
from boxoffice.core.effects import Inconsistent
from boxoffice.core.facts import BrokenFact, Fact, FactKind, Head, check_fact, check_link, digest, head_after
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.ledger import Posting, postings
from boxoffice.core.orders import OrderState
from boxoffice.core.rows import KEPT, words_of
from boxoffice.till.store import tables as t
from boxoffice.till.store.database import Store
from boxoffice.till.store.facts import all_facts, own_after

_ALL: Final = 2**62
_HOLDING: Final = frozenset({OrderState.PENDING, OrderState.PROCESSING})
_SOLD: Final = frozenset({OrderState.COMPLETED, OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and the first thing that is wrong; None if all agrees."""

    facts: int
    orders: int
    problem: str | None

    def __str__(self) -> str:
        if self.problem is not None:
            return f"WRONG: {self.problem}"
        return f"{self.facts} facts and {self.orders} orders: everything agrees."


class _Wrong(Exception):
    """The first thing found to be wrong."""


def verify(store: Store, key: Ed25519PublicKey | None) -> Verdict:
    """Returns the verdict on one moment of the file.

    Args:
        store: the till's file.
        key: this till's public key; None for one that was never paired.
    """
    with store.reading() as connection:
        try:
            own = _own(connection)
            stored = list(all_facts(connection))
        except (ValueError, KeyError) as error:
            return Verdict(0, 0, f"a fact can't be read: {error}")
        orders = int(connection.exec_driver_sql("SELECT count(*) FROM orders").scalar_one())
        try:
            _check_chain(own, key)
            _check_hub_facts(stored, {fact.id for fact in own})
            books = _fold(stored)
            _check_postings(connection, books)
            _check_projections(connection, books)
            _check_leases(connection, stored, books)
        except _Wrong as problem:
            return Verdict(len(stored), orders, str(problem))
    return Verdict(len(stored), orders, None)


def _own(connection: Connection) -> Sequence[Fact]:
    return own_after(connection, 0, _ALL)


def _check_chain(facts: Sequence[Fact], key: Ed25519PublicKey | None) -> None:
    if not facts:
        return
    if key is None:
        raise _Wrong("there are facts, but this till was never paired")
    head = Head(facts[0].device_id, facts[0].epoch)
    for fact in facts:
        if fact.epoch > head.epoch:
            head = Head(fact.device_id, fact.epoch)
        try:
            check_link(fact, head)
            check_fact(fact, key)
        except BrokenFact as error:
            raise _Wrong(f"this till's chain: {error}") from error
        head = head_after(fact)


def _check_hub_facts(stored: Iterable[tuple[Fact, bool]], own: set[str]) -> None:
    for fact, _ in stored:
        if fact.id not in own and digest(fact) != fact.hash:
            raise _Wrong(f"the hub's facts: fact {fact.id}: its content does not match its hash")


def _fold(stored: Iterable[tuple[Fact, bool]]) -> Books:
    books = Books()
    for fact, is_applied in stored:
        try:
            if is_applied:
                books.take(fact)
            else:
                books.postings[fact.id] = postings(fact)
        except (Inconsistent, ValidationError, ValueError) as error:
            raise _Wrong(str(error)) from error
    return books


def _check_postings(connection: Connection, books: Books) -> None:
    found: defaultdict[str, list[tuple[str, int, str]]] = defaultdict(list)
    rows = connection.exec_driver_sql(
        "SELECT fact_id, account, amount, currency FROM ledger_postings ORDER BY fact_id, line"
    )
    for row in rows:
        found[row[0]].append((row[1], row[2], row[3]))
    for fact_id, expected in books.postings.items():
        lines = found.pop(fact_id, [])
        if sum(amount for _, amount, _ in lines):
            raise _Wrong(f"postings of fact {fact_id}: they don't add up to zero")
        if lines != [_line(posting) for posting in expected]:
            raise _Wrong(f"postings of fact {fact_id}: they are not what the fact says")
    for fact_id in found:
        raise _Wrong(f"postings of fact {fact_id}: there is no such fact")


def _line(posting: Posting) -> tuple[str, int, str]:
    return posting.account, posting.amount.minor, posting.amount.currency.code


def _check_projections(connection: Connection, books: Books) -> None:
    items = {f"{row.order_id}:{row.line}": row for row in books.order_items.values()}
    checks: tuple[tuple[str, Table, Mapping[str, Any]], ...] = (
        ("order", t.orders, books.orders),
        ("order item", t.order_items, items),
        *((each.word, t.metadata.tables[each.table], getattr(books, each.table)) for each in KEPT),
    )
    for what, table, expected in checks:
        found = {row["id"]: row for row in connection.execute(select(table)).mappings()}
        for key, row in expected.items():
            if key not in found:
                raise _Wrong(f"{what} {key} is missing")
            for name, value in words_of(row).items():
                if name in table.c and found[key][name] != value:
                    raise _Wrong(f"{what} {key}: {name} is {found[key][name]!r}, but the facts say {value!r}")
        for key in found.keys() - expected.keys():
            raise _Wrong(f"{what} {key} rests on no fact")


def _check_leases(connection: Connection, stored: Sequence[tuple[Fact, bool]], books: Books) -> None:
    counts, reclaimed = _lease_counts(stored, books), _reclaimed(stored)
    for row in connection.execute(select(t.leases)):
        expected = counts.pop((row.event_id, row.pool_id), {"granted": 0, "sold": 0, "held": 0, "returned": 0})
        found = {name: getattr(row, name) for name in expected}
        # Of what the hub took back, only that is gone which was neither sold nor held here when the till heard of it.
        if 0 <= found["returned"] - expected["returned"] <= reclaimed[row.event_id, row.pool_id]:
            expected["returned"] = found["returned"]
        if found != expected:
            raise _Wrong(f"lease of {row.pool_id}: {_words(found)}, but the facts say {_words(expected)}")
        LeaseCount(**found)
    for _, pool in counts:
        raise _Wrong(f"lease of {pool} is missing")


def _lease_counts(stored: Iterable[tuple[Fact, bool]], books: Books) -> dict[tuple[str, str], dict[str, int]]:
    counts: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(
        lambda: {"granted": 0, "sold": 0, "held": 0, "returned": 0}
    )
    for fact, is_applied in stored:
        key = (fact.event_id or "", str(fact.payload.get("pool_id")))
        if is_applied and fact.kind is FactKind.LEASE_GRANTED:
            counts[key]["granted"] += fact.payload["units"]
        elif is_applied and fact.kind is FactKind.LEASE_RETURNED:
            counts[key]["returned"] += fact.payload["units"]
    for order_id, placed in books.placed.items():
        order = books.orders[order_id]
        part = "held" if order.status in _HOLDING else "sold" if order.status in _SOLD else ""
        for pool, units in placed.units.items() if part and placed.source == "lease" else ():
            counts[order.event_id, pool][part] += units
    return counts


def _reclaimed(stored: Iterable[tuple[Fact, bool]]) -> Counter[tuple[str, str]]:
    units: Counter[tuple[str, str]] = Counter()
    for fact in (fact for fact, is_applied in stored if is_applied and fact.kind is FactKind.LEASE_RECLAIMED):
        units[fact.event_id or "", fact.payload["pool_id"]] += fact.payload["units"]
    return units


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())
