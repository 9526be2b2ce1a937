"""Orders in the till's file, as they are looked up: by what people type or scan, and with their payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from boxoffice.core.closed_sets import listed
from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OPEN, OrderState
from boxoffice.core.payments import LIVE, PaymentStatus, RefundStatus
from boxoffice.core.rows import TicketStatus
from boxoffice.core.tenders import TenderKind

_LAST_SALE: Final = """
    SELECT id FROM orders WHERE event_id = ? AND status = 'completed' ORDER BY created_at DESC, id DESC LIMIT 1
"""
_STATE: Final = "SELECT id FROM orders WHERE status = ? ORDER BY created_at DESC, id DESC"
_ROW: Final = "SELECT status, customer_name, customer_email FROM orders WHERE id = ?"
_NUMBER: Final = "SELECT order_number FROM orders WHERE id = ?"
_ALL_NUMBERS: Final = "SELECT order_number FROM orders"
_TICKETS: Final = "SELECT status FROM tickets WHERE order_id = ?"
_OF_TICKET: Final = "SELECT order_id FROM tickets WHERE id = ?"
_NUMBERS: Final = "SELECT id, order_number FROM orders WHERE event_id = ?"
_PAYMENT: Final = "SELECT id, order_id, tender, amount, currency, status, provider_reference FROM payments"
_PLACED: Final = "SELECT count(*) FROM facts WHERE kind = 'order_placed'"
_PAYMENTS: Final = f"{_PAYMENT} WHERE order_id = ? ORDER BY id"
_ONE_PAYMENT: Final = f"{_PAYMENT} WHERE id = ?"
_REFUNDS: Final = """
    SELECT r.payment_id, r.amount, r.status FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE p.order_id = ? AND r.status <> ?
"""
_GIVEN_BACK: Final = """
    SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = 'refunds' AND fact_id IN (
        SELECT id FROM facts WHERE order_id = ? UNION ALL SELECT id FROM hub_facts WHERE order_id = ? AND is_applied
    )
"""
_LIVE: Final = f"SELECT id FROM payments WHERE status IN ({listed(LIVE)}) ORDER BY id"  # noqa: S608  # of the words of closed sets
_UNFINISHED: Final = f"SELECT count(*) FROM orders WHERE status IN ({listed(OPEN)})"  # noqa: S608  # of the words of closed sets
_FAILED: Final = """
    SELECT r.amount, p.currency FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE p.order_id = ? AND r.status = ? ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class OrderHead:
    """How an order stands, and who bought it."""

    state: OrderState
    customer_name: str | None
    customer_email: str | None


@dataclass(frozen=True, slots=True)
class StoredPayment:
    """`reference` is the provider's name for it, once that is known."""

    id: TenderId
    order_id: OrderId
    kind: TenderKind
    amount: Money
    status: PaymentStatus
    reference: str | None


@dataclass(frozen=True, slots=True)
class StoredRefund:
    """`amount` is in minor units of its payment's currency."""

    payment_id: TenderId
    amount: int
    status: RefundStatus


def last_completed(connection: Connection, event_id: str) -> OrderId | None:
    """Returns the newest order that was paid."""
    found = connection.exec_driver_sql(_LAST_SALE, (event_id,)).scalar()
    return None if found is None else OrderId(found)


def waiting_for_money(connection: Connection) -> Sequence[OrderId]:
    """Returns the orders that wait for money, newest first."""
    return [OrderId(each) for each in connection.exec_driver_sql(_STATE, (OrderState.PROCESSING.value,)).scalars()]


def count_unfinished(connection: Connection) -> int:
    return int(connection.exec_driver_sql(_UNFINISHED).scalar_one())


def is_own(connection: Connection, order_id: str) -> bool:
    """Returns whether this till has sold the order."""
    return connection.exec_driver_sql("SELECT 1 FROM orders WHERE id = ?", (order_id,)).first() is not None


def failed_refunds(connection: Connection, order_id: str) -> Sequence[Money]:
    """Returns what was to go back of an order, and did not."""
    rows = connection.exec_driver_sql(_FAILED, (order_id, RefundStatus.FAILED.value))
    return [Money(int(amount), Currency(code)) for amount, code in rows]


def was_collected(connection: Connection, order_id: str) -> bool:
    """Returns whether this till has handed an order over."""
    query = "SELECT 1 FROM facts WHERE order_id = ? AND kind = 'order_collected'"
    return connection.exec_driver_sql(query, (order_id,)).first() is not None


def head_of(connection: Connection, order_id: str) -> OrderHead:
    state, name, email = connection.exec_driver_sql(_ROW, (order_id,)).one()
    return OrderHead(OrderState(state), name, email)


def number_of(connection: Connection, order_id: str) -> str:
    return str(connection.exec_driver_sql(_NUMBER, (order_id,)).scalar_one())


def all_numbers(connection: Connection) -> set[str]:
    """Returns the numbers of all orders that are here."""
    return set(connection.exec_driver_sql(_ALL_NUMBERS).scalars())


def ticket_statuses(connection: Connection, order_id: str) -> Sequence[TicketStatus]:
    return [TicketStatus(each) for each in connection.exec_driver_sql(_TICKETS, (order_id,)).scalars()]


def order_of_ticket(connection: Connection, ticket_id: str) -> OrderId | None:
    found = connection.exec_driver_sql(_OF_TICKET, (ticket_id,)).scalar()
    return None if found is None else OrderId(found)


def numbers_of(connection: Connection, event_id: str) -> Sequence[tuple[OrderId, str]]:
    """Returns the orders of an event with their numbers."""
    return [(OrderId(id_), number) for id_, number in connection.exec_driver_sql(_NUMBERS, (event_id,))]


def orders_placed(connection: Connection) -> int:
    """Returns how many orders were placed here, whatever became of them."""
    return int(connection.exec_driver_sql(_PLACED).scalar_one())


def payments_of(connection: Connection, order_id: str) -> Sequence[StoredPayment]:
    return [_payment(*row) for row in connection.exec_driver_sql(_PAYMENTS, (order_id,))]


def payment(connection: Connection, tender_id: str) -> StoredPayment:
    return _payment(*connection.exec_driver_sql(_ONE_PAYMENT, (tender_id,)).one())


def has_payment(connection: Connection, tender_id: str) -> bool:
    return connection.exec_driver_sql(_ONE_PAYMENT, (tender_id,)).first() is not None


def live_payments(connection: Connection) -> Sequence[TenderId]:
    """Returns the payments that were begun and have not ended, the oldest first."""
    return [TenderId(each) for each in connection.exec_driver_sql(_LIVE).scalars()]


def refunds_of(connection: Connection, order_id: str) -> Sequence[StoredRefund]:
    """Returns what is on its way back, or is back."""
    rows = connection.exec_driver_sql(_REFUNDS, (order_id, RefundStatus.FAILED.value))
    return [StoredRefund(TenderId(id_), int(amount), RefundStatus(status)) for id_, amount, status in rows]


def given_back(connection: Connection, order_id: str) -> int:
    """Returns how much of an order's price has gone back, in minor units; what had bought nothing is no part of it."""
    return int(connection.exec_driver_sql(_GIVEN_BACK, (order_id, order_id)).scalar_one())


def _payment(
    id_: str, order_id: str, tender: str, amount: int, currency: str, status: str, reference: str | None
) -> StoredPayment:
    return StoredPayment(
        id=TenderId(id_),
        order_id=OrderId(order_id),
        kind=TenderKind(tender),
        amount=Money(amount, Currency(currency)),
        status=PaymentStatus(status),
        reference=reference,
    )
