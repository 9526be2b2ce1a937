"""Refunds that were made at the provider itself: each by its own id, whatever else is on its way or booked before."""

from collections.abc import Iterator
from typing import Any

import pytest

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.sales import changed
from sync.ledger.verify import verify
from sync.payments.giving_back import NewOrderRefund
from sync.payments.ours import OurPayment, Reference, payment_by
from sync.payments.outside_refunds import OutsideRefunds
from sync.ports import MadeRefund, RefundResult
from sync.provider_states import RefundState
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_refunds import balance, pay

pytestmark = pytest.mark.enable_socket

REFUNDS = """
    SELECT r.amount, r.status FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s ORDER BY r.id
"""
KINDS = "SELECT kind, status FROM exceptions WHERE order_id = %s ORDER BY raised_at"
STATUS = "SELECT status FROM orders WHERE id = %s"


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    hub.refunder.verdict = "succeeded"
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def payment(hub: Stand, shopper: Shopper) -> OurPayment:
    """A Friday pass that was paid on the web."""
    bought = shopper.buy("friday-pass")
    pay(hub, bought)
    return payment_of(hub, bought.json()["orderId"])


def payment_of(hub: Stand, order: str) -> OurPayment:
    reference = hub.one("SELECT provider_reference FROM payments WHERE order_id = %s AND status = 'captured'", order)
    with hub.database.transaction() as connection:
        found = payment_by(connection, "stripe", Reference(reference))
    assert found is not None
    return found


def make(hub: Stand, payment: OurPayment, amount: int, status: str = "succeeded") -> str:
    """Gives money back at the provider's own page; returns the refund's id there."""
    hub.refunder.verdict = status
    hub.refunder.make_outside(str(payment.reference), amount)
    return hub.refunder.outside[str(payment.reference)][-1].result.id


def end(hub: Stand, payment: OurPayment, refund: str, status: str) -> None:
    made = hub.refunder.outside[str(payment.reference)]
    made[:] = [
        MadeRefund(RefundResult(refund, RefundState(status)), each.amount) if each.result.id == refund else each
        for each in made
    ]


def look(hub: Stand, payment: OurPayment) -> None:
    OutsideRefunds(hub.refunds).look(payment)


def booked_before(hub: Stand, payment: OurPayment, amount: int) -> None:
    """Books a refund as hubs did that knew only how much of a charge was gone."""
    about: dict[str, Any] = {
        "order_id": payment.order_id,
        "tender_id": payment.id,
        "tender": payment.tender,
        "amount": amount,
        "currency": payment.currency,
        "provider_reference": "ch_1",
        "refund_id": new_id(),
    }
    facts = [RefundRequested(**about, why="made at Stripe", is_made=True), RefundSucceeded(**about)]
    hub.database.run(lambda connection: hub.hub.write(connection, facts, payment.event_id))


def test_each_is_booked_once_however_often_it_is_told(hub: Stand, payment: OurPayment) -> None:
    for amount in (1000, 1000, 500):
        make(hub, payment, amount)
        look(hub, payment)
        look(hub, payment)

    assert hub.sql(REFUNDS, payment.order_id) == [(1000, "succeeded"), (1000, "succeeded"), (500, "succeeded")]
    assert balance(hub, "stripe", payment.order_id) == 4000


def test_one_that_pends_is_told_when_it_has_ended(hub: Stand, payment: OurPayment) -> None:
    refund = make(hub, payment, 6500, "pending")
    look(hub, payment)
    pending = hub.one(STATUS, payment.order_id)
    end(hub, payment, refund, "succeeded")

    look(hub, payment)

    assert (pending, hub.one(STATUS, payment.order_id)) == ("completed", "refunded")


def test_one_that_fails_days_later_is_taken_back_and_said(hub: Stand, payment: OurPayment) -> None:
    refund = make(hub, payment, 2000)
    look(hub, payment)
    end(hub, payment, refund, "failed")

    look(hub, payment)

    assert hub.sql(REFUNDS, payment.order_id) == [(2000, "failed")]
    assert balance(hub, "stripe", payment.order_id) == 6500
    assert hub.sql(KINDS, payment.order_id) == [("refunded_outside", "resolved"), ("refund_failed", "open")]
    assert hub.one(STATUS, payment.order_id) == "completed"


@pytest.mark.parametrize("first", ["pending", "succeeded"])
def test_of_two_only_the_one_that_failed_is_over(hub: Stand, payment: OurPayment, first: str) -> None:
    failing, staying = make(hub, payment, 2000, first), make(hub, payment, 1000)
    look(hub, payment)
    end(hub, payment, failing, "failed")

    look(hub, payment)
    look(hub, payment)

    told = hub.sql("SELECT detail FROM exceptions WHERE order_id = %s AND status = 'open'", payment.order_id)
    assert sorted(detail[:6] for (detail,) in told) == ["$10.00", "The re"], staying
    assert hub.one(STATUS, payment.order_id) == "partially_refunded"


def test_one_that_failed_before_anybody_heard_of_it_is_nothing(hub: Stand, payment: OurPayment) -> None:
    make(hub, payment, 2000, "failed")

    look(hub, payment)

    assert hub.sql(REFUNDS, payment.order_id) == []


def test_one_that_does_not_fit_beside_ours_waits_until_ours_has_ended(
    hub: Stand, payment: OurPayment, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = new_id()
    monkeypatch.setattr(hub.refunder, "is_down", True)
    hub.refunds.request(NewOrderRefund(ours, payment.order_id, payment.id, 6500))
    make(hub, payment, 6500)
    with pytest.raises(TryAgainLater):
        look(hub, payment)
    hub.refunds.settle(ours, RefundResult("", RefundState.FAILED, "It was cancelled at the provider."))

    look(hub, payment)

    assert sorted(hub.sql(REFUNDS, payment.order_id)) == [(6500, "failed"), (6500, "succeeded")]
    assert hub.one(STATUS, payment.order_id) == "refunded"


def test_our_id_on_anothers_refund_makes_it_none_of_ours(hub: Stand, payment: OurPayment) -> None:
    ours = new_id()
    hub.refunds.request(NewOrderRefund(ours, payment.order_id, payment.id, 1000))
    hub.until("succeeded", "SELECT status FROM refunds WHERE id = %s", ours)
    copied = MadeRefund(RefundResult("re_copied", RefundState.SUCCEEDED), 500, ours)

    OutsideRefunds(hub.refunds).take(payment, [copied, *hub.refunder.made(str(payment.reference))])

    assert sorted(hub.sql(REFUNDS, payment.order_id)) == [(500, "succeeded"), (1000, "succeeded")]


def test_what_an_earlier_hub_booked_is_known_again_and_can_fail(hub: Stand, payment: OurPayment) -> None:
    booked_before(hub, payment, 1000)
    refund = make(hub, payment, 1000)
    look(hub, payment)
    known = hub.sql(REFUNDS, payment.order_id)
    end(hub, payment, refund, "failed")

    look(hub, payment)

    assert known == [(1000, "succeeded")]
    assert hub.sql(REFUNDS, payment.order_id) == [(1000, "failed")]
    assert balance(hub, "stripe", payment.order_id) == 6500


def test_what_an_earlier_hub_booked_as_one_sum_is_not_booked_again(hub: Stand, payment: OurPayment) -> None:
    booked_before(hub, payment, 3000)
    for amount in (1000, 2000):
        make(hub, payment, amount)

    look(hub, payment)

    assert hub.sql(REFUNDS, payment.order_id) == [(3000, "succeeded")]


def test_money_that_had_bought_nothing_leaves_the_order_as_it_is(hub: Stand, door: Door) -> None:
    placed, late = paid_twice(hub, door)

    make(hub, late, late.amount)
    look(hub, late)

    assert hub.one(STATUS, placed.order_id) == "completed"
    assert [balance(hub, name, placed.order_id) for name in ("unearned", "refunds", "stripe")] == [0, 0, 0]


def test_after_such_a_refund_a_part_of_the_price_is_a_part(hub: Stand, door: Door) -> None:
    placed, late = paid_twice(hub, door, by_card=True)
    make(hub, late, late.amount)
    look(hub, late)
    paid = hub.one("SELECT id FROM payments WHERE order_id = %s AND tender = 'terminal'", placed.order_id)
    refund = new_id()

    hub.refunds.request(NewOrderRefund(refund, placed.order_id, paid, 100))

    hub.until("succeeded", "SELECT status FROM refunds WHERE id = %s", refund)
    assert hub.one(STATUS, placed.order_id) == "partially_refunded"


def paid_twice(hub: Stand, door: Door, *, by_card: bool = False) -> tuple[OrderPlaced, OurPayment]:
    """Returns an order that was paid at the door while its page was paid as well, and what came too much."""
    door.lease({"social": 1})
    placed, tender = door.phone_order(("social", 1))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    hub.checkouts.close(tender, "expired")
    paid = door.captured(placed, placed.total)
    if by_card:
        reference = {"tender": "terminal", "drawer": None, "provider_reference": f"pi_{new_id()}"}
        paid = paid.model_copy(update=reference)
    done = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
    door.push(door.write(paid, done, door.finished(placed))).raise_for_status()
    session = hub.sessions.of(tender)
    hub.sessions.pay(session)
    hub.checkouts.settle_session(session)
    with hub.database.transaction() as connection:
        late = payment_by(connection, "stripe", Reference(f"pi_{session}"))
    assert late is not None
    return placed, late
