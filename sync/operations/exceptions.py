"""The inbox of what a person must decide: each remedy is one press, done once, and itself a fact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, update

from boxoffice.core.books import Books
from boxoffice.core.errors import OperationFailed, TryAgainLater
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.languages import later
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.over_capacity import FITS, RAISED, SEATED
from boxoffice.core.payloads.exceptions import ExceptionResolved
from boxoffice.core.refunds import still_there
from boxoffice.core.rows import ExceptionStatus, TicketStatus
from sync.doors.arrivals import ticket_of_scan
from sync.exception_kinds import NOT_HERE
from sync.ledger.hub import OVER, Hub
from sync.orders.finishing import revived
from sync.payments import gift_cards
from sync.payments.giving_back import NewOrderRefund, parts_in, refundable
from sync.payments.refunds import Refunds
from sync.store import exceptions
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.exceptions import Raised
from sync.store.ledger import load_books, lock_orders
from sync.store.queue import defer
from sync.tills.left_payments import LeftPayments
from sync.tills.left_unfinished import END_ORDER, OrderNotLeft, end_left

_x: Final = t.exceptions.c
_CALL_OFF: Final = "call_off_refund"
_WRITE_OFF: Final = "write_off"


class NotDone(OperationFailed):
    """The remedy could not be done; the exception stays open."""

    def __init__(self, why: str) -> None:
        super().__init__(why, "Nothing was changed.", "Choose another remedy.")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a button says, and what pressing it will do."""

    label: str
    effect: str


REMEDIES: Final[Mapping[str, Remedy]] = {
    "issue_if_capacity_allows": Remedy(
        later("Issue the tickets"), later("Takes the places if they are free, issues the tickets.")
    ),
    "refund": Remedy(later("Refund the payment"), later("Gives all of this payment back to the card that paid.")),
    "refund_again": Remedy(
        later("Try the refund again"), later("Asks for the same amount once more, as a new refund.")
    ),
    "send_refund_again": Remedy(
        later("Send the refund again"), later("Asks the provider once more; it is never made twice.")
    ),
    "void_tickets": Remedy(
        later("Void the tickets"), later("The tickets stop working, their places can be sold again.")
    ),
    "void_this_ticket": Remedy(
        later("Void this ticket"), later("It lets in nobody more; its place can be sold again.")
    ),
    "leave_them_valid": Remedy(later("Leave them valid"), later("The customer keeps the tickets.")),
    "work_on_it_again": Remedy(later("Work on it again"), later("The provider's event is worked on once more.")),
    _CALL_OFF: Remedy(
        later("Call the refund off"), later("Nothing is given back; the money stays in the books as paid.")
    ),
    END_ORDER: Remedy(
        later("End the order"),
        later(
            "Gives back what was paid of it: cards by themselves, cash by your own hand. The order comes to nothing."
        ),
    ),
    _WRITE_OFF: Remedy(
        later("Write it off"),
        later("What was spent beyond the card is booked as a loss. The sales stand, and nobody owes it."),
    ),
    RAISED: Remedy(later("Raise the capacity"), later("The pool becomes so large that what was sold fits.")),
    SEATED: Remedy(
        later("Seat elsewhere"), later("Its tickets end; a new order has tickets for places that are there.")
    ),
    FITS: Remedy(later("Fits again"), later("Others gave their places back; what was sold fits.")),
    OVER: Remedy(later("Over by itself"), later("Nobody had to decide it any more.")),
    "seen": Remedy(later("Nothing to do"), later("Takes this from the list. Nothing else changes.")),
}


@dataclass(frozen=True, slots=True)
class Inbox:
    """The use cases of the inbox."""

    hub: Hub
    refunds: Refunds
    left: LeftPayments | None = None
    """What ends the payments of an order that its till has left."""

    def resolve(self, exception_id: str, remedy: str, by: str) -> None:
        """Does what the remedy says, and closes the exception; a second press changes nothing.

        Raises:
            NotDone: if it can't be done.
        """
        if remedy == _CALL_OFF:
            self._look_at_provider(exception_id)
        if remedy == END_ORDER:
            self._settle_left(exception_id)
        self.hub.database.run(lambda connection: self._resolve(connection, exception_id, remedy, by))

    def with_remedy(self, remedy: str) -> Sequence[tuple[str, str]]:
        """Returns the open exceptions that have this remedy, each with its words, the oldest first."""
        query = select(_x.id, _x.detail, t.orders.c.order_number).outerjoin(t.orders, t.orders.c.id == _x.order_id)
        mine = (_x.status == "open", _x.remedies.contains([remedy]))
        with self.hub.database.transaction() as connection:
            found = connection.execute(query.where(*mine).order_by(_x.raised_at)).all()
        return [(row.id, f"Order {row.order_number}: {row.detail}") for row in found]

    def _look_at_provider(self, exception_id: str) -> None:
        """Refuses to call off what the provider has made: asked before anything is locked."""
        with self.hub.database.reading() as connection:
            subject = exceptions.subject_of(connection, exception_id)
        try:
            is_made = subject is not None and self.refunds.find_made(subject)
        except TryAgainLater as error:
            raise NotDone("The provider can't be asked whether it has made this refund.") from error
        if is_made:
            raise NotDone("The provider has made this refund after all: send it again, and it is found.")

    def _settle_left(self, exception_id: str) -> None:
        """Has the payments ended whose end only the till would have told."""
        with self.hub.database.reading() as connection:
            orders = exceptions.order_of(connection, exception_id) or ()
        try:
            for order_id in orders:
                if self.left is not None and order_id is not None:
                    self.left.settle_for(order_id)
        except TryAgainLater as error:
            raise NotDone("The provider can't be asked now how a payment of this order ended.") from error

    def _resolve(self, connection: Connection, exception_id: str, remedy: str, by: str) -> None:
        found = exceptions.order_of(connection, exception_id)
        if found is None:
            raise NotDone("There is no such problem.")
        lock_orders(connection, [each for each in found if each is not None])
        row = exceptions.locked(connection, exception_id)
        if row.status is ExceptionStatus.RESOLVED:
            return
        if remedy not in remedies_of(row):
            raise NotDone("This problem has no such remedy.")
        books = load_books(connection, [row.order_id] if row.order_id else [])
        act = _ACTS.get(remedy)
        if act is not None:
            act(self, connection, row, books, by)
        order = books.orders.get(row.order_id or "")
        event_id = None if order is None else order.event_id
        if remedy != _WRITE_OFF:
            self.hub.write(connection, [ExceptionResolved(exception_id=exception_id, remedy=remedy, by=by)], event_id)

    def issue(self, connection: Connection, row: Raised, books: Books, _by: str) -> None:
        order = books.orders[_order_of(row)]
        why_not = why_not_issued(books, order.id)
        if why_not is not None:
            raise NotDone(why_not)
        back, end = revived(self.hub, connection, books, order.id, "issued by an organizer")
        try:
            self.hub.write(connection, [*back, *end], order.event_id, books)
        except NotEnoughLeft as error:
            raise NotDone(f"Its places are gone: {error}") from error

    def refund(self, connection: Connection, row: Raised, books: Books, by: str) -> None:
        payment = books.payments.get(_subject_of(row))
        amount = 0 if payment is None else refundable(books, payment)
        if payment is None or amount <= 0:
            raise NotDone("Nothing of this payment can be given back from here.")
        new = NewOrderRefund(new_id(), payment.order_id, payment.id, amount, why=row.kind, by=by)
        self.refunds.request_in(connection, new)

    def refund_again(self, connection: Connection, row: Raised, books: Books, by: str) -> None:
        before, order_id = books.refunds[_subject_of(row)], _order_of(row)
        payment = books.payments[before.payment_id]
        amount = min(before.amount, refundable(books, payment))
        if amount <= 0:
            raise NotDone("This payment is refunded already.")
        asked = [each for each in books.asked.get(order_id, ()) if each.refund_id == before.id]
        there = still_there(books, order_id, parts_in(connection, books, order_id))
        parts = [part.key for part in there if any(part.key in each.parts for each in asked)]
        new = NewOrderRefund(new_id(), payment.order_id, payment.id, amount, parts, why=row.kind, by=by)
        self.refunds.request_in(connection, new)

    def send_refund(self, connection: Connection, row: Raised, _books: Books, _by: str) -> None:
        defer(connection, "send_refund", {"refund_id": _subject_of(row)})

    def call_off(self, connection: Connection, row: Raised, _books: Books, _by: str) -> None:
        self.refunds.call_off_in(connection, _subject_of(row))

    def void(self, connection: Connection, row: Raised, books: Books, _by: str) -> None:
        valid = [ticket.id for ticket in books.tickets.values() if ticket.status is TicketStatus.VALID]
        self.refunds.void_in(connection, books, _order_of(row), valid)

    def void_one(self, connection: Connection, row: Raised, books: Books, by: str) -> None:
        ticket = books.tickets.get(ticket_of_scan(connection, _subject_of(row)) or "")
        if ticket is None or ticket.status is not TicketStatus.VALID:
            raise NotDone("This ticket is void already.")
        self.refunds.void_in(connection, books, _order_of(row), [ticket.id], by=by)

    def end_order(self, connection: Connection, row: Raised, books: Books, by: str) -> None:
        try:
            end_left(self.hub, connection, books, _order_of(row), by, decided=row.subject_id)
        except OrderNotLeft as error:
            raise NotDone(error.what_happened) from error

    def write_off(self, connection: Connection, row: Raised, _books: Books, by: str) -> None:
        resolved = ExceptionResolved(exception_id=row.id, remedy=_WRITE_OFF, by=by)
        self.hub.write(connection, [resolved], None)  # first: the others about this card are over by themselves
        if not gift_cards.write_off(self.hub, connection, _subject_of(row), by):
            raise NotDone("A refund has put it back onto the card meanwhile: nothing is left to write off.")

    def work_again(self, connection: Connection, row: Raised, _books: Books, _by: str) -> None:
        e = t.payment_events.c
        event_id = int(_subject_of(row))
        connection.execute(update(t.payment_events).where(e.id == event_id).values(status="received"))
        defer(connection, "work_on_event", {"row_id": event_id})


_ACTS: Final[Mapping[str, Callable[[Inbox, Connection, Raised, Books, str], None]]] = {
    "issue_if_capacity_allows": Inbox.issue,
    "refund": Inbox.refund,
    "refund_again": Inbox.refund_again,
    "send_refund_again": Inbox.send_refund,
    _CALL_OFF: Inbox.call_off,
    "void_tickets": Inbox.void,
    "void_this_ticket": Inbox.void_one,
    "work_on_it_again": Inbox.work_again,
    END_ORDER: Inbox.end_order,
    _WRITE_OFF: Inbox.write_off,
}


def _order_of(row: Raised) -> str:
    if row.order_id is None:
        raise NotDone("This problem is of no order.")
    return row.order_id


def _subject_of(row: Raised) -> str:
    if row.subject_id is None:
        raise NotDone("This problem does not say what it is about.")
    return row.subject_id


def why_not_issued(books: Books, order_id: str) -> str | None:
    """Returns why an order can't be issued from here, whatever places there are; None if it can."""
    order = books.orders[order_id]
    if order.channel is not Channel.WEB or order.status is not OrderState.FAILED:
        return f"Order {order.order_number} is {order.status.value} and can't be issued from here."
    if books.due(order.id) > 0:
        return f"Order {order.order_number} is not paid in full."
    return None


def remedy_words(name: str | None) -> str:
    """Returns what a remedy is called; one of a newer hub by its name."""
    known = REMEDIES.get(name or "")
    return name or "" if known is None else known.label


def remedies_of(row: Raised) -> list[str]:
    """Returns what can be done about an exception; there is always the word that it was seen.

    What has come up before hubs could end such an order, or write such a loss off, can be ended, too.
    """
    if row.kind in NOT_HERE:
        return []
    more = [END_ORDER] if row.kind == "left_part_paid" else [_WRITE_OFF] if row.kind == "gift_card_overspent" else []
    known = [name for name in dict.fromkeys([*more, *row.remedies]) if name in REMEDIES]
    return known if "seen" in known or "leave_them_valid" in known else [*known, "seen"]
