"""What a provider tells of a payment before the payment is in the books is worked on once it is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.sales import changed
from sync.ledger.verify import verify
from sync.payments.catching_up import CatchUp
from sync.providers.events import READERS
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_paypal_disputes import case, paid

pytestmark = pytest.mark.enable_socket

STATUS = "SELECT status FROM payment_events WHERE id = %s"


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    yield

    assert verify(hub.database).problem is None


def ignored(hub: Stand, kind: str, thing: dict[str, Any], provider: str = "stripe") -> int:
    """Returns an event that was nobody's an hour ago."""
    where = {"data": {"object": thing}} if provider == "stripe" else {"resource": thing}
    body = json.dumps({"id": new_id(), "type": kind, "created": 1, **where})
    query = """
        INSERT INTO payment_events (provider, event_id, event_type, payload, status, received_at, processed_at)
        VALUES (%s, %s, %s, %s::jsonb, 'ignored', now() - interval '1 hour', now() - interval '1 hour')
        RETURNING id
    """
    return int(hub.one(query, provider, new_id(), kind, body))


def disputed(reference: str) -> dict[str, Any]:
    moved = [{"amount": -2500, "fee": 1500, "currency": "usd"}]
    about = {"id": f"dp_{reference}", "payment_intent": reference, "status": "needs_response", "amount": 2500}
    return {**about, "currency": "usd", "reason": "fraudulent", "balance_transactions": moved}


def sold(door: Door, reference: str) -> None:
    """Sells by card, and tells the hub of it only now."""
    placed = door.placed(("social", 1))
    order = OrderId(placed.order_id)
    changes = {"tender": "terminal", "drawer": None, "provider_reference": reference}
    paid = door.captured(placed, placed.total).model_copy(update=changes)
    moves = [(OrderState.PENDING, OrderState.PROCESSING), (OrderState.PROCESSING, OrderState.COMPLETED)]
    told = door.write(placed, paid, *(changed(order, *move) for move in moves), door.finished(placed))
    door.push(told).raise_for_status()


def test_a_dispute_of_what_a_till_sold_while_it_was_offline_is_in_the_books_once_it_tells(
    hub: Stand, door: Door
) -> None:
    reference = f"pi_{new_id()}"
    door.lease({"social": 1})
    event = ignored(hub, "charge.dispute.created", disputed(reference))
    before = CatchUp(hub.hub, READERS, None).work_on_early()
    sold(door, reference)

    after = CatchUp(hub.hub, READERS, None).work_on_early()

    assert (event in before, event in after) == (False, True)
    hub.until("processed", STATUS, event)
    assert hub.sql("SELECT status, withdrawn FROM disputes WHERE id = %s", f"dp_{reference}") == [("open", 2500)]
    assert event not in CatchUp(hub.hub, READERS, None).work_on_early()


def test_a_case_at_paypal_that_came_before_its_payment_is_in_the_books_once_that_is_known(
    hub: Stand, shopper: Shopper
) -> None:
    order, capture = str(shopper.buy("friday-pass").json()["orderId"]), f"CAP-{new_id()}"
    kind, about = case(capture, "CREATED", "OPEN", 1)
    theirs = {**about, "disputed_transactions": [{"seller_transaction_id": "CAP-of-another"}]}
    ours, others = (ignored(hub, kind, each, provider="paypal") for each in (about, theirs))
    tender, _ = paid(hub, order, capture)

    again = CatchUp(hub.hub, READERS, None).work_on_early()

    assert (ours in again, others in again) == (True, False)
    hub.until("processed", STATUS, ours)
    assert hub.sql("SELECT status, amount FROM disputes WHERE payment_id = %s", tender) == [("open", 6500)]


def test_what_is_anothers_is_not_worked_on_again_and_again(hub: Stand, door: Door) -> None:
    door.lease({"social": 1})
    theirs = [
        ignored(hub, kind, disputed("pi_of_another_program"))
        for kind in ("charge.dispute.created", "charge.refunded", "refund.created", "payment_intent.succeeded")
    ]
    sold(door, f"pi_{new_id()}")

    assert not set(CatchUp(hub.hub, READERS, None).work_on_early()).intersection(theirs)


def test_a_payout_is_asked_about_again_when_a_till_tells_of_what_it_sold_before_it(hub: Stand, door: Door) -> None:
    door.lease({"social": 1})
    sold(door, f"pi_{new_id()}")
    payout = ignored(hub, "payout.paid", {"id": "po_1"})
    hub.sql("UPDATE payment_events SET received_at = now(), processed_at = now() WHERE id = %s", payout)

    assert payout in CatchUp(hub.hub, READERS, None).work_on_early()
