"""The jobs of a cancellation: its orders one after the other, their refunds at a pace, and what is sold too late.

Each order is one transaction: its tickets end, what goes back is written down, and it is mailed, or nothing of it is.
So it does not matter where a process dies.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection, func, select

from boxoffice.core.books import Books
from boxoffice.core.cancelling import Due, keys_of
from boxoffice.core.errors import BadInput
from boxoffice.core.tenders import THE_HOUSE, Back, tender_of
from sync.cancelling.affected import dues, scope_of
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.payments.cancel_mails import tell_of_cancellation
from sync.payments.giving_back import NewOrderRefund, over_lease, problems_of, products_of, voidings_of
from sync.payments.over_capacity import count_what_fits
from sync.payments.refunds import Refunds
from sync.store import cancelling as store
from sync.store.cancelling import Cancellation, Kind
from sync.store.chain import new_id, utc_now
from sync.store.ledger import lock_orders
from sync.store.queue import defer, defer_all

AT_ONCE: Final = 50
"""Orders that one job works on before other jobs get their turn."""
PACE_S: Final = 5
"""How long the refunds last that are set free at once."""
LATE_FOR: Final = timedelta(days=90)
"""How long what is sold after all is taken in: tills that were away for longer are looked at by people."""
_LONGEST: Final = timedelta(minutes=1)
"""What waits for longer than this was told by a clock that was wrong."""
_BY_ITSELF: Final = frozenset({Back.PROVIDER, Back.CARD})
_log: Final = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CancelWork:
    """What the jobs do."""

    hub: Hub
    refunds: Refunds

    def work(self, cancellation_id: str) -> None:
        """Works on the next orders, and leaves the rest to a job after this one."""
        with self.hub.database.transaction() as alone:
            lock = func.pg_try_advisory_xact_lock(func.hashtextextended(f"cancelling {cancellation_id}", 0))
            if alone.execute(select(lock)).scalar_one():  # else another job is at it, and goes on by itself
                self._work(cancellation_id)

    def _work(self, cancellation_id: str) -> None:
        with self.hub.database.reading() as connection:
            orders = store.next_orders(connection, cancellation_id, AT_ONCE)
        for order_id in orders:
            try:
                self.hub.database.run(partial(self._order, cancellation_id, order_id))
            except (BadInput, ValueError) as error:  # of this order alone: a person looks at it, and the rest goes on
                _log.exception("an order could not be cancelled", order_id=order_id)
                with self.hub.database.transaction() as connection:
                    store.note_problem(connection, cancellation_id, order_id, str(error)[:1000])
        with self.hub.database.transaction() as connection:
            row = store.find(connection, cancellation_id)
            if row is None:
                return
            count_what_fits(self.hub, connection, row.event_id)
            if store.next_orders(connection, cancellation_id, 1):
                defer(connection, "cancel_orders", {"cancellation_id": cancellation_id})
            defer(connection, "give_back", {"cancellation_id": cancellation_id})

    def _order(self, cancellation_id: str, order_id: str, connection: Connection) -> None:
        row = store.find(connection, cancellation_id)
        lock_orders(connection, [order_id])
        if row is None or not store.waits(connection, cancellation_id, order_id):
            return
        event, asks = (
            catalogue_on_sale(self.hub, connection, row.event_id),
            store.asked_by(connection, row.id, order_id),
        )
        for buyer, books, due in dues(connection, [order_id], scope_of(row, asks or ""), event):
            self._give_back(connection, row, books, due, order_id)
            if buyer.email and not due.is_nothing:
                tell_of_cancellation(connection, row.id, order_id, buyer.email)
        store.settled(connection, cancellation_id, order_id)

    def _give_back(self, connection: Connection, row: Cancellation, books: Books, due: Due, order_id: str) -> None:
        """Writes the items down, and the facts: the things go with the first refund, or their tickets end alone."""
        parts = keys_of(due.parts)
        for share in due.shares:
            payment = share.payment
            new = NewOrderRefund(new_id(), order_id, payment.id, share.amount, parts, why="cancelled", by=row.by)
            is_by_itself = tender_of(payment.tender).back in _BY_ITSELF and not problems_of(books, new)
            store.add_item(
                connection,
                {
                    "cancellation_id": row.id,
                    "order_id": order_id,
                    "payment_id": payment.id,
                    "tender": payment.tender.value,
                    "amount": share.amount,
                    "before": books.refunded(payment.id),
                    "refund_id": new.id if is_by_itself else None,
                    "disputed": due.disputed,
                },
            )
            if is_by_itself:
                self.refunds.request_in(connection, new)
                parts = ()
        if not due.shares and not due.is_nothing:
            free = {"tender": THE_HOUSE.value, "amount": 0, "disputed": due.disputed}
            store.add_item(connection, {"cancellation_id": row.id, "order_id": order_id, **free})
        if parts and due.ended:  # no refund took them along
            products, over = products_of(connection, row.event_id), over_lease(connection, order_id)
            ends = voidings_of(books, due.ended, products, "cancelled", over, row.by)
            self.hub.write(connection, ends, row.event_id)

    def give_back(self, cancellation_id: str) -> None:
        """Sets the next refunds free, as many as may be sent until the job after this one does the same."""
        with self.hub.database.transaction() as connection:
            row = store.find(connection, cancellation_id, is_locked=True)
            if row is None or row.is_paused:
                return
            now, until = utc_now(), store.paced_until(connection, cancellation_id)
            if until is not None and now < until < now + _LONGEST:
                return  # a job is due that goes on
            rate = self.hub.settings.refunds_per_second
            freed = store.release(connection, cancellation_id, max(1, round(rate * PACE_S)))
            for number, refund_id in enumerate(freed):
                defer_all(connection, "send_refund", [{"refund_id": refund_id}], now + timedelta(seconds=number / rate))
            if freed:
                store.set_pace(connection, cancellation_id, now + timedelta(seconds=len(freed) / rate))
                at = now + timedelta(seconds=len(freed) / rate)
                defer(connection, "give_back", {"cancellation_id": cancellation_id}, at=at)

    def take_late(self) -> None:
        """Takes in what was sold before its seller had heard of a cancellation, and goes on with all that is open."""
        with self.hub.database.reading() as connection:
            since = utc_now() - LATE_FOR
            running = [each for each in store.all_of_them(connection) if each.begun_at > since]
        for row in running:
            with self.hub.database.transaction() as connection:
                if row.kind is not Kind.MOVE:
                    store.add_concerned(connection, row)
                if store.next_orders(connection, row.id, 1):
                    defer(connection, "cancel_orders", {"cancellation_id": row.id})
                elif store.holds_back(connection, row.id):
                    defer(connection, "give_back", {"cancellation_id": row.id})
