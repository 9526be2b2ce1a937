"""Proves the hub's books: recomputes chains, signatures, postings, projections and pools from the facts alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, Table, select, text

from boxoffice.core.authority import why_not
from boxoffice.core.books import Books
from boxoffice.core.columns import words_of
from boxoffice.core.drawer_check import cash_in
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import note
from boxoffice.core.inventory import LeaseCount
from boxoffice.core.known import Known
from boxoffice.core.orders import OrderState
from boxoffice.core.own_money import is_given_by_itself, is_own_drawer
from boxoffice.core.rows import KEPT
from boxoffice.core.value_check import cards_in
from boxoffice.core.writers import Role, Writer
from sync.ledger.verify_at_once import Judges, OneAfterTheOther, all_at_once
from sync.ledger.verify_chains import Wrong, check_ends, check_span, check_told_again, spans_of
from sync.ledger.verify_money import miscalled, problems_of
from sync.store import tables as t
from sync.store.chain import Stored, postings_or_none, stored_facts
from sync.store.database import Database
from sync.store.known import event_keys
from sync.store.ledger import MISFIT

_BATCH: Final = 2_000
MANY: Final = 20_000
"""From so many facts on, starting processes pays."""
_HOLDING: Final = frozenset({OrderState.PENDING, OrderState.PROCESSING})
_MOST_NAMED: Final = 10
_CASH: Final = text("""
    SELECT account, currency, sum(amount)::bigint AS held FROM ledger_postings
    WHERE account LIKE 'cash:%' AND account <> 'cash:None' GROUP BY account, currency HAVING sum(amount) <> 0
""")
_CARDS: Final = text("SELECT id, currency, issued, spent + over AS gone FROM stored_values")
_OWED: Final = text("""
    SELECT currency, -sum(amount)::bigint AS owed FROM ledger_postings WHERE account = 'stored_value' GROUP BY currency
""")
_BRING_BACK: Final = (FactKind.TICKET_VOIDED, FactKind.REFUND_REQUESTED, FactKind.UNITS_FREED)
_COUNTS: Final = text("""
    SELECT (SELECT count(*) FROM facts), (SELECT count(DISTINCT device_id) FROM facts), (SELECT count(*) FROM orders)
""")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at, and the first thing that is wrong; None if all agrees.

    `behind` are the numbers of orders that an earlier version left called by what they were before.
    """

    facts: int
    devices: int
    orders: int
    problem: str | None
    behind: Sequence[str] = ()

    def __str__(self) -> str:
        if self.problem is not None:
            return f"WRONG: {self.problem}"
        agrees = f"{self.facts} facts of {self.devices} devices and {self.orders} orders: everything agrees."
        return f"{agrees}\n{_behind(self.behind)}" if self.behind else agrees


def _behind(numbers: Sequence[str]) -> str:
    shown = ", ".join(numbers[:_MOST_NAMED]) + (", …" if len(numbers) > _MOST_NAMED else "")
    return (
        f"Behind by an update, though their money is right: {shown}. The running hub brings them along by itself, "
        "within ten minutes. If they are named again after that, its jobs do not run: look at /ready."
    )


def verify(database: Database, many: int = MANY) -> Verdict:
    """Returns the verdict on one moment of the database, while work goes on.

    Of so `many` facts it makes several processes judge at once.
    """
    with database.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        if connection.execute(_COUNTS).one()[0] < many:
            verdict = verdict_on(connection)
        else:
            with all_at_once(database, connection) as judges:
                verdict = verdict_on(connection, judges)
        connection.rollback()
    return verdict


def verdict_on(connection: Connection, judges: Judges | None = None) -> Verdict:
    """Returns the verdict on what the connection sees, by itself or with all its `judges`."""
    facts, devices, orders = connection.execute(_COUNTS).one()
    spans, judging = spans_of(connection), judges or OneAfterTheOther(connection)
    ends = [judging.elsewhere(partial(check_span, span)) for span in spans]
    alone, authority = judging.elsewhere(check_told_again), judging.elsewhere(_check_authority)
    books = judging.here(_check_books)
    try:
        check_ends(connection, spans, [end() for end in ends])
        alone()
        authority()
        behind = books()
    except Wrong as problem:
        return Verdict(facts, devices, orders, str(problem))
    return Verdict(facts, devices, orders, None, behind)


def _check_books(connection: Connection) -> Sequence[str]:
    """Holds all that is kept to what the facts add up to; returns the numbers of the orders that are behind."""
    stored = list(_facts(connection))
    books = _fold(stored)
    _check_postings(connection, books)
    behind = _check_money(books, stored)
    _check_projections(connection, books)
    _check_pools(connection, stored, books)
    _check_drawers(connection, stored)
    _check_cards(connection, stored)
    _check_exceptions(connection, books)
    return behind


def _facts(connection: Connection) -> Iterator[Stored]:
    """Yields all facts in the order in which they came, which is one in which causes stand before effects."""
    try:
        yield from stored_facts(connection, _BATCH)
    except ValueError as error:
        raise Wrong(str(error)) from error


def _check_authority(connection: Connection) -> None:
    """Judges each fact by those before it: what counts was its writer's to say, and no till's own cash was refused."""
    d = t.devices.c
    rows = connection.execute(select(d.id, d.kind, d.name, d.code))
    writers = {row.id: Writer(row.id, Role(row.kind), row.name, row.code or "") for row in rows}
    known = Known(keys=event_keys(connection))
    for each in _facts(connection):
        writer = writers[each.fact.device_id]
        if each.is_applied:
            why = why_not(writer, each.fact, known)
            if why is not None:
                raise Wrong(f"fact {each.fact.id} ({each.fact.kind.value}) counts, but {writer.name} may not: {why}")
            note(known, each.fact)
        elif each.refused is None and is_given_by_itself(writer, each.fact):  # and pays for what it went on into
            note(known, each.fact)
        elif (
            each.refused is not None
            and not each.is_told_again
            and (writer.role is Role.HUB or (is_own_drawer(writer, each.fact) and not each.is_odd))
        ):
            raise Wrong(f"fact {each.fact.id} ({each.fact.kind.value}) of {writer.name} was refused, and is its own")


def _fold(stored: Iterable[Stored]) -> Books:
    books = Books()
    for each in stored:
        if not each.is_applied:
            if each.refused is None:
                books.postings[each.fact.id] = postings_or_none(each.fact)
            continue
        try:
            books.take(each.fact)
        except MISFIT as error:
            raise Wrong(str(error)) from error
    return books


def _check_postings(connection: Connection, books: Books) -> None:
    p = t.ledger_postings.c
    found: defaultdict[str, list[tuple[str, int, str]]] = defaultdict(list)
    for row in connection.execute(select(p.fact_id, p.account, p.amount, p.currency).order_by(p.fact_id, p.line)):
        found[row.fact_id].append((row.account, row.amount, row.currency))
    for fact_id, postings in books.postings.items():
        lines = found.pop(fact_id, [])
        if sum(amount for _, amount, _ in lines):
            raise Wrong(f"postings of fact {fact_id}: they don't add up to zero")
        expected = [(p.account, p.amount.minor, p.amount.currency.code) for p in postings]
        if lines != expected:
            raise Wrong(f"postings of fact {fact_id}: {_words(lines)} instead of {_words(expected)}")
    for fact_id in found:
        raise Wrong(f"postings of fact {fact_id}: there is no such fact")


def _check_money(books: Books, stored: Sequence[Stored]) -> Sequence[str]:
    """Returns the numbers of the orders that are behind."""
    applied = [each.fact for each in stored if each.is_applied]
    for problem in problems_of(books, applied):
        raise Wrong(problem)
    orders = list(miscalled(books, applied))
    for order in orders:
        if not order.is_behind:
            raise Wrong(order.words)
    return [order.order_number for order in orders]


def _check_projections(connection: Connection, books: Books) -> None:
    items = {f"{row.order_id}:{row.line}": row for row in books.order_items.values()}
    checks: tuple[tuple[str, Table, Mapping[str, Any]], ...] = (
        ("order", t.orders, books.orders),
        ("order item", t.order_items, items),
        *((each.word, t.metadata.tables[each.table], getattr(books, each.table)) for each in KEPT),
    )
    for what, table, expected in checks:
        _check_rows(connection, what, table, expected)


def _check_rows(connection: Connection, what: str, table: Table, expected: Mapping[str, Any]) -> None:
    found = {row["id"]: row for row in connection.execute(select(table)).mappings()}
    for key, row in expected.items():
        if key not in found:
            raise Wrong(f"{what} {key} is missing")
        for name, value in words_of(row).items():
            if found[key][name] != value:
                raise Wrong(f"{what} {key}: {name} is {found[key][name]!r}, but the facts say {value!r}")
    for key in found.keys() - expected.keys():
        raise Wrong(f"{what} {key} rests on no fact")


def _check_drawers(connection: Connection, stored: Sequence[Stored]) -> None:
    """Counts each drawer by what facts say, and holds the ledger to that.

    What a till has signed of its shifts stands as it said it: whether that agrees is shown with each shift.
    """
    counted = cash_in(each.fact for each in stored if each.is_applied or each.refused is None)
    found = {(row.account.removeprefix("cash:"), row.currency): row.held for row in connection.execute(_CASH)}
    for drawer, currency in sorted({*counted, *found}):
        here, should = found.get((drawer, currency), 0), counted.get((drawer, currency), 0)
        if here != should:
            raise Wrong(f"drawer {drawer}: {here} {currency} in the ledger, but the facts say {should}")


def _check_cards(connection: Connection, stored: Sequence[Stored]) -> None:
    """Counts each gift card by what facts say, and holds both its row and the ledger to that."""
    counted = cards_in(each.fact for each in stored if each.is_applied)
    owed: Counter[str] = Counter()
    for row in connection.execute(_CARDS):
        card = counted.get(row.id)
        if card is None or (row.issued, row.gone, row.currency) != (card.issued, card.gone, card.currency):
            raise Wrong(f"gift card {row.id}: {row.issued} less {row.gone} {row.currency}, but the facts say {card}")
        owed[row.currency] += row.issued - row.gone
    found = {row.currency: row.owed for row in connection.execute(_OWED)}
    for currency in sorted({*owed, *found}):
        here, should = found.get(currency, 0), owed[currency]
        if here != should:
            raise Wrong(f"gift cards: {here} {currency} are owed by the ledger, but the cards hold {should}")


def _check_pools(connection: Connection, stored: Sequence[Stored], books: Books) -> None:
    leases = _leases(stored, books)
    missing = dict(leases)
    for row in connection.execute(select(t.device_leases)):
        lease = missing.pop((row.device_id, row.event_id, row.pool_id), LeaseCount())
        found = LeaseCount(row.granted, row.sold, 0, row.returned, row.generation)
        if found != lease:
            raise Wrong(f"lease of device {row.device_id} on {row.pool_id}: {found}, but the facts say {lease}")
    for device, _, pool in missing:
        raise Wrong(f"lease of device {device} on {pool} is missing")
    capacities, on_web, back = _capacities(stored), _web_units(books), _units_back(stored)
    unleased = _unleased(stored, books) + _counted_later(stored)
    for row in connection.execute(select(t.pools)):
        mine = [lease for (_, event, pool), lease in leases.items() if (event, pool) == (row.event_id, row.id)]
        leased, sold = sum(lease.left for lease in mine), sum(lease.sold for lease in mine)
        capacity, web = capacities.pop((row.event_id, row.id), 0), on_web[row.event_id, row.id]
        sold += web["sold"] + unleased[row.event_id, row.id] - back[row.event_id, row.id]
        expected = (capacity, capacity - leased - web["held"] - sold, leased, web["held"], sold)
        if (row.capacity, row.available, row.leased, row.held, row.sold) != expected:
            numbers = f"{row.capacity} = {row.available} + {row.leased} + {row.held} + {row.sold}"
            should = "{} = {} + {} + {} + {}".format(*expected)
            raise Wrong(f"pool {row.id} of {row.event_id}: {numbers}, but the facts say {should}")
    for event, pool in capacities:
        raise Wrong(f"pool {pool} of {event} is missing")


def _leases(stored: Sequence[Stored], books: Books) -> dict[tuple[str, str, str], LeaseCount]:
    """Replays the leases as the hub moved them: what a till sold over its lease stays out of the count."""
    leases: defaultdict[tuple[str, str, str], LeaseCount] = defaultdict(LeaseCount)
    sellers: dict[str, str] = {}
    for fact, payload in ((each.fact, each.fact.payload) for each in stored if each.is_applied):
        event = fact.event_id or ""
        match fact.kind:
            case FactKind.ORDER_PLACED:
                sellers[payload["order_id"]] = fact.device_id
            case FactKind.LEASE_GRANTED:
                key = (payload["to_device"], event, payload["pool_id"])
                leases[key] = _granted(leases[key], payload["units"], payload.get("generation"))
            case FactKind.LEASE_RETURNED if payload["units"] > 0:
                key = (fact.device_id, event, payload["pool_id"])
                leases[key] = _less(leases[key], payload.get("generation"), returned=payload["units"])
            case FactKind.LEASE_RECLAIMED:
                key = (payload["from_device"], event, payload["pool_id"])
                leases[key] = _reclaimed(leases[key], payload["units"], payload.get("generation"))
            case FactKind.TICKETS_ISSUED:
                placed = books.placed[payload["order_id"]]
                for pool, units in sorted(placed.units.items()) if placed.source == "lease" else ():
                    key = (sellers[placed.order_id], books.orders[placed.order_id].event_id, pool)
                    leases[key] = _less(leases[key], placed.generations.get(pool), sold=max(0, units))
            case _:
                pass
    return {key: lease for key, lease in leases.items() if lease != LeaseCount()}


def _web_units(books: Books) -> Mapping[tuple[str, str], Counter[str]]:
    """Returns the units that web orders hold and have bought, by event and pool."""
    units: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for order_id, placed in books.placed.items():
        order = books.orders[order_id]
        if placed.source != "pool":
            continue
        how = "sold" if order_id in books.issued else "held" if order.status in _HOLDING else "free"
        for pool, count in placed.units.items():
            units[order.event_id, pool][how] += count
    return units


def _unleased(stored: Iterable[Stored], books: Books) -> Counter[tuple[str, str]]:
    """Returns the units that tills sold without a lease and for which there was room, by event and pool."""
    units: Counter[tuple[str, str]] = Counter()
    raised = (each.fact for each in stored if each.is_applied and each.fact.kind is FactKind.EXCEPTION_RAISED)
    for payload in (fact.payload for fact in raised):
        if payload["exception_kind"] == "sold_without_lease":
            order, pool = payload["order_id"], payload["subject_id"]
            units[books.orders[order].event_id, pool] += books.placed[order].units[pool]
    return units


def _counted_later(stored: Iterable[Stored]) -> Counter[tuple[str, str]]:
    """Returns the units that were sold beyond capacity, and for which there was room in the end."""
    units: Counter[tuple[str, str]] = Counter()
    for fact in (each.fact for each in stored if each.is_applied and each.fact.kind is FactKind.EXCEPTION_RESOLVED):
        for pool, count in fact.payload.get("units", {}).items():
            units[fact.event_id or "", pool] += count
    return units


def _units_back(stored: Iterable[Stored]) -> Counter[tuple[str, str]]:
    """Returns the units that voided tickets and refunded goods brought back, by event and pool."""
    units: Counter[tuple[str, str]] = Counter()
    for fact in (each.fact for each in stored if each.is_applied and each.fact.kind in _BRING_BACK):
        for pool, count in fact.payload.get("units", {}).items():
            units[fact.event_id or "", pool] += count
    return units


def _granted(lease: LeaseCount, units: int, generation: int | None) -> LeaseCount:
    begun = lease.generation if generation is None else generation
    if begun < lease.generation or (begun > lease.generation and lease.left):
        raise Wrong(f"{units} units were granted of generation {begun}, while the lease is in {lease.generation}")
    return replace(lease, granted=lease.granted + units, generation=begun)


def _reclaimed(lease: LeaseCount, units: int, generation: int | None) -> LeaseCount:
    if generation is None:
        return _less(lease, None, returned=units)
    if units != lease.left:
        raise Wrong(f"{units} units were reclaimed, which ends a generation, and {lease.left} were left of it")
    return replace(lease, returned=lease.returned + units, generation=generation + 1)


def _less(lease: LeaseCount, generation: int | None, *, sold: int = 0, returned: int = 0) -> LeaseCount:
    """Returns the lease without what it does not have: that is counted elsewhere, or has been back already."""
    if generation not in (None, lease.generation) or sold + returned > lease.left:
        return lease
    return replace(lease, sold=lease.sold + sold, returned=lease.returned + returned)


def _capacities(stored: Iterable[Stored]) -> dict[tuple[str, str], int]:
    """Returns the capacity of each pool by the newest revision of its event, and what was last said of each code."""
    revised = [each.fact for each in stored if each.is_applied and each.fact.kind is FactKind.CATALOGUE_REVISED]
    files = [(fact.payload["event"]["event"]["id"], fact.payload["event"]) for fact in revised]
    newest = {event: file["pools"] for event, file in files}
    codes = {
        (event, f"code:{promo['code']}"): promo["limit"]
        for event, file in files
        for promo in file.get("promos", ())
        if promo.get("limit") is not None
    }
    return codes | {(event, pool["id"]): pool["capacity"] for event, pools in newest.items() for pool in pools}


def _check_exceptions(connection: Connection, books: Books) -> None:
    """Holds the list of exceptions to the facts, but for the till of one whose fact did not say it."""
    found = {row["id"]: row for row in connection.execute(select(t.exceptions)).mappings()}
    for key, row in books.exceptions.items():
        if key not in found:
            raise Wrong(f"exception {key} is missing")
        for name in ("kind", "status", "order_id", "subject_id", "detail", "remedy"):
            value = words_of(row)[name]
            if found[key][name] != value:
                raise Wrong(f"exception {key}: {name} is {found[key][name]!r}, but the facts say {value!r}")
    for key in found.keys() - books.exceptions.keys():
        raise Wrong(f"exception {key} rests on no fact")


def _words(lines: Iterable[tuple[str, int, str]]) -> str:
    return ", ".join(f"{account} {amount} {currency}" for account, amount, currency in lines) or "nothing"
