"""Facts from tills: all are kept, only proven ones count, and none about money is refused."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Head
from boxoffice.core.ids import DeviceId, OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.sales import changed
from boxoffice.core.wire.message import FactMessage
from sync.ledger.verify import verify
from sync.store.ledger import load_books, lock_orders
from tests.examples import examples
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door, damaged


@pytest.fixture(scope="module")
def shared(hub: Stand) -> Door:
    door = hub.door()
    door.lease({"social": 300})
    return door


PROBLEMS = "SELECT kind, subject_id FROM exceptions WHERE device_id = %s"


def test_a_cash_sale_is_in_orders_ledger_tickets_and_pools(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    facts = door.cash_sale(("full-pass", 2))

    answer = door.push(facts).json()

    order = facts[0].payload["order_id"]
    assert answer["acknowledged_seq"] == 5
    assert hub.sql("SELECT status, total_amount, channel FROM orders WHERE id = %s", order) == [
        ("completed", 30000, "door")
    ]
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s AND status = 'valid'", order) == 2
    assert hub.one("SELECT sum(amount) FROM ledger_postings WHERE account = %s", f"cash:{door.me.name}") == 30000
    assert hub.sql(
        "SELECT pool_id, granted, sold FROM device_leases WHERE device_id = %s ORDER BY 1", door.me.device_id
    ) == [
        ("friday", 5, 2),
        ("saturday", 5, 2),
        ("sunday", 5, 2),
    ]


def test_sending_the_same_facts_again_changes_nothing(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    facts = door.cash_sale()
    first = door.push(facts).json()
    postings = hub.one("SELECT count(*) FROM ledger_postings")

    again = door.push(facts).json()

    assert again == first
    assert hub.one("SELECT count(*) FROM ledger_postings") == postings


def test_facts_that_come_before_what_they_follow_wait_for_it(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    first, second = door.cash_sale(), door.cash_sale()

    early = door.push(second).json()
    order = second[0].payload["order_id"]
    known_early = hub.sql("SELECT status FROM orders WHERE id = %s", order)
    late = door.push(first).json()

    assert (early["acknowledged_seq"], known_early) == (0, [])
    assert late["acknowledged_seq"] == 10
    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "completed"
    assert hub.one("SELECT count(*) FROM waiting_facts WHERE device_id = %s", door.me.device_id) == 0


@pytest.mark.parametrize("change", [{"signature": "00" * 64}, {"payload": {"order_id": "x"}}, {"hash": "11" * 32}])
def test_a_broken_fact_is_kept_aside_and_raised_but_never_applied(
    hub: Stand, door: Door, change: dict[str, object]
) -> None:
    facts = door.cash_sale()
    broken = damaged(facts[0], **change)

    answer = door.push([broken]).json()
    door.push([broken])

    assert answer["quarantined"] == [broken.id]
    assert answer["acknowledged_seq"] == 0
    assert hub.one("SELECT count(*) FROM quarantined_facts WHERE fact_id = %s", broken.id) == 1
    assert hub.one("SELECT count(*) FROM facts WHERE id = %s", broken.id) == 0
    assert hub.sql("SELECT kind, status FROM exceptions WHERE device_id = %s", door.me.device_id) == [
        ("bad_signature" if "signature" in change else "broken_fact", "open")
    ]


def test_a_fact_that_does_not_follow_its_chain_is_kept_aside(hub: Stand, door: Door) -> None:
    door.push(door.cash_sale())
    door.head = Head(door.head.device_id, 1, door.head.seq, "ff" * 32)
    stray = door.cash_sale()

    answer = door.push(stray).json()

    assert answer["quarantined"] == [stray[0].id]
    assert answer["acknowledged_seq"] == 5


def test_a_fact_in_the_name_of_another_till_is_kept_aside(hub: Stand, door: Door) -> None:
    other = hub.door()
    facts = other.cash_sale()

    answer = door.push(facts[:1]).json()

    assert answer["quarantined"] == [facts[0].id]
    assert hub.one("SELECT count(*) FROM facts WHERE id = %s", facts[0].id) == 0


def test_two_facts_with_one_number_are_both_kept_and_the_till_is_suspect(hub: Stand, door: Door) -> None:
    start = door.head
    original = door.cash_sale()
    door.push(original)
    door.head = start
    copy = door.cash_sale()

    answer = door.push(copy).json()

    assert set(answer["quarantined"]) == {fact.id for fact in copy}
    assert hub.one("SELECT status FROM devices WHERE id = %s", door.me.device_id) == "suspect"
    assert hub.one("SELECT count(*) FROM facts WHERE device_id = %s", door.me.device_id) == 5
    assert "cloned_device" in {
        kind for (kind,) in hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id)
    }
    assert door.lease({"friday": 1}).status_code == 403


def test_money_for_an_order_that_is_closed_is_still_taken(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    placed = door.placed(("friday-pass", 1))
    order = OrderId(placed.order_id)
    facts = door.write(
        placed, changed(order, OrderState.PENDING, OrderState.FAILED), door.captured(placed, placed.total)
    )

    door.push(facts)

    assert hub.one("SELECT status FROM payments WHERE order_id = %s", order) == "captured"
    assert (
        hub.one("SELECT sum(amount) FROM ledger_postings WHERE fact_id = %s AND account = 'unearned'", facts[2].id)
        == -6500
    )


def test_a_fact_that_contradicts_the_books_is_kept_unapplied_and_raised(hub: Stand, door: Door) -> None:
    placed = door.placed(("friday-pass", 1))
    stray = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
    facts = door.write(placed, stray, changed(OrderId(placed.order_id), OrderState.PENDING, OrderState.PROCESSING))

    answer = door.push(facts).json()

    assert answer["acknowledged_seq"] == 3
    assert hub.sql("SELECT is_applied FROM facts WHERE device_id = %s ORDER BY seq", door.me.device_id) == [
        (True,),
        (False,),
        (True,),
    ]
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "processing"
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == [("fact_does_not_fit",)]


def test_a_sale_over_the_lease_is_taken_and_raised(hub: Stand, door: Door) -> None:
    sold = hub.one("SELECT sold FROM pools WHERE id = 'rumba-workshop'")

    door.push(door.cash_sale(("rumba-workshop", 1)))

    assert hub.one("SELECT status FROM orders WHERE placed_by = %s", door.me.device_id) == "completed"
    assert hub.one("SELECT sold FROM pools WHERE id = 'rumba-workshop'") == sold + 1
    assert hub.sql(PROBLEMS, door.me.device_id) == [("sold_without_lease", "rumba-workshop")]
    assert verify(hub.database).problem is None


def test_a_ticket_sold_beyond_the_house_frees_no_place_when_it_is_void(hub: Stand, door: Door) -> None:
    counts = "SELECT available, leased, sold FROM pools WHERE id = 'casino-workshop'"
    hub.door().lease({"casino-workshop": 60})
    before = hub.sql(counts)
    facts = door.cash_sale(("casino-workshop", 1))
    door.push(facts)
    order_id = str(facts[0].payload["order_id"])

    with hub.database.transaction() as connection:
        lock_orders(connection, [order_id])
        books = load_books(connection, [order_id])
        hub.refunds.void_in(connection, books, order_id, list(books.tickets))

    assert hub.sql(PROBLEMS, door.me.device_id) == [("over_capacity", "casino-workshop")]
    assert hub.sql(counts) == before
    assert hub.one("SELECT status FROM tickets WHERE order_id = %s", order_id) == "voided"
    assert verify(hub.database).problem is None


def test_contacts_lie_beside_the_order_and_not_in_facts(hub: Stand, door: Door) -> None:
    facts = door.cash_sale(("friday-pass", 1))
    order = facts[0].payload["order_id"]

    door.push(facts, [{"contact_id": "c", "order_id": order, "email": "ana@example.org", "name": "Ana"}])

    assert hub.sql("SELECT customer_email, customer_name FROM orders WHERE id = %s", order) == [
        ("ana@example.org", "Ana")
    ]
    assert hub.one("SELECT count(*) FROM facts WHERE payload::text LIKE %s", "%ana@example.org%") == 0


def test_another_tills_order_keeps_its_contact(hub: Stand, door: Door) -> None:
    facts = door.cash_sale(("friday-pass", 1))
    door.push(facts)
    order = facts[0].payload["order_id"]

    hub.door().push([], [{"contact_id": "c", "order_id": order, "email": "thief@example.org"}])

    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", order) is None


def test_facts_that_are_no_facts_get_every_problem_with_its_place(door: Door) -> None:
    message = FactMessage.of(door.cash_sale()[0]).model_dump(mode="json")
    message["kind"] = "nonsense"
    del message["hash"]

    answer = door.http.post("/api/till/facts", json={"facts": [message]})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {detail["place"] for detail in answer.json()["details"]} == {"facts[0].kind", "facts[0].hash"}


def test_a_body_that_is_too_large_is_refused_before_it_is_read(door: Door) -> None:
    huge = json.dumps({"facts": [], "padding": "x" * (5 * 1024 * 1024)})

    answer = door.http.post("/api/till/facts", content=huge, headers={"content-type": "application/json"})

    assert answer.status_code == 413


def test_nobody_pushes_without_a_token(door: Door) -> None:
    door.http.headers["Authorization"] = "Bearer nonsense"

    answer = door.push([])

    assert (answer.status_code, answer.json()["error"]) == (401, "This till is not paired with this hub.")


def test_numbers_beyond_all_chains_are_kept_aside(hub: Stand, door: Door) -> None:
    fact = damaged(door.cash_sale()[0], seq=2**63, epoch=-1, device_id=DeviceId(door.me.device_id))

    answer = door.push([fact])

    assert answer.status_code == 200
    assert answer.json()["quarantined"] == [fact.id]


def line(**changes: object) -> dict[str, object]:
    return {"lines": [{"product_id": "friday-pass", "name": "Friday", "kind": "ticket", "quantity": 1, **changes}]}


@pytest.mark.parametrize(
    "change",
    [
        {"total": -1},
        {"currency": "XXX"},
        {"units": {"friday": "many"}},
        {"order_id": 7},
        line(quantity=0, unit_price=1, subtotal=1, total=1, tax=0),
        line(quantity=2**40, unit_price=1, subtotal=1, total=1, tax=0),
        line(quantity=1, unit_price=2**53 - 1, subtotal=1, total=1, tax=0),
    ],
)
def test_a_signed_fact_whose_values_make_no_sense_never_stops_those_after_it(
    hub: Stand, door: Door, change: dict[str, object]
) -> None:
    door.lease({"friday": 5})
    payload = {**door.placed(("friday-pass", 1)).to_json(), **change}
    odd = door.seal_raw("order_placed", payload)

    answer = door.push([odd, *door.cash_sale(("friday-pass", 1))])

    assert (answer.status_code, answer.json()["acknowledged_seq"]) == (200, 6)
    assert hub.sql("SELECT status FROM orders WHERE placed_by = %s AND status = 'completed'", door.me.device_id) == [
        ("completed",)
    ]
    assert hub.one("SELECT count(*) FROM facts WHERE id = %s", odd.id) == 1


@pytest.mark.parametrize("amount", [1, 2**53 - 1])
def test_money_of_any_amount_is_kept(hub: Stand, door: Door, amount: int) -> None:
    placed = door.placed(("friday-pass", 1))
    paid = door.captured(placed, placed.total).model_copy(update={"amount": amount})

    answer = door.push(door.write(placed, paid)).json()

    assert answer["acknowledged_seq"] == 2
    postings = "SELECT sum(amount) FROM ledger_postings WHERE account = %s"
    assert hub.one(postings, f"cash:{door.me.name}") == amount


@pytest.mark.parametrize("text", ['{"x": NaN}', '{"x": "\\u0000"}', '{"x": "\\ud800"}', '{"x": 1e999}'])
def test_what_no_database_can_hold_is_kept_aside_as_it_came(hub: Stand, door: Door, text: str) -> None:
    message = FactMessage.of(door.cash_sale()[0]).model_dump(mode="json")
    body = json.dumps({"facts": [{**message, "payload": "PAYLOAD"}]}).replace('"PAYLOAD"', text)

    answer = door.http.post("/api/till/facts", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, answer.json()["quarantined"]) == (200, [message["id"]])
    assert hub.one("SELECT message ? 'text' FROM quarantined_facts WHERE fact_id = %s", message["id"])


@pytest.mark.parametrize("at", ["yesterday", "2026-05-15T20:00:00", "0001-01-01T00:00:00+14:00", ""])
def test_a_time_that_is_none_is_kept_aside(door: Door, at: str) -> None:
    message = FactMessage.of(door.cash_sale()[0]).model_dump(mode="json") | {"occurred_at": at}

    answer = door.http.post("/api/till/facts", json={"facts": [message]})

    assert (answer.status_code, answer.json()["quarantined"]) == (200, [message["id"]])


def test_an_order_is_finished_once_and_earns_once(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5})
    facts = door.cash_sale(("friday-pass", 1))
    placed = OrderPlaced.model_validate(facts[0].payload)

    door.push([*facts, *door.write(door.finished(placed))])

    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", placed.order_id) == 1
    assert hub.one("SELECT sold FROM device_leases WHERE device_id = %s", door.me.device_id) == 1
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", placed.order_id) == [("fact_does_not_fit",)]


def test_the_same_facts_pushed_by_many_at_once_are_taken_once(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    facts = door.cash_sale(("full-pass", 2))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: door.push(facts).json(), range(8)))

    assert {answer["acknowledged_seq"] for answer in answers} == {5}
    assert hub.one("SELECT count(*) FROM facts WHERE device_id = %s", door.me.device_id) == 5
    assert hub.sql("SELECT DISTINCT sold FROM device_leases WHERE device_id = %s", door.me.device_id) == [(2,)]
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == []


def test_batches_that_overtake_each_other_come_to_the_same(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    facts = [fact for _ in range(4) for fact in door.cash_sale()]

    with ThreadPoolExecutor(5) as threads:
        list(threads.map(lambda i: door.push(facts[i : i + 4]), reversed(range(0, 20, 4))))

    assert door.push([]).json()["acknowledged_seq"] == 20
    assert (
        hub.one(
            "SELECT count(*) FROM tickets t JOIN orders o ON o.id = t.order_id WHERE placed_by = %s", door.me.device_id
        )
        == 4
    )
    assert hub.one("SELECT count(*) FROM waiting_facts WHERE device_id = %s", door.me.device_id) == 0


@settings(max_examples=examples(20))
@given(seed=st.integers(0, 999), cuts=st.lists(st.integers(1, 9), max_size=4))
def test_in_whatever_order_and_pieces_facts_come_the_result_is_the_same(
    hub: Stand, shared: Door, seed: int, cuts: list[int]
) -> None:
    facts = [*shared.cash_sale(("social", 1)), *shared.cash_sale(("social", 1))]
    bounds = sorted({0, *cuts, len(facts)})
    pieces = [facts[a:b] for a, b in pairwise(bounds)]
    pieces += pieces[:2]
    Random(seed).shuffle(pieces)

    for piece in pieces:
        shared.push(piece)

    assert shared.push([]).json()["acknowledged_seq"] == shared.head.seq
    orders = [fact.payload["order_id"] for fact in facts if fact.kind is FactKind.ORDER_PLACED]
    found = hub.sql(
        "SELECT status, (SELECT count(*) FROM tickets WHERE order_id = o.id) FROM orders o WHERE id = ANY(%s)", orders
    )
    assert found == [("completed", 1), ("completed", 1)]


def test_a_cloned_till_still_gets_its_money_facts_in(hub: Stand, door: Door) -> None:
    start = door.head
    door.push(door.cash_sale(("friday-pass", 1)))
    after, door.head = door.head, start
    door.push(door.cash_sale(("friday-pass", 1)))
    door.head = after

    answer = door.push(door.cash_sale(("friday-pass", 1))).json()

    assert answer["acknowledged_seq"] == 10


def test_after_all_of_this_the_books_agree(hub: Stand, door: Door) -> None:
    door.push(door.cash_sale(("friday-pass", 1)))

    verdict = verify(hub.database)

    assert verdict.problem is None
