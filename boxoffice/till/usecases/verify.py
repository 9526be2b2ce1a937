"""Proves a till's books: recomputes chain, signatures, postings, projections and leases from the facts alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError
from sqlalchemy import Connection, Table, select

from boxoffice.core.books import Books
from boxoffice.core.drawer_check import cash_in, drawer_problems
from boxoffice.core.effects import Inconsistent
from boxoffice.core.facts import BrokenFact, Fact, Head, check_fact, check_link, digest, head_after, instant_text
from boxoffice.core.ids import FactId
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.ledger import Posting, postings
from boxoffice.core.rows import KEPT, words_of
from boxoffice.till.store import tables as t
from boxoffice.till.store.database import Store
from boxoffice.till.store.facts import all_facts, own_after
from boxoffice.till.usecases.verify_leases import Lease, leases_by

_ALL: Final = 2**62
# Versions before took refunds of cash at the provider out of no drawer.
_CASH: Final = """
    SELECT account, currency, sum(amount) FROM ledger_postings
    WHERE account LIKE 'cash:%' AND account <> 'cash:None' GROUP BY account, currency
"""


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
            _check_leases(connection, stored)
            _check_drawers(connection, own, stored)
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
                if name in table.c and found[key][name] != _kept(value):
                    raise _Wrong(f"{what} {key}: {name} is {found[key][name]!r}, but the facts say {value!r}")
        for key in found.keys() - expected.keys():
            raise _Wrong(f"{what} {key} rests on no fact")


def _kept(value: Any) -> Any:
    """Returns a value of a row as the file keeps it."""
    return instant_text(value) if isinstance(value, datetime) else value


def _check_leases(connection: Connection, stored: Iterable[tuple[Fact, bool]]) -> None:
    counts = leases_by(fact for fact, is_applied in stored if is_applied)
    for row in connection.execute(select(t.leases)):
        expected = asdict(counts.pop((row.event_id, row.pool_id), Lease()))
        found = {name: getattr(row, name) for name in expected}
        # What was frozen is in no fact: a reclaim of an earlier version left it where it was.
        if 0 <= expected["returned"] - found["returned"] <= row.frozen:
            expected["returned"] = found["returned"]
        if found != expected:
            raise _Wrong(f"lease of {row.pool_id}: {_words(found)}, but the facts say {_words(expected)}")
        LeaseCount(**found)
    for _, pool in counts:
        raise _Wrong(f"lease of {pool} is missing")


def _check_drawers(connection: Connection, own: Sequence[Fact], stored: Sequence[tuple[Fact, bool]]) -> None:
    by_id = {fact.id: fact for fact, _ in stored}
    for problem in drawer_problems(own, lambda key: by_id.get(FactId(key))):
        raise _Wrong(problem)
    counted = cash_in(fact for fact, _ in stored)
    rows = connection.exec_driver_sql(_CASH)
    found = {(row[0].removeprefix("cash:"), row[1]): row[2] for row in rows if row[2]}
    for drawer, currency in sorted({*counted, *found}):
        here, should = found.get((drawer, currency), 0), counted.get((drawer, currency), 0)
        if here != should:
            raise _Wrong(f"drawer {drawer}: {here} {currency} in the ledger, but the facts say {should}")


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())
