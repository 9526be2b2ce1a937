"""The state of a finished order follows its money: on the hub, for its till, and before `verify`."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.sales import changed
from boxoffice.core.wire.protocol import GENERATION, READS
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.orders.order_states import follow_all_money
from sync.payments.giving_back import NewOrderRefund
from sync.ports import RefundResult
from sync.provider_states import RefundState
from sync.store.chain import new_id
from tests.examples import examples
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_refunds import pay

pytestmark = pytest.mark.enable_socket

STATUS = "SELECT status FROM orders WHERE id = %s"
PRICE = 6500


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    hub.refunder.verdict = "succeeded"
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def order(hub: Stand, shopper: Shopper) -> str:
    bought = shopper.buy("friday-pass")
    pay(hub, bought)
    return str(bought.json()["orderId"])


def refund(hub: Stand, order: str, amount: int) -> str:
    refund_id = new_id()
    payment = hub.one("SELECT id FROM payments WHERE order_id = %s AND status = 'captured'", order)
    hub.refunds.request(NewOrderRefund(refund_id, order, payment, amount))
    hub.refunds.send(refund_id)
    return refund_id


def come_back(hub: Stand, refund_id: str) -> None:
    hub.refunds.settle(refund_id, RefundResult("re_x", RefundState.FAILED, "expired_or_canceled_card"))


def called(back: int) -> str:
    return "refunded" if back == PRICE else "partially_refunded" if back else "completed"


STEPS = st.lists(st.tuples(st.sampled_from(["refund", "come back"]), st.integers(0, 6)), min_size=1, max_size=8)


@given(steps=STEPS)
@settings(max_examples=examples(10), deadline=None)
def test_whatever_succeeds_and_comes_back_the_order_is_called_by_what_is_given_back(
    hub: Stand, shopper: Shopper, steps: list[tuple[str, int]]
) -> None:
    bought = shopper.buy("friday-pass")
    pay(hub, bought)
    order, alive = str(bought.json()["orderId"]), dict[str, int]()
    for what, number in steps:
        left = PRICE - sum(alive.values())
        if what == "refund" and left:
            amount = left if number > 4 else min(left, 1 + number * 1100)
            alive[refund(hub, order, amount)] = amount
        elif alive:
            gone = list(alive)[number % len(alive)]
            come_back(hub, gone)
            del alive[gone]

        assert hub.one(STATUS, order) == called(sum(alive.values()))


def test_when_all_of_it_came_back_page_search_and_report_say_paid(
    hub: Stand, office: Office, shopper: Shopper, order: str
) -> None:
    come_back(hub, refund(hub, order, PRICE))

    page, report = office.page(f"/orders/{order}"), office.page(f"/reports?event={EVENT}")
    number = hub.one("SELECT order_number FROM orders WHERE id = %s", order)
    listed = office.page(f"/orders?q={number}")

    assert 'class="tag ok">completed<' in page.replace("\n", "")
    assert ("completed" in listed, "refunded" in listed) == (True, False)
    assert "Equal" in report


def sale_by_phone(hub: Stand, door: Door) -> OrderPlaced:
    door.lease({"social": 1})
    placed, tender = door.phone_order(("social", 1))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    hub.checkouts.settle_session(hub.sessions.pay(hub.sessions.of(tender)).id)
    return placed


def moves(door: Door, order: str, **headers: str) -> list[tuple[str, str]]:
    """Returns the moves of an order as the feed tells them."""
    answer = door.http.get("/api/till/feed", params={"after": 0, "event_id": EVENT}, headers=headers).raise_for_status()
    facts: list[dict[str, Any]] = [entry["fact"] for entry in answer.json()["entries"] if entry["fact"]]
    mine = [fact["payload"] for fact in facts if fact["kind"] == "order_state_changed"]
    return [(each["from"], each["to"]) for each in mine if each["order_id"] == order]


def test_a_till_hears_of_moves_back_once_it_can_read_them_and_of_no_gap_before(hub: Stand, door: Door) -> None:
    placed = sale_by_phone(hub, door)
    come_back(hub, refund(hub, placed.order_id, placed.total))
    refund(hub, placed.order_id, 100)

    assert moves(door, placed.order_id, **{READS: "2"}) == [("processing", "completed")]
    assert moves(door, placed.order_id, **{READS: str(GENERATION)}) == [
        ("processing", "completed"),
        ("completed", "refunded"),
        ("refunded", "completed"),
        ("completed", "partially_refunded"),
    ]


def test_a_till_can_not_move_an_order_back_itself(hub: Stand, door: Door) -> None:
    placed = sale_by_phone(hub, door)
    refund(hub, placed.order_id, placed.total)

    door.push(door.write(changed(OrderId(placed.order_id), OrderState.REFUNDED, OrderState.COMPLETED)))

    assert hub.one(STATUS, placed.order_id) == "refunded"


def test_verify_names_an_order_that_is_not_called_by_its_money(hub: Stand, order: str) -> None:
    wrong = changed(OrderId(order), OrderState.COMPLETED, OrderState.REFUNDED)
    with hub.database.transaction() as connection:
        hub.hub.write(connection, [wrong], EVENT)

    assert f"order {order} is refunded, but 0 of {PRICE} is given back" in str(verify(hub.database).problem)

    right = changed(OrderId(order), OrderState.REFUNDED, OrderState.COMPLETED)
    with hub.database.transaction() as connection:
        hub.hub.write(connection, [right], EVENT)


def test_an_order_that_an_earlier_version_left_is_behind_and_not_wrong_until_the_hub_brings_it_along(
    hub: Stand, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hub, "follow_money", lambda *_: ())
    refund(hub, order, 2000)
    monkeypatch.undo()
    number = hub.one("SELECT order_number FROM orders WHERE id = %s", order)

    before = verify(hub.database)
    moved = follow_all_money(hub.hub)
    after = verify(hub.database)

    assert (before.problem, before.behind, "Behind by an update" in str(before)) == (None, [number], True)
    assert (moved, after.behind, "Behind" in str(after)) == ([order], [], False)


def test_a_buyer_reads_that_a_refund_is_on_its_way(hub: Stand, shopper: Shopper) -> None:
    bought = shopper.buy("friday-pass")
    pay(hub, bought)
    hub.refunder.verdict = "pending"
    refund(hub, str(bought.json()["orderId"]), 2000)

    with httpx.Client(base_url=hub.base_url, follow_redirects=True) as http:
        page = http.get("/payment/success", params={"session_id": bought.json()["sessionId"]}).text

    assert "A refund of this order is on its way." in page
    assert "See you there" not in page
