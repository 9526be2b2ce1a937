"""The sandbox as a program and as a part of another: started, found, stopped."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from tests.integration.sandbox.conftest import Listener
from tests.integration.sandbox.test_checkout import create


def test_two_sandboxes_know_nothing_of_each_other(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer sk_test_any"}
    form = {"amount": "500", "currency": "usd"}
    with Sandbox.start() as other:
        made = httpx.post(f"{other.base_url}/v1/payment_intents", data=form, headers=headers).json()
        assert httpx.get(f"{sandbox.base_url}/v1/payment_intents/{made['id']}", headers=headers).status_code == 404

    with pytest.raises(httpx.ConnectError):
        httpx.get(other.base_url)


def test_a_port_that_is_taken_is_said(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        Sandbox.start(int(sandbox.base_url.rpartition(":")[2]))


def test_the_program_prints_its_address_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "boxoffice", "sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))

        assert "no real money" in httpx.get(address).text
        program.send_signal(signal.SIGINT)

        assert program.wait(timeout=150) == 0


@pytest.mark.parametrize("page", ["/", "/readers", "/readers/state", "/control", "/outbox", "/static/sandbox.css"])
def test_every_page_is_there(sandbox: Sandbox, page: str) -> None:
    assert httpx.get(sandbox.base_url + page).status_code == 200


@pytest.mark.parametrize("page", ["/c/pay/cs_test_unknown", "/outbox/unknown", "/static/other.woff2", "/nothing"])
def test_what_is_not_there_is_missing(sandbox: Sandbox, page: str) -> None:
    assert httpx.get(sandbox.base_url + page).status_code == 404


def test_two_who_pay_the_same_session_at_once_pay_it_once(
    sandbox: Sandbox, api: stripe.StripeClient, listener: Listener
) -> None:
    session = create(api)
    path = f"{sandbox.base_url}/control/checkout_sessions/{session.id}/pay"

    with ThreadPoolExecutor(8) as pool:
        answers = [each.json()["paid"] for each in pool.map(lambda _: httpx.post(path, json={}), range(8))]

    assert sorted(answers) == [False] * 7 + [True]
    assert len(api.v1.charges.list().data) == 1
    assert len(listener.wait_for("checkout.session.completed")) == 1


def test_a_session_that_costs_nothing_needs_no_payment(sandbox: Sandbox, api: stripe.StripeClient) -> None:
    price = {"currency": "usd", "unit_amount": 0, "product_data": {"name": "Guest list"}}
    session = create(api, line_items=[{"quantity": 1, "price_data": price}])

    httpx.post(f"{sandbox.base_url}/control/checkout_sessions/{session.id}/pay", json={}).raise_for_status()

    free = api.v1.checkout.sessions.retrieve(session.id)
    assert (free.status, free.payment_status, free.payment_intent) == ("complete", "no_payment_required", None)
