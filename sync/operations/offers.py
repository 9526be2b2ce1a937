"""What the buttons of a problem say: what each remedy will do to this very order, and why one can't be done now."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from boxoffice.core.books import Books
from boxoffice.core.giving_back import left_of
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rows import PaymentRow, TicketStatus
from boxoffice.core.sales import ticket_count
from boxoffice.core.tenders import Back, tender_of
from boxoffice.documents.languages import Language
from sync.operations.exception_list import Places, places_left
from sync.operations.exceptions import REMEDIES, why_not_issued
from sync.operations.seat_elsewhere import Seat
from sync.operations.ways import Way, ticket_words, way_of
from sync.orders.order_details import last_digits
from sync.payments.giving_back import refundable
from sync.store.database import Transaction
from sync.store.exceptions import Listed
from sync.store.ledger import load_books
from sync.tills.left_unfinished import END_ORDER, why_not_ended


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
    speaks: Language

    def say(self, text: str, **values: object) -> str:
        """Returns the text in the reader's language, with its values in it."""
        return self.speaks.say(text).format(**values)

    def label(self, remedy: str) -> str:
        return self.say(REMEDIES[remedy].label)

    def effect(self, remedy: str) -> str:
        return self.say(REMEDIES[remedy].effect)

    def tickets(self, count: int) -> str:
        return ticket_words(count, self.speaks)

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
        return [
            names.get(ticket.product_id, ticket.product_id) for ticket in tickets if ticket.status is TicketStatus.VALID
        ]


def cases_of(connection: Transaction, rows: Sequence[Listed], speaks: Language) -> list[Case]:
    """Returns problems with what their remedies would act on, read at once."""
    orders = sorted({row.raised.order_id for row in rows if row.order_number is not None and row.raised.order_id})
    books, digits = load_books(connection, orders), last_digits(connection, orders)
    ways = {
        p.id: way_of(speaks, books.orders[p.order_id].channel.value, p.tender.value, digits.get(p.id))
        for p in books.payments.values()
    }
    pools = places_left(connection, {order.event_id for order in books.orders.values()})
    return [Case(row, books, ways, pools, speaks) for row in rows]


def offer_of(case: Case, remedy: str) -> Offer | None:
    """Returns what the button of a remedy says for this problem; None if it can never be done."""
    make = _OFFERS.get(remedy)
    if make is not None and case.order_id in case.books.placed:
        return make(case)
    return Offer(case.label(remedy), case.effect(remedy))


def seat_offer(seat: Seat, speaks: Language) -> Offer:
    """Returns what the button says that moves tickets to another product."""
    tickets, more = ticket_words(seat.tickets, speaks), seat.more
    label = speaks.say("Move {tickets} to {product}").format(tickets=tickets, product=seat.name)
    effect = speaks.say("The old tickets end, and a new order has the new ones for the same buyer. {money}")
    if more.minor > 0:
        money = speaks.say("They cost {amount} more: the house makes that good.").format(amount=more)
    elif more.minor < 0:
        money = speaks.say("They cost {amount} less: that can be given back of the old order.").format(amount=-more)
    else:
        money = speaks.say("They cost the same.")
    return Offer(label, effect.format(money=money))


def _issue(case: Case) -> Offer | None:
    placed, order = case.books.placed[case.order_id], case.books.orders[case.order_id]
    if (order.channel, order.status) != (Channel.WEB, OrderState.FAILED):
        return None
    event, count = order.event_id, ticket_count(placed)
    label = case.say("Issue {tickets}", tickets=case.tickets(count)) if count else case.say("Finish the order")
    needed = [(case.pools[event, pool], units) for pool, units in placed.units.items() if (event, pool) in case.pools]
    places = ", ".join(
        case.say("{pool} {units} of {left}", pool=pool.name, units=units, left=pool.available) for pool, units in needed
    )
    short = ", ".join(
        case.say("{pool} has {left} left of {units}", pool=pool.name, left=pool.available, units=units)
        for pool, units in needed
        if units > pool.available
    )
    gone = case.say("Its places are gone: {short}.", short=short) if short else ""
    why_not = why_not_issued(case.books, placed.order_id) or gone
    effect = case.say("Takes its places from those that are left ({places}), issues what was bought.", places=places)
    mailed = case.say("It is mailed to {email}.", email=case.row.customer_email) if case.row.customer_email else ""
    return Offer(label, f"{effect} {mailed}".strip(), why_not)


def _refund(case: Case) -> Offer:
    payment = case.books.payments.get(case.subject_id)
    amount = 0 if payment is None else refundable(case.books, payment)
    if payment is None or amount <= 0:
        return Offer(case.label("refund"), "", case.say("Nothing of this payment can be given back from here."))
    label = case.say("Refund {amount} to {to}", amount=case.money(amount), to=case.ways[payment.id].to)
    return Offer(label, case.say("The money is there in 5 to 10 business days. No ticket changes."))


def _refund_again(case: Case) -> Offer:
    before = case.books.refunds.get(case.subject_id)
    payment = None if before is None else case.books.payments[before.payment_id]
    amount = 0 if before is None or payment is None else min(before.amount, refundable(case.books, payment))
    if payment is None or amount <= 0:
        return Offer(case.label("refund_again"), "", case.say("This payment is refunded already."))
    label = case.say("Refund {amount} again to {to}", amount=case.money(amount), to=case.ways[payment.id].to)
    return Offer(label, case.effect("refund_again"))


def _send_again(case: Case) -> Offer:
    before = case.books.refunds.get(case.subject_id)
    if before is None:
        return Offer(case.label("send_refund_again"), case.effect("send_refund_again"))
    label = case.say("Send the refund of {amount} again", amount=case.money(before.amount))
    return Offer(
        label,
        case.say("Asks once more for it to go to {to}; it is never made twice.", to=case.ways[before.payment_id].to),
    )


def _void(case: Case) -> Offer:
    names = case.valid
    if not names:
        return Offer(case.label("void_tickets"), "", case.say("None of its tickets is valid any more."))
    listed = ", ".join(f"{count} × {name}" for name, count in Counter(names).items())
    effect = case.speaks.texts.ngettext(
        "{tickets} stops working; its places can be sold again.",
        "{tickets} stop working; their places can be sold again.",
        len(names),
    )
    label = case.say("Void {tickets}", tickets=case.tickets(len(names)))
    return Offer(label, effect.format(tickets=listed))


def _leave(case: Case) -> Offer:
    names = case.valid
    if not names:
        return Offer(case.say("Leave it so"), case.effect("seen"))
    label = case.say("Leave {tickets} valid", tickets=case.tickets(len(names)))
    return Offer(label, case.say("The customer keeps what is valid. Nothing changes."))


def _end(case: Case) -> Offer:
    label = case.label(END_ORDER)
    why_not = why_not_ended(case.books, case.order_id)
    if why_not is not None:
        return Offer(label, "", why_not)
    back = [_what_goes_back(case, payment) for payment in _paid(case)]
    return Offer(label, " ".join([*back, case.say("The order comes to nothing.")]))


def _paid(case: Case) -> list[PaymentRow]:
    mine = [each for each in case.books.payments.values() if each.order_id == case.order_id]
    return [each for each in mine if each.status is PaymentStatus.CAPTURED and left_of(case.books, each) > 0]


def _what_goes_back(case: Case, payment: PaymentRow) -> str:
    """Returns what ending an order does with a payment of it."""
    amount = case.money(left_of(case.books, payment))
    row = tender_of(payment.tender)
    match row.back:
        case Back.PROVIDER:
            return case.say("Refunds {amount} to {to}.", amount=amount, to=case.ways[payment.id].to)
        case Back.DRAWER:
            return case.say("Books {amount} in cash as handed back: do that first.", amount=amount)
        case Back.CARD:
            return case.say("Puts {amount} back onto the gift card.", amount=amount)
        case Back.ORDER | Back.NEVER:
            return case.say("What was given free ({amount}) falls.", amount=amount)


_OFFERS: Final[Mapping[str, Callable[[Case], Offer | None]]] = {
    "issue_if_capacity_allows": _issue,
    "refund": _refund,
    "refund_again": _refund_again,
    "send_refund_again": _send_again,
    "void_tickets": _void,
    "leave_them_valid": _leave,
    END_ORDER: _end,
}
