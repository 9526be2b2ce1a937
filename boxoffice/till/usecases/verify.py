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
from boxoffice.core.columns import words_of
from boxoffice.core.drawer_check import cash_in, drawer_problems
from boxoffice.core.effects import Inconsistent
from boxoffice.core.facts import (
    NOT_ITS_SIGNATURE,
    BrokenFact,
    Fact,
    Head,
    check_content,
    check_link,
    head_after,
    instant_text,
)
from boxoffice.core.ids import FactId
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.ledger import Posting, postings
from boxoffice.core.rows import KEPT
from boxoffice.core.value_check import owed_in
from boxoffice.till.store import tables as t
from boxoffice.till.store.database import Store
from boxoffice.till.store.facts import Kept, all_facts
from boxoffice.till.usecases.verify_leases import Lease, leases_by
from boxoffice.till.usecases.verify_signatures import MANY, unsigned_in

# Versions before took refunds of cash at the provider out of no drawer.
_CASH: Final = """
    SELECT account, currency, sum(amount) FROM ledger_postings
    WHERE account LIKE 'cash:%' AND account <> 'cash:None' GROUP BY account, currency
"""


_OWED: Final = "SELECT currency, -sum(amount) FROM ledger_postings WHERE account = 'stored_value' GROUP BY currency"


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


def verify(store: Store, key: Ed25519PublicKey | None, many: int = MANY) -> Verdict:
    """Returns the verdict on one moment of the file.

    Args:
        store: the till's file.
        key: this till's public key; None for one that was never paired.
        many: of so many facts, several processes look at the signatures.
    """
    with store.reading() as connection:
        try:
            stored = list(all_facts(connection))
        except (ValueError, KeyError) as error:
            return Verdict(0, 0, f"a fact can't be read: {error}")
        orders = int(connection.exec_driver_sql("SELECT count(*) FROM orders").scalar_one())
        own = [each.fact for each in stored if each.is_own]
        if own and key is None:
            return Verdict(len(stored), orders, "there are facts, but this till was never paired")
        try:
            if key is None:
                _check_books(connection, stored)
            else:
                with unsigned_in(own, key, many) as first_unsigned:
                    _check_chain(own)
                    _check_books(connection, stored)
                    _check_signed(first_unsigned())
        except _Wrong as problem:
            return Verdict(len(stored), orders, str(problem))
    return Verdict(len(stored), orders, None)


def _check_books(connection: Connection, stored: Sequence[Kept]) -> None:
    _check_hub_facts(stored)
    books = _fold(stored)
    _check_postings(connection, books)
    _check_projections(connection, books)
    _check_leases(connection, stored)
    _check_drawers(connection, stored)
    _check_cards(connection, stored)


def _check_chain(facts: Sequence[Fact]) -> None:
    head = Head(facts[0].device_id, facts[0].epoch) if facts else None
    for fact in facts:
        if head is None or fact.epoch > head.epoch:
            head = Head(fact.device_id, fact.epoch)
        try:
            check_link(fact, head)
            check_content(fact)
        except BrokenFact as error:
            raise _Wrong(f"this till's chain: {error}") from error
        head = head_after(fact)


def _check_signed(unsigned: Fact | None) -> None:
    if unsigned is not None:
        raise _Wrong(f"this till's chain: {BrokenFact(unsigned.id, NOT_ITS_SIGNATURE)}")


def _check_hub_facts(stored: Iterable[Kept]) -> None:
    try:
        for each in stored:
            if not each.is_own:
                check_content(each.fact)
    except BrokenFact as error:
        raise _Wrong(f"the hub's facts: {error}") from error


def _fold(stored: Iterable[Kept]) -> Books:
    books = Books()
    for each in stored:
        try:
            if each.is_applied:
                books.take(each.fact)
            else:
                books.postings[each.fact.id] = postings(each.fact)
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


def _check_leases(connection: Connection, stored: Iterable[Kept]) -> None:
    counts = leases_by(each.fact for each in stored if each.is_applied)
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


def _check_drawers(connection: Connection, stored: Sequence[Kept]) -> None:
    by_id = {each.fact.id: each.fact for each in stored}
    for problem in drawer_problems([each.fact for each in stored if each.is_own], lambda key: by_id.get(FactId(key))):
        raise _Wrong(problem)
    counted = cash_in(each.fact for each in stored)
    rows = connection.exec_driver_sql(_CASH)
    found = {(row[0].removeprefix("cash:"), row[1]): row[2] for row in rows if row[2]}
    for drawer, currency in sorted({*counted, *found}):
        here, should = found.get((drawer, currency), 0), counted.get((drawer, currency), 0)
        if here != should:
            raise _Wrong(f"drawer {drawer}: {here} {currency} in the ledger, but the facts say {should}")


def _check_cards(connection: Connection, stored: Sequence[Kept]) -> None:
    counted = owed_in(each.fact for each in stored if each.is_applied)
    found = {row[0]: row[1] for row in connection.exec_driver_sql(_OWED) if row[1]}
    for currency in sorted({*counted, *found}):
        here, should = found.get(currency, 0), counted.get(currency, 0)
        if here != should:
            raise _Wrong(f"gift cards: {here} {currency} are owed by the ledger, but the facts say {should}")


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items())
