"""How much the hub asks of its database: a path may not come to read again what it has in its hands."""

import pytest

from boxoffice.core.ids import ProductId
from boxoffice.core.payloads import OrderPlaced
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.wire import CheckoutRequest, FactMessage, PushRequest
from sync.services.fees import Fees
from sync.services.intake import Device
from sync.services.pushing import take_push
from sync.services.shop.orders import NewOrder, Shop
from sync.services.shop.web_orders import Customer
from sync.services.webhooks import Desk, work_on_event
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.statements import counted


@pytest.fixture
def waiting(hub: Stand, door: Door) -> tuple[OrderPlaced, CheckoutRequest, Device]:
    """An order at the door that waits for its payment by phone, as its till asks for it."""
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    placed, tender = door.phone_order()
    request = CheckoutRequest(order_id=placed.order_id, tender_id=tender, amount=placed.total, currency="USD")
    return placed, request, hub.device(door)


def received(hub: Stand, kind: str, thing: dict[str, object]) -> int:
    """Returns the row of an event that no worker of the hub knows of."""
    row = """INSERT INTO payment_events (provider, event_id, event_type, payload, status)
             VALUES ('stripe', %s, %s, jsonb_build_object('data', jsonb_build_object('object', %s::jsonb)), 'received')
             RETURNING id"""
    import json

    return int(hub.one(row, new_id(), kind, json.dumps(thing)))


def work_on(hub: Stand, row: int) -> None:
    work_on_event(Desk(hub.hub, hub.checkouts, hub.refunds, Fees(hub.hub, {})), row)


def test_checkout(hub: Stand, waiting: tuple[OrderPlaced, CheckoutRequest, Device]) -> None:
    _, request, device = waiting
    with counted(hub.database.engine) as sent:
        hub.checkouts.open(device, request)
    print("CHECKOUT", len(sent))
    print(sent)
    hub.sessions.pay(hub.sessions.of(request.tender_id))
    row = received(hub, "checkout.session.completed", {"id": hub.sessions.of(request.tender_id)})
    with counted(hub.database.engine) as sent:
        work_on(hub, row)
    print("WEBHOOK", len(sent))
    print(sent)


def test_push(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    push = PushRequest(facts=[FactMessage.of(each) for each in door.cash_sale()], contacts=[])
    device = hub.device(door)
    with counted(hub.database.engine) as sent:
        take_push(hub.hub, device, push)
    print("PUSH", len(sent))
    print(sent)


def test_web(hub: Stand) -> None:
    shop = Shop(hub.hub, hub.checkouts)
    for i in range(2):
        with counted(hub.database.engine) as sent:
            order = shop.reserve(
                NewOrder(
                    Cart((CartLine(ProductId("full-pass"), 1),)), "buyer-1", customer=Customer("camila@example.org")
                )
            )
            one = len(sent)
            started = shop.start(order)
            two = len(sent)
            assert started.tender_id
            hub.sessions.pay(hub.sessions.of(started.tender_id))
            hub.checkouts.settle_session(started.session_id)
        assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "completed"
    print("WEB", one, two, len(sent))
    print(sent)
