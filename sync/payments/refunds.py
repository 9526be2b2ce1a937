"""Refunds: asked for by an organizer, sent to the tender that paid as a durable job, and settled once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, assert_never

from sqlalchemy import Connection, func, select, text, update

from boxoffice.core.books import Books
from boxoffice.core.door_refunds import out_of
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.findings import CALLED_OFF, Remedy
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payments import ON_THE_WAY, REFUND_MOVES, RefundStatus
from boxoffice.core.refunds import can_void, still_there, tickets_to_void, units_back
from boxoffice.core.rows import TicketStatus
from boxoffice.core.statements import till_of
from sync.exception_kinds import ExceptionKind
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.orders.analytics import AnalyticsEvent, note
from sync.payments.giving_back import (
    NewOrderRefund,
    known_as_sold,
    missing_parts,
    over_lease,
    parts_in,
    problems_of,
    products_of,
    voidings_of,
)
from sync.payments.over_capacity import count_what_fits
from sync.payments.refund_mails import tell_of_refund
from sync.payments.returned_mails import tell_of_return
from sync.payments.voiding import void_tickets
from sync.ports import NewRefund, Refunder, RefundResult, Refused
from sync.provider_states import REFUND_FAILURES, TENDERS, RefundState, why_refund_failed
from sync.store import refunds
from sync.store import tables as t
from sync.store.ledger import load_books, lock_orders
from sync.store.refunds import CallState, Refund

_r: Final = t.refund_calls.c
TRIES_PER_KEY: Final = 3
MOST_KEYS: Final = 3
"""A provider keeps its answer to a key for a day, errors too: so many keys are tried, each after a look for it."""
_NOT_MADE: Final = later("The provider has not made it, and kept answering with an error.")
_LEFT_FOR: Final = timedelta(hours=1)
"""Longer than all tries of a refund take: what is older waits for nobody but a look."""
_UNEARNED: Final = text("""
    SELECT -coalesce(sum(l.amount), 0)::bigint FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE l.account = 'unearned' AND f.payload ->> 'order_id' = :order
""")


@dataclass(frozen=True, slots=True)
class Refunds:
    """The use cases of giving money back. `providers` by name."""

    hub: Hub
    providers: Mapping[str, Refunder]

    def request(self, new: NewOrderRefund) -> None:
        """Writes the refund down, voids its tickets, and sends it on as a job. Again with the same id: nothing.

        Raises:
            BadInput: if it is more than what was paid, or a part is not there to be given back.
            NoSuchOrder: if there is no such order.
        """
        self.hub.database.run(lambda connection: self._request(connection, new))

    def request_in(self, connection: Connection, new: NewOrderRefund) -> None:
        """Does the same within a transaction of the caller's."""
        self._request(connection, new)

    def send(self, refund_id: str) -> None:
        """Asks the provider for the refund, if it was not settled before.

        Asked again, the provider is first asked whether it has made the refund: what it answered with an error, it
        may have done, and it may keep that answer for the key for a day. Only where it says that there is none, and
        only after some tries, another key is used; after the last one, the refund has failed.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        with self.hub.database.transaction() as connection:
            now = {"attempts": _r.attempts + 1, "asked_at": func.now()}
            connection.execute(update(t.refund_calls).where(_r.refund_id == refund_id).values(now))
            row = refunds.get(connection, refund_id)
        if row.status is not RefundStatus.REQUESTED or row.payment_reference is None:
            return
        provider = self.provider(row.tender)
        found = provider.find(row.payment_reference, refund_id) if row.attempts > 1 else None
        if found is None and row.attempts > TRIES_PER_KEY * MOST_KEYS:
            found = RefundResult("", RefundState.FAILED, _NOT_MADE)
        if found is None:
            key = self._key(refund_id, row)
            try:
                found = provider.refund(_new(row, row.payment_reference, key))
            except Refused as error:
                # Another try, or someone at the provider, may have been faster.
                refused = RefundResult("", RefundState.FAILED, str(error))
                found = provider.find(row.payment_reference, refund_id) or refused
        self.settle(refund_id, found)

    def _key(self, refund_id: str, row: Refund) -> str:
        """Returns the key to ask with: the next one after every few tries that came to nothing, up to a limit."""
        wanted = min((row.attempts - 1) // TRIES_PER_KEY, MOST_KEYS - 1)
        if wanted > row.key_number:
            with self.hub.database.transaction() as connection:
                connection.execute(update(t.refund_calls).where(_r.refund_id == refund_id).values(key_number=wanted))
        return f"refund-{refund_id}" + (f"-{wanted}" if wanted else "")

    def call_off_in(self, connection: Connection, refund_id: str) -> None:
        """Ends a refund that the provider has not made, within a transaction of the caller's, who looked before."""
        self._settle(connection, refund_id, RefundResult("", RefundState.FAILED, CALLED_OFF))

    def find_made(self, refund_id: str) -> bool:
        """Returns whether the provider has made the refund, by its own word.

        Raises:
            TryAgainLater: if the provider can't be reached.
        """
        with self.hub.database.reading() as connection:
            row = refunds.of_id(connection, refund_id)
        if row is None:
            return False
        if row.status is not RefundStatus.REQUESTED or row.payment_reference is None:
            return True
        return self.provider(row.tender).find(row.payment_reference, refund_id) is not None

    def look_again(self, refund_id: str) -> None:
        """Asks the provider how the refund stands, and writes down what changed."""
        with self.hub.database.transaction() as connection:
            row = refunds.get(connection, refund_id)
        if row.was_never_made and row.payment_reference is not None:  # as far as anybody knew
            found = self.provider(row.tender).find(row.payment_reference, refund_id)
            if found is not None:
                self.settle(refund_id, found)
        elif row.state is CallState.QUEUED or row.provider_reference is None:
            self.send(refund_id)
        else:
            self.settle(refund_id, self.provider(row.tender).look(row.provider_reference))

    def pending(self) -> Sequence[str]:
        """Returns the refunds that the provider has not ended, and those whose tries are over; the oldest first."""
        is_left = (_r.state == "queued") & (func.coalesce(_r.asked_at, _r.created_at) < func.now() - _LEFT_FOR)
        i = t.cancelled_items.c
        held_back = select(i.refund_id).where(i.refund_id == _r.refund_id, i.released_at.is_(None)).exists()
        due = ((_r.state == "pending") | is_left) & ~held_back
        with self.hub.database.transaction() as connection:
            query = select(_r.refund_id).where(due).order_by(_r.asked_at.nulls_first(), _r.created_at)
            found = list(connection.scalars(query.limit(100)))
            connection.execute(update(t.refund_calls).where(_r.refund_id.in_(found)).values(asked_at=func.now()))
            return found

    def note_failure(self, refund_id: str, error: Exception, *, is_last: bool) -> None:
        """Keeps why the provider could not be asked; the last time puts it before a person."""
        words = f"{type(error).__name__}: {error}"[:1000]
        with self.hub.database.transaction() as connection:
            connection.execute(update(t.refund_calls).where(_r.refund_id == refund_id).values(last_error=words))
            if is_last:
                row = refunds.get(connection, refund_id)
                said = f"could not be sent: {words}"
                self._raise(connection, row, "refund_not_sent", said, ("send_refund_again", "call_off_refund"))

    def settle(self, refund_id: str, result: RefundResult) -> None:
        """Writes down how the refund ended, once; one that fails after it succeeded is taken back."""
        self.hub.database.run(lambda connection: self._settle(connection, refund_id, result))

    def settle_in(self, connection: Connection, refund_id: str, result: RefundResult) -> None:
        """Does the same within a transaction of the caller's, who has locked the order."""
        self._settle(connection, refund_id, result)

    def _request(self, connection: Connection, new: NewOrderRefund) -> None:
        lock_orders(connection, [new.order_id])
        books = load_books(connection, [new.order_id])
        if new.order_id not in books.orders:
            raise NoSuchOrder
        if new.id in books.refunds:
            return
        there = still_there(books, new.order_id, parts_in(connection, books, new.order_id))
        wanted = set(new.parts)
        chosen = [part for part in there if part.key in wanted]
        problems = [*problems_of(books, new), *missing_parts(connection, new, chosen)]
        if problems:
            raise BadInput(problems)
        order, payment = books.orders[new.order_id], books.payments[new.payment_id]
        products, over = products_of(connection, order.event_id), over_lease(connection, new.order_id)
        requested = RefundRequested(
            order_id=new.order_id,
            tender_id=payment.id,
            tender=payment.tender.value,
            amount=new.amount,
            currency=payment.currency,
            provider_reference=payment.provider_reference,
            refund_id=new.id,
            why=new.why,
            by=new.by,
            parts=tuple(part.key for part in chosen),
            units=known_as_sold(units_back(books, new.order_id, chosen, products), over),
        )
        voided = voidings_of(books, tickets_to_void(books, chosen), products, "refunded", over)
        onto_card = self._onto_card(connection, requested, payment.card_id)
        self.hub.write(connection, [requested, *onto_card, *voided], order.event_id)
        if onto_card:
            tell_of_refund(connection, new.order_id, new.id)
        count_what_fits(self.hub, connection, order.event_id)

    @staticmethod
    def _onto_card(connection: Connection, asked: RefundRequested, card_id: str | None) -> list[RefundSucceeded]:
        """Returns that a refund is on the gift card again that had paid, at once: nobody has to be asked for that."""
        if card_id is None:
            return []
        unearned = min(asked.amount, max(0, connection.execute(_UNEARNED, {"order": asked.order_id}).scalar_one()))
        return [out_of(asked, None, card_id=card_id).model_copy(update={"unearned": unearned})]

    def void(self, order_id: str, tickets: Collection[str], why: str, by: str) -> None:
        """Voids tickets that no refund can take back, since no money paid for them; their places are free again.

        Raises:
            BadInput: if they are not valid tickets of such an order, or there is no reason.
            NoSuchOrder: if there is no such order.
        """
        self.hub.database.run(lambda connection: self._void(connection, order_id, tickets, why, by))

    def _void(self, connection: Connection, order_id: str, tickets: Collection[str], why: str, by: str) -> None:
        lock_orders(connection, [order_id])
        books = load_books(connection, [order_id])
        if order_id not in books.orders:
            raise NoSuchOrder
        problems = []
        if not tickets or any(
            id_ not in books.tickets or books.tickets[id_].status is not TicketStatus.VALID for id_ in tickets
        ):
            problems.append(FieldError("tickets", "choose tickets that still work"))
        if not can_void(books, order_id):
            problems.append(FieldError("order", "all of this order was paid with money: refund it instead"))
        if not why:
            problems.append(FieldError("why", "give a reason"))
        if problems:
            raise BadInput(problems)
        self.void_in(connection, books, order_id, sorted(tickets), why, by)

    def void_in(
        self,
        connection: Connection,
        books: Books,
        order_id: str,
        tickets: Sequence[str],
        why: str = "voided by an organizer",
        by: str = "",
    ) -> None:
        """Voids tickets of an order that the caller has locked."""
        void_tickets(self.hub, connection, books, order_id, tickets, why, by=by)

    def _settle(self, connection: Connection, refund_id: str, result: RefundResult) -> None:
        order_id = refunds.get(connection, refund_id).order_id
        lock_orders(connection, [order_id])
        row, state = refunds.get(connection, refund_id), result.state
        is_made_after_all = state is RefundState.SUCCEEDED and row.was_never_made
        if row.status is RefundStatus.FAILED and not is_made_after_all:
            return
        why = _why_failed(result) if state is RefundState.FAILED else None
        values: dict[str, Any] = {"state": "pending" if state is RefundState.PENDING else "done", "last_error": why}
        if result.id:
            values["provider_reference"] = result.id
        connection.execute(update(t.refund_calls).where(_r.refund_id == refund_id).values(values))
        match state:
            case RefundState.PENDING:
                self._pend(connection, row, result)
            case RefundState.SUCCEEDED:
                if is_made_after_all or row.status in ON_THE_WAY:
                    self._succeed(connection, row, result)
            case RefundState.FAILED:
                if RefundStatus.FAILED in REFUND_MOVES[row.status]:
                    self._fail(connection, row, result)
            case _:
                assert_never(state)

    def _pend(self, connection: Connection, row: Refund, result: RefundResult) -> None:
        """Notes that the money has left the provider's balance, and that the customer is asked for something."""
        x = t.exceptions.c
        if row.status is RefundStatus.REQUESTED and result.is_out:
            out = RefundPending(
                order_id=row.order_id,
                tender_id=row.payment_id,
                tender=row.tender,
                amount=row.amount,
                currency=row.currency,
                provider_reference=result.id or row.provider_reference,
                refund_id=row.id,
            )
            self.hub.write(connection, [out], row.event_id)
        known = select(x.id).where(x.kind == "refund_waits", x.subject_id == row.id)
        if result.asks and connection.execute(known).first() is None:
            words = "waits for the customer, whom the provider has asked where to send the money."
            self._raise(connection, row, "refund_waits", words, ("seen",))

    def _succeed(self, connection: Connection, row: Refund, result: RefundResult) -> None:
        unearned = min(row.amount, max(0, connection.execute(_UNEARNED, {"order": row.order_id}).scalar_one()))
        note(self.hub, connection, AnalyticsEvent.REFUND, row.order_id, row.id, amount=row.amount)
        done = RefundSucceeded(
            order_id=row.order_id,
            tender_id=row.payment_id,
            tender=row.tender,
            amount=row.amount,
            currency=row.currency,
            provider_reference=result.id or row.provider_reference,
            refund_id=row.id,
            unearned=unearned,
            is_out=row.status is RefundStatus.PENDING,
        )
        self.hub.write(connection, [done], row.event_id)
        tell_of_refund(connection, row.order_id, row.id)

    def _fail(self, connection: Connection, row: Refund, result: RefundResult) -> None:
        is_reversal, unearned = row.status is RefundStatus.SUCCEEDED, 0
        if is_reversal:
            f = t.facts.c
            mine = (f.payload["refund_id"].astext == row.id, f.kind == "refund_succeeded")
            before = connection.execute(
                select(f.payload).where(f.payload["order_id"].astext == row.order_id, *mine)
            ).scalar_one()
            unearned = before.get("unearned", 0)
        failed = RefundFailed(
            order_id=row.order_id,
            tender_id=row.payment_id,
            tender=row.tender,
            amount=row.amount,
            currency=row.currency,
            provider_reference=result.id or row.provider_reference,
            refund_id=row.id,
            code=result.failure if result.failure in {*REFUND_FAILURES, CALLED_OFF} else "refused",
            message=_why_failed(result),
            is_reversal=is_reversal,
            unearned=unearned,
            is_out=row.status is RefundStatus.PENDING,
        )
        self.hub.write(connection, [failed], row.event_id)
        if is_reversal:
            tell_of_return(connection, row.order_id, row.id)

    def _raise(
        self, connection: Connection, row: Refund, kind: ExceptionKind, words: str, remedies: tuple[Remedy, ...]
    ) -> None:
        amount = Money(row.amount, Currency(row.currency))
        self.hub.raise_exception(
            connection,
            kind,
            f"The refund of {amount} for order {row.order_number} {words}",
            event_id=row.event_id,
            order_id=row.order_id,
            subject_id=row.id,
            remedies=remedies,
        )

    def provider(self, tender: str) -> Refunder:
        """Returns who gives money of this tender back.

        Raises:
            OperationFailed: if the hub has no key for it.
        """
        provider = self.providers.get(TENDERS[tender])
        if provider is None:
            raise OperationFailed(
                "This hub has no key for the provider that took the money.",
                "Nothing was given back.",
                "Set the provider's keys and start the hub again.",
            )
        return provider


def _new(row: Refund, payment: str, key: str) -> NewRefund:
    return NewRefund(
        key=key,
        payment=payment,
        amount=row.amount,
        currency=row.currency,
        metadata={
            "refund_id": row.id,
            "order_id": row.order_id,
            "order_number": row.order_number,
            "event_id": row.event_id,
            "till": till_of(row.order_number),
        },
    )


def _why_failed(result: RefundResult) -> str:
    return "called off by an organizer" if result.failure == CALLED_OFF else why_refund_failed(result.failure)
