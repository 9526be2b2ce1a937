"""How much the hub asks of its database: a path may not come to read again what it has in its hands.

The numbers are upper bounds. One that must be raised says so in its commit, with the reason.
"""

import json

import pytest

from boxoffice.core.facts import Fact
from boxoffice.core.ids import ProductId
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.wire.checkouts import CheckoutRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pushes import PushRequest
from sync.payments.fees import Fees
from sync.payments.provider_events import EventWork
from sync.payments.webhooks import work_on_event
from sync.providers.events import READERS
from sync.shop.holding import NewOrder
from sync.shop.orders import Shop
from sync.shop.web_orders import Customer
from sync.store.chain import new_id
from sync.store.tills import Device
from sync.tills.pushing import take_push
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.statements import Statements, counted

WEB_ORDER, WEBHOOK, LINK, PUSHED_SALE = 55, 27, 9, 28
PASS = Cart((CartLine(ProductId("full-pass"), 1),))
CAMILA = Customer("camila@example.org", "Camila Ortega", "303-555-0123")


@pytest.fixture
def waiting(hub: Stand, door: Door) -> tuple[OrderPlaced, CheckoutRequest, Device]:
    """An order at the door that waits for its payment by phone, as its till asks for it."""
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    placed, tender = door.phone_order()
    request = CheckoutRequest(order_id=placed.order_id, tender_id=tender, amount=placed.total, currency="USD")
    return placed, request, hub.device(door)


def received(hub: Stand, kind: str, thing: dict[str, object]) -> int:
    """Returns the row of an event that no worker of the hub knows of."""
    query = """INSERT INTO payment_events (provider, event_id, event_type, payload)
               VALUES ('stripe', %s, %s, %s) RETURNING id"""
    return int(hub.one(query, new_id(), kind, json.dumps({"data": {"object": thing}})))


def is_read_to_lock(statement: str) -> bool:
    return "FOR UPDATE" in statement or "FOR NO KEY UPDATE" in statement


def looks(sent: Statements, table: str) -> list[str]:
    """Returns the reads of whole rows of a table, without those that lock them."""
    return [each for each in sent.texts if each.startswith(f"SELECT {table}.") and not is_read_to_lock(each)]


def test_a_web_order_costs_so_many_statements_from_the_first_call_to_its_tickets(hub: Stand) -> None:
    shop = Shop(hub.hub, hub.checkouts)
    shop.reserve(NewOrder(PASS, "first"))  # so that the event is read before

    with counted(hub.database.engine) as sent:
        order = shop.reserve(NewOrder(PASS, "buyer", customer=CAMILA))
        started = shop.start(order, CAMILA)
        session = started.session_id or ""
        hub.sessions.pay(session)
        hub.checkouts.settle_session(session)

    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "completed"
    assert len(sent) <= WEB_ORDER, sent


def test_an_order_is_looked_up_twice_on_its_way_to_the_payment_page(hub: Stand) -> None:
    shop = Shop(hub.hub, hub.checkouts)
    order = shop.reserve(NewOrder(PASS, "buyer-2", customer=CAMILA))

    with counted(hub.database.engine) as sent:
        shop.start(order, CAMILA)

    before_and_under_the_lock = [each for each in looks(sent, "orders") if " holds." in each]
    assert len(before_and_under_the_lock) == 2, sent
    assert looks(sent, "checkouts") == [], sent


def test_a_webhook_reads_its_payment_once_and_locks_it_once(
    hub: Stand, waiting: tuple[OrderPlaced, CheckoutRequest, Device]
) -> None:
    placed, request, device = waiting
    hub.door_checkouts.open(device, request)
    session = hub.sessions.of(request.tender_id)
    hub.sessions.pay(session)
    row = received(hub, "checkout.session.completed", {"id": session})

    with counted(hub.database.engine) as sent:
        work_on_event(EventWork(hub.hub, hub.checkouts, hub.refunds, Fees(hub.hub, {}), READERS), row)

    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "completed"
    assert len(sent) <= WEBHOOK, sent
    assert len(looks(sent, "checkouts")) == 1, sent


def test_a_till_that_asks_for_a_link_has_its_order_read_once(
    hub: Stand, waiting: tuple[OrderPlaced, CheckoutRequest, Device]
) -> None:
    _, request, device = waiting

    with counted(hub.database.engine) as sent:
        answer = hub.door_checkouts.open(device, request)

    assert answer.state == "open"
    assert len(sent) <= LINK, sent
    assert len([each for each in sent.texts if "json_agg" in each]) == 1, sent


def test_a_pushed_cash_sale_costs_so_many_statements(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    device, sale = hub.device(door), door.cash_sale()
    push = PushRequest(facts=tuple(FactMessage.of(each) for each in sale), contacts=())

    with counted(hub.database.engine) as sent:
        answer = take_push(hub.hub, device, push)

    assert answer.acknowledged_seq == len(sale)
    assert len(sent) <= PUSHED_SALE, sent
    assert sent.repeated == {}, sent


def test_a_pushed_message_is_made_a_fact_once(hub: Stand, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    device, sale = hub.device(door), door.cash_sale()
    push = PushRequest(facts=tuple(FactMessage.of(each) for each in sale), contacts=())
    made, make = list[str](), FactMessage.fact

    def noted(message: FactMessage) -> Fact:
        made.append(message.id)
        return make(message)

    monkeypatch.setattr(FactMessage, "fact", noted)

    take_push(hub.hub, device, push)

    assert made == [fact.id for fact in sale]
