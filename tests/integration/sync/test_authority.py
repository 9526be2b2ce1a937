"""Whatever a till signs: what is not its own to say changes nothing, what is true counts, and nothing answers 500."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentUnknown
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.sales import changed
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from sync.store.chain import new_id
from tests.examples import examples
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.lies import lies, nested, others, said, scan
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def places(hub: Stand) -> None:
    """Makes a house that nothing here can sell out: what is beyond the places is another finding than the lies are."""
    file = fest()
    load_event(hub.hub, {**file, "pools": [{**pool, "capacity": 50_000} for pool in file["pools"]]})


@pytest.fixture(scope="module")
def victim(hub: Stand) -> Door:
    door = hub.door()
    door.lease({"social": 5})
    return door


@pytest.fixture(scope="module")
def theirs(hub: Stand, victim: Door) -> list[Fact]:
    """A sale of another till."""
    facts = victim.cash_sale(("social", 2))
    victim.push(facts)
    return facts


@pytest.fixture(scope="module")
def rogue(hub: Stand) -> Door:
    door = hub.door()
    door.lease({"social": 60})
    return door


@pytest.mark.parametrize("kind", [kind.value for kind in FactKind])
def test_what_is_not_a_tills_to_say_is_kept_named_and_changes_nothing(
    hub: Stand, door: Door, victim: Door, theirs: list[Fact], kind: str
) -> None:
    door.lease({"social": 2})
    before = others(hub, door.me.device_id)
    event = None if kind == "ticket_scanned" else EVENT
    lie = door.seal_raw(kind, lies(victim, theirs, door.placed(("social", 1)).to_json())[kind], event)

    answer = door.push([lie, *door.cash_sale(("social", 1))])

    assert (answer.status_code, answer.json()["acknowledged_seq"]) == (200, 6)
    assert others(hub, door.me.device_id) == before
    ((applied, refused),) = hub.sql("SELECT is_applied, refused FROM facts WHERE id = %s", lie.id)
    assert (applied, bool(refused)) == (False, True)
    assert hub.one("SELECT count(*) FROM ledger_postings WHERE fact_id = %s", lie.id) == 0
    ((found, detail),) = hub.sql("SELECT kind, detail FROM exceptions WHERE device_id = %s", door.me.device_id)
    assert found == "not_allowed"
    assert f"{door.me.name} wrote {kind}: {refused}" in detail
    assert hub.sql("SELECT status FROM orders WHERE placed_by = %s", door.me.device_id) == [("completed",)]
    assert verify(hub.database).problem is None


def test_a_payment_by_phone_is_paid_when_the_hub_says_so(hub: Stand, door: Door) -> None:
    door.lease({"social": 2})
    placed, tender = door.phone_order(("social", 1))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    claim = {**body, "tender": "checkout"}

    for how in ({"tender": "checkout"}, {"tender": "cash", "drawer": door.me.name}, {"tender": "terminal"}):
        assert door.push([door.seal_raw("payment_captured", {**claim, **how})]).status_code == 200

    assert hub.one("SELECT status FROM payments WHERE id = %s", tender) == "started"
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "processing"
    hub.sessions.pay(hub.one("SELECT session_id FROM checkouts WHERE tender_id = %s", tender))
    hub.checkouts.settle_tender(tender)
    assert hub.one("SELECT status FROM orders WHERE id = %s", placed.order_id) == "completed"
    assert verify(hub.database).problem is None


@pytest.mark.parametrize("ends", ["completed", "failed"])
def test_a_till_that_lost_sight_of_a_payment_contradicts_nobody_who_knows_its_end(
    hub: Stand, door: Door, ends: str
) -> None:
    door.lease({"social": 2})
    placed, tender = door.phone_order(("social", 1))
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    if ends == "completed":
        hub.sessions.pay(hub.one("SELECT session_id FROM checkouts WHERE tender_id = %s", tender))
    else:
        door.http.post(f"/api/till/checkouts/{tender}/cancel").raise_for_status()
    hub.checkouts.settle_tender(tender)
    known = hub.one("SELECT status FROM payments WHERE id = %s", tender)

    answer = door.push([*door.write(PaymentUnknown(**body, tender="checkout", reason="no answer")), *door.cash_sale()])

    assert (answer.status_code, answer.json()["acknowledged_seq"]) == (200, door.head.seq)
    assert known == ("captured" if ends == "completed" else "failed")
    assert hub.one("SELECT status FROM payments WHERE id = %s", tender) == known
    assert (
        hub.sql("SELECT kind FROM exceptions WHERE device_id = %s AND kind = 'fact_does_not_fit'", door.me.device_id)
        == []
    )
    assert verify(hub.database).problem is None


def test_cash_in_the_own_drawer_is_booked_whatever_it_was_taken_for(hub: Stand, door: Door, theirs: list[Fact]) -> None:
    placed = door.placed(("social", 1))
    for_nobodys = door.captured(placed, 2500)
    for_theirs = for_nobodys.model_copy(update={"order_id": theirs[0].payload["order_id"], "tender_id": new_id()})

    door.push(door.write(for_nobodys, for_theirs))

    cash = "SELECT sum(amount) FROM ledger_postings WHERE account = %s"
    assert hub.one(cash, f"cash:{door.me.name}") == 5000
    assert {kind for (kind,) in hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id)} == {
        "fact_does_not_fit",
        "not_allowed",
    }
    assert verify(hub.database).problem is None


@pytest.mark.parametrize(("taken", "is_told"), [((1000, 1500), False), ((1000, 1501), True), ((2**52,), True)])
def test_a_till_that_says_it_took_more_than_was_due_is_put_before_a_person(
    hub: Stand, door: Door, taken: tuple[int, ...], is_told: bool
) -> None:
    placed = door.placed(("social", 1))
    parts = [door.captured(placed, amount) for amount in taken]

    assert door.push(door.write(placed, *parts)).status_code == 200

    told = hub.sql("SELECT kind, detail FROM exceptions WHERE order_id = %s", placed.order_id)
    assert [kind for kind, _ in told if kind == "paid_too_much"] == ["paid_too_much"] * is_told
    assert verify(hub.database).problem is None


def test_what_was_applied_and_is_not_a_tills_to_say_is_named_by_verify(hub: Stand, door: Door) -> None:
    fee = {"provider": "stripe", "amount": 5000, "currency": "USD", "provider_reference": "x"}
    lie = door.seal_raw("fee_recorded", fee)
    door.push([lie])
    hub.sql("ALTER TABLE facts DISABLE TRIGGER USER")
    hub.sql("UPDATE facts SET is_applied = true, refused = NULL WHERE id = %s", lie.id)

    try:
        problem = verify(hub.database).problem
    finally:
        hub.sql("UPDATE facts SET is_applied = false, refused = 'only a hub says so' WHERE id = %s", lie.id)
        hub.sql("ALTER TABLE facts ENABLE TRIGGER USER")

    assert problem == f"fact {lie.id} (fee_recorded) counts, but {door.me.name} may not: only a hub says so"


def test_cash_that_was_put_aside_by_hand_is_named_by_verify(hub: Stand, door: Door) -> None:
    taken = door.write(door.captured(door.placed(("social", 1)), 2500))
    door.push(taken)
    hub.sql("ALTER TABLE facts DISABLE TRIGGER USER")
    hub.sql("UPDATE facts SET refused = 'lost' WHERE id = %s", taken[0].id)

    try:
        problem = verify(hub.database).problem
    finally:
        hub.sql("UPDATE facts SET refused = NULL WHERE id = %s", taken[0].id)
        hub.sql("ALTER TABLE facts ENABLE TRIGGER USER")

    assert problem == f"fact {taken[0].id} (payment_captured) of {door.me.name} was refused, and is its own"


def test_a_web_order_is_beyond_the_reach_of_tills(hub: Stand, door: Door, shopper: Shopper) -> None:
    order = OrderId(str(shopper.buy("social").json()["orderId"]))

    door.push(door.write(changed(order, OrderState.PROCESSING, OrderState.FAILED)))

    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "processing"
    assert hub.sql("SELECT kind, order_id FROM exceptions WHERE device_id = %s", door.me.device_id) == [
        ("not_allowed", order)
    ]


@pytest.mark.parametrize("amount", [-1, -5000, -(2**53) + 1])
def test_a_payment_takes_nothing_out_of_a_drawer(hub: Stand, door: Door, amount: int) -> None:
    placed = door.placed(("social", 1))
    claim = door.captured(placed, 2500).model_copy(update={"amount": amount})

    assert door.push(door.write(placed, claim)).status_code == 200

    assert hub.one("SELECT count(*) FROM ledger_postings WHERE account = %s", f"cash:{door.me.name}") == 0
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == [("not_allowed",)]
    assert verify(hub.database).problem is None


@pytest.mark.parametrize(
    "how",
    [
        "given twice",
        "given and failed",
        "never asked",
        "as more than was asked",
        "by a provider",
        "asked of a provider",
    ],
)
def test_cash_goes_back_once_and_as_it_was_asked(hub: Stand, door: Door, how: str) -> None:
    placed = door.placed(("social", 1))
    cash = door.captured(placed, 1000)
    about = {
        **cash.model_dump(include={"order_id", "tender_id", "tender", "amount", "currency"}),
        "refund_id": new_id(),
    }
    asked, given = RefundRequested(**about), RefundSucceeded(**about, drawer=door.me.name, unearned=1000)
    failed = RefundFailed(**about, code="x", message="")
    said: dict[str, list[Payload]] = {
        "given twice": [asked, given, given],
        "given and failed": [asked, given, failed],
        "never asked": [given],
        "by a provider": [asked, given.model_copy(update={"provider_reference": "re_1"})],
        "asked of a provider": [asked.model_copy(update={"provider_reference": "pi_1"})],
        "as more than was asked": [asked, given.model_copy(update={"amount": 1001, "unearned": 1001})],
    }

    assert door.push(door.write(placed, cash, *said[how])).status_code == 200

    left = hub.one("SELECT sum(amount) FROM ledger_postings WHERE account = %s", f"cash:{door.me.name}")
    assert left == (0 if how.startswith("given") else 1000)
    assert hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id) == [("not_allowed",)]
    assert verify(hub.database).problem is None


@pytest.mark.parametrize("odd", [None, {}, {"a": 1}, [], [[1]], 5, True, "", "\0", "no such"], ids=repr)
def test_whatever_stands_where_an_order_is_named_no_kind_of_fact_is_answered_with_an_error(
    hub: Stand, door: Door, victim: Door, theirs: list[Fact], odd: Any
) -> None:
    door.lease({"social": 1})
    named = lies(victim, theirs, door.placed(("social", 1)).to_json())
    facts = [door.seal_raw(kind.value, {**named[kind.value], "order_id": odd}) for kind in FactKind]

    answer = door.push([*facts, *door.cash_sale(("social", 1))])

    assert (answer.status_code, answer.json()["acknowledged_seq"]) == (200, len(facts) + 5)
    assert hub.sql("SELECT status FROM orders WHERE placed_by = %s", door.me.device_id) == [("completed",)]
    assert verify(hub.database).problem is None


@pytest.mark.parametrize("odd", ["many", None, {}, [1], 2**53 - 1, -1], ids=repr)
def test_fields_of_other_kinds_in_a_fact_change_no_books(hub: Stand, door: Door, odd: Any) -> None:
    door.lease({"social": 1})
    sale = door.cash_sale(("social", 1))
    ticket = sale[-1].payload["tickets"][0]["ticket_id"]
    beside = dict.fromkeys(("amount", "unearned", "units", "is_reversal", "tender", "order_id"), odd)

    answer = door.push([*sale, door.seal_raw("ticket_scanned", {**beside, **scan(ticket)})])

    assert answer.status_code == 200
    assert verify(hub.database).problem is None


@pytest.mark.parametrize("depth", [30, 65, 150, 240])
def test_a_fact_is_taken_however_deep_it_is_and_the_sales_after_it_too(hub: Stand, door: Door, depth: int) -> None:
    door.lease({"social": 1})
    deep = door.seal_raw("ticket_scanned", {"extra": nested(depth)})

    answer = door.push([deep, *door.cash_sale(("social", 1))])

    assert (answer.status_code, answer.json()["acknowledged_seq"]) == (200, 6)
    assert hub.sql("SELECT status FROM orders WHERE placed_by = %s", door.me.device_id) == [("completed",)]
    assert verify(hub.database).problem is None


def test_returns_that_no_lease_can_hold_together_stop_no_chain(hub: Stand, door: Door) -> None:
    door.lease({"social": 1})
    impossible = door.write(*[LeaseReturned(pool_id="social", units=2**31 - 1) for _ in range(3)])

    answer = door.push([*impossible, *door.cash_sale(("social", 1))])

    assert (answer.status_code, answer.json()["acknowledged_seq"]) == (200, 8)
    assert hub.sql("SELECT status FROM orders WHERE placed_by = %s", door.me.device_id) == [("completed",)]
    kinds = hub.sql("SELECT DISTINCT kind FROM exceptions WHERE device_id = %s", door.me.device_id)
    assert kinds == [("lease_does_not_fit",)]
    assert verify(hub.database).problem is None


@pytest.mark.parametrize("state", [[], [OrderState.PROCESSING], [OrderState.FAILED]], ids=["new", "open", "failed"])
def test_no_tickets_come_of_an_order_that_is_not_completed(hub: Stand, door: Door, state: Sequence[OrderState]) -> None:
    door.lease({"social": 1})
    placed = door.placed(("social", 1))
    moves = [changed(OrderId(placed.order_id), OrderState.PENDING, to) for to in state]
    facts = door.write(placed, door.captured(placed, placed.total), *moves, door.finished(placed))

    answer = door.push([*facts, *door.cash_sale(("social", 1))])

    assert (answer.status_code, answer.json()["acknowledged_seq"]) == (200, len(facts) + 5)
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s", placed.order_id) == 0
    kinds = hub.sql("SELECT kind FROM exceptions WHERE device_id = %s", door.me.device_id)
    assert kinds == [("fact_does_not_fit",)]
    assert verify(hub.database).problem is None


# These write thousands of facts, which all that came after them would prove again


@settings(max_examples=examples(10))
@given(facts=st.lists(said() | st.none(), min_size=1, max_size=8), is_split=st.booleans(), repeats=st.booleans())
def test_any_mixture_of_true_and_untrue_facts_leaves_true_books(
    hub: Stand, rogue: Door, victim: Door, theirs: list[Fact], facts: list[Any], is_split: bool, repeats: bool
) -> None:
    before = others(hub, rogue.me.device_id)
    written: list[Fact] = []
    sold: list[str] = []
    for each in facts:
        if each is None:
            sale = rogue.cash_sale(("social", 1))
            sold.append(sale[0].payload["order_id"])
            written += sale
            continue
        kind, changes, whose, event = each
        own = rogue.placed(("social", 1))
        payload = lies(victim, theirs, own.to_json())[kind]
        if whose != "theirs" and "order_id" in payload:
            payload["order_id"] = sold[-1] if sold and whose == "mine" else own.order_id
            payload |= {"tender_id": new_id(), "drawer": rogue.me.name} if "tender_id" in payload else {}
        fact_id = written[0].id if repeats and written else "\0" if changes.get("extra") == "\0" else None
        written.append(rogue.seal_raw(kind, {**payload, **changes}, event, fact_id))
    written += rogue.cash_sale(("social", 1))
    sold.append(written[-5].payload["order_id"])

    middle = len(written) // 2 if is_split else 0
    answers = [rogue.push(part) for part in (written[middle:], written[:middle], written) if part]

    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].json()["acknowledged_seq"] == rogue.head.seq
    assert others(hub, rogue.me.device_id) == before
    done = hub.one("SELECT count(*) FROM orders WHERE id = ANY(%s) AND status = 'completed'", sold)
    assert done == len(sold)
    assert verify(hub.database).problem is None


def test_refunds_beyond_what_a_number_of_postgres_holds_stop_no_chain(hub: Stand, door: Door) -> None:
    door.lease({"social": 1})
    most, placed = 2**53 - 1, door.placed(("social", 1))
    order = OrderId(placed.order_id)
    begun = [placed, door.captured(placed, placed.total), changed(order, OrderState.PENDING, OrderState.PROCESSING)]
    done = [changed(order, OrderState.PROCESSING, OrderState.COMPLETED), door.finished(placed)]
    door.push(door.write(*begun, *done)).raise_for_status()

    for _ in range(11):  # together they are more than 2 ** 63
        taken = [door.captured(placed, most) for _ in range(100)]
        back: list[Payload] = []
        for each in taken:
            about = {"order_id": order, "tender_id": each.tender_id, "tender": "cash", "amount": most}
            about |= {"currency": "USD", "refund_id": new_id()}
            back += [RefundRequested(**about), RefundSucceeded(**about, drawer=door.me.name)]
        assert door.push(door.write(*taken, *back)).status_code == 200

    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "refunded"
    assert verify(hub.database).problem is None
