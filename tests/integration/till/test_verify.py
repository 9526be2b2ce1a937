"""Verify names what is wrong, however the file was damaged."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketVoided
from boxoffice.core.sales import changed
from boxoffice.till.usecases.verify import verify
from tests.integration.till.kit import TillOnDisk, cart, usd

DAMAGES = {
    "a changed payload": (
        "UPDATE facts SET payload = replace(payload, '\"change\":5000', '\"change\":0')",
        "does not match its hash",
    ),
    "a fact taken out": ("DELETE FROM facts WHERE seq = 3", "number 4 does not follow number 2"),
    "the last fact taken out": ("DELETE FROM facts WHERE kind = 'tickets_issued'", "no such fact"),
    "a forged signature": ("UPDATE facts SET signature = replace(signature, 'a', 'b') WHERE seq = 2", "signature"),
    "a changed hash": ("UPDATE facts SET hash = prev_hash WHERE seq = 2", "does not match its hash"),
    "a changed time": ("UPDATE facts SET occurred_at = '2026-05-15T00:00:00.000Z' WHERE seq = 1", "hash"),
    "a lease made larger": (
        "UPDATE hub_facts SET payload = replace(payload, '\"units\":10', '\"units\":99') WHERE position = 1",
        "the hub's facts",
    ),
    "a changed posting": ("UPDATE ledger_postings SET amount = amount * 2", "they are not what the fact says"),
    "an unbalanced posting": (
        "UPDATE ledger_postings SET amount = amount + 1 WHERE account = 'cash:till-1'",
        "they don't add up to zero",
    ),
    "a posting taken out": ("DELETE FROM ledger_postings WHERE account = 'cash:till-1'", "postings of fact"),
    "a posting of nothing": (
        "INSERT INTO ledger_postings VALUES ('nobody', 0, 'bank', 1, 'USD'), ('nobody', 1, 'stripe', -1, 'USD')",
        "there is no such fact",
    ),
    "an order's status": ("UPDATE orders SET status = 'refunded'", "status is 'refunded'"),
    "an order's total": ("UPDATE orders SET total_amount = 1", "total_amount is 1"),
    "an item": ("UPDATE order_items SET quantity = 9", "quantity is 9"),
    "a payment": ("UPDATE payments SET amount = 1", "payment"),
    "a ticket more": ("INSERT INTO tickets SELECT 'x', order_id, product_id, status FROM tickets", "rests on no fact"),
    "a ticket less": ("DELETE FROM tickets", "is missing"),
    "a lease that sold less": ("UPDATE leases SET sold = 0 WHERE pool_id = 'friday'", "lease of friday"),
    "a lease that was granted more": ("UPDATE leases SET granted = 99 WHERE pool_id = 'social'", "lease of social"),
    "a lease gone": ("DELETE FROM leases WHERE pool_id = 'friday'", "lease of friday is missing"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_verify_names_what_is_wrong(till: TillOnDisk, damage: str) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    statement, words = DAMAGES[damage]

    with till.damaging() as connection:
        assert connection.execute(statement).rowcount > 0

    problem = till.verify().problem
    assert problem is not None
    assert words in problem


def test_verify_is_content_with_what_was_only_sold(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    till.selling.abandon(till.selling.place(cart("social")), "")
    till.selling.place(cart("social"))

    verdict = till.verify()

    assert verdict.problem is None
    assert (verdict.orders, json.loads(str(verdict.facts))) == (3, 17)


@pytest.mark.parametrize("ends", [[], [RefundSucceeded], [RefundSucceeded, RefundFailed]])
def test_verify_is_content_with_what_the_hub_gave_back(
    till: TillOnDisk, ends: list[type[RefundSucceeded] | type[RefundFailed]]
) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    order, tender, ticket = (till.one(f"SELECT id FROM {table}") for table in ("orders", "payments", "tickets"))
    about = {"order_id": order, "tender_id": tender, "tender": "cash", "amount": 15_000, "currency": "USD"}
    refund = {**about, "refund_id": "r", "code": "x", "message": "x", "is_reversal": True}

    till.hear(RefundRequested.model_validate({**refund, "parts": [(0, 0)], "by": "1"}))
    till.hear(TicketVoided(ticket_id=ticket, order_id=order))
    for end in ends:
        till.hear(end.model_validate(refund))

    assert till.verify().problem is None
    expected = {0: "requested", 1: "succeeded", 2: "failed"}[len(ends)]
    assert till.one("SELECT status FROM refunds") == expected


def test_facts_under_another_key_are_told(till: TillOnDisk) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    till.key = Ed25519PrivateKey.generate()

    assert "signature" in str(till.verify().problem)


def test_an_order_is_where_the_hub_says_its_money_is_also_when_a_refund_came_back(till: TillOnDisk) -> None:
    order_id = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    about = {"order_id": order_id, "tender_id": till.one("SELECT id FROM payments"), "tender": "cash"}
    told: list[tuple[OrderState, dict[str, int], type[RefundSucceeded | RefundFailed]]] = [
        (OrderState.REFUNDED, {"a": 5_000, "b": 10_000}, RefundSucceeded),
        (OrderState.PARTIALLY_REFUNDED, {"b": 10_000}, RefundFailed),
        (OrderState.COMPLETED, {"a": 5_000}, RefundFailed),
        (OrderState.REFUNDED, {"c": 15_000}, RefundSucceeded),
        (OrderState.COMPLETED, {"c": 15_000}, RefundFailed),
    ]
    start = OrderState.COMPLETED

    for to, refunds, end in told:
        for key, amount in refunds.items():
            refund = {**about, "refund_id": key, "amount": amount, "currency": "USD", "code": "x", "message": "x"}
            if end is RefundSucceeded:
                till.hear(RefundRequested.model_validate(refund))
            till.hear(end.model_validate(refund | {"is_reversal": True}))
        by_money = till.orders.order(order_id).state
        till.hear(changed(order_id, start, to))
        start = to

        assert by_money is till.orders.order(order_id).state is to
        assert till.one("SELECT status FROM orders") == to.value
        assert till.verify().problem is None


def test_an_order_stays_completed_when_what_had_bought_nothing_goes_back(till: TillOnDisk) -> None:
    order_id = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    about = {"order_id": order_id, "tender_id": "again", "tender": "checkout", "amount": 15_000, "currency": "USD"}
    paid = PaymentCaptured.model_validate(about | {"provider_reference": "pi_1"})
    refund = about | {"refund_id": "r", "unearned": 15_000}

    for told in (paid, RefundRequested.model_validate(refund), RefundSucceeded.model_validate(refund)):
        till.hear(told)

    assert till.one("SELECT status FROM refunds") == "succeeded"
    assert till.orders.order(order_id).state is OrderState.COMPLETED
    assert till.verify().problem is None


def test_several_processes_look_at_signatures_as_one_does(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    key, other = till.key.public_key(), Ed25519PrivateKey.generate().public_key()

    assert verify(till.store, key, many=1) == verify(till.store, key)
    assert verify(till.store, other, many=1) == verify(till.store, other)
    assert "signature" in str(verify(till.store, other, many=1).problem)
