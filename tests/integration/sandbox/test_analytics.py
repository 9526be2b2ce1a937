"""GA4's Measurement Protocol: everything is taken without a word, and only what is right counts."""

import time
from typing import Any

import httpx
import pytest

from boxoffice.sandbox.server import Sandbox

QUERY = {"measurement_id": "G-TEST", "api_secret": "secret"}
ITEM = {"item_id": "full-pass", "item_name": "Full Pass", "price": 25.0, "quantity": 1}


def purchase(**params: Any) -> dict[str, Any]:
    given = {"transaction_id": "o-17", "value": 25.0, "currency": "USD", "items": [ITEM], **params}
    return {"name": "purchase", "params": {name: value for name, value in given.items() if value is not None}}


def body(*events: Any, **more: Any) -> dict[str, Any]:
    return {"client_id": "o-17.1", "events": list(events or [purchase()]), **more}


def collect(sandbox: Sandbox, sent: Any, query: dict[str, str] = QUERY) -> int:
    return httpx.post(f"{sandbox.base_url}/mp/collect", params=query, json=sent).status_code


def validate(sandbox: Sandbox, sent: Any) -> list[dict[str, str]]:
    answer = httpx.post(f"{sandbox.base_url}/debug/mp/collect", params=QUERY, json=sent)
    found: list[dict[str, str]] = answer.raise_for_status().json()["validationMessages"]
    return found


def recorded(sandbox: Sandbox) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = httpx.get(f"{sandbox.base_url}/control/analytics").json()
    return found


def test_an_event_counts_as_it_was_sent(sandbox: Sandbox) -> None:
    assert collect(sandbox, body(purchase(), {"name": "refund", "params": {"transaction_id": "o-17"}})) == 204

    sold, refunded = recorded(sandbox)["events"]

    assert (sold["name"], sold["params"]) == ("purchase", purchase()["params"])
    assert (sold["measurement_id"], sold["client_id"]) == ("G-TEST", "o-17.1")
    assert refunded["name"] == "refund"
    assert "secret" not in str(recorded(sandbox))


def test_what_is_wrong_is_taken_as_silently_and_does_not_count(sandbox: Sandbox) -> None:
    url = f"{sandbox.base_url}/mp/collect"

    statuses = [
        collect(sandbox, body(), {"measurement_id": "G-TEST"}),
        collect(sandbox, {"events": [purchase()]}),
        httpx.post(url, params=QUERY, content=b"{").status_code,
        collect(sandbox, body(purchase(), {"name": "_bad"})),
    ]

    assert statuses == [204] * 4
    assert [each["name"] for each in recorded(sandbox)["events"]] == ["purchase"]
    assert [each["problems"][0]["fieldPath"] for each in recorded(sandbox)["dropped"]] == [
        "api_secret",
        "client_id",
        "",
        "events",
    ]


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        (body({"name": "_badEventName"}), "events", "NAME_INVALID"),
        (body({"name": "x" * 41}), "events", "NAME_INVALID"),
        (body({"name": "session_start"}), "events", "NAME_RESERVED"),
        (body({}), "events", "VALUE_REQUIRED"),
        (body(*[purchase()] * 26), "events", "EXCEEDED_MAX_ENTITIES"),
        (body(purchase(value="25.00")), "events[0].params.value", "VALUE_INVALID"),
        (body(purchase(currency=None)), "events[0].params.currency", "VALUE_REQUIRED"),
        (body(purchase(currency="dollars")), "events[0].params.currency", "VALUE_INVALID"),
        (body(purchase(items=[{"price": 1}])), "events[0].params.items", "VALUE_REQUIRED"),
        (body(purchase(coupon="x" * 101)), "events[0].params.coupon", "VALUE_INVALID"),
        (body(purchase(ga_session="1")), "events[0].params.ga_session", "NAME_RESERVED"),
        (body({"name": "a", "params": {f"p{n}": n for n in range(26)}}), "events[0].params", "EXCEEDED_MAX_ENTITIES"),
        (body(client_id=""), "client_id", "VALUE_REQUIRED"),
        (body(timestamp_micros=int((time.time() - 80 * 3600) * 1e6)), "timestamp_micros", "VALUE_OUT_OF_BOUNDS"),
    ],
)
def test_the_debug_address_says_what_is_wrong(sandbox: Sandbox, sent: Any, field: str, code: str) -> None:
    (problem,) = validate(sandbox, sent)

    assert (problem["fieldPath"], problem["validationCode"]) == (field, code)
    assert problem["description"]
    assert recorded(sandbox) == {"events": [], "dropped": []}


def test_recommendations_count_only_where_they_are_enforced(sandbox: Sandbox) -> None:
    sent = body(purchase(transaction_id=None), colour="red")

    strict = validate(sandbox, {**sent, "validation_behavior": "ENFORCE_RECOMMENDATIONS"})

    assert validate(sandbox, sent) == []
    assert [each["fieldPath"] for each in strict] == ["colour", "events[0].params.transaction_id"]


def test_an_event_may_be_lost_on_its_way(sandbox: Sandbox) -> None:
    rule = {"kind": "error_503", "match": "POST /mp/collect", "times": 1}
    httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()

    assert [collect(sandbox, body()), collect(sandbox, body())] == [503, 204]
    assert len(recorded(sandbox)["events"]) == 1


def test_what_counted_can_be_forgotten(sandbox: Sandbox) -> None:
    collect(sandbox, body())

    httpx.delete(f"{sandbox.base_url}/control/analytics").raise_for_status()

    assert recorded(sandbox) == {"events": [], "dropped": []}
