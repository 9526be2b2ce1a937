"""Refunds whose provider answers badly: made once, whatever the answers, and never on their way for ever."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from boxoffice.core.errors import TryAgainLater
from sync.app import _refunders
from sync.operations.exceptions import Inbox, NotDone
from sync.payments.refunds import MOST_KEYS, TRIES_PER_KEY, Refunds
from sync.provider_states import TENDERS
from tests.integration.sync.house import House, settled, until
from tests.integration.sync.provider_paths import Step, paid, paid_at_paypal

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(240)]

STATUS = "SELECT status FROM refunds WHERE id = %s"
PATHS = {"stripe": "POST /v1/refunds", "paypal": "POST /v2/payments/captures/*/refund"}


@pytest.fixture(autouse=True)
def no_faults(house: House) -> Iterator[None]:
    yield
    httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()


@pytest.fixture
def refunds(house: House) -> Refunds:
    paypal: Any = house.fees.treasuries["paypal"]
    return Refunds(house.hub, _refunders(house.hub.settings, paypal.paypal))


def asked(house: House, kind: str, times: int | None = None) -> str:
    """Asks for a refund of what was bought last, while the provider answers so."""
    tender = house.one("SELECT tender FROM payments WHERE order_id = %s AND status = 'captured'", house.order)
    house.control("faults", match=PATHS[TENDERS[tender]], kind=kind, times=times)
    refund_id = house.refund(2000)
    until(lambda: house.one("SELECT attempts FROM refund_calls WHERE refund_id = %s", refund_id) > 0)
    return refund_id


def send(house: House, refunds: Refunds, refund_id: str, tries: int = TRIES_PER_KEY * MOST_KEYS + 2) -> None:
    """Tries again, as the job does, until it has ended."""
    for _ in range(tries):
        if house.one(STATUS, refund_id) in ("succeeded", "failed"):
            return
        with suppress(TryAgainLater):
            refunds.send(refund_id)


def at_the_provider(house: House) -> int:
    """Returns what the provider has given back of the order."""
    if house.session.startswith("cs_"):
        with house.at_stripe() as http:
            found = http.get("/v1/refunds", params={"payment_intent": house.payment}).json()["data"]
            return sum(each["amount"] for each in found)
    order = httpx.get(f"{house.sandbox}/control/paypal/orders/{house.session}").json()
    found = order["purchase_units"][0]["payments"].get("refunds", [])
    return sum(int(float(each["amount"]["value"]) * 100) for each in found)


@pytest.mark.parametrize("buy", [paid(), paid_at_paypal])
def test_a_key_that_keeps_an_error_is_given_up_for_another(house: House, refunds: Refunds, buy: Step) -> None:
    buy(house)

    refund_id = asked(house, "error_500_kept", 1)
    send(house, refunds, refund_id)

    assert (house.one(STATUS, refund_id), at_the_provider(house)) == ("succeeded", 2000)
    assert settled(house) is None


@pytest.mark.parametrize("buy", [paid(), paid_at_paypal])
def test_what_was_made_and_never_answered_is_found_and_not_made_again(
    house: House, refunds: Refunds, buy: Step
) -> None:
    buy(house)

    refund_id = asked(house, "timeout_after_success", 1)
    send(house, refunds, refund_id)

    assert (house.one(STATUS, refund_id), at_the_provider(house)) == ("succeeded", 2000)
    assert settled(house) is None


def test_one_that_never_gets_through_has_failed_in_the_end_and_can_be_asked_for_again(
    house: House, refunds: Refunds
) -> None:
    paid()(house)

    refund_id = asked(house, "error_500")
    send(house, refunds, refund_id)

    assert (house.one(STATUS, refund_id), at_the_provider(house)) == ("failed", 0)
    problem = "SELECT kind, detail, id FROM exceptions WHERE subject_id = %s AND status = 'open'"
    ((kind, detail, exception_id),) = house.sql(problem, refund_id)
    assert (kind, "has not made it" in detail) == ("refund_failed", True)
    assert settled(house) is None
    httpx.delete(f"{house.sandbox}/control/faults")
    Inbox(house.hub, refunds).resolve(exception_id, "refund_again", "test")
    until(lambda: at_the_provider(house) == 2000)
    assert settled(house) is None


def test_one_that_was_made_can_not_be_called_off(house: House, refunds: Refunds) -> None:
    paid()(house)
    refund_id = asked(house, "timeout_after_success", 1)

    call_off(house, refunds, refund_id)
    send(house, refunds, refund_id)

    assert (house.one(STATUS, refund_id), at_the_provider(house)) == ("succeeded", 2000)


def test_one_that_was_not_made_can_be_called_off(house: House, refunds: Refunds) -> None:
    paid()(house)
    refund_id = asked(house, "error_500")

    call_off(house, refunds, refund_id)

    assert (house.one(STATUS, refund_id), at_the_provider(house)) == ("failed", 0)
    assert settled(house) is None


def call_off(house: House, refunds: Refunds, refund_id: str) -> None:
    """Puts the refund before a person after its last try, who presses the button."""
    refunds.note_failure(refund_id, TryAgainLater("Stripe is having trouble.", "", ""), is_last=True)
    exception_id = house.one("SELECT id FROM exceptions WHERE subject_id = %s", refund_id)
    with suppress(NotDone):
        Inbox(house.hub, refunds).resolve(exception_id, "call_off_refund", "test")


def test_one_that_was_given_up_and_made_after_all_is_in_the_books_and_nobody_is_asked_to_send_it_again(
    house: House, refunds: Refunds
) -> None:
    paid()(house)
    refund_id = asked(house, "error_500")
    send(house, refunds, refund_id)
    given_up = house.one(STATUS, refund_id)
    httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()
    made = {"payment_intent": house.payment, "amount": 2000, "metadata[refund_id]": refund_id}

    with house.at_stripe() as http:
        http.post("/v1/refunds", data=made).raise_for_status()

    until(lambda: house.one(STATUS, refund_id) == "succeeded")
    problems = "SELECT kind, status FROM exceptions WHERE subject_id = %s"
    assert (given_up, house.sql(problems, refund_id)) == ("failed", [("refund_failed", "resolved")])
    assert house.status == "partially_refunded"
    assert settled(house) is None
