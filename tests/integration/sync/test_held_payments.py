"""Payments that a provider holds: told to buyer and organizers, kept, and never paid twice."""

from collections.abc import Iterator

import httpx
import pytest

from boxoffice.core.errors import TryAgainLater
from sync.payments.lapsing import take_lapsed
from tests.integration.sync.house import House, settled, until
from tests.integration.sync.provider_paths import arrive
from tests.integration.sync.shopper import CAMILA

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(180)]

PROBLEMS = "SELECT kind || ' ' || status FROM exceptions WHERE order_id = %s ORDER BY raised_at"
MAILS = "SELECT kind FROM mails WHERE order_id = %s AND status IN ('sent', 'delivered') ORDER BY created_at"
HELD = "SELECT held FROM pools WHERE id = 'friday'"


@pytest.fixture
def browser(house: House) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.stack.addresses.hub_url, timeout=30) as http:
        yield http


def begin(house: House, browser: httpx.Client, outcome: str) -> str:
    """Goes to PayPal with a Friday pass, approves, and comes back while PayPal holds it; returns the form's token."""
    csrf = hidden(browser.get("/tickets").text, "csrf")
    browser.post("/tickets", data={"csrf": csrf, "add": "friday-pass"})
    page = browser.get("/tickets").text
    browser.post("/checkout", data={"csrf": csrf, "attempt": hidden(page, "attempt")})
    house.order = hidden(browser.get("/checkout").text, "order")
    form = {"csrf": csrf, "order": house.order, **CAMILA, "way": "paypal"}
    house.session = httpx.URL(browser.post("/checkout/pay", data=form).headers["location"]).params["token"]
    house.control(f"paypal/orders/{house.session}", do=outcome)
    house.control(f"paypal/orders/{house.session}", do="approve")
    browser.get("/payment/success", params={"token": house.session})
    until(lambda: house.one("SELECT status FROM checkouts WHERE order_id = %s", house.order) == "paying")
    return csrf


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


def rows(house: House, query: str) -> list[str]:
    return [row[0] for row in house.sql(query, house.order)]


def test_a_held_payment_is_told_kept_and_not_paid_again(house: House, browser: httpx.Client) -> None:
    csrf = begin(house, browser, "echeck_next")
    held = house.one(HELD)

    page = browser.get("/payment/success").text
    checkout = browser.get("/checkout")
    again = browser.post("/checkout/pay", data={"csrf": csrf, "order": house.order, **CAMILA, "way": "card"})
    changed = browser.get("/tickets", params={"canceled": "true"}, follow_redirects=True).text

    assert "PayPal holds your payment of $65.00" in page
    assert "Your places are kept. Please don’t pay again." in page
    assert (checkout.status_code, checkout.headers["location"]) == (303, "/payment/success")
    assert "paypal" not in again.headers["location"]
    assert "Your payment is on its way" in changed
    assert "You have not paid" not in changed
    assert (house.status, house.one(HELD)) == ("processing", held)
    assert rows(house, PROBLEMS) == ["payment_held open"]
    assert "it is an eCheck" in house.one("SELECT detail FROM exceptions WHERE order_id = %s", house.order)
    until(lambda: rows(house, MAILS) == ["payment_held"])


def test_its_time_to_pay_may_be_over_long_before_it_ends(house: House, browser: httpx.Client) -> None:
    begin(house, browser, "pending_next")
    late = "UPDATE {} SET {} = now() - interval '3 days' WHERE order_id = %s"
    with house.stack.database.transaction() as connection:
        connection.exec_driver_sql(late.format("checkouts", "closes_at"), (house.order,))
        connection.exec_driver_sql(late.format("holds", "expires_at"), (house.order,))
    tender = house.one("SELECT tender_id FROM checkouts WHERE order_id = %s", house.order)

    house.checkouts.close(tender, "expired")

    assert "Please don’t pay again" in browser.get("/payment/success").text
    assert house.status == "processing"
    assert tender not in list(take_lapsed(house.stack.database, 30.0))
    assert rows(house, PROBLEMS) == ["payment_held open"]


def test_when_it_arrives_the_order_is_complete_and_nothing_is_left_to_decide(
    house: House, browser: httpx.Client
) -> None:
    begin(house, browser, "accept_next")
    assert "accept it there" in house.one("SELECT detail FROM exceptions WHERE order_id = %s", house.order)

    house.control(f"paypal/orders/{house.session}", do="complete")

    until(lambda: house.status == "completed")
    assert "Payment Successful!" in browser.get("/payment/success").text
    assert rows(house, PROBLEMS) == ["payment_held resolved"]
    until(lambda: rows(house, MAILS) == ["payment_held", "tickets"])
    assert settled(house) is None


@pytest.mark.parametrize("end", ["deny", "fail"])
def test_when_it_is_refused_the_places_are_free_and_the_buyer_is_told(
    house: House, browser: httpx.Client, end: str
) -> None:
    begin(house, browser, "echeck_next")
    held = house.one(HELD)

    house.control(f"paypal/orders/{house.session}", do=end)

    until(lambda: house.status == "failed")
    assert "PayPal did not get the money" in browser.get("/payment/success").text
    assert "not paid in time" not in browser.get("/payment/success").text
    assert browser.get("/checkout").headers["location"] == "/tickets?says=not-paid"
    assert house.one(HELD) == held - 1
    assert rows(house, PROBLEMS) == ["payment_held resolved"]
    until(lambda: rows(house, MAILS) == ["payment_held", "payment_refused"])
    assert settled(house) is None


@pytest.mark.parametrize(("end", "status"), [("succeed", "completed"), ("fail", "failed")])
def test_a_delayed_payment_at_stripe_is_the_same(house: House, end: str, status: str) -> None:
    house.buy()
    house.pay(delayed=True)
    until(lambda: rows(house, PROBLEMS) == ["payment_held open"])

    arrive(end)(house)

    until(lambda: house.status == status)
    assert rows(house, PROBLEMS) == ["payment_held resolved"]
    assert settled(house) is None


LATE = "UPDATE checkouts SET lost_at = now() - interval '25 hours' WHERE order_id = %s"


def lose(house: House, browser: httpx.Client) -> str:
    """Makes PayPal forget a payment that it holds, and looks for it; returns its tender."""
    begin(house, browser, "echeck_next")
    house.control("faults", match="GET /v2/checkout/orders/*", kind="refuse", code="RESOURCE_NOT_FOUND")
    tender = str(house.one("SELECT tender_id FROM checkouts WHERE order_id = %s", house.order))
    with pytest.raises(TryAgainLater):
        house.checkouts.close(tender, "expired")
    return tender


@pytest.fixture
def forgetful(house: House) -> Iterator[House]:
    yield house

    httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()


def test_one_that_its_provider_forgot_is_told_at_once_and_ends_after_a_day(
    forgetful: House, browser: httpx.Client
) -> None:
    tender, held = lose(forgetful, browser), forgetful.one(HELD)
    with pytest.raises(TryAgainLater):
        forgetful.checkouts.close(tender, "expired")
    told = rows(forgetful, PROBLEMS)
    with forgetful.stack.database.transaction() as connection:
        connection.exec_driver_sql(LATE, (forgetful.order,))

    forgetful.checkouts.close(tender, "expired")

    assert told == ["payment_held open", "payment_lost open"]
    assert (forgetful.status, forgetful.one(HELD)) == ("failed", held - 1)
    assert rows(forgetful, PROBLEMS) == ["payment_held resolved", "payment_lost resolved", "payment_lost open"]
    detail = "SELECT detail FROM exceptions WHERE order_id = %s AND status = 'open'"
    assert "Its places are free again" in forgetful.one(detail, forgetful.order)
    until(lambda: rows(forgetful, MAILS) == ["payment_held", "payment_refused"])


def test_one_that_its_provider_knows_again_goes_on_and_nothing_is_left_to_decide(
    forgetful: House, browser: httpx.Client
) -> None:
    tender = lose(forgetful, browser)
    httpx.delete(f"{forgetful.sandbox}/control/faults").raise_for_status()

    forgetful.checkouts.close(tender, "expired")

    assert rows(forgetful, PROBLEMS) == ["payment_held open", "payment_lost resolved"]
    assert forgetful.one("SELECT lost_at FROM checkouts WHERE tender_id = %s", tender) is None


def test_money_of_one_that_was_given_up_is_taken_when_it_comes_after_all(
    forgetful: House, browser: httpx.Client
) -> None:
    tender = lose(forgetful, browser)
    with forgetful.stack.database.transaction() as connection:
        connection.exec_driver_sql(LATE, (forgetful.order,))
    forgetful.checkouts.close(tender, "expired")
    httpx.delete(f"{forgetful.sandbox}/control/faults").raise_for_status()

    forgetful.control(f"paypal/orders/{forgetful.session}", do="complete")

    until(lambda: forgetful.status == "completed")
    assert settled(forgetful) is None
