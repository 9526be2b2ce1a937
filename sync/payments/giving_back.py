"""What can be given back of an order, and what goes with it: tickets that are void then, and places that are free."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Product
from boxoffice.core.charging import CantBeCharged, as_sent
from boxoffice.core.errors import FieldError
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.money import Currency, Money
from boxoffice.core.over_capacity import COUNTED
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payloads.tickets import TicketPart, TicketReissued, TicketsIssued, TicketVoided
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.refunds import Part, parts_of
from boxoffice.core.reissues import newest_of
from boxoffice.core.rows import PaymentRow
from boxoffice.core.stored_value import owed_on_cards
from boxoffice.core.tenders import Back, tender_of
from sync.provider_states import CHARGING, TENDERS, Provider
from sync.store import tables as t

_ISSUED: Final = FactKind.TICKETS_ISSUED.value
_OF_TICKETS: Final = (_ISSUED, FactKind.TICKET_REISSUED.value)


@dataclass(frozen=True, slots=True)
class NewOrderRefund:
    """What to give back: an amount, and with it these parts of the order. `by` is who asked, an organizer by number.

    The same `id` is the same refund, however often it is pressed.
    """

    id: str
    order_id: str
    payment_id: str
    amount: int
    parts: Sequence[PartKey] = ()
    why: str = ""
    by: str = ""


def refundable(books: Books, payment: PaymentRow) -> int:
    """Returns what can still be given back of a payment, in minor units."""
    if payment.status is not PaymentStatus.CAPTURED or not _is_the_hubs(payment):
        return 0
    return max(0, payment.amount - books.refunded(payment.id) - books.withdrawn(payment.id))


def _is_the_hubs(payment: PaymentRow) -> bool:
    """Returns whether the hub gives it back: through its provider, or onto its gift card."""
    return payment.tender.value in TENDERS or tender_of(payment.tender).back is Back.CARD


def parts_in(connection: Connection, books: Books, order_id: str) -> tuple[Part, ...]:
    """Returns everything in a finished order, given back or not; nothing of one that is not finished."""
    if order_id not in books.issued:
        return ()
    return parts_of(books.placed[order_id], tickets_in(connection, order_id))


def tickets_in(connection: Connection, order_id: str) -> tuple[TicketPart, ...]:
    """Returns the tickets of a finished order, each by its newest code."""
    f = t.facts.c
    mine = (f.payload["order_id"].astext == order_id, f.kind.in_(_OF_TICKETS), f.is_applied)
    told = connection.execute(select(f.kind, f.payload).where(*mine).order_by(f.position)).all()
    (issued,) = (TicketsIssued.model_validate(row.payload) for row in told if row.kind == _ISSUED)
    again = (TicketReissued.model_validate(row.payload) for row in told if row.kind != _ISSUED)
    return newest_of(issued.tickets, again)


def problems_of(books: Books, new: NewOrderRefund) -> Sequence[FieldError]:
    """Returns what is wrong with what was asked for, by what was paid."""
    payment = books.payments.get(new.payment_id)
    if payment is None or payment.order_id != new.order_id:
        return [FieldError("payment", "the order has no such payment")]
    problems = []
    left = refundable(books, payment)
    row = tender_of(payment.tender)
    if not row.is_money:
        problems.append(FieldError("payment", f"{payment.tender.value} is no money that could be given back"))
    elif not _is_the_hubs(payment):
        problems.append(FieldError("payment", f"{payment.tender.value} is given back at the till that took it"))
    elif not 1 <= new.amount <= left:
        currency = Currency(payment.currency)
        problems.append(FieldError("amount", f"must be from {Money(1, currency)} to {Money(left, currency)}"))
    elif new.amount > (most := books.refundable(new.order_id) - owed_on_cards(books, new.order_id)):
        words = (
            f"at most {Money(max(0, most), Currency(payment.currency))}: the rest is on the gift cards that it bought"
        )
        problems.append(FieldError("amount", words))
    elif payment.tender.value in TENDERS:
        problems += _unsendable(TENDERS[payment.tender.value], Money(new.amount, Currency(payment.currency)))
    return problems


def _unsendable(provider: Provider, amount: Money) -> Sequence[FieldError]:
    """Returns what is wrong with an amount that the provider has no number for, such as a thousandth of a dinar."""
    try:
        as_sent(CHARGING[provider], amount)
    except CantBeCharged as error:
        return [FieldError("amount", str(error))]
    return []


def missing_parts(connection: Connection, new: NewOrderRefund, chosen: Sequence[Part]) -> Iterator[FieldError]:
    """Yields what is wrong with its parts, or with its id."""
    if len(chosen) != len(set(new.parts)):
        yield FieldError("parts", "Something of it was given back meanwhile, or is void.")
    if connection.execute(select(t.refunds.c.id).where(t.refunds.c.id == new.id)).first() is not None:
        yield FieldError("refund_id", "is another order's")


def over_lease(connection: Connection, order_id: str) -> frozenset[str]:
    """Returns the pools that a till's order has taken from beyond its lease: no counter knows of what it sold there."""
    x = t.exceptions.c
    is_counted = x.remedy.in_(COUNTED) & x.remedy.is_not(None)
    mine = (x.order_id == order_id, x.kind == "over_capacity", x.subject_id.is_not(None), ~is_counted)
    return frozenset(connection.scalars(select(x.subject_id).where(*mine)))


def known_as_sold(units: Mapping[str, int], over: frozenset[str]) -> dict[str, int]:
    """Returns the units that a pool's counter knows as sold: the others must not come free, or they'd be sold twice."""
    return {pool: count for pool, count in units.items() if pool not in over}


def voidings_of(
    books: Books, tickets: Sequence[str], products: Mapping[str, Product], why: str, over: frozenset[str], by: str = ""
) -> list[TicketVoided]:
    """Returns the end of the tickets, with what can be sold again."""
    ends = []
    for ticket_id in tickets:
        ticket = books.tickets[ticket_id]
        product = products.get(ticket.product_id)
        units = {} if product is None else {str(pool): count for pool, count in product.uses.items()}
        free = known_as_sold(units, over)
        ends.append(TicketVoided(ticket_id=ticket_id, order_id=ticket.order_id, why=why, units=free, by=by))
    return ends


def products_of(connection: Connection, event_id: str) -> Mapping[str, Product]:
    """Returns what an event sells or has sold, by id."""
    row = connection.execute(select(t.events.c.file, t.events.c.revision).where(t.events.c.id == event_id)).one()
    return {str(product.id): product for product in catalogue_from(row.file, row.revision).products}
