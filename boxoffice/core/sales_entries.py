"""What a sales report counts: each order as entries by line and by tender, on both sides the same money.

A sale counts when its order was placed, and what became of it when it did: a refund on the day it is made, taking
its things and taxes with it (`tax_returns`). Whatever span of time is asked for, what things brought (`Side.THINGS`) is
what tenders brought (`Side.MONEY`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.orders import LinePart, OrderPlaced
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.stored_value import GiftCardTakenBack
from boxoffice.core.payloads.tickets import TicketReissued, TicketsIssued, TicketVoided
from boxoffice.core.refunds import parts_of
from boxoffice.core.tax_returns import OrderTaxes, Taxed
from boxoffice.core.tenders import names_where

_FREE: Final = frozenset(names_where(lambda row: not row.is_money))


class Side(Enum):
    """`THINGS`: what was sold. `MONEY`: what it was paid with."""

    THINGS = "things"
    MONEY = "money"


class EntryKind(Enum):
    """What an entry is. `FREE` takes off what a tender that is no money paid; `BEYOND` is money that bought nothing."""

    SALE = "sale"
    GIFT_CARD = "gift_card"
    FREE = "free"
    BEYOND = "beyond"
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class SalesEntry:
    """One entry, in minor units; what goes back is negative.

    `line` is that of its order, where it is of one. `full` is the price before anything was taken off, with all taxes;
    `paid` is `full` less `discount`, and `tax` is in it. `quantity` is of things.
    """

    side: Side
    kind: EntryKind
    at: datetime
    line: int | None = None
    quantity: int = 0
    full: int = 0
    discount: int = 0
    tax: int = 0
    paid: int = 0
    tender: str = ""


@dataclass(slots=True)
class SalesEntries:
    """One order, as its facts come in, in the order in which they were written."""

    placed: OrderPlaced
    placed_at: datetime
    _taxes: OrderTaxes = field(init=False)
    _worth: Mapping[PartKey, int] = field(init=False)
    _there: set[PartKey] = field(default_factory=set)
    _void: set[PartKey] = field(default_factory=set)
    _keys: dict[str, PartKey] = field(default_factory=dict)
    """The things of tickets, by the code that they have now."""
    _named: dict[str, tuple[PartKey, ...]] = field(default_factory=dict)
    _gone: dict[str, tuple[PartKey, ...]] = field(default_factory=dict)
    _beyond: dict[str, int] = field(default_factory=dict)
    _given: dict[str, int] = field(default_factory=dict)
    _free: dict[str, int] = field(default_factory=dict)
    _paid: int = 0
    _earned: int = 0
    """What of the money has bought something."""
    _is_sold: bool = False

    def __post_init__(self) -> None:
        self._taxes = OrderTaxes(self.placed)
        self._worth = {part.key: part.worth for part in parts_of(self.placed, ())}

    def of(self, facts: Iterable[tuple[datetime, Payload]]) -> Iterator[SalesEntry]:
        """Yields the entries of all that was said of the order after it was placed."""
        for at, payload in facts:
            yield from self._read(at, payload)
        if beyond := self._paid - self._earned:
            yield SalesEntry(Side.THINGS, EntryKind.BEYOND, self.placed_at, paid=beyond)

    def _read(self, at: datetime, payload: Payload) -> Iterator[SalesEntry]:
        match payload:
            case PaymentCaptured():
                yield from self._captured(payload)
            case TicketsIssued():
                yield from self._sold(payload)
            case TicketVoided():
                yield from self._voided(at, self._keys.get(payload.ticket_id))
            case TicketReissued():
                self._keys[payload.ticket.ticket_id] = self._keys.pop(payload.ticket_id, (payload.ticket.line, 0))
            case GiftCardTakenBack():
                self._taxes.card_taken_back(payload.amount)
            case RefundRequested():
                self._named[payload.refund_id] = payload.parts
            case RefundSucceeded():
                yield from self._given_back(at, payload)
            case RefundFailed() if payload.is_reversal:
                yield from self._came_back(at, payload)
            case DisputeChanged() if payload.withdrawn:
                yield SalesEntry(Side.THINGS, EntryKind.DISPUTE, at, paid=-payload.withdrawn)
                yield self._money(EntryKind.DISPUTE, at, payload.tender, -payload.withdrawn)
            case _:
                pass

    def _captured(self, payment: PaymentCaptured) -> Iterator[SalesEntry]:
        if payment.tender in _FREE:
            self._free[payment.tender_id] = payment.amount
            return
        self._paid += payment.amount
        yield self._money(EntryKind.PAYMENT, self.placed_at, payment.tender, payment.amount)

    def _sold(self, issued: TicketsIssued) -> Iterator[SalesEntry]:
        self._is_sold = True
        numbers: dict[int, int] = {}
        for ticket in issued.tickets:
            number = numbers.get(ticket.line, 0)
            self._keys[ticket.ticket_id], numbers[ticket.line] = (ticket.line, number), number + 1
        self._earned = self.placed.total
        self._there = {key for key in self._worth if not _is_card(self.placed.lines[key[0]])}
        for line in range(len(self.placed.lines)):
            yield self._sale(line)
        for tender_id, amount in self._free.items():
            for each in self._taxes.given_back(tender_id, amount, {}):
                self._earned += each.paid
                yield SalesEntry(
                    Side.THINGS,
                    EntryKind.FREE,
                    self.placed_at,
                    each.line,
                    discount=-each.paid,
                    tax=sum(each.taxes),
                    paid=each.paid,
                )

    def _sale(self, line: int) -> SalesEntry:
        part = self.placed.lines[line]
        if _is_card(part):
            return SalesEntry(Side.THINGS, EntryKind.GIFT_CARD, self.placed_at, line, full=part.total, paid=part.total)
        return SalesEntry(
            Side.THINGS,
            EntryKind.SALE,
            self.placed_at,
            line,
            quantity=part.quantity,
            full=part.total + part.discount,
            discount=part.discount,
            tax=part.tax,
            paid=part.total,
        )

    def _voided(self, at: datetime, key: PartKey | None) -> Iterator[SalesEntry]:
        if key is None:
            return
        self._void.add(key)
        if key in self._there:
            self._there.remove(key)
            yield SalesEntry(Side.THINGS, EntryKind.VOID, at, key[0], quantity=-1)

    def _given_back(self, at: datetime, refund: RefundSucceeded) -> Iterator[SalesEntry]:
        """Takes what a refund names, or all that is left once all of the money is back."""
        is_money = refund.tender not in _FREE
        self._given[refund.refund_id] = refund.amount if is_money else 0
        gone = set(self._named.get(refund.refund_id, ())) & self._there
        if not self._free and sum(self._given.values()) >= self._paid > 0:
            gone = set(self._there)
        self._there -= gone
        self._gone[refund.refund_id] = tuple(gone)
        counts: dict[int, int] = {}
        for line, _ in gone:
            counts[line] = counts.get(line, 0) + 1
        taken = self._taken(refund) if is_money else ()
        for each in taken:
            yield self._back(at, each, -counts.pop(each.line, 0))
        for line, count in sorted(counts.items()):
            yield SalesEntry(Side.THINGS, EntryKind.REFUND, at, line, quantity=-count)
        if is_money:
            beyond = refund.amount + sum(each.paid for each in taken)
            self._beyond[refund.refund_id] = beyond
            if beyond:
                yield SalesEntry(Side.THINGS, EntryKind.BEYOND, at, paid=-beyond)
            yield self._money(EntryKind.REFUND, at, refund.tender, -refund.amount)

    def _taken(self, refund: RefundSucceeded) -> tuple[Taxed, ...]:
        if not self._is_sold:
            return ()
        worth: dict[int, int] = {}
        for key in self._named.get(refund.refund_id, ()):
            worth[key[0]] = worth.get(key[0], 0) + self._worth.get(key, 0)
        return self._taxes.given_back(refund.refund_id, refund.amount - refund.unearned, worth)

    def _came_back(self, at: datetime, failed: RefundFailed) -> Iterator[SalesEntry]:
        """Undoes a refund whose money is here again; a ticket that is void stays so."""
        if self._given.pop(failed.refund_id, 0) == 0:
            return
        again = set(self._gone.pop(failed.refund_id, ())) - self._void
        self._there |= again
        counts: dict[int, int] = {}
        for line, _ in again:
            counts[line] = counts.get(line, 0) + 1
        for each in self._taxes.came_back(failed.refund_id):
            yield self._back(at, each, counts.pop(each.line, 0))
        for line, count in sorted(counts.items()):
            yield SalesEntry(Side.THINGS, EntryKind.REFUND, at, line, quantity=count)
        if beyond := self._beyond.pop(failed.refund_id, 0):
            yield SalesEntry(Side.THINGS, EntryKind.BEYOND, at, paid=beyond)
        yield self._money(EntryKind.REFUND, at, failed.tender, failed.amount)

    def _back(self, at: datetime, taxed: Taxed, quantity: int) -> SalesEntry:
        if _is_card(self.placed.lines[taxed.line]):
            return SalesEntry(Side.THINGS, EntryKind.GIFT_CARD, at, taxed.line, paid=taxed.paid)
        tax = sum(taxed.taxes)
        return SalesEntry(Side.THINGS, EntryKind.REFUND, at, taxed.line, quantity, tax=tax, paid=taxed.paid)

    def _money(self, kind: EntryKind, at: datetime, tender: str, amount: int) -> SalesEntry:
        return SalesEntry(Side.MONEY, kind, at, paid=amount, tender=tender)


def _is_card(line: LinePart) -> bool:
    return line.kind == ProductKind.GIFT_CARD.value
