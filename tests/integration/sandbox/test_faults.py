"""Idempotency, and what the official SDK makes of a provider that fails."""

import threading
from typing import Any

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import client

FORM = {"amount": "500", "currency": "usd"}


def add_rule(sandbox: Sandbox, **rule: Any) -> None:
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()


def make(http: httpx.Client, key: str, **more: str) -> httpx.Response:
    return http.post("/v1/payment_intents", data={**FORM, **more}, headers={"Idempotency-Key": key})


def count(http: httpx.Client) -> int:
    return len(http.get("/v1/payment_intents").json()["data"])


def test_the_same_call_again_replays_its_answer(http: httpx.Client) -> None:
    first, again = make(http, "k"), make(http, "k")

    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert count(http) == 1


def test_the_same_key_for_another_call_is_refused(http: httpx.Client) -> None:
    make(http, "k")

    other = make(http, "k", amount="600")

    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert count(http) == 1


def test_a_key_in_use_is_a_conflict(sandbox: Sandbox, http: httpx.Client) -> None:
    add_rule(sandbox, match="POST /v1/payment_intents", kind="delay", delay_s=2, times=1)
    slow = threading.Thread(target=make, args=(http, "k"))
    slow.start()
    wait_for_rule_to_act(sandbox)

    conflict = make(http, "k")

    assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "idempotency_key_in_use")
    slow.join()
    assert make(http, "k").headers["Idempotent-Replayed"] == "true"


def test_a_wrong_parameter_does_not_use_up_a_key(http: httpx.Client) -> None:
    assert make(http, "k", amount="ten").status_code == 400

    assert make(http, "k").status_code == 200


def test_a_declined_payment_is_replayed_too(http: httpx.Client) -> None:
    declined = make(http, "k", confirm="true", payment_method="pm_card_chargeDeclined")

    again = make(http, "k", confirm="true", payment_method="pm_card_chargeDeclined")

    assert (declined.status_code, again.status_code) == (402, 402)
    assert declined.json() == again.json()
    assert len(http.get("/v1/charges").json()["data"]) == 1


def test_a_key_is_forgotten_after_a_day(sandbox: Sandbox, http: httpx.Client) -> None:
    make(http, "k")
    httpx.post(f"{sandbox.base_url}/control/clock", json={"advance_s": 24 * 3600 + 1})

    make(http, "k")

    assert count(http) == 2


@pytest.mark.parametrize(
    ("kind", "status"), [("error_500", 500), ("error_503", 503), ("rate_limit", 429), ("lock_timeout", 429)]
)
def test_a_failure_before_any_work_can_be_repeated_with_its_key(
    sandbox: Sandbox, http: httpx.Client, kind: str, status: int
) -> None:
    add_rule(sandbox, match="POST /v1/payment_intents", kind=kind, times=1)

    assert make(http, "k").status_code == status
    assert make(http, "k").status_code == 200


def test_a_failure_once_work_had_begun_stays_with_its_key(sandbox: Sandbox, http: httpx.Client) -> None:
    add_rule(sandbox, match="POST /v1/payment_intents", kind="error_500_kept", times=1)

    assert [make(http, "k").status_code for _ in range(2)] == [500, 500]
    assert make(http, "another").status_code == 200


def test_work_whose_answer_was_lost_is_done_once(sandbox: Sandbox, http: httpx.Client) -> None:
    add_rule(sandbox, match="POST /v1/payment_intents", kind="timeout_after_success", times=1)

    with pytest.raises(httpx.HTTPError):
        make(http, "k")

    assert count(http) == 1
    assert make(http, "k").headers["Idempotent-Replayed"] == "true"
    assert count(http) == 1


def test_a_line_that_breaks_before_the_work_leaves_nothing(sandbox: Sandbox, http: httpx.Client) -> None:
    add_rule(sandbox, match="POST /v1/payment_intents", kind="drop_before_work", times=1)

    with pytest.raises(httpx.HTTPError):
        make(http, "k")

    assert count(http) == 0


@pytest.mark.parametrize("kind", ["timeout_after_success", "drop_before_work", "error_503", "error_500"])
def test_the_sdk_gets_over_one_failure_by_itself(sandbox: Sandbox, http: httpx.Client, kind: str) -> None:
    add_rule(sandbox, match="POST /v1/payment_intents", kind=kind, times=1)
    patient = client(sandbox, retries=2)

    intent = patient.v1.payment_intents.create({"amount": 500, "currency": "usd"})

    assert intent.status == "requires_payment_method"
    assert count(http) == 1


def test_a_lost_answer_is_a_connection_error_to_the_sdk(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    add_rule(sandbox, match="GET /v1/events", kind="timeout_after_success", times=1)

    with pytest.raises(stripe.APIConnectionError):
        api.v1.events.list()


@pytest.mark.parametrize(
    "rule", [{"kind": "flood"}, {}, {"kind": "delay", "delay_s": -1}, {"kind": "delay", "times": 0}]
)
def test_a_rule_that_says_nothing_is_refused(sandbox: Sandbox, rule: dict[str, Any]) -> None:
    answer = httpx.post(f"{sandbox.base_url}/control/faults", json=rule)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_rules_can_be_replaced_and_cleared(sandbox: Sandbox) -> None:
    url = f"{sandbox.base_url}/control/faults"
    add_rule(sandbox, kind="delay", delay_s=1)

    replaced = httpx.post(url, json={"rules": [{"kind": "error_503", "match": "GET /v1/*", "times": 3}]}).json()

    assert replaced["rules"] == [{"match": "GET /v1/*", "kind": "error_503", "times": 3, "delay_s": 0.0}]
    assert httpx.delete(url).json() == {"rules": []}


def wait_for_rule_to_act(sandbox: Sandbox) -> None:
    while httpx.get(f"{sandbox.base_url}/control/faults").json()["rules"]:
        continue
