"""Idempotency keys, API keys and fault rules."""

import base64

import pytest

from boxoffice.sandbox.access import KeyKind, check, kind_of, masked
from boxoffice.sandbox.errors import StripeError
from boxoffice.sandbox.faults import Fault, Faults
from boxoffice.sandbox.idempotency import KEPT_S, Keys


def test_a_claimed_key_waits_for_its_answer() -> None:
    keys = Keys()
    first = keys.claim("k", "POST /a", "req_1", now=0)
    with pytest.raises(StripeError) as in_use:
        keys.claim("k", "POST /a", "req_2", now=1)
    first.status = 200

    assert in_use.value.status == 409
    assert keys.claim("k", "POST /a", "req_3", now=2) is first
    assert keys.claim("k", "POST /b", "req_4", now=KEPT_S).status is None


def test_a_released_key_is_free() -> None:
    keys = Keys()
    keys.release("k", keys.claim("k", "POST /a", "req_1", now=0))

    assert keys.claim("k", "POST /b", "req_2", now=1).request_id == "req_2"


def test_a_key_has_a_longest() -> None:
    with pytest.raises(StripeError):
        Keys().claim("k" * 256, "POST /a", "req_1", now=0)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Bearer sk_test_1", KeyKind.SECRET),
        ("bearer rk_test_hub", KeyKind.SECRET),
        ("Bearer rk_test_till_1", KeyKind.TILL),
        ("Bearer pk_test_1", KeyKind.PUBLISHABLE),
        ("Basic " + base64.b64encode(b"sk_test_1:").decode(), KeyKind.SECRET),
    ],
)
def test_keys_are_known_by_their_beginning(header: str, kind: KeyKind) -> None:
    assert kind_of(header) is kind


@pytest.mark.parametrize(
    "header", [None, "", "Bearer ", "Bearer sk_live_1", "Bearer pk_live_1", "Basic %%%", "Token x"]
)
def test_other_keys_are_none(header: str | None) -> None:
    with pytest.raises(StripeError) as refused:
        kind_of(header)

    assert refused.value.status == 401


def test_a_key_is_never_said_in_full() -> None:
    assert masked("sk_test_51abcdefghijkl") == "sk_test_**********ijkl"
    assert masked("sk_secret") == "sk_******"


def opens(kind: KeyKind, method: str, path: str) -> bool:
    try:
        check(kind, method, path, "Bearer it")
    except StripeError:
        return False
    return True


@pytest.mark.parametrize("path", ["/v1/payment_intents", "/v1/payment_intents/pi_1/cancel", "/v1/terminal/readers"])
def test_a_tills_key_can_take_money_in(path: str) -> None:
    assert opens(KeyKind.TILL, "POST", path)


@pytest.mark.parametrize("path", ["/v1/payment_intents", "/v1/payment_intents/pi_1"])
def test_a_tills_key_can_look_at_what_was_paid(path: str) -> None:
    assert opens(KeyKind.TILL, "GET", path)


@pytest.mark.parametrize("path", ["/v1/refunds", "/v1/charges", "/v1/events", "/v1/payment_intents_of_others"])
def test_a_tills_key_can_do_nothing_else(path: str) -> None:
    with pytest.raises(StripeError) as refused:
        check(KeyKind.TILL, "POST", path, "Bearer rk_test_till_1")

    assert refused.value.status == 403


@pytest.mark.parametrize("call", ["GET /v1/payment_intents/pi_1", "POST /v1/payment_intents/pi_1/confirm"])
def test_a_page_can_pay(call: str) -> None:
    method, path = call.split()
    assert opens(KeyKind.PUBLISHABLE, method, path)


@pytest.mark.parametrize(
    "call",
    [
        "POST /v1/payment_intents/pi_1",
        "POST /v1/payment_intents/pi_1/capture",
        "GET /v1/payment_intents",
        "POST /v1/refunds",
    ],
)
def test_a_page_can_do_nothing_else(call: str) -> None:
    method, path = call.split()
    with pytest.raises(StripeError) as refused:
        check(KeyKind.PUBLISHABLE, method, path, "Bearer pk_test_1")

    assert refused.value.status == 401


def test_a_rule_acts_as_often_as_it_says_on_what_it_fits() -> None:
    faults = Faults()
    faults.add({"match": "POST /v1/terminal/readers/*/process_payment_intent", "kind": "error_503", "times": 1})
    faults.add({"kind": "drop_webhook"})

    assert faults.take_for_call("GET", "/v1/terminal/readers/tmr_1/process_payment_intent") is None
    taken = faults.take_for_call("POST", "/v1/terminal/readers/tmr_1/process_payment_intent")
    assert taken is not None
    assert taken.kind is Fault.ERROR_503
    assert faults.take_for_call("POST", "/v1/terminal/readers/tmr_1/process_payment_intent") is None
    assert [faults.take_for_event("charge.failed") is not None for _ in range(3)] == [True] * 3
