"""The ledger balances for every fact, and the books say what the facts say."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Rounding
from boxoffice.core.effects import Inconsistent
from boxoffice.core.facts import Fact
from boxoffice.core.ids import OrderId, ProductId, TicketId
from boxoffice.core.ledger import Unbalanced, postings
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.bank import FeeRecorded, PayoutRecorded
from boxoffice.core.payloads.cash import CashMoved
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentFailed
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import Earned, TicketsIssued, TicketVoided
from boxoffice.core.payments import PaymentStatus, RefundStatus
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.rows import TicketStatus
from boxoffice.core.sales import changed, finish, place, ticket_count
from boxoffice.core.tickets import Issuer, certify
from tests.unit.core.builders import DEVICE_KEY, EVENT, EVENT_KEY, NOW, carts, catalogue, chain, new_id

ISSUER = Issuer(DEVICE_KEY, certify(EVENT, DEVICE_KEY.public_key(), EVENT_KEY))
PENDING, PROCESSING, COMPLETED = OrderState.PENDING, OrderState.PROCESSING, OrderState.COMPLETED


def placed_order(cart: Cart, rounding: Rounding = Rounding.PER_LINE) -> OrderPlaced:
    return place(
        price(catalogue(rounding), cart, at=NOW),
        order_id=OrderId(new_id()),
        order_number="7K2-F4Q",
        channel=Channel.DOOR,
        source="lease",
    )


def tender(placed: OrderPlaced, tender_id: str = "t1", amount: int | None = None) -> PaymentCaptured:
    return PaymentCaptured(
        order_id=placed.order_id,
        tender_id=tender_id,
        tender="cash",
        amount=placed.total if amount is None else amount,
        currency="USD",
        drawer="till-1",
    )


def sale(placed: OrderPlaced) -> list[Payload]:
    order = OrderId(placed.order_id)
    ids = [TicketId(new_id()) for _ in range(ticket_count(placed))]
    return [
        placed,
        tender(placed),
        changed(order, PENDING, PROCESSING),
        changed(order, PROCESSING, COMPLETED),
        finish(placed, EVENT, ISSUER, ids),
    ]


def sums(facts: list[Fact]) -> dict[str, int]:
    accounts: defaultdict[str, int] = defaultdict(int)
    for fact in facts:
        for line in postings(fact):
            accounts[line.account] += line.amount.minor
    return dict(accounts)


@given(carts(), st.sampled_from(Rounding))
def test_the_postings_of_every_fact_of_a_sale_sum_to_zero(cart: Cart, rounding: Rounding) -> None:
    facts = chain(sale(placed_order(cart, rounding)))

    assert all(sum(line.amount.minor for line in postings(fact)) == 0 for fact in facts)


@given(carts())
def test_a_finished_sale_leaves_nothing_unearned(cart: Cart) -> None:
    placed = placed_order(cart)

    accounts = sums(chain(sale(placed)))

    assert accounts["unearned"] == 0
    assert accounts["cash:till-1"] == placed.total


@given(st.integers(1, 10**9), st.sampled_from(["cash", "terminal", "checkout", "paypal"]))
def test_money_that_moves_outside_a_sale_balances_too(amount: int, kind: str) -> None:
    money = {"amount": amount, "currency": "USD", "provider_reference": "x"}
    of_order = {"order_id": "o", "tender_id": "t", "tender": kind, "drawer": "till-1", "refund_id": "r"}
    facts = chain(
        [
            RefundSucceeded.model_validate({**of_order, **money}),
            FeeRecorded.model_validate({**money, "provider": "stripe"}),
            PayoutRecorded.model_validate({**money, "provider": "stripe"}),
            CashMoved(drawer="till-1", amount=-amount, currency="USD"),
        ]
    )

    assert [sum(line.amount.minor for line in postings(fact)) for fact in facts] == [0, 0, 0, 0]
    assert all(len(postings(fact)) == 2 for fact in facts)


def test_a_fact_that_does_not_add_up_is_not_posted() -> None:
    bad = TicketsIssued(
        order_id="o", currency="USD", total=5, earned=(Earned(product_id="p", kind="ticket", net=4, tax=0),), tickets=()
    )

    with pytest.raises(Unbalanced):
        postings(chain([bad])[0])


@given(carts())
def test_the_books_of_a_sale_are_those_of_a_completed_order(cart: Cart) -> None:
    placed = placed_order(cart)

    books = Books.of(chain(sale(placed)))

    assert books.orders[placed.order_id].status is OrderState.COMPLETED
    assert books.due(placed.order_id) == 0
    assert len(books.tickets) == ticket_count(placed)
    assert len(books.order_items) == len(cart.lines)


def test_a_failed_tender_pays_nothing_and_a_second_one_can() -> None:
    placed = placed_order(Cart(carts_of_one()))
    failed = PaymentFailed(
        order_id=placed.order_id,
        tender_id="t1",
        tender="terminal",
        amount=placed.total,
        currency="USD",
        code="card_declined",
        message="The bank declined this card.",
    )

    books = Books.of(chain([placed, failed, tender(placed, "t2", 100)]))

    assert books.due(placed.order_id) == placed.total - 100
    assert books.payments["t1"].status is PaymentStatus.FAILED


def test_refunds_and_voids_show_in_the_books() -> None:
    placed = placed_order(Cart(carts_of_one()))
    steps = sale(placed)
    issued = steps[-1]
    assert isinstance(issued, TicketsIssued)
    refund = {
        "order_id": placed.order_id,
        "tender_id": "t1",
        "tender": "cash",
        "amount": 5,
        "currency": "USD",
        "refund_id": "r",
    }
    steps += [
        RefundRequested.model_validate(refund),
        RefundSucceeded.model_validate({**refund, "drawer": "till-1"}),
        TicketVoided(ticket_id=issued.tickets[0].ticket_id, order_id=placed.order_id),
    ]

    books = Books.of(chain(steps))

    assert books.refunds["r"].status is RefundStatus.SUCCEEDED
    assert books.tickets[issued.tickets[0].ticket_id].status is TicketStatus.VOIDED


def carts_of_one() -> tuple[CartLine, ...]:
    return (CartLine(ProductId("full-pass"), 1),)


@pytest.mark.parametrize("twice", [0, 1, 4])
def test_nothing_can_happen_twice(twice: int) -> None:
    steps = sale(placed_order(Cart(carts_of_one())))

    with pytest.raises(Inconsistent, match="before"):
        Books.of(chain([*steps, steps[twice]]))


def test_a_move_from_a_state_that_the_order_is_not_in_is_found() -> None:
    placed = placed_order(Cart(carts_of_one()))

    with pytest.raises(Inconsistent, match="is pending, not processing"):
        Books.of(chain([placed, changed(OrderId(placed.order_id), PROCESSING, COMPLETED)]))
    with pytest.raises(Inconsistent, match="can't go"):
        Books.of(chain([placed, changed(OrderId(placed.order_id), PENDING, COMPLETED)]))


def test_money_for_an_order_that_nobody_placed_is_found() -> None:
    placed = placed_order(Cart(carts_of_one()))

    with pytest.raises(Inconsistent, match="there is no order"):
        Books.of(chain([tender(placed)]))


def test_earnings_that_are_not_the_orders_own_are_found() -> None:
    steps = sale(placed_order(Cart(carts_of_one())))
    issued = steps[-1]
    assert isinstance(issued, TicketsIssued)
    steps[-1] = issued.model_copy(update={"total": 1, "earned": (Earned(product_id="p", kind="ticket", net=1, tax=0),)})

    with pytest.raises(Inconsistent, match="not what order"):
        Books.of(chain(steps))
