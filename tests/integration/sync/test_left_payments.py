"""Payments on readers that a revoked till did not see the end of: the hub asks, and the order comes to an end."""

from collections.abc import Iterator
from typing import Any

import pytest

from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentStarted, PaymentUnknown
from boxoffice.core.payments import CardDetails
from sync.ledger.verify import verify
from sync.ports import Session
from sync.provider_states import PaymentState
from sync.store.chain import new_id
from sync.tills.left_payments import LeftPayments
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.office import Office
from tests.integration.sync.test_till_refunds import BALANCE, begun, shut_out

pytestmark = pytest.mark.enable_socket

ORDER, PAYMENT = "SELECT status FROM orders WHERE id = %s", "SELECT status FROM payments WHERE id = %s"
HELD = """
    SELECT coalesce(sum(l.granted - l.sold - l.returned), 0)::int FROM device_leases l WHERE l.device_id = %s
    AND l.pool_id = 'social'
"""


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    made = Office.open(hub)
    yield made
    made.http.close()


def lost_sight_of(door: Door, *, is_named: bool = True, is_unknown: bool = True) -> tuple[OrderPlaced, str, str]:
    """Pushes a sale whose only payment is on a reader; returns it with the tender and what Stripe calls it."""
    door.lease({"social": 3})
    placed, tender = door.placed(("social", 2)), new_id()
    about: dict[str, Any] = {"order_id": placed.order_id, "tender_id": tender, "tender": "terminal", "currency": "USD"}
    about |= {"amount": placed.total, "idempotency_key": tender, "reason": "the network was lost"}
    said: list[Payload] = [*begun(placed), PaymentStarted.model_validate(about)]
    if is_named:
        about["provider_reference"] = f"pi_{tender}"
        said.append(PaymentStarted.model_validate({**about, "step": "sent"}))
    if is_unknown:
        said.append(PaymentUnknown.model_validate(about))
    assert door.push(door.write(*said)).status_code == 200
    return placed, tender, f"pi_{tender}"


def at_stripe(hub: Stand, intent: str, state: PaymentState, amount: int) -> None:
    card = CardDetails("visa", "4242")
    hub.intents.by_id[intent] = Session(intent, None, state, amount, "USD", intent, card)


def look(hub: Stand) -> None:
    left = LeftPayments(hub.hub, {"stripe_intent": hub.intents})
    for order in left.open_orders():
        left.look(order)


@pytest.mark.parametrize("is_unknown", [True, False])
def test_one_that_nobody_paid_ends_with_its_order_and_its_places_are_back(
    hub: Stand, door: Door, *, is_unknown: bool
) -> None:
    placed, tender, intent = lost_sight_of(door, is_unknown=is_unknown)
    at_stripe(hub, intent, PaymentState.OPEN, placed.total)
    shut_out(hub, door)
    door.push([])

    look(hub)

    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("failed", "failed")
    assert hub.intents.by_id[intent].state is PaymentState.ENDED
    assert hub.one(HELD, door.me.device_id) == 3


def test_one_that_never_reached_a_reader_ends_once_its_till_has_told_all(hub: Stand, door: Door) -> None:
    placed, tender, _ = lost_sight_of(door, is_named=False)
    shut_out(hub, door)
    hub.sql("UPDATE devices SET revoked_at = now() - interval '1 hour' WHERE id = %s", door.me.device_id)

    look(hub)
    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("unknown", "processing")
    door.push([])
    look(hub)

    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("failed", "failed")


def test_one_that_was_paid_is_in_the_books_and_before_a_person_who_ends_it(
    hub: Stand, door: Door, office: Office
) -> None:
    placed, tender, intent = lost_sight_of(door)
    at_stripe(hub, intent, PaymentState.PAID, placed.total)
    shut_out(hub, door)
    door.push([])

    look(hub)
    look(hub)

    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("captured", "processing")
    assert hub.one(BALANCE, "stripe", placed.order_id) == placed.total
    ((problem, remedies),) = hub.sql("SELECT id, remedies FROM exceptions WHERE order_id = %s", placed.order_id)
    assert "end_order" in remedies
    office.resolve(problem, "end_order")
    hub.until("failed", ORDER, placed.order_id)


def test_told_by_the_till_as_well_it_is_booked_once(hub: Stand, door: Door) -> None:
    placed, tender, intent = lost_sight_of(door)
    at_stripe(hub, intent, PaymentState.PAID, placed.total)
    shut_out(hub, door)
    door.push([])
    look(hub)
    captured = PaymentCaptured(
        order_id=placed.order_id,
        tender_id=tender,
        tender="terminal",
        amount=placed.total,
        currency="USD",
        provider_reference=intent,
    )

    assert door.push(door.write(captured)).status_code == 200

    assert hub.one(BALANCE, "stripe", placed.order_id) == placed.total


@pytest.mark.parametrize("state", [PaymentState.HELD, None])
def test_one_that_has_not_ended_there_is_left_and_asked_about_again(
    hub: Stand, door: Door, state: PaymentState | None
) -> None:
    placed, tender, intent = lost_sight_of(door)
    if state is not None:
        at_stripe(hub, intent, state, placed.total)
    shut_out(hub, door)
    door.push([])

    look(hub)

    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("unknown", "processing")


def test_a_till_that_was_just_revoked_may_end_them_itself(hub: Stand, door: Door) -> None:
    placed, tender, intent = lost_sight_of(door)
    at_stripe(hub, intent, PaymentState.OPEN, placed.total)
    shut_out(hub, door)

    look(hub)

    assert hub.one(PAYMENT, tender) == "unknown"


def test_one_of_a_till_that_is_never_heard_of_is_ended_by_whoever_ends_the_order(
    hub: Stand, door: Door, office: Office
) -> None:
    placed, tender, _ = lost_sight_of(door)  # which its provider does not know
    shut_out(hub, door)
    path = f"/orders/{placed.order_id}"
    assert "End this order" in office.page(path)
    end = {"csrf": office.hidden(path, "csrf")}

    with hub.intents.down():
        told = office.http.post(f"{path}/end", data=end)
    assert (told.status_code, "can&#39;t be reached" in told.text) == (409, True)
    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("unknown", "processing")
    office.http.post(f"{path}/end", data=end)

    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("failed", "failed")


def test_a_till_that_sells_is_never_interfered_with(hub: Stand, door: Door) -> None:
    placed, tender, intent = lost_sight_of(door)
    at_stripe(hub, intent, PaymentState.OPEN, placed.total)
    left = LeftPayments(hub.hub, {"stripe_intent": hub.intents})

    left.settle_for(placed.order_id)

    assert placed.order_id not in left.open_orders()
    assert (hub.one(PAYMENT, tender), hub.one(ORDER, placed.order_id)) == ("unknown", "processing")
