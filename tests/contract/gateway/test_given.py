"""What a word is enough for, as the screens see it: taken with its reason, and fallen with a sale that ends unpaid."""

import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.money import Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import LONGEST_REASON, TENDERS, TenderKind, is_given
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.selling import OrderClosed
from tests.contract.gateway.outside import Outside

WHY = "Won the raffle"
GIVEN = [kind for kind, row in TENDERS.items() if is_given(row)]
each_kind = pytest.mark.parametrize("kind", GIVEN, ids=lambda kind: kind.value)


@pytest.fixture
def order(outside: Outside) -> Order:
    return outside.till.place(outside.quote("full-pass"))


def part(order: Order) -> Money:
    return Money(2_000, order.total.currency)


@each_kind
def test_what_is_given_completes_the_order_and_keeps_its_reason_without_the_hub(
    outside: Outside, order: Order, kind: TenderKind
) -> None:
    outside.cut()

    order = outside.till.take(order.id, kind, order.due, f"  {WHY} ")

    (tender,) = order.tenders
    assert (tender.kind, tender.status, tender.amount, tender.words) == (kind, PaymentStatus.CAPTURED, order.total, WHY)
    assert (order.state, order.due.minor, order.ticket_count) == (OrderState.COMPLETED, 0, 1)
    assert outside.till.last_sale() == order == outside.till.order(order.id)


@each_kind
def test_a_part_that_is_given_leaves_the_rest_due(outside: Outside, order: Order, kind: TenderKind) -> None:
    order = outside.till.take(order.id, kind, part(order), WHY)
    assert (order.state, order.paid, order.due) == (OrderState.PROCESSING, part(order), order.total - part(order))

    order = outside.till.take_cash(order.id, order.due, order.due)

    assert [each.kind for each in order.tenders] == [kind, TenderKind.CASH]
    assert order.state is OrderState.COMPLETED


@each_kind
@pytest.mark.parametrize("why", ["", " \t", "x" * (LONGEST_REASON + 1)])
def test_nothing_is_given_without_a_reason_that_can_be_read(
    outside: Outside, order: Order, kind: TenderKind, why: str
) -> None:
    if not TENDERS[kind].reasons and not why.strip():
        pytest.skip("it wants no reason")

    with pytest.raises(BadInput):
        outside.till.take(order.id, kind, order.due, why)

    assert outside.till.order(order.id) == order


@each_kind
def test_no_more_is_given_than_is_due_and_nothing_of_an_order_that_has_ended(
    outside: Outside, order: Order, kind: TenderKind
) -> None:
    with pytest.raises(BadInput):
        outside.till.take(order.id, kind, order.due + part(order), WHY)
    order = outside.till.take(order.id, kind, order.due, WHY)
    with pytest.raises(OrderClosed):
        outside.till.take(order.id, kind, part(order), WHY)

    assert outside.till.order(order.id) == order


@each_kind
def test_a_part_that_was_given_falls_with_a_sale_that_comes_to_nothing(
    outside: Outside, order: Order, kind: TenderKind
) -> None:
    before = outside.left("full-pass")
    order = outside.till.take(order.id, kind, part(order), WHY)
    with pytest.raises(OrderClosed):
        outside.till.abandon(order.id)

    order = outside.till.give_back(order.id, "Changed mind")

    (tender,) = order.tenders
    assert (order.state, tender.given_back, tender.is_back) == (OrderState.FAILED, part(order), True)
    assert outside.left("full-pass") == before + 1


@pytest.mark.parametrize("kind", [kind for kind in TenderKind if kind not in GIVEN], ids=lambda kind: kind.value)
def test_what_is_taken_in_a_way_of_its_own_is_not_given(outside: Outside, order: Order, kind: TenderKind) -> None:
    with pytest.raises(ValueError, match="in a way of its own"):
        outside.till.take(order.id, kind, order.due, WHY)

    assert outside.till.order(order.id) == order
