"""Every table of the report, and the CSV, adds up to what the ledger says was paid, whatever was sold and how."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from boxoffice.core.books import Books
from boxoffice.core.closing import Why
from boxoffice.core.facts import Fact
from boxoffice.core.money import Currency
from boxoffice.core.tenders import GIFT_CARD
from sync.http.web.views import csv_text
from sync.store.chain import store_facts
from sync.store.closing import close_of
from sync.store.ledger import take_all, write_books
from sync.store.reports import ReportEvent, sold_items, standing
from sync.store.sales_entries import keep_up
from sync.store.sales_figures import Part, entry_lines, figures
from sync.store.tax_returns import SalesPlace, shares_between
from tests.examples import examples
from tests.integration.sync.conftest import Stand
from tests.unit.core.builders import EVENT, TILL
from tests.unit.core.sold import Sold, given_up, sold, ticket_id

pytestmark = pytest.mark.enable_socket

ZONE = "America/Denver"
HALL = SalesPlace(EVENT, "Hall", ZONE, "USD")
THERE = ReportEvent(EVENT, "Fest", ZONE, Currency("USD"), ())
MONEY = """
    SELECT coalesce(sum(l.amount), 0) FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE f.device_id = :till AND l.account ~ '^(stripe|paypal|cash:.*|transit:.*|rounding|swaps)$'
"""
REFUNDED = """
    SELECT coalesce(sum(l.amount), 0) FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE f.device_id = :till AND f.payload ->> 'tender' <> 'complimentary' AND l.account IN ('refunds', 'unearned')
      AND f.kind IN ('refund_succeeded', 'refund_failed')
"""
ACCOUNT = """
    SELECT coalesce(-sum(l.amount), 0) FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
    WHERE f.device_id = :till AND f.kind = 'tickets_issued' AND l.account LIKE :account
"""
PENDING = "SELECT EXISTS (SELECT FROM refunds WHERE status NOT IN ('succeeded', 'failed'))"
VALID = """
    SELECT k.id, k.product_id FROM tickets k JOIN orders o ON o.id = k.order_id
    WHERE o.placed_by = :till AND k.status = 'valid'
      AND (o.status <> 'refunded' OR EXISTS (
          SELECT FROM payments p WHERE p.order_id = o.id AND p.status = 'captured' AND p.tender = 'complimentary'))
"""
BACK = """
    SELECT p.order_id, (part ->> 0)::int AS line, (part ->> 1)::int AS number
    FROM refunds r JOIN payments p ON p.id = r.payment_id
    JOIN facts f ON f.kind = 'refund_requested' AND f.payload ->> 'refund_id' = r.id
    CROSS JOIN jsonb_array_elements(f.payload -> 'parts') AS part
    WHERE f.device_id = :till AND r.status <> 'failed'
"""
"""The tickets that let somebody in and whose money is not back: each is told by its own row."""


ALL = Part(EVENT, datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), ZONE)


@pytest.fixture(scope="module")
def connection(hub: Stand) -> Iterator[Connection]:
    hub.sql("INSERT INTO devices (id, name, public_key) VALUES (%s, 'Door', '')", TILL)
    with hub.database.transaction() as connection:
        yield connection
        connection.rollback()


def keep(connection: Connection, orders: Sequence[Sold]) -> None:
    """Writes the orders as the hub would."""
    for n, order in enumerate(orders):
        after, _, misfits = take_all(Books(are_of_one_order=True), order.facts)
        assert misfits == {}
        store_facts(connection, [_in_epoch(fact, n) for fact in order.facts])
        write_books(connection, Books(), after, order.facts)


def _in_epoch(fact: Fact, epoch: int) -> Fact:
    return replace(fact, epoch=epoch + 1)  # each order's chain begins anew


def minor(text: str) -> int:
    return round(float(text.replace("$", "").replace(",", "").replace("−", "-") or 0) * 100)


@given(st.lists(sold() | given_up(), min_size=1, max_size=4))
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_rows_add_up_to_what_was_paid(connection: Connection, orders: list[Sold]) -> None:
    with connection.begin_nested() as kept:
        keep(connection, orders)
        paid = connection.execute(text(MONEY), {"till": TILL}).scalar_one()
        booked = {
            account: connection.execute(text(ACCOUNT), {"till": TILL, "account": account}).scalar_one()
            for account in ("tax:%", "discounts", "sales:%", "donations")
        }
        refunded = connection.execute(text(REFUNDED), {"till": TILL}).scalar_one()
        stands = standing(connection, THERE)
        rows = sold_items(connection, THERE, None)
        back = {ticket_id(*row) for row in connection.execute(text(BACK), {"till": TILL})}
        stored = connection.execute(text(VALID), {"till": TILL})
        taxed = list(shares_between(connection, HALL, date(2000, 1, 1), date(2100, 1, 1)))
        is_pending = connection.execute(text(PENDING)).scalar_one()
        valid = Counter(row.product_id for row in stored if row.id not in back)
        close = close_of(connection, THERE)
        assert keep_up(connection, EVENT, 100) == 0
        found, lines = figures(connection, ALL), entry_lines(connection, ALL)
        kept.rollback()

    cells = list(csv.DictReader(io.StringIO(csv_text(rows, THERE.currency, ZONE).removeprefix("\ufeff"))))
    assert close.ledger == sum(order.booked for order in close.orders) == paid
    assert close.tickets - close.ledger == sum(order.worth - order.booked for order in close.orders)
    assert {each.about for each in close.differences if each.why is Why.NOT_PAID} == set()
    assert sum(minor(row["Paid"]) for row in cells) == paid
    assert sum(minor(row["Tax"]) for row in cells) == booked["tax:%"]
    assert -sum(minor(row["Discount"]) for row in cells) == booked["discounts"]
    assert sum(minor(row["Total"]) for row in cells) == sum(booked.values())
    assert all(row.amount - row.refunded == row.ledger for row in stands.tenders)
    returned = sum(each.paid for each in taxed), sum(each.paid - each.net for each in taxed)
    assert 0 <= returned[0] <= sum(booked.values())
    assert 0 <= returned[1] <= booked["tax:%"]
    if refunded == 0 and not any(row.tender == "complimentary" for row in stands.tenders):
        assert returned == (sum(booked.values()), booked["tax:%"])
    money = [row for row in stands.tenders if row.tender not in ("complimentary", GIFT_CARD.value)]
    assert sum(row.amount - row.refunded for row in money) == paid
    gift_cards = sum(each.paid for each in found.tenders if each.tender == GIFT_CARD.value)
    assert found.money == sum(each.paid for each in found.tenders) == sum(each.paid for each in found.places)
    assert found.money == sum(each.paid for each in found.hours) == paid + gift_cards
    assert sum(each.paid for each in lines if each.side == "things") == found.money
    assert all(each.full_price - each.discount + each.refunds == each.paid for each in found.products)
    for product in found.products:
        sales = [row for row in rows if row.kind == "sale" and row.item == product.name]
        assert product.sold == sum(row.quantity for row in sales)
        assert 0 <= product.gone <= product.sold
        if product.product_id in ("full-pass", "friday") and not is_pending:
            assert product.sold - product.gone == valid[product.product_id]
