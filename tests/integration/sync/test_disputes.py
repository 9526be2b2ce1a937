"""Disputes: rows and accounts of their own, in whatever order their events come, and what an earlier hub had booked."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from boxoffice.core.books import Books
from boxoffice.core.effects import Inconsistent
from boxoffice.core.payloads.bank import FeeRecorded
from boxoffice.core.payloads.refunds import RefundRequested, RefundSucceeded
from boxoffice.core.payments import DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.rows import DisputeRow, PaymentRow, RefundRow
from boxoffice.core.tenders import TenderKind
from boxoffice.core.wire.protocol import GENERATION, READS
from sync.ledger.verify import verify
from sync.ledger.verify_money import problems_of
from sync.payments.rebooking import rebook
from sync.providers.events import READERS
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper
from tests.integration.sync.test_refunds import balance, pay

pytestmark = pytest.mark.enable_socket

DISPUTE = "SELECT status, amount, withdrawn, lost FROM disputes WHERE id = %s"
KINDS = "SELECT kind || ' ' || status FROM exceptions WHERE subject_id = %s ORDER BY raised_at"


@pytest.fixture(autouse=True)
def books_agree(hub: Stand) -> Iterator[None]:
    yield

    assert verify(hub.database).problem is None


@pytest.fixture
def order(hub: Stand, shopper: Shopper) -> str:
    bought = shopper.buy("friday-pass")
    pay(hub, bought)
    return str(bought.json()["orderId"])


def told(hub: Stand, order: str, status: str, *moves: int, amount: int = 6500, **more: Any) -> dict[str, Any]:
    """Returns a dispute as Stripe would tell it, with what moved the balance so far; the first move costs a fee."""
    reference = hub.one("SELECT provider_reference FROM payments WHERE order_id = %s", order)
    moved = [{"amount": each, "fee": 0 if i else 1500, "currency": "usd"} for i, each in enumerate(moves)]
    return {
        "id": f"dp_{order}",
        "payment_intent": reference,
        "status": status,
        "amount": amount,
        "currency": "usd",
        "reason": "fraudulent",
        "balance_transactions": moved,
        **more,
    }


def send(hub: Stand, kind: str, dispute: dict[str, Any], at: int) -> None:
    hub.hear("stripe", kind, {"id": new_id(), "type": kind, "created": at, "data": {"object": dispute}})


def accounts(hub: Stand, order: str) -> dict[str, int]:
    return {name: balance(hub, name, order) for name in ("stripe", "disputes", "losses", "refunds")}


def test_however_its_events_come_a_dispute_ends_the_same(hub: Stand, shopper: Shopper) -> None:
    for arrangement in itertools.permutations(range(4)):
        bought = shopper.buy("social")
        pay(hub, bought)
        order, price = str(bought.json()["orderId"]), 2500
        events = [
            ("charge.dispute.created", told(hub, order, "needs_response", amount=price), 1),
            ("charge.dispute.funds_withdrawn", told(hub, order, "needs_response", -price, amount=price), 1),
            ("charge.dispute.funds_reinstated", told(hub, order, "won", -price, price, amount=price), 2),
            ("charge.dispute.closed", told(hub, order, "won", -price, price, amount=price), 2),
        ]

        for index in (*arrangement, *arrangement):
            send(hub, *events[index])

        assert hub.sql(DISPUTE, f"dp_{order}") == [("won", price, 0, 0)]
        assert accounts(hub, order) == {"stripe": hub.one(PAID, order), "disputes": 0, "losses": 0, "refunds": 0}
        fees = "SELECT sum((payload ->> 'amount')::int) FROM facts WHERE payload ->> 'provider_reference' = %s"
        assert hub.one(f"{fees} AND kind = 'fee_recorded'", f"dp_{order}") == 1500
        assert "dispute_opened open" not in [kind for (kind,) in hub.sql(KINDS, f"dp_{order}")]


PAID = "SELECT sum(amount)::int FROM payments WHERE order_id = %s AND status = 'captured'"


@pytest.mark.parametrize("refunded", [2000, 6500])
def test_after_a_refund_and_a_dispute_the_merchant_is_out_twice_and_is_told(
    hub: Stand, office: Office, order: str, refunded: int
) -> None:
    office.refund(order, what="amount", amount=str(refunded / 100))
    hub.until(1, "SELECT count(*) FROM refunds r JOIN payments p ON p.id = payment_id WHERE order_id = %s "
                 "AND r.status = 'succeeded'", order)  # fmt: skip

    send(hub, "charge.dispute.funds_withdrawn", told(hub, order, "needs_response", -6500), 1)

    assert accounts(hub, order) == {"stripe": -refunded, "disputes": 6500, "losses": 0, "refunds": refunded}
    words = hub.one("SELECT detail FROM exceptions WHERE subject_id = %s", f"dp_{order}")
    assert f"${refunded / 100:.2f} was refunded already: say so to the bank" in words
    send(hub, "charge.dispute.closed", told(hub, order, "lost", -6500), 2)
    assert accounts(hub, order) == {"stripe": -refunded, "disputes": 0, "losses": 6500, "refunds": refunded}
    page = office.page(f"/orders/{order}")
    assert "Dispute of $65.00" in page
    assert "that money is gone twice" in page


def test_an_inquiry_moves_no_money_and_what_is_disputed_can_not_be_refunded(
    hub: Stand, office: Office, order: str
) -> None:
    send(hub, "charge.dispute.created", told(hub, order, "warning_needs_response"), 1)

    assert hub.sql(DISPUTE, f"dp_{order}") == [("inquiry", 6500, 0, 0)]
    assert accounts(hub, order)["stripe"] == 6500
    assert [kind for (kind,) in hub.sql(KINDS, f"dp_{order}")] == ["dispute_inquiry open"]
    problems = office.page("/exceptions")
    assert "answer it under Disputes, so that it becomes no dispute" in problems
    assert f'href="/disputes/dp_{order}"' in problems
    send(hub, "charge.dispute.funds_withdrawn", told(hub, order, "needs_response", -6500), 2)
    assert (
        office.refund(order).status_code in (404, 409, 422) if "refund_id" in office.page(f"/orders/{order}") else True
    )
    assert hub.sql("SELECT r.id FROM refunds r JOIN payments p ON p.id = payment_id WHERE order_id = %s", order) == []
    assert [kind for (kind,) in hub.sql(KINDS, f"dp_{order}")] == ["dispute_inquiry resolved", "dispute_opened open"]


@pytest.mark.parametrize(
    ("is_lost", "expected"), [(False, ("open", 6500, 6500, 0)), (True, ("lost", 6500, 6500, 6500))]
)
def test_what_an_earlier_hub_booked_as_a_refund_becomes_a_dispute(
    hub: Stand, order: str, is_lost: bool, expected: tuple[Any, ...]
) -> None:
    dispute, fee = as_booked_before(hub, order, 6500), len(fees(hub, order))
    before = balance(hub, "stripe", order)
    if is_lost:
        with hub.database.transaction() as connection:
            hub.hub.raise_exception(connection, "dispute_lost", "lost", order_id=order, subject_id=dispute)

    assert [rebook(hub.hub, READERS.values()), rebook(hub.hub, READERS.values())] == [1, 0]

    assert hub.sql(DISPUTE, dispute) == [expected]
    assert hub.one("SELECT status FROM refunds WHERE id = %s", dispute) == "failed"
    assert (balance(hub, "stripe", order), before) == (0, 0)
    assert (balance(hub, "refunds", order), len(fees(hub, order))) == (0, fee)


def test_what_was_cut_to_what_was_left_is_put_right_by_what_stripe_told(hub: Stand, office: Office, order: str) -> None:
    office.refund(order, what="amount", amount="20")
    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", order)
    dispute = as_booked_before(hub, order, 4500)
    body = json.dumps({"created": 1, "data": {"object": told(hub, order, "lost", -6500)}})
    hub.sql(
        "INSERT INTO payment_events (provider, event_id, event_type, payload, status)"
        " VALUES ('stripe', %s, 'charge.dispute.closed', %s::jsonb, 'processed')",
        new_id(),
        body,
    )

    rebook(hub.hub, READERS.values())

    assert hub.sql(DISPUTE, dispute) == [("lost", 6500, 6500, 6500)]
    assert accounts(hub, order) == {"stripe": -2000, "disputes": 0, "losses": 6500, "refunds": 2000}


def as_booked_before(hub: Stand, order: str, amount: int) -> str:
    """Books a dispute as the version before did: as a refund under its id, and its fee."""
    tender, reference = hub.sql("SELECT id, provider_reference FROM payments WHERE order_id = %s", order)[0]
    about: dict[str, Any] = {
        "order_id": order,
        "tender_id": tender,
        "tender": "checkout",
        "amount": amount,
        "currency": "USD",
        "provider_reference": f"dp_{order}",
        "refund_id": f"dp_{order}",
    }
    fee = FeeRecorded(provider="stripe", amount=1500, currency="USD", provider_reference=f"dp_{order}")
    with hub.database.transaction() as connection:
        hub.hub.write(connection, [RefundRequested(**about, why="dispute"), RefundSucceeded(**about), fee], EVENT)
    assert reference
    return f"dp_{order}"


def fees(hub: Stand, order: str) -> list[Any]:
    query = "SELECT id FROM facts WHERE kind = 'fee_recorded' AND payload ->> 'provider_reference' = %s"
    return hub.sql(query, f"dp_{order}")


def test_a_till_hears_of_its_orders_disputes_once_it_can_read_them(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5, "saturday": 5, "sunday": 5})
    placed, tender = door.phone_order()
    body = {"order_id": placed.order_id, "tender_id": tender, "amount": placed.total, "currency": "USD"}
    door.http.post("/api/till/checkouts", json=body).raise_for_status()
    hub.checkouts.settle_session(hub.sessions.pay(hub.sessions.of(tender)).id)

    send(hub, "charge.dispute.funds_withdrawn", told(hub, placed.order_id, "needs_response", -15000, amount=15000), 1)

    assert "dispute_changed" not in kinds(door)
    assert "dispute_changed" in kinds(door, **{READS: str(GENERATION)})
    assert "payment_captured" in kinds(door)


def kinds(door: Door, **headers: str) -> set[str]:
    answer = door.http.get("/api/till/feed", params={"after": 0, "event_id": EVENT}, headers=headers).raise_for_status()
    return {entry["fact"]["kind"] for entry in answer.json()["entries"] if entry["fact"]}


def test_a_refund_of_cash_by_a_provider_is_refused_by_the_books(hub: Stand, door: Door) -> None:
    door.lease({"friday": 1, "saturday": 1, "sunday": 1})
    facts = door.cash_sale()
    door.push(facts)
    placed, captured = facts[0].payload, facts[1].payload
    about = {"order_id": placed["order_id"], "tender_id": captured["tender_id"], "currency": "USD", "amount": 2000}

    for tender, amount in (("checkout", 2000), ("cash", 15_001)):
        asked = RefundRequested.model_validate({**about, "tender": tender, "amount": amount, "refund_id": new_id()})
        with pytest.raises((ValueError, Inconsistent)), hub.database.transaction() as connection:
            hub.hub.write(connection, [asked], EVENT)


@pytest.mark.parametrize(
    ("books", "words"),
    [
        ({"refunds": {"r": RefundRow("r", "p", 1, RefundStatus.SUCCEEDED)}}, "complimentary can't be given back"),
        ({"refunds": {"r": RefundRow("r", "none", 1, RefundStatus.REQUESTED)}}, "has brought no money"),
        ({"disputes": {"d": DisputeRow("d", "p", 1, "USD", DisputeState.OPEN, 1, 0)}}, "no bank can ask for payment p"),
        ({"disputes": {"d": DisputeRow("d", "c", 9, "USD", DisputeState.LOST, 9, 10)}}, "10 is lost of 9"),
        (
            {"refunds": {n: RefundRow(n, "c", 60, RefundStatus.SUCCEEDED) for n in "ab"}},
            "payment c: 120 was refunded of 100",
        ),
    ],
)
def test_verify_names_what_can_not_be_given_back(books: dict[str, Any], words: str) -> None:
    payments = {
        "p": PaymentRow("p", "o", TenderKind.COMPLIMENTARY, None, 100, "USD", PaymentStatus.CAPTURED),
        "c": PaymentRow("c", "o", TenderKind.CHECKOUT, "pi_1", 100, "USD", PaymentStatus.CAPTURED),
    }

    found = " ".join(problems_of(Books(payments=payments, **books), ()))

    assert words in found


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((("needs_response", -6500),), "is on its way, and has not arrived yet: say so to the bank"),
        ((("needs_response", -6500), ("lost", -6500)), "is on its way as well: should it arrive, that money is gone"),
        ((("needs_response", -6500), ("won", -6500, 6500)), "is on its way, and goes on"),
    ],
)
def test_a_refund_that_waits_is_called_on_its_way_not_done(
    hub: Stand, office: Office, order: str, states: tuple[tuple[Any, ...], ...], words: str
) -> None:
    hub.refunder.verdict = "pending"
    office.refund(order, what="amount", amount="20")
    hub.until("pending", "SELECT c.state FROM refund_calls c JOIN refunds r ON r.id = c.refund_id"
              " JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s", order)  # fmt: skip
    hub.refunder.verdict = "succeeded"

    for at, (status, *moves) in enumerate(states):
        send(hub, "charge.dispute.updated", told(hub, order, status, *moves), at)

    details = [detail for (detail,) in hub.sql("SELECT detail FROM exceptions WHERE subject_id = %s", f"dp_{order}")]
    page = office.page(f"/orders/{order}")
    assert any(f"A refund of $20.00 {words}" in detail for detail in details)
    assert all("refunded already" not in each and "had been refunded" not in each for each in [*details, page])
