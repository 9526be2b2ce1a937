"""Money that comes oddly, all the way through the sandbox: refunds in the dashboard, and disputes won and lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from boxoffice.demo.stack import Stack, post
from sync.ledger.verify import verify
from tests.functional.test_rollback import buy, in_books, pay, until

pytestmark = [pytest.mark.enable_socket]


@pytest.fixture(autouse=True)
def books_agree(stack: Stack) -> Iterator[None]:
    yield

    assert verify(stack.database).problem is None


def one(stack: Stack, query: str, *values: str) -> Any:
    with stack.database.engine.connect() as connection:
        return connection.exec_driver_sql(query, values).scalar()


def paid(stack: Stack) -> tuple[str, str]:
    """Returns an order that is paid, and its payment at Stripe."""
    bought = buy(stack.addresses.hub_url)
    pay(stack, bought)
    until(lambda: in_books(stack, bought), "completed")
    order = bought.json()["orderId"]
    return order, one(stack, "SELECT provider_reference FROM payments WHERE order_id = %s", order)


def at_charge(stack: Stack, payment: str, what: str, **body: str) -> None:
    post(f"{stack.addresses.sandbox_url}/control/charges/{payment}/{what}", body)


BALANCE = """
    SELECT coalesce(sum(l.amount), 0)::int FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE l.account = 'stripe' AND f.payload ->> 'order_id' = %s
"""
KINDS = "SELECT string_agg(kind, ' ' ORDER BY raised_at) FROM exceptions WHERE order_id = %s"


def test_a_refund_made_in_the_dashboard_is_in_the_books_and_told(stack: Stack) -> None:
    order, payment = paid(stack)

    at_charge(stack, payment, "refund")

    until(lambda: one(stack, BALANCE, order), 0)
    assert one(stack, KINDS, order) == "refunded_outside"
    assert one(stack, "SELECT status FROM orders WHERE id = %s", order) == "refunded"


def test_a_dispute_takes_the_money_and_gives_it_back_if_it_is_won(stack: Stack) -> None:
    order, payment = paid(stack)

    at_charge(stack, payment, "dispute", do="open")
    until(lambda: one(stack, BALANCE, order), 0)
    at_charge(stack, payment, "dispute", do="won")

    until(lambda: one(stack, BALANCE, order), 6500)
    until(lambda: one(stack, KINDS, order), "dispute_opened dispute_won")


def test_a_dispute_that_is_lost_is_told(stack: Stack) -> None:
    order, payment = paid(stack)

    at_charge(stack, payment, "dispute", do="open")
    at_charge(stack, payment, "dispute", do="lost")

    until(lambda: "dispute_lost" in (one(stack, KINDS, order) or ""), True)
    until(lambda: one(stack, BALANCE, order), 0)
