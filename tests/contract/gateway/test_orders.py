"""Orders as the screens see them: placed, paid in one way or several, ended, given back, refunded; found again."""

import pytest

from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.money import Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.sale_times import NotOnSale
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.orders import Order, Paperwork, Tender
from boxoffice.till.usecases.gateway.paying import TenderPaid
from boxoffice.till.usecases.gateway.stock import NotEnoughHere
from boxoffice.till.usecases.selling import OrderClosed
from tests.contract.gateway.outside import Outside


def part(order: Order) -> Money:
    return Money(2_000, order.total.currency)


def tender(order: Order) -> Tender:
    (only,) = order.tenders
    return only


def part_paid(outside: Outside) -> Order:
    order = outside.till.place(outside.quote("full-pass"))
    return outside.till.take_cash(order.id, part(order), part(order))


def test_a_cash_sale_is_completed_at_once_and_says_what_was_given(outside: Outside) -> None:
    quote = outside.quote("full-pass", "shirt")
    given = quote.total + quote.total

    order = outside.till.sell_for_cash(quote, given)

    assert (order.state, order.total, order.paid, order.due.minor) == (
        OrderState.COMPLETED,
        quote.total,
        quote.total,
        0,
    )
    assert (tender(order).kind, tender(order).status, tender(order).tendered) == (
        TenderKind.CASH,
        PaymentStatus.CAPTURED,
        given,
    )
    assert order.ticket_count == 1
    assert order == outside.till.order(order.id)
    assert outside.till.last_sale() == order


def test_too_little_cash_sells_nothing(outside: Outside) -> None:
    quote = outside.quote("full-pass")

    with pytest.raises(BadInput):
        outside.till.sell_for_cash(quote, Money(1, quote.total.currency))

    assert not [each for each in outside.till.find_orders("", 20).orders if not each.is_elsewhere]


def test_a_placed_order_waits_for_its_money_with_its_places_held(outside: Outside) -> None:
    before = outside.left("friday-pass")

    order = outside.till.place(outside.quote("friday-pass"))

    assert (order.state, order.tenders, order.due) == (OrderState.PROCESSING, (), order.total)
    assert outside.left("friday-pass") == before - 1
    assert outside.till.find_orders("", 20).orders == (order,)
    assert outside.till.parked() == (order,)
    assert outside.status.parked == 1
    assert outside.till.last_sale() is None


def test_an_abandoned_order_has_failed_and_its_places_can_be_sold_again(outside: Outside) -> None:
    before = outside.left("friday-pass")
    order = outside.till.place(outside.quote("friday-pass"))

    outside.till.abandon(order.id)
    outside.till.abandon(order.id)

    assert outside.till.order(order.id).state is OrderState.FAILED
    assert outside.left("friday-pass") == before
    assert outside.till.parked() == ()
    assert [each.state for each in outside.till.find_orders("", 20).orders] == [OrderState.FAILED]


def test_a_part_in_cash_leaves_the_rest_due_and_the_rest_completes_it(outside: Outside) -> None:
    order = part_paid(outside)
    assert (order.state, order.paid, order.due) == (OrderState.PROCESSING, part(order), order.total - part(order))
    assert outside.till.parked() == (order,)

    order = outside.till.take_cash(order.id, order.due, order.due)

    assert (order.state, order.due.minor, len(order.tenders)) == (OrderState.COMPLETED, 0, 2)
    assert outside.till.parked() == ()


def test_no_more_is_taken_than_is_due_and_nothing_of_an_order_that_has_ended(outside: Outside) -> None:
    order = outside.till.place(outside.quote("full-pass"))

    with pytest.raises(BadInput):
        outside.till.take_cash(order.id, order.total + part(order), order.total + part(order))
    order = outside.till.take_cash(order.id, order.due, order.due)
    with pytest.raises(OrderClosed):
        outside.till.take_cash(order.id, part(order), part(order))

    assert outside.till.order(order.id).paid == order.total


def test_what_was_paid_in_part_is_not_abandoned_but_given_back(outside: Outside) -> None:
    before = outside.left("full-pass")
    order = part_paid(outside)
    with pytest.raises(OrderClosed):
        outside.till.abandon(order.id)

    order = outside.till.give_back(order.id, "Changed mind")

    assert order.state is OrderState.FAILED
    assert (tender(order).given_back, tender(order).is_back) == (part(order), True)
    assert outside.left("full-pass") == before
    assert outside.till.give_back(order.id, "Changed mind") == order


def test_what_a_card_paid_in_part_goes_back_through_the_hub(outside: Outside) -> None:
    order = outside.till.place(outside.quote("full-pass"))
    paid = outside.by_card(order, "present", part(order))
    assert isinstance(paid, TenderPaid)
    assert paid.order.state is OrderState.PROCESSING

    order = outside.till.give_back(order.id, "Card failed")

    assert order.state is OrderState.FAILED
    assert tender(order).given_back == part(order)


@pytest.mark.parametrize("paid", [True, False])
def test_only_what_waits_for_the_rest_of_its_money_is_given_back(outside: Outside, *, paid: bool) -> None:
    order = outside.till.place(outside.quote("full-pass"))
    if paid:
        outside.till.take_cash(order.id, order.due, order.due)
        with pytest.raises(OrderClosed):
            outside.till.give_back(order.id, "Other")
    else:
        outside.till.give_back(order.id, "Other")

    assert outside.till.order(order.id).state is (OrderState.COMPLETED if paid else OrderState.FAILED)


def test_a_refund_by_the_hub_is_seen_on_the_order_and_its_payment(outside: Outside) -> None:
    order = outside.till.place(outside.quote("friday-pass"))
    paid = outside.by_card(order, "present")
    assert isinstance(paid, TenderPaid)

    outside.refund(paid.order)
    outside.until(lambda: outside.till.order(order.id).state is not OrderState.COMPLETED)

    outside.until(lambda: tender(outside.till.order(order.id)).is_back)
    order = outside.till.order(order.id)
    assert (order.state, tender(order).status) == (OrderState.REFUNDED, PaymentStatus.CAPTURED)
    assert tender(order).given_back == order.total
    assert outside.till.last_sale() is None


def test_an_order_has_no_tickets_any_more_when_they_are_void(outside: Outside) -> None:
    order = outside.till.place(outside.quote("friday-pass"))
    paid = outside.by_card(order, "present")
    assert isinstance(paid, TenderPaid)
    assert paid.order.ticket_count == 1

    outside.refund(paid.order)

    outside.until(lambda: outside.till.order(order.id).ticket_count == 0)
    with pytest.raises(OperationFailed, match="no tickets"):
        outside.till.print(order.id, Paperwork.TICKETS)


def test_more_than_is_left_is_refused_whole_and_what_is_elsewhere_is_asked_for(outside: Outside) -> None:
    here = next(each.here for each in outside.status.stock if each.pool_id == "social")
    outside.leave_elsewhere("social", 2)

    with pytest.raises(NotEnoughHere) as refused:
        outside.till.place(outside.quote(*["social"] * (here + 3)))

    # A till may have given back what is more than its share meanwhile, as so few are left.
    assert [(each.pool_id, each.here + each.elsewhere) for each in refused.value.stock] == [("social", here + 2)]
    assert refused.value.is_online
    assert next(each.overall for each in outside.status.stock if each.pool_id == "social") == here + 2
    assert not [each for each in outside.till.find_orders("", 20).orders if not each.is_elsewhere]
    now_here = next(each.here for each in outside.status.stock if each.pool_id == "social")
    assert outside.till.place(outside.quote(*["social"] * (now_here + 2))).state is OrderState.PROCESSING


def test_without_a_network_too_little_says_what_is_here_and_what_was_elsewhere(outside: Outside) -> None:
    social = next(each for each in outside.status.stock if each.pool_id == "social")
    quote = outside.quote(*["social"] * (social.here + 1))
    outside.cut()

    with pytest.raises(NotEnoughHere) as refused:
        outside.till.sell_for_cash(quote, quote.total)

    assert [(each.here, each.elsewhere) for each in refused.value.stock] == [(social.here, social.elsewhere)]
    assert not refused.value.is_online


def test_what_is_not_on_sale_any_more_is_refused_and_the_screens_know(outside: Outside) -> None:
    quote = outside.quote("sunday-pass")
    outside.end_sale("sunday-pass")

    with pytest.raises(NotOnSale):
        outside.till.sell_for_cash(quote, quote.total)
    with pytest.raises(NotOnSale):
        outside.till.place(quote)

    off = outside.status.off_sale_of(quote.lines[0].product.id)
    assert off is not None
    assert off.is_sure


def test_orders_are_found_by_number_product_and_address_newest_first(outside: Outside) -> None:
    sold = [
        outside.till.sell_for_cash(quote, quote.total) for quote in (outside.quote("full-pass"), outside.quote("shirt"))
    ]
    waiting = outside.till.place(outside.quote("friday-pass"))
    outside.till.send_email(sold[0].id, "ana@example.org")

    def found(query: str) -> list[str]:
        return [each.number for each in outside.till.find_orders(query, 20).orders]

    assert found("") == [waiting.number, sold[1].number, sold[0].number]
    assert found(sold[0].number.lower()) == [sold[0].number]
    assert found(sold[0].number.replace("-", "")) == [sold[0].number]
    assert found("ANA@example") == [sold[0].number]
    assert found("friday pass day") == [waiting.number]
    assert found("nobody") == []
    some = outside.till.find_orders("", 2)
    assert (len(some.orders), some.total) == (2, 3)
