"""What a cancelled event, day or product takes from an order, and what of its money goes back to which payment.

It never gives back more than what was paid and is not back, and never the same thing twice.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Catalogue, ProductKind
from boxoffice.core.door_refunds import Share, over, refundable_payments
from boxoffice.core.giving_back import left_of
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.refunds import Part, still_there, tickets_to_void
from boxoffice.core.stored_value import owed_on_cards
from boxoffice.core.tenders import Back, tender_of

_TICKET: Final = ProductKind.TICKET.value
_GOODS: Final = ProductKind.MERCHANDISE.value
_DONATION: Final = ProductKind.DONATION.value


@dataclass(frozen=True, slots=True)
class Scope:
    """What is cancelled, and what goes back with it.

    Attributes:
        products: those that are cancelled; None if all of the event is.
        day: the day that is, as facts write it. Tickets of it alone end; those of other days as well stay good for
            them, and the day's share of their price goes back.
        goods: whether what is collected at the event goes back as well, where all of the event is cancelled.
        donations: whether donations do, in the same case.
    """

    products: frozenset[str] | None = None
    day: str | None = None
    goods: bool = True
    donations: bool = False

    @property
    def is_all(self) -> bool:
        return self.products is None and self.day is None


@dataclass(frozen=True, slots=True)
class Due:
    """What one order loses and gets: `parts` end, and `shares` go back. Amounts are minor units of its currency.

    `tickets`, `goods` and `donations` add up to what goes back; `kept` is what of donations could go back as well.
    """

    parts: tuple[Part, ...]
    shares: tuple[Share, ...]
    ended: tuple[str, ...]
    tickets: int
    goods: int
    donations: int
    goods_count: int
    donations_count: int
    kept: int
    disputed: int

    @property
    def total(self) -> int:
        return sum(share.amount for share in self.shares)

    @property
    def is_nothing(self) -> bool:
        return not self.parts and not self.shares


@dataclass(frozen=True, slots=True)
class _Things:
    """What of an order is there still and ends: and `shared`, what of tickets that stay good goes back."""

    tickets: tuple[Part, ...]
    shared: int
    goods: tuple[Part, ...]
    donations: tuple[Part, ...]


def due_of(
    books: Books,
    order_id: str,
    everything: Sequence[Part],
    scope: Scope,
    event: Catalogue,
    *,
    keeps_goods: bool,
    days_back: Collection[str] = (),
) -> Due:
    """Returns what a cancellation takes from an order and gives back, as things are now.

    Args:
        books: those of the order, among others.
        order_id: a finished order.
        everything: all its things (`refunds.parts_of`).
        scope: what is cancelled.
        event: as it is now, for the days of tickets.
        keeps_goods: whether its goods were handed over already, and so stay with whoever has them.
        days_back: cancelled days whose share of its tickets' price goes back, or is back, by their own cancellation.
    """
    things = _things(books, order_id, everything, scope, event, days_back)
    goods = () if keeps_goods else things.goods
    donations = things.donations if scope.donations or not scope.is_all else ()
    payments = _payments(books, order_id)
    left = min(sum(share.amount for share in payments), books.refundable(order_id))
    left = max(0, left - owed_on_cards(books, order_id))
    for_tickets = min(_worth(things.tickets) + things.shared, left)
    for_goods = min(_worth(goods), left - for_tickets)
    for_donations = min(_worth(donations), left - for_tickets - for_goods)
    total = for_tickets + for_goods + for_donations
    parts = (*things.tickets, *goods, *donations)
    paid = [each.id for each in books.payments.values() if each.order_id == order_id]
    return Due(
        parts=parts,
        shares=tuple(over(payments, total)),
        ended=tuple(tickets_to_void(books, parts)),
        tickets=for_tickets,
        goods=for_goods,
        donations=for_donations,
        goods_count=len(goods),
        donations_count=len(things.donations),
        kept=0 if donations else min(_worth(things.donations), left - total),
        disputed=sum(books.withdrawn(each) for each in paid),
    )


def _things(
    books: Books,
    order_id: str,
    everything: Sequence[Part],
    scope: Scope,
    event: Catalogue,
    days_back: Collection[str],
) -> _Things:
    lines = books.placed[order_id].lines
    back = {day.isoformat() for day in event.doors.days_now(date.fromisoformat(day) for day in days_back)}
    tickets: list[Part] = []
    shared, goods, donations = 0, list[Part](), list[Part]()
    for part in still_there(books, order_id, everything):
        line = lines[part.key[0]]
        if line.kind == _TICKET and _is_in(scope, part.product_id):
            named = event.doors.days_now(date.fromisoformat(day) for day in line.days) or event.days
            days = tuple(day.isoformat() for day in named)
            if scope.day is None or days == (scope.day,):
                tickets.append(_without(part, days, back))
            elif scope.day in days and scope.day not in back:
                shared += _share(part, days)
        elif line.kind == _GOODS and _goes(scope, part, wanted=scope.goods):
            goods.append(part)
        elif line.kind == _DONATION and _goes(scope, part, wanted=True):
            donations.append(part)
    return _Things(tuple(tickets), shared, tuple(goods), tuple(donations))


def _share(part: Part, days: Sequence[str]) -> int:
    """Returns what one of its days is of a ticket's worth."""
    return part.worth // len(days)


def _without(part: Part, days: Sequence[str], back: set[str]) -> Part:
    """Returns a ticket that ends, worth what no cancelled day has given back of it; that of one day ended with it."""
    gone = len(back.intersection(days)) if len(days) > 1 else 0
    return replace(part, worth=part.worth - gone * _share(part, days))


def _payments(books: Books, order_id: str) -> list[Share]:
    """Returns what can go back to which payment: what goes by itself first, then cash, then what came by a swap."""
    swapped = [
        Share(each, left_of(books, each))
        for each in books.payments.values()
        if each.order_id == order_id
        and each.status is PaymentStatus.CAPTURED
        and tender_of(each.tender).back is Back.ORDER
    ]
    by_itself = sorted(refundable_payments(books, order_id), key=lambda share: share.is_cash)
    return [*by_itself, *(share for share in swapped if share.amount > 0)]


def keys_of(parts: Iterable[Part]) -> tuple[PartKey, ...]:
    return tuple(part.key for part in parts)


def _is_in(scope: Scope, product_id: str) -> bool:
    return scope.products is None or product_id in scope.products


def _goes(scope: Scope, part: Part, *, wanted: bool) -> bool:
    """Returns whether something that is no ticket goes: by choice with the whole event, or as it is named itself."""
    return wanted if scope.is_all else scope.products is not None and part.product_id in scope.products


def _worth(parts: Iterable[Part]) -> int:
    return sum(part.worth for part in parts)
