"""What the buttons of a problem say: what each remedy will do to this very order, and why one can't be done now."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.money import Currency, Money
from boxoffice.core.sales import ticket_count
from sync.services.exceptions import REMEDIES, why_not_issued
from sync.services.problem_list import Places
from sync.services.refunds import refundable
from sync.store.exceptions import Listed
from sync.web.stories import ticket_words
from sync.web.ways import Way


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy as its button offers it; `why_not` says what stands against it now."""

    label: str
    effect: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A problem with what its remedies would act on: `ways` of payments by tender, and `pools` by event and id."""

    row: Listed
    books: Books
    ways: Mapping[str, Way]
    pools: Mapping[tuple[str, str], Places]

    @property
    def order_id(self) -> str:
        """Returns the problem's order; no order has an empty id."""
        return self.row.raised.order_id or ""

    @property
    def subject_id(self) -> str:
        return self.row.raised.subject_id or ""

    def money(self, minor: int) -> str:
        return str(Money(minor, Currency(self.books.orders[self.order_id].currency)))

    @property
    def valid(self) -> list[str]:
        """Returns what the order's valid tickets are called."""
        placed = self.books.placed[self.order_id]
        names = {line.product_id: line.name for line in placed.lines}
        tickets = (ticket for ticket in self.books.tickets.values() if ticket.order_id == self.order_id)
        return [names.get(ticket.product_id, ticket.product_id) for ticket in tickets if ticket.status == "valid"]


def offer_of(case: Case, remedy: str) -> Offer | None:
    """Returns what the button of a remedy says for this problem; None if it can never be done."""
    make = _OFFERS.get(remedy)
    if make is not None and case.order_id in case.books.placed:
        return make(case)
    return Offer(REMEDIES[remedy].label, REMEDIES[remedy].effect)


def _issue(case: Case) -> Offer | None:
    placed, order = case.books.placed[case.order_id], case.books.orders[case.order_id]
    if (order.channel, order.status) != ("web", "failed"):
        return None
    event, count = order.event_id, ticket_count(placed)
    label = f"Issue {ticket_words(count)}" if count else "Finish the order"
    needed = [(case.pools[event, pool], units) for pool, units in placed.units.items() if (event, pool) in case.pools]
    places = ", ".join(f"{pool.name} {units} of {pool.available}" for pool, units in needed)
    short = ", ".join(
        f"{pool.name} has {pool.available} left of {units}" for pool, units in needed if units > pool.available
    )
    why_not = why_not_issued(case.books, placed.order_id) or (f"Its places are gone: {short}." if short else "")
    to = f", and mails it to {case.row.customer_email}" if case.row.customer_email else ""
    return Offer(label, f"Takes its places from those that are left ({places}), issues what was bought{to}.", why_not)


def _refund(case: Case) -> Offer:
    payment = case.books.payments.get(case.subject_id)
    amount = 0 if payment is None else refundable(case.books, payment)
    if payment is None or amount <= 0:
        return Offer(REMEDIES["refund"].label, "", "Nothing of this payment can be given back from here.")
    label = f"Refund {case.money(amount)} to {case.ways[payment.id].to}"
    return Offer(label, "The money is there in 5 to 10 business days. No ticket changes.")


def _refund_again(case: Case) -> Offer:
    before = case.books.refunds.get(case.subject_id)
    payment = None if before is None else case.books.payments[before.payment_id]
    amount = 0 if before is None or payment is None else min(before.amount, refundable(case.books, payment))
    if payment is None or amount <= 0:
        return Offer(REMEDIES["refund_again"].label, "", "This payment is refunded already.")
    label = f"Refund {case.money(amount)} again to {case.ways[payment.id].to}"
    return Offer(label, "Asks for the same amount once more, as a new refund.")


def _send_again(case: Case) -> Offer:
    before = case.books.refunds.get(case.subject_id)
    if before is None:
        return Offer(REMEDIES["send_refund_again"].label, REMEDIES["send_refund_again"].effect)
    label = f"Send the refund of {case.money(before.amount)} again"
    return Offer(label, f"Asks once more for it to go to {case.ways[before.payment_id].to}; it is never made twice.")


def _void(case: Case) -> Offer:
    names = case.valid
    if not names:
        return Offer(REMEDIES["void_tickets"].label, "", "None of its tickets is valid any more.")
    listed = ", ".join(f"{count} × {name}" for name, count in Counter(names).items())
    ends = "stops working; its" if len(names) == 1 else "stop working; their"
    return Offer(f"Void {ticket_words(len(names))}", f"{listed} {ends} places can be sold again.")


def _leave(case: Case) -> Offer:
    names = case.valid
    if not names:
        return Offer("Leave it so", "Takes this from the list. Nothing else changes.")
    return Offer(
        f"Leave {ticket_words(len(names))} valid",
        f"The customer keeps {'it' if len(names) == 1 else 'them'}. Nothing changes.",
    )


_OFFERS: Final[Mapping[str, Callable[[Case], Offer | None]]] = {
    "issue_if_capacity_allows": _issue,
    "refund": _refund,
    "refund_again": _refund_again,
    "send_refund_again": _send_again,
    "void_tickets": _void,
    "leave_them_valid": _leave,
}
