"""Whom a cancellation would concern, and what each would get back: before it is done, and of one order as it is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.cancelling import Due, Scope, due_of
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.tickets import TicketPart, TicketReissued, TicketsIssued
from boxoffice.core.refunds import parts_of
from boxoffice.core.reissues import newest_of
from boxoffice.core.tenders import THE_HOUSE
from sync.store import cancelling as store
from sync.store import tables as t
from sync.store.cancelling import Cancellation, Kind
from sync.store.ledger import load_books

_AT_ONCE: Final = 50
"""Orders whose books are read together: all of them are looked through for each."""
_ISSUED: Final = FactKind.TICKETS_ISSUED.value
_REISSUED: Final = FactKind.TICKET_REISSUED.value


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought an order, as far as it matters here."""

    order_id: str
    email: str | None
    language: str
    keeps_goods: bool


@dataclass(slots=True)
class Affected:
    """Whom it concerns, in numbers; amounts are minor units.

    `by_tender` has orders, tickets and money by what paid them; an order that several paid is told with the first, and
    its money with each. `told` are the orders of which an address is known, with that.
    """

    order_ids: list[str] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    tickets: int = 0
    comps: int = 0
    goods_count: int = 0
    donations_count: int = 0
    for_tickets: int = 0
    for_goods: int = 0
    for_donations: int = 0
    kept: int = 0
    cash_unreached: int = 0
    mails: dict[str, int] = field(default_factory=dict)
    by_tender: dict[str, list[int]] = field(default_factory=dict)

    @property
    def orders(self) -> int:
        return len(self.order_ids)

    @property
    def total(self) -> int:
        return self.for_tickets + self.for_goods + self.for_donations

    @property
    def mailed(self) -> int:
        return sum(self.mails.values())


def scope_of(row: Cancellation, asks: str = "") -> Scope:
    """Returns what a cancellation takes and gives back; donations that were to stay, too, if their giver asks."""
    products = None if row.products is None or row.kind is Kind.DAY else frozenset(row.products)
    day = row.subject if row.kind is Kind.DAY else None
    return Scope(products, day, row.goods, row.donations or bool(asks))


def affected(connection: Connection, products: Sequence[str] | None, scope: Scope, event: Catalogue) -> Affected:
    """Returns whom a cancellation of this would concern now."""
    found = Affected()
    for buyer, _, due in dues(connection, store.concerned(connection, event.id, products), scope, event):
        if not due.is_nothing:
            _count(found, buyer, due)
    return found


def dues(
    connection: Connection, order_ids: Sequence[str], scope: Scope, event: Catalogue
) -> Iterator[tuple[Buyer, Books, Due]]:
    """Yields what each order loses and gets; so many orders are read at a time."""
    for start in range(0, len(order_ids), _AT_ONCE):
        some = order_ids[start : start + _AT_ONCE]
        books, tickets, buyers = load_books(connection, some), _tickets(connection, some), _buyers(connection, some)
        days = _days_back(connection, some)
        for order_id in some:
            if order_id in books.issued:
                buyer = buyers[order_id]
                everything = parts_of(books.placed[order_id], tickets.get(order_id, ()))
                due = due_of(
                    books,
                    order_id,
                    everything,
                    scope,
                    event,
                    keeps_goods=buyer.keeps_goods,
                    days_back=days.get(order_id, ()),
                )
                yield buyer, books, due


def _days_back(connection: Connection, order_ids: Sequence[str]) -> Mapping[str, set[str]]:
    """Returns the cancelled days by the orders that each was worked on for, whatever has become of the money since."""
    o, c = t.cancelled_orders.c, t.cancellations.c
    query = select(o.order_id, c.subject).join(t.cancellations, c.id == o.cancellation_id)
    mine = (o.order_id.in_(order_ids), o.settled_at.is_not(None), c.kind == Kind.DAY.value)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in connection.execute(query.where(*mine)):
        found[row.order_id].add(row.subject)
    return found


def _tickets(connection: Connection, order_ids: Sequence[str]) -> Mapping[str, Sequence[TicketPart]]:
    """Returns the tickets of finished orders, each by its newest code."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext.in_(order_ids), f.kind.in_((_ISSUED, _REISSUED)), f.is_applied)
    issued: dict[str, TicketsIssued] = {}
    again: defaultdict[str, list[TicketReissued]] = defaultdict(list)
    for row in connection.execute(select(f.kind, f.payload).where(*mine).order_by(f.position)):
        if row.kind == _ISSUED:
            issued[row.payload["order_id"]] = TicketsIssued.model_validate(row.payload)
        else:
            again[row.payload["order_id"]].append(TicketReissued.model_validate(row.payload))
    return {order_id: newest_of(each.tickets, again[order_id]) for order_id, each in issued.items()}


def _buyers(connection: Connection, order_ids: Sequence[str]) -> Mapping[str, Buyer]:
    o, h = t.orders.c, t.holds.c
    query = select(o.id, o.customer_email, o.channel, o.collected_at, h.language).outerjoin(t.holds, h.order_id == o.id)
    return {
        row.id: Buyer(
            row.id,
            row.customer_email,
            row.language or "en",
            # What a till sells of goods is handed over at once.
            keeps_goods=row.channel != Channel.WEB.value or row.collected_at is not None,
        )
        for row in connection.execute(query.where(o.id.in_(order_ids)))
    }


def _count(found: Affected, buyer: Buyer, due: Due) -> None:
    tenders = [share.payment.tender.value for share in due.shares] or [THE_HOUSE.value]
    found.order_ids.append(buyer.order_id)
    if buyer.email:
        found.told.append((buyer.order_id, buyer.email))
    found.tickets += len(due.ended)
    found.comps += len(due.ended) if not due.shares else 0
    found.goods_count += due.goods_count
    found.donations_count += due.donations_count
    found.for_tickets += due.tickets
    found.for_goods += due.goods
    found.for_donations += due.donations
    found.kept += due.kept
    if buyer.email:
        found.mails[buyer.language] = found.mails.get(buyer.language, 0) + 1
    elif any(share.is_cash for share in due.shares):
        found.cash_unreached += 1
    for number, tender in enumerate(dict.fromkeys(tenders)):
        sums = found.by_tender.setdefault(tender, [0, 0, 0])
        sums[0] += number == 0
        sums[1] += len(due.ended) if number == 0 else 0
        sums[2] += sum(share.amount for share in due.shares if share.payment.tender.value == tender)
