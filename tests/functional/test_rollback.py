"""The customer's rollback plan, step by step, by the hub's own command line against the running stack."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import httpx
import pytest

from boxoffice.demo.stack import PAYPAL_WEBHOOK, Stack, post
from sync.ledger.verify import verify

pytestmark = [pytest.mark.enable_socket]

CAMILA = {"email": "camila@example.org", "name": "Camila Ortega"}


def hub(stack: Stack, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sync", *command],
        env=environment(stack),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def environment(stack: Stack) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "POSTGRES_URL": stack.addresses.postgres_url,
        "HUB_MASTER_KEY": stack.master_key,
        "STRIPE_SECRET_KEY": stack.addresses.stripe_key,
        "STRIPE_API_BASE": stack.addresses.sandbox_url,
        "STRIPE_WEBHOOK_SECRET": stack.addresses.stripe_webhook_secret,
        "PAYPAL_CLIENT_ID": "boxoffice-demo",
        "PAYPAL_CLIENT_SECRET": "boxoffice-demo",
        "PAYPAL_WEBHOOK_ID": PAYPAL_WEBHOOK,
        "PAYPAL_API_BASE": stack.addresses.sandbox_url,
        "SENDGRID_API_KEY": "SG.boxoffice-demo",
        "SENDGRID_API_BASE": stack.addresses.sandbox_url,
        "SENDGRID_FROM_EMAIL": "boxoffice@boulderfest.example",
    }


def buy(base_url: str, product: str = "friday-pass", quantity: int = 1) -> httpx.Response:
    body = {"items": [{"id": product, "quantity": quantity}], "customerInfo": CAMILA}
    return httpx.post(f"{base_url}/api/payment/create-checkout-session", json=body, timeout=120)


def pay(stack: Stack, bought: httpx.Response) -> None:
    session = bought.json()["sessionId"]
    post(f"{stack.addresses.sandbox_url}/control/checkout_sessions/{session}/pay", {"email": "c@e.org", "name": "C"})


def status(base_url: str, bought: httpx.Response) -> Any:
    """Returns the order's status as the books have it, without asking the provider."""
    params = {"orderId": bought.json()["orderId"]}
    headers = {"Authorization": f"Bearer {bought.json()['accessToken']}"}
    answer = httpx.get(f"{base_url}/api/orders/retrieve", params=params, headers=headers, timeout=120)
    return answer.json()["status"]


def in_books(stack: Stack, bought: httpx.Response) -> Any:
    with stack.database.engine.connect() as connection:
        return connection.exec_driver_sql(
            "SELECT status FROM orders WHERE id = %s", (bought.json()["orderId"],)
        ).scalar_one()


def until(found: Any, expected: Any) -> None:
    patience, pause = monotonic() + 150, Event()
    while found() != expected:
        assert monotonic() < patience, f"{found()!r}, not {expected!r}"
        pause.wait(0.05)


def test_stopping_payments_shows_the_message_and_settles_what_is_under_way(stack: Stack) -> None:
    url = stack.addresses.hub_url
    begun = buy(url)

    assert hub(stack, "stop", "web", "--message", "Back at 9 PM.").returncode == 0
    refused = buy(url)
    pay(stack, begun)

    assert (refused.status_code, "Back at 9 PM." in refused.json()["error"]) == (503, True)
    assert "Back at 9 PM." in httpx.get(f"{url}/tickets").text
    assert "Back at 9 PM." in httpx.get(f"{url}/status").text
    until(lambda: in_books(stack, begun), "completed")
    assert hub(stack, "start", "web").returncode == 0
    assert buy(url).status_code == 200


def test_the_status_page_tells_what_organizers_know(stack: Stack) -> None:
    posted = hub(stack, "say", "Payments were slow for ten minutes. All is well again.")
    empty = hub(stack, "say", " ")

    assert (posted.returncode, empty.returncode) == (0, 2)
    assert "Payments were slow for ten minutes." in httpx.get(f"{stack.addresses.hub_url}/status").text


def test_a_share_of_the_buyers_is_let_in_again_first(stack: Stack) -> None:
    hub(stack, "start", "web", "--share", "0")
    nobody = buy(stack.addresses.hub_url).status_code
    told = hub(stack, "start", "web", "--share", "100").stdout

    assert nobody == 503
    assert "web: open" in told


def test_webhooks_that_never_came_are_read_from_the_providers_list(stack: Stack) -> None:
    rule = {"match": "*", "kind": "drop_webhook", "times": 50}
    post(f"{stack.addresses.sandbox_url}/control/faults", rule)
    bought = buy(stack.addresses.hub_url)
    pay(stack, bought)
    before = in_books(stack, bought)

    done = hub(stack, "process-pending-webhooks")
    httpx.delete(f"{stack.addresses.sandbox_url}/control/faults")

    assert (before, done.returncode) == ("processing", 0)
    until(lambda: in_books(stack, bought), "completed")


def test_the_providers_list_and_the_books_agree_to_the_cent_and_a_difference_is_named(stack: Stack) -> None:
    marks = {"metadata[order_id]": "o-1", "metadata[tender_id]": "t-1"}
    bought = buy(stack.addresses.hub_url, "full-pass", 2)
    pay(stack, bought)
    until(lambda: in_books(stack, bought), "completed")
    agreed = hub(stack, "reconcile")

    stripe = httpx.Client(base_url=stack.addresses.sandbox_url, auth=(stack.addresses.stripe_key, ""))
    paid = {"currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    others = stripe.post("/v1/payment_intents", data={"amount": "1999", **paid}).json()
    apart = hub(stack, "reconcile")
    intent = stripe.post("/v1/payment_intents", data={"amount": "4200", **paid, **marks}).json()
    differs = hub(stack, "reconcile")
    for each in (others, intent):
        stripe.post("/v1/refunds", data={"payment_intent": each["id"]})
    stripe.close()

    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    assert [line.split(":")[0] for line in agreed.stdout.splitlines()] == ["Stripe", "PayPal"]
    assert (apart.returncode, "$19.99" in apart.stdout) == (0, True)
    assert (differs.returncode, intent["id"] in differs.stdout, "$42.00" in differs.stdout) == (1, True, True)


def test_money_that_bought_nothing_is_listed_and_then_given_back(stack: Stack) -> None:
    url, sandbox = stack.addresses.hub_url, stack.addresses.sandbox_url
    bought = buy(url, "casino-workshop", 60)
    pay_late = bought.json()["sessionId"]
    with stack.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE checkouts SET status = 'expired' WHERE session_id = %s", (pay_late,)
        )  # as if it had been closed before the money came
    post(f"{sandbox}/control/checkout_sessions/{pay_late}/pay", {"email": "c@e.org", "name": "C"})
    with stack.database.engine.connect() as connection:
        open_ones = "SELECT count(*) FROM exceptions WHERE status = 'open' AND remedies @> '[\"refund\"]'"
        until(lambda: connection.exec_driver_sql(open_ones).scalar_one(), 1)

    listed = hub(stack, "refund-failed")
    given = hub(stack, "refund-failed", "--yes")

    assert ("$2,100.00" in listed.stdout, "--yes" in listed.stdout) == (True, True)
    assert given.returncode == 0
    with stack.database.engine.connect() as connection:
        ended = "SELECT count(*) FROM refunds WHERE status = 'succeeded' AND amount = 210000"
        until(lambda: connection.exec_driver_sql(ended).scalar_one(), 1)


def test_the_books_still_agree(stack: Stack) -> None:
    assert verify(stack.database).problem is None


def test_those_who_bought_are_told_by_mail(stack: Stack, tmp_path: Path) -> None:
    bought = buy(stack.addresses.hub_url)
    pay(stack, bought)
    until(lambda: in_books(stack, bought), "completed")
    words = tmp_path / "words.txt"
    words.write_text("The shop is closed until 9 PM. Your tickets are valid.\n")
    command = ("notice", "boulder-fest-2026", "--subject", "The shop is closed", "--file", str(words))

    kept = hub(stack, *command)
    sent = hub(stack, *command, "--yes")

    def got() -> int:
        mails = httpx.get(f"{stack.addresses.sandbox_url}/outbox.json").json()["mails"]
        return sum(mail["subject"] == "The shop is closed" for mail in mails)

    assert (kept.returncode, "draft for 1 person" in kept.stdout) == (0, True), kept.stdout + kept.stderr
    assert sent.returncode == 0
    until(got, 1)
